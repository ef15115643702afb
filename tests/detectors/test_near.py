"""Near spellings: the kernels against their twin, and what a seller may write near a mark."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.kernels import codes
from detectors.kernels.near import (
    add_size,
    fill_begins,
    may_have,
    near_key,
    note,
    sizes_of,
    text_hash,
    word_sizes,
)
from detectors.nearness import find_near
from detectors.text import fingerprint_text
from detectors.watchlist.near import build_near
from detectors.watchlist.patterns import build_patterns
from tests.detectors import hostile, naive, naive_fold, naive_near
from tests.detectors.floor import listing, marks_of, outcome, right, screen

MARKS = (
    "adidas", "Louis Vuitton", "PUMA", "Nikon", "Jack Wolfskin", "Paul Smith", "Target", "Xerox", "耐克", "茅台",
    "路易威登", "蓝月亮", "王老吉", "好时", "IBM", "Lumora", "Swatch", "Jordan",
    "Pals Umbra", "Best Buy", "Wing Machine",
)  # fmt: skip
NEAR = (
    "adidsa", "addidas", "adidaas", "adids", "adidas", "didas", "Louis Vuttion", "louisvuiton", "louis vuitons",
    "пума", "ПУМА", "ксерокс", "πυμα", "cheappaulsmithsale", "jack wolfskn", "targit", "shop", "nikkon", "naike",
    "nai ke", "lu yi wei deng", "耐磕", "奈克", "而寸克", "艹矛台", "蓝月壳", "蓝日亮", "王佬吉", "路亿威登", "女子时",
    "抬", "ibmstore", "myibm", "lurnora", "SVVATCH", "aclidas", "люмора", "джордан", "jacw kolfskin", "uklumora",
    "jtargetx", "store", "xlouisvuitton", "茅抬", "运动鞋", "正品", "蓝亮月", "监月亮", "老王吉", "克耐", "艹矛",
    "日本", "pals umith", "paul zmith", "pual smith", "pau smith", "paul msith", "paus lmith", "paul smit", "best buj",
    "best uby", "best b", "bets buy", "bset buy", "best ybu", "wingg machine", "win gmachine", "wing achine",
)  # fmt: skip
pieces = st.one_of(st.sampled_from(NEAR), st.sampled_from(" -.,1$鞋"), st.sampled_from(hostile.ALPHABET))
texts = st.lists(pieces, max_size=6).map("".join)


def near_hits(fields: Sequence[str], marks: Sequence[str]) -> list[naive.Hit]:
    patterns = build_patterns(marks, [codes.MARK] * len(marks))
    page = fingerprint_text([{"title": field} for field in fields])
    found = find_near(page.folded, page.headlines, patterns, build_near(patterns))
    return sorted(naive.Hit(*row) for row in zip(*(column.tolist() for column in found), strict=True))


@given(st.lists(texts, max_size=3), st.lists(st.sampled_from(MARKS), min_size=1, max_size=6, unique=True))
def test_the_kernels_find_what_their_twin_finds(fields: list[str], marks: list[str]) -> None:
    expected = naive_near.find(naive_fold.fold(fields), naive.patterns(marks, [codes.MARK] * len(marks)))
    assert near_hits(fields, marks) == expected


def test_two_marks_written_together_are_not_one_slip() -> None:
    assert {hit.bits & codes.ONE_LETTER for hit in near_hits(["adidsaadidas"], ["蓝月亮", "adidas"])} == {0}


@pytest.mark.parametrize("others", [[], ["Pals Umbra"]])
def test_a_letter_that_moved_farther_over_a_break_is_not_found_whatever_else_is_watched(others: list[str]) -> None:
    assert near_hits(["pals umith"], ["Paul Smith", *others]) == []


@given(hostile.fields, st.lists(hostile.texts, max_size=4))
def test_no_text_and_no_mark_raises(fields: list[str], marks: list[str]) -> None:
    near_hits(fields, marks)


TAIL = "jack wolfskn lu yi wei deng addidas paul zmith джордан 蓝日亮 茅抬"


def hits_behind(filler: str, count: int) -> list[tuple[int, int, int, int]]:
    """The near hits of TAIL behind so many fillers, as if it stood alone."""
    hits = near_hits([filler * count + " " + TAIL], MARKS)
    first = count * len(filler.strip())
    return [(hit.symbol - first, hit.length, hit.pattern, hit.bits) for hit in hits]


@pytest.mark.parametrize(("filler", "counts"), [("shop ", range(115, 132)), ("鞋", range(490, 514))])
def test_what_is_near_is_found_wherever_a_block_of_the_text_ends(filler: str, counts: range) -> None:
    alone = hits_behind(filler, 5)
    assert len(alone) >= 6
    assert {count for count in counts if hits_behind(filler, count) != alone} == set()


han_words = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=2, max_size=4)


@given(st.lists(han_words, min_size=1, max_size=20))
def test_two_characters_name_the_lengths_of_all_words_that_begin_with_them(words: list[str]) -> None:
    letters = np.frombuffer("".join(words).encode("utf-32-le"), np.uint32)
    offsets = np.cumsum([0, *map(len, words)]).astype(np.int32)
    begins = np.zeros(64, np.uint8)
    fill_begins(letters, offsets, begins)
    for word, first in zip(words, offsets.tolist(), strict=False):
        assert word_sizes(np.uint64(text_hash(letters, first, first + 2)), begins) >> (len(word) - 2) & 1


@given(st.lists(st.tuples(st.integers(0, 2**64 - 1), st.integers(1, 8)), max_size=40), st.integers(1, 9))
def test_the_filters_of_near_spellings_miss_nothing_that_was_put_in(rows: list[tuple[int, int]], room: int) -> None:
    bits, sizes = np.zeros(room, np.uint64), np.zeros(room, np.uint64)
    keys = [near_key(np.uint64(hashed), 1) for hashed, _ in rows]
    for key, (_, size) in zip(keys, rows, strict=True):
        note(np.uint64(key), bits)
        add_size(np.uint64(key), size, sizes)
    for key, (_, size) in zip(keys, rows, strict=True):
        assert may_have(np.uint64(key), bits)
        assert sizes_of(np.uint64(key), sizes) >> (size - 1) & 1


@pytest.mark.parametrize(
    ("title", "mark", "how"),
    [
        ("adipdas tee", "adidas", "one_letter"),
        ("Panasovic tee", "Panasonic", "one_letter"),
        ("bags | samsomite.com", "Samsonite", "one_letter"),
        ("adidsa shoes", "adidas", "transposed"),
        ("Louis Vuttion bag", "Louis Vuitton", "transposed"),
        ("addidas tee", "adidas", "doubled"),
        ("louisvuiton bag", "Louis Vuitton", "doubled"),
        ("ПУМА running shoes", "PUMA", "transliteration"),
        ("АДИДАС shoes", "adidas", "transliteration"),
        ("ξεροξ copier", "Xerox", "transliteration"),
        ("naike 运动鞋", "耐克", "pinyin"),
        ("lu yi wei deng bag", "路易威登", "pinyin"),
        ("王佬吉凉茶", "王老吉", "homophone"),
        ("路亿威登包", "路易威登", "homophone"),
        ("路易威豋包", "路易威登", "homophone"),
        ("而寸克运动鞋", "耐克", "split"),
        ("路踢威登包", "路易威登", "shape"),
        ("蓝月壳洗衣液", "蓝月亮", "shape"),
        ("監月亮洗衣液", "藍月亮", "shape"),
        ("己人堂面膜", "已人堂", "shape"),
        ("蓝亮月洗衣液", "蓝月亮", "transposed"),
        ("喜梅朗箱包", "西梅朗", "homophone"),
        ("欧珊卓面膜", "欧山卓", "homophone"),
        ("王老占凉茶", "王老吉", "shape"),
        ("路易威丽手提包", "路易威登", "one_character"),
        ("蓝月红洗衣液", "蓝月亮", "one_character"),
        ("木对莓洗面奶", "树莓", "split"),
        ("cheapsennheisersale", "Sennheiser", "contained"),
        ("cheapnikonsale", "Nikon", "contained"),
        ("mysennheiser", "Sennheiser", "contained"),
        ("sennheisserstore", "Sennheiser", "doubled"),
        ("Fredd Perry shirt", "Fred Perry", "doubled"),
        ("сезон shoes", "Sezon", "transliteration"),
        ("Jack & Jonse jeans", "Jack & Jones", "transposed"),
        ("L'Orael cream", "L'Oréal", "transposed"),
        ("Jacw Kolfskin jacket", "Jack Wolfskin", "transposed"),
        ("Lurnora watch", "Lumora", "digraph"),
        ("svvatch strap", "Swatch", "digraph"),
        ("SVVATCH strap", "Swatch", "digraph"),
        ("aclidas tee", "adidas", "digraph"),
        ("ЛЮМОРА watch", "Lumora", "transliteration"),
        ("Джордан shoes", "Jordan", "transliteration"),
        ("ukstatoil lamp", "Statoil", "contained"),
        ("goldengoosesadil shoes", "Golden Goose", "contained"),
        ("ebankofamerica card", "Bank of America", "contained"),
    ],
)
def test_what_only_intent_explains_alerts_and_says_how(title: str, mark: str, how: str) -> None:
    (alert,) = screen(title, right(marks=[mark])).alerts
    assert [reason.how for reason in alert.reasons] == [how]
    assert list(alert.signals) == ["mark", "disguise"]


@pytest.mark.parametrize(
    ("title", "mark"),
    [
        ("adisas tee", "adidas"),
        ("adidaz tee", "adidas"),
        ("bestune tee", "Best One"),
        ("pumq shoes", "PUMA"),
        ("targit bag", "Target"),
        ("奈刻运动鞋", "耐克"),
        ("克耐 shoes", "耐克"),
        ("茅抬酒", "茅台"),
        ("自然嘉护肤品", "自然堂"),
        ("沃尔丽超市购物袋", "沃尔玛"),  # beside 沃尔沃, 沃尔特, 沃尔夫
        ("松下电动牙刷", "松下电器"),  # common words make it up
        ("女子时", "好时"),
        ("nikonuser", "Nikon"),
        ("Blue Nike shoes", "Blue Nile"),
        ("nai ke shoes", "耐克"),
        ("ibmstore laptop", "IBM"),
        ("gmailsupports phone", "Gmail"),
        ("lumorabright lamp", "Lumora"),
        ("cloria dress", "Doria"),
    ],
)
def test_what_chance_may_explain_needs_a_second_signal(title: str, mark: str) -> None:
    assert outcome(title, right(marks=[mark])) == "similar"
    assert outcome(title, right(marks=[mark], policy="any_use")).startswith("alert")


def test_the_rights_own_goods_are_enough_of_a_second_signal_when_the_slip_is_likely() -> None:
    (alert,) = screen("adisas running shoes", right(marks=["adidas"], classes=["25"])).alerts
    assert list(alert.signals) == ["mark", "similar", "goods_match"]
    assert outcome("adisas running shoes", right(marks=["adidas"], classes=["7"])) == "other_goods"
    assert outcome("adisas running shoes", right(marks=["adidas"])) == "similar"


@pytest.mark.parametrize(
    ("title", "mark"), [("爱马仕男包", "爱马屎"), ("香奈儿粉底液", "香雪儿"), ("亚克力收纳盒", "亚克西")]
)
def test_a_known_name_is_no_slip_of_another_mark(title: str, mark: str) -> None:
    assert not outcome(title, right(marks=[mark])).startswith("alert")


@pytest.mark.parametrize(
    ("title", "mark"), [("髙気の寿司", "高气"), ("高気ラーメン", "高氣"), ("桜井家具ストア", "樱井")]
)
def test_japanese_forms_of_characters_are_ordinary_writing(title: str, mark: str) -> None:
    assert outcome(title, right(marks=[mark])) == "mention"
    (alert,) = screen(title, right(marks=[mark], policy="any_use")).alerts
    assert alert.reasons[0].how == "traditional"


def test_a_weak_resemblance_is_a_signal_of_its_own() -> None:
    (alert,) = screen("pumq shoes", right(marks=["PUMA"], policy="any_use")).alerts
    assert list(alert.signals) == ["mark", "similar", "any_use"]


@pytest.mark.parametrize(
    ("title", "mark"),
    [
        ("loungers", "Lounger"),
        ("pool lounger", "Lounges"),
        ("idadas", "adidas"),
        ("bdidas", "adidas"),
        ("adi", "adidas"),
        ("pumas", "PUMA"),
        ("Panasonic", "Panasonik"),
        ("made in china", "马德"),
        ("加湿器家用", "食其家"),
        ("巧克力味", "克力威"),
        ("公交卡银行卡", "交通银行"),
        ("pineapple", "apple"),
        ("新款日本购名校电子词典", "日本城"),
        ("男鞋运动鞋舒适型防滑", "舒适堡"),
        ("LURNORA watch", "Lumora"),
        ("new ibmstore laptop", "IBM"),
        ("modern lamp", "Modem"),
        ("ebookmark lamp", "Bookmark"),
    ],
)
def test_ordinary_words_and_other_beginnings_are_nobodys_mark(title: str, mark: str) -> None:
    assert outcome(title, right(marks=[mark])) == "nothing"


def test_a_russian_listing_names_a_mark_in_russian_letters() -> None:
    assert outcome("кроссовки адидас мужские", right(marks=["adidas"])) == "mention"


def test_pinyin_beside_the_mark_itself_hides_nothing() -> None:
    assert outcome("耐克 naike 运动鞋", right(marks=["耐克"])) == "mention"


def test_a_slip_beside_the_mark_itself_hides_nothing() -> None:
    assert outcome("adidas adidsa shoes", right(marks=["adidas"])) == "mention"


def test_running_text_is_not_searched_for_slips() -> None:
    told = {**listing("shoes"), "description": "like adidsa"}
    assert outcome(told, right(marks=["adidas"], policy="any_use")) == "nothing"


def test_the_span_is_what_stands_in_the_text() -> None:
    (alert,) = screen("正品 Louis Vuttion 包", right(marks=["Louis Vuitton"])).alerts
    assert marks_of(alert) == [("Louis Vuttion", "Louis Vuitton", "transposed")]
    assert (alert.reasons[0].start, alert.reasons[0].end) == (3, 16)
