"""`rightswatch allow`: what is listed, decided, removed and refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from sinks.operational.allow_store import AllowStore
from sinks.settings import OperationalSettings
from streams.cli import run
from tests.dashboards.photographed import PICTURE
from tests.detectors.pictures.made import encoded, photograph

PDQ, OTHER = "0f" * 32, "f0" * 32
Capture = pytest.CaptureFixture[str]


def allow(data_dir: Path, *arguments: str) -> int:
    return run(["--data-dir", str(data_dir), "allow", *arguments])


def listed(data_dir: Path, capfd: Capture, *arguments: str) -> list[dict[str, Any]]:
    capfd.readouterr()
    assert allow(data_dir, "list", *arguments) == 0
    return [orjson.loads(line) for line in capfd.readouterr().out.splitlines()]


def test_a_fingerprint_is_added_released_and_removed(tmp_path: Path, capfd: Capture) -> None:
    assert allow(tmp_path, "add", PDQ.upper(), "--note", "placeholder", "--distance", "4") == 0
    assert f"allowed {PDQ}; watchlist revision 1" in capfd.readouterr().err
    (entry,) = listed(tmp_path, capfd)
    assert (entry["pdq"], entry["state"], entry["distance"], entry["note"], entry["by"]) == (
        PDQ, "allowed", 4, "placeholder", "command line",
    )  # fmt: skip
    assert allow(tmp_path, "release", PDQ) == 0
    assert listed(tmp_path, capfd, "--state", "allowed") == []
    assert [one["distance"] for one in listed(tmp_path, capfd, "--state", "released")] == [4]
    assert allow(tmp_path, "remove", PDQ) == 0
    assert listed(tmp_path, capfd) == []


def test_a_picture_s_file_is_allowed_and_the_same_picture_encoded_again_is_near_it(
    tmp_path: Path, capfd: Capture
) -> None:
    first, second = tmp_path / "a.jpg", tmp_path / "b.jpg"
    first.write_bytes(PICTURE)
    second.write_bytes(encoded(photograph(), "JPEG", quality=40))
    assert (allow(tmp_path, "add", "--picture", str(first)), allow(tmp_path, "add", "--picture", str(second))) == (0, 0)
    prints = {int(entry["pdq"], 16) for entry in listed(tmp_path, capfd)}
    assert (max(prints) ^ min(prints)).bit_count() <= 10


def test_what_is_no_picture_is_refused(tmp_path: Path, capfd: Capture) -> None:
    file = tmp_path / "a.jpg"
    file.write_bytes(b"no picture")
    assert allow(tmp_path, "add", "--picture", str(file)) == 1
    assert "cannot be fingerprinted" in capfd.readouterr().err
    assert listed(tmp_path, capfd) == []


@pytest.mark.parametrize(("arguments", "code"), [
    (("add",), 2), (("add", PDQ, "--distance", "32"), 2), (("add", "0f"), 1),
    (("release", PDQ), 1), (("remove", PDQ), 1), (("remove", "0f"), 1),
])  # fmt: skip
def test_what_cannot_be_done_ends_with_its_exit_code(
    tmp_path: Path, capfd: Capture, arguments: tuple[str, ...], code: int
) -> None:
    assert allow(tmp_path, *arguments) == code
    assert capfd.readouterr().err


def test_what_is_quarantined_is_listed_first(tmp_path: Path, capfd: Capture) -> None:
    from datetime import UTC, datetime

    allow(tmp_path, "add", OTHER)
    store = AllowStore(OperationalSettings.sqlite(tmp_path / "operational.db"))
    store.quarantine([{"pdq": PDQ, "distance": 10, "fired": {}}], datetime.now(UTC))
    store.close()
    assert [entry["pdq"] for entry in listed(tmp_path, capfd)] == [PDQ, OTHER]


def test_rights_are_listed_without_the_allowed_pictures(tmp_path: Path, capfd: Capture) -> None:
    allow(tmp_path, "add", PDQ)
    capfd.readouterr()
    assert run(["--data-dir", str(tmp_path), "rights", "list"]) == 0
    assert capfd.readouterr().out == ""
