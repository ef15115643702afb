"""`rightswatch rights`: what is imported, refused, withdrawn and listed; and `doctor` beside it."""

from __future__ import annotations

from io import BufferedReader, BytesIO, TextIOWrapper
from pathlib import Path

import orjson
import pytest

from streams.cli import run

RIGHTS = [{"right_id": f"R{number}", "kind": "trademark", "marks": [f"MARK{number}"]} for number in range(3)]
REGISTER = {"register": {"office": "CN", "kinds": ["design"], "from": 2010, "to": 2026}}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    lines = [*RIGHTS, REGISTER, {"right_id": "R9", "kind": "nonsense"}]
    path = tmp_path / "rights.jsonl"
    path.write_bytes(b"".join(orjson.dumps(line) + b"\n" for line in lines))
    return path


def rights(data_dir: Path, *arguments: str) -> int:
    return run(["--data-dir", str(data_dir), "rights", *arguments])


def test_what_was_imported_is_listed_and_can_be_imported_again(
    tmp_path: Path, file: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert rights(tmp_path / "a", "import", str(file)) == 1
    err = capfd.readouterr().err
    assert f"refused {file}:5: right R9: kind: must be one of" in err
    assert "imported 4 rights, refused 1" in err

    assert rights(tmp_path / "a", "list") == 0
    listed = capfd.readouterr().out
    assert [orjson.loads(line) for line in listed.splitlines()] == [*RIGHTS, REGISTER]
    file.write_text(listed)
    assert rights(tmp_path / "b", "import", str(file)) == 0
    capfd.readouterr()
    rights(tmp_path / "b", "list")
    assert capfd.readouterr().out == listed


def test_rights_are_read_from_standard_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    lines = b"".join(orjson.dumps(right) + b"\n" for right in RIGHTS)
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BufferedReader(BytesIO(lines))))
    assert rights(tmp_path, "import", "-") == 0
    assert "imported 3 rights, refused 0" in capfd.readouterr().err


def test_withdrawn_rights_are_gone_and_unknown_ones_are_named(
    tmp_path: Path, file: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    rights(tmp_path, "import", str(file))
    assert rights(tmp_path, "withdraw", "R1", "R7") == 1
    assert "refused R7: not on the watchlist" in capfd.readouterr().err
    rights(tmp_path, "list")
    assert "R1" not in capfd.readouterr().out
    assert rights(tmp_path, "withdraw", "R1") == 1


def test_importing_the_same_file_again_changes_nothing(
    tmp_path: Path, file: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    rights(tmp_path, "import", str(file))
    first = capfd.readouterr().err
    rights(tmp_path, "import", str(file))
    assert capfd.readouterr().err == first


def test_doctor_finds_nothing_wrong_here_and_names_what_is(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(["doctor", "--data-dir", str(tmp_path)]) == 0, capfd.readouterr().out
    out = capfd.readouterr().out
    for name in (
        "python",
        "kernels",
        "clickhouse",
        "redis",
        "operational database",
        "audit log",
        "kafka topics",
        "watchlist log",
    ):
        assert f"ok    {name}: " in out

    monkeypatch.setenv("RIGHTSWATCH_KAFKA_BOOTSTRAP", "127.0.0.1:1")
    monkeypatch.setenv("RIGHTSWATCH_REDIS_URL", "redis://:secret@127.0.0.1:1/0")
    assert run(["doctor", "--data-dir", str(tmp_path)]) == 1
    out = capfd.readouterr().out
    assert "fail  redis: " in out
    assert "fail  kafka topics: 127.0.0.1:1" in out
    assert "correct [kafka] in the settings" in out
    assert "secret" not in out
