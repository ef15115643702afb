"""Lines judged as bytes: what the kernel passes is what its twin on decoded objects passes, and no line hides."""

from __future__ import annotations

import json
from collections import Counter
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
import orjson
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from detectors.clean import clean_listing
from detectors.lines import USUAL_LINES, read_lines
from detectors.plain import PLAIN_LINE_BYTES, judge_listing
from streams.demo.pack import load_listings

MINIMAL = '{"platform":"t","listing_id":"1","title":"x"}'
START = MINIMAL[:-1]


def doubtful_lines(body: bytes) -> list[int]:
    return [number for number, is_plain in enumerate(read_lines(body).plain.tolist()) if not is_plain]


def doubtful(*lines: str) -> list[int]:
    return doubtful_lines("\n".join(lines).encode())


def test_the_demos_listings_need_no_closer_look() -> None:
    rows = load_listings()
    assert doubtful_lines(b"\n".join(map(orjson.dumps, rows))) == []


@pytest.mark.parametrize(
    "line",
    [
        MINIMAL,
        ' { "platform" : "t" , "listing_id"\t: "1" , "title" : "x" } \r',
        '{"title":"\\"Air\\" \\\\","description":"a\\n\\u8010b","listing_id":"1","platform":"t"}',
        '{"platform":"t","listing_id":"1","title":" \u3000\u1680x"}',
        *(
            f'{{"platform":"t","listing_id":"1","title":"{title}"}}'
            for title in ("耐克", "ナイキ", "\\u8010", "é", "©", "\u2122", "\U0001f45f")
        ),
        *(
            f"{START},{fields}}}"
            for fields in (
                '"brand":null,"price":null,"seller":null,"images":null,"attributes":null,"state":null,"other":null',
                '"price":"199.00","condition":"refurbished","state":"delisted","currency":"CNY"',
                '"price":199.5,"other":-1.5e3,"more":true,"most":false,"last":"x"',
                '"attributes":{"材质":"皮","a name longer than words":"\\""},"seller":{"id":"s","uscc":null}',
                '"attributes":{},"seller":{ },"images":[ ]',
                '"images":[{"url":"u","path":"p","pdq":"0","quality":100}, {"quality":0},{"url":"u"}]',
            )
        ),
    ],
)
def test_a_clean_listing_is_not_in_doubt(line: str) -> None:
    assert doubtful(line, line) == []


@pytest.mark.parametrize(
    "line",
    [
        "{}",
        '{"platform":"t","listing_id":"1"}',
        *(f'{{"platform":"t","listing_id":"1","title":{title}}}' for title in ('""', '" "', '"\u3000"', "null", "1")),
        *(f'{{"platform":"t","listing_id":"1","title":"{space}"}}' for space in "\x85\xa0\u1680\u2000\u2028\u205f"),
        f'{{"platform":"{"t" * 101}","listing_id":"1","title":"x"}}',
        f'{{"platform":"t","listing_id":"{"1" * 501}","title":"x"}}',
        f'{START},"description":"{"d" * PLAIN_LINE_BYTES}"}}',
        *(
            f"{START},{fields}}}"
            for fields in (
                '"title":"x"',
                '"\\u0074itle":"x"',
                '"other":1,"other":2',
                '"an unknown name of many bytes":1,"an unknown name of many bytes":2',
                '"other":[]',
                '"other":{}',
                '"other":"\\u0000"',
                '"brand":1',
                '"brand":["x"]',
                '"description":true',
                '"condition":"broken"',
                '"state":""',
                '"price":-1',
                '"price":"cheap"',
                '"price":"1."',
                '"price":1e5',
                '"price":"1234567890123456"',
                '"attributes":{"a":1}',
                '"attributes":{"a":null}',
                '"attributes":{"a":"1","a":"2"}',
                '"attributes":{"\\u0061":"1"}',
                '"attributes":[]',
                '"attributes":"a:b"',
                '"seller":"s"',
                '"seller":{"id":7}',
                '"seller":{"id":"1","id":"2"}',
                '"images":{}',
                '"images":[{}]',
                '"images":["u"]',
                '"images":[{"url":null}]',
                '"images":[{"url":"u","url":"v"}]',
                '"images":[{"quality":101}]',
                '"images":[{"quality":"9"}]',
                '"images":[{"other":"9"}]',
            )
        ),
    ],
)
def test_what_may_need_cleaning_is_in_doubt_and_its_neighbours_are_not(line: str) -> None:
    assert doubtful(MINIMAL, line, MINIMAL) == [1]


@pytest.mark.parametrize(
    "line",
    [
        "",
        " ",
        "7",
        "[1]",
        '"x"',
        "{",
        MINIMAL + MINIMAL,
        f"{MINIMAL},{MINIMAL}",
        START,
        f"{START},",
        f"{START},}}",
        f'{START},"brand"}}',
        f'{START},"brand":}}',
        f'{START},"brand":"a',
        f'{START},"brand":"a\\',
        f'{START},"brand":"\\u80',
        f'{START},"brand":"\\x41"}}',
        f'{START},"brand":"\\ud83d"}}',
        f'{START},"brand":"\\udc5f\\ud83d"}}',
        f'{START},"brand":"a\tb"}}',
        f'{START},"br\tand":"a"}}',
        *(f'{START},"a":{word}}}' for word in ("nul", "nulL", "tru", "fals", "True", "NaN", "-", "1.", ".5", "01")),
        *(f'{START},"a":{word}}}' for word in ("1e", "1e999", "--1", "0x1", "1_0", "+1", "Infinity")),
        f'{START},"price":01}}',
        f'{START},"seller":{{"id":nul}}}}',
        f'{START},"images":[{{"quality":01}}]}}',
    ],
)
def test_what_is_no_json_object_is_in_doubt(line: str) -> None:
    assert doubtful(MINIMAL, line, MINIMAL) == [1]
    assert doubtful(line) == [0]


