"""Pages from files and pipes: every line once, each with its place, whatever the lines are."""

import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.decode import MAX_PAGE_BYTES
from streams.files.listings import FilePage, read_pages
from streams.files.text_input import LineSplitter, UnreadableFileError, open_input

LINES = st.lists(st.sampled_from([b"{}", b"", b"  ", b"x" * 50, "耐克".encode(), b'{"a":1}\r']), max_size=60)


def stream(content: bytes) -> io.BufferedReader:
    return io.BufferedReader(io.BytesIO(content))


def pages(content: bytes, size: int = 1000, *, is_live: bool = False) -> list[FilePage]:
    found = read_pages(stream(content), page_listings=lambda: size, is_live=is_live)
    return [page for page in found if page is not None]


@given(lines=LINES, size=st.integers(1, 7), is_terminated=st.booleans())
def test_every_line_that_is_not_blank_is_on_one_page_with_its_number(
    lines: list[bytes], size: int, is_terminated: bool
) -> None:
    content = b"\n".join(lines) + (b"\n" if is_terminated and lines else b"")
    found = pages(content, size)
    got = [(number, line) for page in found for number, line in zip(page.lines, page.body.split(b"\n"), strict=True)]
    assert got == [(n, line.rstrip(b"\r")) for n, line in enumerate(lines, 1) if line.strip()]
    assert all(len(page.lines) <= size for page in found)


@given(lines=LINES, size=st.integers(1, 7), cut=st.integers(0, 20))
def test_going_on_behind_any_page_gives_the_rest(lines: list[bytes], size: int, cut: int) -> None:
    content = b"\n".join(lines)
    found = pages(content, size)
    if not found:
        return
    at = found[min(cut, len(found) - 1)]
    before = found[: min(cut, len(found) - 1) + 1]
    rest = read_pages(stream(content[at.end :]), page_listings=lambda: size, at_line=at.lines[-1], at_byte=at.end)
    texts = [page.body for page in rest if page is not None]
    assert [page.body for page in before] + texts == [page.body for page in found]


def test_pages_stay_within_the_byte_limit() -> None:
    line = b'{"title":"' + b"x" * 300_000 + b'"}'
    found = pages(b"\n".join([line] * 7))
    assert [len(page.lines) for page in found] == [2, 2, 2, 1]
    assert all(len(page.body) <= MAX_PAGE_BYTES for page in found)


def test_a_line_longer_than_a_page_is_shrunk_and_keeps_its_place() -> None:
    endless = b'{"platform":"p","listing_id":"1","title":"' + b"x" * 10_000_000 + b'"}'
    found = pages(b"{}\n" + endless + b"\n{}\n")
    assert [page.lines for page in found] == [(1, 2, 3)]
    assert len(found[0].body) <= MAX_PAGE_BYTES


def test_a_line_without_an_end_is_cut_and_its_length_still_known() -> None:
    splitter = LineSplitter(10)
    lines = [*splitter.split(b"12345"), *splitter.split(b"6789012345"), *splitter.split(b"678\nnext"), *splitter.rest()]
    assert lines == [(b"1234567890", 19), (b"next", 4)]


def test_what_has_arrived_in_a_pipe_is_a_page_before_the_pipe_ends() -> None:
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as pipe, os.fdopen(writing, "wb", buffering=0) as source:
        found: Iterator[FilePage | None] = read_pages(pipe, is_live=True)
        source.write(b'{"a":1}\n{"b":2}\n{"half')
        first = next(found)
        assert first is not None
        assert first.lines == (1, 2)
        assert next(found) is None
        source.write(b'":3}\n')
        second = next(found)
        assert second is not None
        assert (second.lines, second.body) == ((3,), b'{"half":3}')


def test_following_a_file_waits_for_the_end_of_a_line(tmp_path: Path) -> None:
    file = tmp_path / "growing.jsonl"
    file.write_bytes(b'{"a":1}\n{"b"')
    with file.open("rb") as reading:
        found = read_pages(reading, may_grow=lambda: True)
        first = next(found)
        assert first is not None
        assert first.lines == (1,)
        assert next(found) is None
        with file.open("ab") as writing:
            writing.write(b":2}\n")
        second = next(page for page in found if page is not None)
        assert (second.lines, second.body) == ((2,), b'{"b":2}')


def test_utf_16_is_named_with_the_remedy(tmp_path: Path) -> None:
    file = tmp_path / "l.jsonl"
    file.write_text("{}", "utf-16")
    with pytest.raises(UnreadableFileError, match="iconv"):
        open_input(file)
