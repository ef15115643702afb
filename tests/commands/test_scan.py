"""`rightswatch scan` as a user runs it: what it prints, what it names, how it ends."""

from __future__ import annotations

import base64
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest

from streams.cli import run

RIGHT = {
    "right_id": "CN-TM-1",
    "kind": "trademark",
    "marks": ["LUMORA"],
    "granted_on": "2016-03-02",
    "expires_on": "2026-03-01",
}
FAKE = {"platform": "p", "listing_id": "1", "title": "高仿 LUMORA 手提包"}
MENTION = {"platform": "p", "listing_id": "2", "title": "LUMORA tote"}
PLAIN = {"platform": "p", "listing_id": "3", "title": "a plain bag"}


@dataclass(frozen=True, slots=True)
class Scanned:
    exit_code: int
    printed: list[dict[str, Any]]
    summary: str

    @property
    def alerts(self) -> list[tuple[str, str]]:
        return [(one["listing_id"], one["detector"]) for one in self.printed if "alert_id" in one]


class Scan:
    """Runs the command in this process, in a folder of its own."""

    def __init__(self, folder: Path, capture: pytest.CaptureFixture[bytes]) -> None:
        self.folder = folder
        self._capture = capture

    def file(self, name: str, *lines: object) -> Path:
        texts = [line if isinstance(line, bytes) else orjson.dumps(line) for line in lines]
        path = self.folder / name
        path.write_bytes(b"".join(text + b"\n" for text in texts))
        return path

    def __call__(self, *arguments: object) -> Scanned:
        code = run(["scan", *map(str, arguments)])
        out, err = self._capture.readouterr()
        return Scanned(code, [orjson.loads(line) for line in out.splitlines()], err.decode())


