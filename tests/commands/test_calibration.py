"""`rightswatch calibration`: what is applied, shown and reset; and a calibration from a file for `scan`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from detectors.calibration.document import read_calibration
from streams.cli import run

DISGUISED = {"score": 0.93, "shipped": 0.685, "judged": 40, "infringing": 39}
DOCUMENT: dict[str, Any] = {
    "form": 1,
    "made_at": "2026-11-29T12:00:00.000Z",
    "verdicts": 40,
    "scores": {"mark": {"disguise+mark": DISGUISED}},
    "thresholds": {"CN-TM-1": {"shift": 0.05, "judged": 30, "infringing": 2}},
}
VERSION = read_calibration(DOCUMENT).version


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "calibration.json"
    path.write_bytes(orjson.dumps(DOCUMENT))
    return path


def calibration(data_dir: Path, *arguments: str) -> int:
    return run(["--data-dir", str(data_dir), "calibration", *arguments])


def test_without_one_the_scores_are_those_of_the_rules(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert calibration(tmp_path, "show") == 0
    shown = capfd.readouterr()
    assert (shown.out, shown.err) == ("{}\n", "no calibration: scores are those of the rule pack\n")


def test_one_that_is_applied_is_shown_until_it_is_reset(
    tmp_path: Path, file: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert calibration(tmp_path, "apply", str(file)) == 0
    assert f"applied calibration {VERSION}; watchlist revision 1" in capfd.readouterr().err
    assert calibration(tmp_path, "show") == 0
    shown = capfd.readouterr()
    document = orjson.loads(shown.out)
    assert document.pop("applied")["by"] == "command line"
    assert document == DOCUMENT
    assert shown.err == f"calibration {VERSION} from 40 verdicts: 1 scores, 1 thresholds\n"
    assert calibration(tmp_path, "reset") == 0
    capfd.readouterr()
    calibration(tmp_path, "show")
    assert capfd.readouterr().out == "{}\n"


@pytest.mark.parametrize(("content", "message"), [
    (b"{", "is not JSON"),
    (b"[]", "calibration: must have form 1"),
    (orjson.dumps({**DOCUMENT, "thresholds": {"R": {"shift": 0.5}}}), "calibration.thresholds.R.shift: must be"),
])  # fmt: skip
def test_a_file_that_is_none_is_refused_and_nothing_changes(
    tmp_path: Path, file: Path, content: bytes, message: str, capfd: pytest.CaptureFixture[str]
) -> None:
    file.write_bytes(content)
    assert calibration(tmp_path, "apply", str(file)) == 1
    assert f"error: {file}: {message}" in capfd.readouterr().err
    calibration(tmp_path, "show")
    assert capfd.readouterr().out == "{}\n"


def test_scan_takes_one_from_a_file(tmp_path: Path, file: Path, capfd: pytest.CaptureFixture[str]) -> None:
    rights, listings = tmp_path / "rights.jsonl", tmp_path / "listings.jsonl"
    rights.write_bytes(orjson.dumps({"right_id": "R", "kind": "trademark", "marks": ["LUMORA"]}))
    listings.write_bytes(orjson.dumps({"platform": "p", "listing_id": "1", "title": "LUM0RA bag"}))
    arguments = ["scan", "--rights", str(rights), str(listings)]
    scored = []
    for more in ([], ["--calibration", str(file)]):
        assert run([*arguments, *more]) == 0
        alert = orjson.loads(capfd.readouterr().out)
        scored.append((alert["score"], alert["tier"], alert["versions"].get("calibration")))
    assert scored == [(0.685, "medium", None), (0.93, "high", VERSION)]
