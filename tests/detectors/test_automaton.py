"""The automaton: the kernel against its twin, which tries every pattern at every place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.kernels import codes
from detectors.kernels.likely import BLOCK
from detectors.watchlist.patterns import build_patterns
from tests.detectors import hostile, naive, naive_fold
from tests.detectors.matched import find


def found(text: str, mark: str) -> list[int]:
    """The bits of each place where the mark stands in the text."""
    return [hit.bits for hit in find([text], [mark], [codes.MARK])]


@given(hostile.fields, hostile.phrases)
def test_the_kernel_finds_what_its_twin_finds(texts: list[str], phrases: list[tuple[str, int]]) -> None:
    wanted, kinds = [text for text, _ in phrases], [kind for _, kind in phrases]
    expected = naive.find(naive_fold.fold(texts), naive.patterns(wanted, kinds))
    assert find(texts, wanted, kinds) == expected


@given(hostile.fields, hostile.phrases, st.integers(BLOCK - 40, BLOCK))
def test_where_a_block_of_symbols_ends_makes_no_difference(
    texts: list[str], phrases: list[tuple[str, int]], before: int
) -> None:
    wanted, kinds = [text for text, _ in phrases], [kind for _, kind in phrases]
    expected = [(hit.field + 1, hit.symbol + before, hit.length, hit.bits) for hit in find(texts, wanted, kinds)]
    moved = [hit for hit in find(["ж" * before, *texts], wanted, kinds) if hit.field > 0]
    assert [(hit.field, hit.symbol, hit.length, hit.bits) for hit in moved] == expected


@pytest.mark.parametrize("before", range(BLOCK - 20, BLOCK + 1))
def test_a_mark_that_stands_in_two_blocks_is_found_alone_and_among_others_that_begin_alike(before: int) -> None:
    text = "ж" * before + " carl zeiss jena"
    marks = ["carl zeiss jena", "carl zeiss vario"]
    assert [hit.symbol for hit in find([text], marks[:1], [codes.MARK])] == [before]
    assert [hit.symbol for hit in find([text], marks, [codes.MARK] * 2)] == [before]


@given(hostile.phrases)
def test_patterns_are_what_the_twin_makes_of_the_texts(phrases: list[tuple[str, int]]) -> None:
    texts, kinds = [text for text, _ in phrases], [kind for _, kind in phrases]
    built, expected = build_patterns(texts, kinds), naive.patterns(texts, kinds)
    assert built.sources.tolist() == [pattern.source for pattern in expected]
    assert built.kinds.tolist() == [pattern.kind for pattern in expected]
    assert [chr(base) for base in built.bases] == [s.base for pattern in expected for s in pattern.symbols]


@pytest.mark.parametrize("texts", [[], [""], ["", ""], ["...", " "]])
def test_nothing_is_found_where_nothing_stands(texts: list[str]) -> None:
    assert find(texts, ["nike"], [codes.MARK]) == []


def test_an_empty_watchlist_finds_nothing() -> None:
    assert find(["nike"], [], []) == []


def test_a_page_of_nothing_but_marks_is_found_whole() -> None:
    assert len(find(["lv " * 5000, "lv"], ["LV"], [codes.MARK])) == 5001


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("bike", "ike"),
        ("nikes", "nike"),
        ("snike", "nike"),
        ("as us version", "asus"),
        ("ni ke", "nike"),
        ("15HP", "HP"),
        ("1HP5", "HP"),
        ("NLKE", "nike"),
        ("nlke", "nike"),
        ("Iego", "lego"),
        ("Nｌke", "nike"),
        ("h3", "he"),
        ("SP35", "sees"),
        ("N1K3", "nike"),
        ("36O", "360"),
        ("L0G0", "l0go"),
        ("ΟΡΡΟ".lower(), "ΙΙΙΙ"),
        ("4d1d45", "adidas"),
        ("ni(ke", "nike"),
        ("ni。ke", "nike"),
        ("l.v", "lv"),
        ("11", "1:1"),
        ("1-1", "1:1"),
        ("louis, vuitton", "louis vuitton"),
        ("A", "A"),
        ("グ", "グッチ"),
        ("マナイキ", "イキ"),
    ],
)
def test_where_a_mark_is_not(text: str, mark: str) -> None:
    assert found(text, mark) == []


@pytest.mark.parametrize(
    ("text", "mark", "bits"),
    [
        ("NIKE", "nike", 0),
        ("nike's", "nike", 0),
        ("HP15", "HP", 0),
        ("nike2024", "nike", 0),
        ("2024nike", "nike", 0),
        ("耐克鞋", "耐克", 0),
        ("买耐克", "耐克", 0),
        ("正品NIKE鞋", "nike", 0),
        ("나이키는", "나이키", 0),
        ("ナイキの靴", "ナイキ", 0),
        ("louis-vuitton", "louis vuitton", 0),
        ("louisvuitton", "louis vuitton", 0),
        ("ＮＩＫＥ", "nike", codes.WIDTH),
        ("茅臺", "茅台", codes.TRADITIONAL),
        ("茅台", "茅臺", 0),
        ("N1KE", "nike", codes.LEET),
        ("n!ke", "nike", codes.LEET),
        ("NlKE", "nike", codes.CONFUSABLE),
        ("AppIe", "apple", codes.CONFUSABLE),
        ("Gucc1", "gucci", codes.LEET),
        ("4didas", "adidas", codes.LEET),
        ("Νike", "nike", codes.CONFUSABLE),
        ("n\u200bike", "nike", codes.ZERO_WIDTH),
        ("\u200bnike", "nike", 0),
        ("n̶ike", "nike", codes.COMBINING),
        ("𝐍𝐢𝐤𝐞", "nike", codes.COMPATIBILITY),
        ("n.i.k.e", "nike", codes.SEPARATORS),
        ("n i k e", "nike", codes.SEPARATORS),
        ("ni-ke", "nike", 0),
        ("ni.ke", "nike", 0),
        ("ni*ke", "nike", codes.SEPARATORS),
        ("ni~ke", "nike", codes.SEPARATORS),
        ("耐·克", "耐克", codes.SEPARATORS),
        ("茅 台", "茅台", codes.SEPARATORS),
        ("路*易威登", "路易威登", codes.SEPARATORS),
    ],
)
def test_where_a_mark_is_and_how(text: str, mark: str, bits: int) -> None:
    assert found(text, mark) == [bits]


def test_a_mark_inside_a_longer_one_is_found_too() -> None:
    hits = find(["air jordan"], ["air", "air jordan", "jordan"], [codes.MARK] * 3)
    assert [hit.pattern for hit in hits] == [0, 1, 2]