@pytest.fixture
def scan(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> Scan:
    return Scan(tmp_path, capfdbinary)


def test_alerts_on_stdout_and_a_summary_on_stderr(scan: Scan) -> None:
    rights, listings = scan.file("r.jsonl", RIGHT), scan.file("l.jsonl", FAKE, MENTION, PLAIN)
    done = scan("--rights", rights, listings, "--today", "2020-01-01")
    assert done.exit_code == 0
    assert sorted(done.alerts) == [("1", "coded_fake"), ("1", "mark")]
    assert done.printed[0]["observed_at"] == "2020-01-01T00:00:00.000Z"
    assert "listings   3" in done.summary
    assert "mention 1" in done.summary


def test_today_decides_whether_a_right_is_in_force(scan: Scan) -> None:
    rights, listings = scan.file("r.jsonl", RIGHT), scan.file("l.jsonl", FAKE)
    assert scan("--rights", rights, listings, "--today", "2026-03-01").alerts != []
    after = scan("--rights", rights, listings, "--today", "2026-03-02", "--show-screened")
    assert after.alerts == []
    assert {one["screened"] for one in after.printed} == {"lapsed_right"}


def test_screened_matches_are_printed_only_when_asked_for(scan: Scan) -> None:
    rights, listings = scan.file("r.jsonl", RIGHT), scan.file("l.jsonl", MENTION)
    assert scan("--rights", rights, listings, "--today", "2020-01-01").printed == []
    shown = scan("--rights", rights, listings, "--today", "2020-01-01", "--show-screened").printed
    assert [(one["screened"], one["listing_id"]) for one in shown] == [("mention", "2")]


def test_every_dead_letter_is_named_by_file_and_line_and_written_to_the_file(scan: Scan) -> None:
    rights = scan.file("r.jsonl", RIGHT)
    first = scan.file("first.jsonl", b"", FAKE, b"no json", {"platform": "p", "title": "no id"})
    second = scan.file("second.jsonl", *[PLAIN] * 1500, b"[1]")
    dead = scan.folder / "dead.jsonl"
    done = scan("--rights", rights, first, second, "--today", "2020-01-01", "--dead", dead)
    assert done.exit_code == 1
    assert len(done.alerts) == 2
    for place in (f"{first}:3: ", f"{first}:4: ", f"{second}:1501: "):
        assert f"not screened: {place}" in done.summary
    letters = [orjson.loads(line) for line in dead.read_bytes().splitlines()]
    assert [(letter["file"], letter["line"]) for letter in letters] == [
        (str(first), 3), (str(first), 4), (str(second), 1501),
    ]  # fmt: skip
    assert base64.b64decode(letters[0]["head"]) == b"no json"


@pytest.mark.parametrize(
    "line",
    [
        orjson.dumps({**FAKE, "description": "x" * 10_000_000}),
        orjson.dumps({**FAKE, "title": FAKE["title"] + "x" * 10_000_000}),
        orjson.dumps(FAKE)[:-1] + b',"price":NaN}',
        orjson.dumps(FAKE)[:-1] + b',"seller":{"id":"\\ud800"}}',
        orjson.dumps(FAKE)[:-1] + b',"attributes":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        orjson.dumps({**FAKE, "title": "高仿 LU\0MORA"}),
        orjson.dumps({**FAKE, "brand": 7, "images": "no", "seller": []}),
        b"\xef\xbb\xbf" + orjson.dumps(FAKE) + b"\r",
    ],
    ids=["long description", "long title", "NaN", "surrogate", "nesting", "NUL", "types", "BOM"],
)
def test_bad_input_does_not_hide_a_listing(scan: Scan, line: bytes) -> None:
    rights, listings = scan.file("r.jsonl", RIGHT), scan.file("l.jsonl", line)
    done = scan("--rights", rights, listings, "--today", "2020-01-01")
    assert ("1", "mark") in done.alerts
    assert done.exit_code == 0


def test_a_refused_right_is_named_the_others_are_used_and_the_exit_code_is_1(scan: Scan) -> None:
    rights = scan.file("r.jsonl", {"right_id": "nothing", "kind": "trademark"}, RIGHT)
    done = scan("--rights", rights, scan.file("l.jsonl", FAKE), "--today", "2020-01-01")
    assert done.exit_code == 1
    assert f"refused right: {rights}:1: right nothing: marks: nothing to match" in done.summary
    assert done.alerts != []


def test_an_empty_file_is_no_failure(scan: Scan) -> None:
    done = scan("--rights", scan.file("r.jsonl", RIGHT), scan.file("l.jsonl"))
    assert (done.exit_code, done.printed) == (0, [])


def test_a_file_that_is_not_there_is_wrong_usage(scan: Scan) -> None:
    done = scan("--rights", scan.file("r.jsonl", RIGHT), "nowhere.jsonl")
    assert done.exit_code == 2
    assert "nowhere.jsonl" in done.summary


def test_standard_input_can_be_named_once_only(scan: Scan) -> None:
    assert scan("--rights", scan.file("r.jsonl", RIGHT), "-", "-").exit_code == 2


def test_a_pipe_is_screened_as_it_comes_and_ctrl_c_leaves_no_traceback(scan: Scan) -> None:
    command = [sys.executable, "-m", "streams", "scan", "--rights", str(scan.file("r.jsonl", RIGHT)), "-"]
    command += ["--today", "2020-01-01"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(orjson.dumps(FAKE) + b"\n")
        process.stdin.flush()
        assert orjson.loads(process.stdout.readline())["listing_id"] == "1"
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert err.strip() == b"interrupted"


def test_a_reader_that_has_seen_enough_ends_it_quietly(scan: Scan) -> None:
    rights, listings = scan.file("r.jsonl", RIGHT), scan.file("l.jsonl", *[FAKE] * 5000)
    command = f"{sys.executable} -m streams scan --rights {rights} {listings} --today 2020-01-01 | head -n 1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, timeout=120)
    assert len(done.stdout.splitlines()) == 1
    assert done.stderr == b""
