"""What a listing holds cannot take a terminal over, and a program reads the same value."""

from __future__ import annotations

import io
import unicodedata

import orjson
from hypothesis import given
from hypothesis import strategies as st

from streams.commands.output import write_line

texts = st.text(st.one_of(st.characters(codec="utf-8"), st.sampled_from("\x1b\x7f\x9b\x85\u061c\u2028\u202e\u2069")))


@given(texts)
def test_nothing_that_a_terminal_obeys_is_printed(text: str) -> None:
    out = io.BytesIO()
    write_line(out, orjson.dumps({"title": text}))
    printed = out.getvalue()
    assert orjson.loads(printed) == {"title": text}
    shown = printed.decode().removesuffix("\n")
    assert not any(unicodedata.category(char) in ("Cc", "Zl", "Zp") for char in shown)
    assert not any(
        unicodedata.bidirectional(char) in ("RLO", "LRO", "RLE", "LRE", "RLI", "LRI", "FSI") for char in shown
    )
