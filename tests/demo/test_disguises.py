"""The disguises: documented, repeatable, and undone by what they say undoes them."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.demo import patents
from streams.demo.disguises import DISGUISES
from streams.demo.glyphs import LOOK_ALIKES, TRADITIONAL
from streams.demo.made import WORDING

README = Path(__file__).parents[2] / "streams" / "demo" / "README.md"
MARKS = st.one_of(
    st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=2, max_size=12),
    st.sampled_from(["苏菲", "兰芝", "联想", "耐克", "Da-Lite", "Levi's"]),
)


def documented() -> set[str]:
    return set(re.findall(r"^\| ([a-z_]+) \|", README.read_text("utf-8"), re.MULTILINE)) - {"name"}


def test_every_disguise_is_documented_and_no_other() -> None:
    assert documented() == {*DISGUISES, *patents.CLAIMS, *patents.CITED, WORDING}


@pytest.mark.parametrize("name", DISGUISES)
@given(mark=MARKS, seed=st.integers())
def test_the_mark_is_changed_and_the_same_seed_gives_the_same(name: str, mark: str, seed: int) -> None:
    disguised = DISGUISES[name].apply(mark, Random(seed))
    assert disguised != mark
    assert disguised == DISGUISES[name].apply(mark, Random(seed))


@pytest.mark.parametrize("name", ["full_width", "math_alphanumeric"])
@given(mark=MARKS, seed=st.integers())
def test_compatibility_forms_fold_back(name: str, mark: str, seed: int) -> None:
    disguised = DISGUISES[name].apply(mark, Random(seed))
    assert disguised is None or unicodedata.normalize("NFKC", disguised) == mark


@pytest.mark.parametrize(("name", "dropped"), [("zero_width", "Cf"), ("combining_strokes", "Mn")])
@given(mark=MARKS, seed=st.integers())
def test_what_was_put_between_can_be_dropped(name: str, dropped: str, mark: str, seed: int) -> None:
    disguised = DISGUISES[name].apply(mark, Random(seed))
    assert disguised is not None
    assert "".join(c for c in disguised if unicodedata.category(c) != dropped) == mark


@given(mark=MARKS, seed=st.integers())
def test_homoglyphs_survive_compatibility_folding(mark: str, seed: int) -> None:
    disguised = DISGUISES["homoglyph"].apply(mark, Random(seed))
    if disguised is not None:
        assert unicodedata.normalize("NFKC", disguised) != mark
        assert all(c == d or d in LOOK_ALIKES[c] for c, d in zip(mark, disguised, strict=True))


@given(mark=MARKS, seed=st.integers())
def test_separators_stand_between_all_characters(mark: str, seed: int) -> None:
    disguised = DISGUISES["separators"].apply(mark, Random(seed))
    assert disguised is None or (disguised[::2] == mark and len(set(disguised[1::2])) == 1)


def test_traditional_swaps_only_characters_that_differ() -> None:
    assert DISGUISES["traditional"].apply("苏菲", Random(1)) == "蘇菲"
    assert DISGUISES["traditional"].apply("Nike", Random(1)) is None
    assert all(len(a) == len(b) == 1 and a != b for a, b in TRADITIONAL.items())


@given(seed=st.integers())
def test_false_patent_claims_are_false_as_they_say(seed: int) -> None:
    for make in patents.CLAIMS.values():
        claim = make(Random(seed))
        body, digit = re.search(r"ZL(\d{12})\.([\dX])", claim.text).groups()  # type: ignore[union-attr]
        assert (patents.check_digit(body) == digit) == (claim.code != "check_digit")
        assert ("发明" in claim.text) == (claim.code == "type_mismatch")
        assert (int(body[:4]) <= 2012) == (claim.code == "term_over")


@pytest.mark.parametrize("number", ["200510113767.6", "201811564288.X", "201930288275.3", "202411064734.6"])
def test_check_digit_of_real_numbers(number: str) -> None:
    body, digit = number.split(".")
    assert patents.check_digit(body) == digit