@pytest.mark.parametrize(
    "text",
    [b"\x80", b"\xc0\xaf", b"\xc3", b"\xe0\x9f\xbf", b"\xed\xa0\x80", b"\xe8\x80", b"\xf0\x8f\xbf\xbf",
     b"\xf4\x90\x80\x80", b"\xf8\x88\x80\x80", b"\xff", b"\xe8\x80x", b"\xf0\x9f\x91"],
)  # fmt: skip
def test_what_is_no_utf_8_is_in_doubt_as_a_text_and_as_a_name(text: bytes) -> None:
    start = START.encode()
    for line in (start + b',"brand":"' + text + b'"}', start + b',"' + text + b'":1}', start + b',"brand":"' + text):
        with pytest.raises(orjson.JSONDecodeError):
            orjson.loads(line)
        assert doubtful_lines(line) == [0]


@pytest.mark.parametrize(
    "body",
    [
        f'{MINIMAL}\n{START}\n"a":1}}',
        f'{START},"brand":"a\nb"}}',
        f'{START},"brand":"a\\\n"}}',
        f'{START},"a":[{{"b":1}}\n{{"c":2}}]}}',
        f'{START},"a":[1\n2]}}',
        f'{START},"brand":"\\u8\n010"}}',
    ],
)
def test_a_line_ends_at_its_line_feed_whatever_it_has_begun(body: str) -> None:
    assert doubtful(body)[-2:] == [body.count("\n") - 1, body.count("\n")]


NAMES = st.sampled_from(
    ["platform", "listing_id", "title", "description", "brand", "price", "condition", "state", "attributes", "seller",
     "images", "url", "quality", "pdq", "titl", "titles", "descriptions", "a", "an unknown name of many bytes", ""]
)  # fmt: skip
TEXTS = st.text(max_size=4) | st.sampled_from(
    [
        "new",
        "listed",
        "1.5",
        "9" * 16,
        " ",
        "\u3000",
        "ナ",
        "耐克",
        "\u2003x",
        "\x00",
        "\x7f",
        "\\",
        '"',
        "a\\u0000",
        "{",
        "}",
    ]
)
SCALARS = TEXTS | st.none() | st.booleans() | st.integers(-2, 102) | st.floats(-1, 102) | st.integers(2**63, 2**70)
NESTED = st.dictionaries(NAMES | TEXTS, SCALARS, max_size=3)
VALUES = SCALARS | NESTED | st.lists(NESTED | SCALARS, max_size=2)
PAIRS = st.lists(st.tuples(NAMES | TEXTS, VALUES), max_size=4)
PIECES = st.sampled_from(
    [*' \t\r\n,:"\\{}[]01.-enu', '"title":"x",', '"a":1,', '"a":"b\\"",', "\\u0000", "\x7f", "\u3000"]
)


@st.composite
def texts_of_lines(draw: st.DrawFn) -> str:
    pairs = [("platform", "t"), ("listing_id", draw(TEXTS)), ("title", draw(TEXTS)), *draw(PAIRS)]
    spaced, ascii_only = draw(st.booleans()), draw(st.booleans())
    separators = (" , ", " : ") if spaced else (",", ":")
    written = [
        separators[1].join(json.dumps(part, ensure_ascii=ascii_only, separators=separators) for part in pair)
        for pair in draw(st.permutations(pairs))
    ]
    line = "{" + separators[0].join(written) + "}"
    if draw(st.integers(0, 2)) == 0:
        at = draw(st.integers(0, len(line)))
        line = line[:at] + draw(PIECES) + line[at + draw(st.integers(0, 1)) :]
    return line


def without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    assert len(dict(pairs)) == len(pairs), pairs
    return dict(pairs)


@settings(max_examples=500, deadline=None)
@given(st.lists(texts_of_lines(), min_size=1, max_size=3))
@example([MINIMAL, MINIMAL + "\n"])
def test_what_the_kernel_passes_its_twin_passes(texts: list[str]) -> None:
    body = "\n".join(texts).encode("utf-8", "replace")
    lines = read_lines(body)
    assert [(start, end) for start, end in zip(lines.starts, lines.ends, strict=True)] == spans_of_lines(body)
    for number, line in enumerate(body.split(b"\n")):
        if not lines.plain[number]:
            continue
        listing = json.loads(line, object_pairs_hook=without_repeats)
        assert orjson.loads(line) == listing
        warnings: Counter[str] = Counter()
        assert judge_listing(listing, {})[1]
        assert clean_listing(listing, line, warnings) == listing
        assert not warnings


def spans_of_lines(body: bytes) -> list[tuple[int, int]]:
    ends = list(accumulate((len(line) + 1 for line in body.split(b"\n")), initial=0))
    return [(start, end - 1) for start, end in pairwise(ends)]


@pytest.mark.parametrize("lines", [1, USUAL_LINES - 1, USUAL_LINES, USUAL_LINES + 1, 5 * USUAL_LINES])
def test_a_page_may_have_more_lines_than_usual(lines: int) -> None:
    good = orjson.dumps({"platform": "p", "listing_id": "1", "title": "shoes"})
    read = read_lines(b"\n".join([good, *[b"{}"] * (lines - 2), good][:lines]))
    assert (len(read.ends), np.flatnonzero(read.plain).tolist()) == (lines, sorted({0, lines - 1}))
