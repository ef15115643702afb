"""Rights files: what is read, what is refused, and that every refusal names its place."""

import json
from pathlib import Path

import pytest

from streams.files.rights import MAX_LINE_BYTES, RefusedLine, RightsLine, read_rights
from streams.files.text_input import UnreadableFileError

RIGHT = {"right_id": "CN-TM-1", "kind": "trademark", "marks": ["NIKE"]}
REGISTER = {"office": "CN", "kinds": ["design"], "from": 2010, "to": 2026}


def write(path: Path, *lines: object) -> Path:
    texts = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
    path.write_bytes(b"\n".join(texts) + b"\n")
    return path


def test_rights_and_registers_become_log_entries(tmp_path: Path) -> None:
    file = write(tmp_path / "r.jsonl", RIGHT, b"", {"register": REGISTER})
    assert list(read_rights(file)) == [
        RightsLine(f"{file}:1", {"op": "put", "right": RIGHT}),
        RightsLine(f"{file}:3", {"op": "register", "register": REGISTER}),
    ]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (b"{not json", "is not JSON"),
        (b"\xfd\xfe\xff", "is not JSON"),
        (b'"a text"', "must be a JSON object"),
        (b'{"right_id":"x","kind":"trademark"}', "nothing to match"),
        (b'{"right_id":"x","kind":"trademark","marks":["A"],"filed_on":"2015-13-40"}', "not a date"),
        (b'{"register":{"office":"CN","kinds":["design"],"from":2026,"to":2010}}', "in order"),
        (b"[" * 100_000, "is not JSON"),
        (b'{"right_id":"' + b"x" * MAX_LINE_BYTES + b'"}', "longer than"),
    ],
    ids=["json", "utf8", "text", "nothing", "date", "years", "nesting", "long"],
)
def test_a_bad_line_is_refused_with_its_place_and_the_next_goes_on(tmp_path: Path, line: bytes, problem: str) -> None:
    file = write(tmp_path / "r.jsonl", line, RIGHT)
    refused, good = read_rights(file)
    assert isinstance(refused, RefusedLine)
    assert str(refused).startswith(f"{file}:1: ")
    assert problem in refused.problem
    assert isinstance(good, RightsLine)
    assert good.place == f"{file}:2"


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    file = write(tmp_path / "r.jsonl", b"\xef\xbb\xbf" + json.dumps(RIGHT).encode())
    assert [type(line) for line in read_rights(file)] == [RightsLine]


def test_utf_16_is_named_with_the_remedy(tmp_path: Path) -> None:
    file = tmp_path / "r.jsonl"
    file.write_text(json.dumps(RIGHT), "utf-16")
    with pytest.raises(UnreadableFileError, match="iconv"):
        list(read_rights(file))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="cannot be read"):
        list(read_rights(tmp_path / "nowhere.jsonl"))
