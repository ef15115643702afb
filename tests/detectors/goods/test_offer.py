"""Which goods a title, a category and attributes speak of."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.goods.classes import class_bits, class_numbers
from detectors.goods.lexicon import goods_lexicon
from detectors.goods.offer import Offer, read_offer
from detectors.goods.source import goods_source
from detectors.goods.words import read_goods
from tests.detectors import hostile

LEXICON = goods_lexicon()
WORDS = sorted(goods_source().meanings)


def offer(title: str, **fields: Any) -> Offer:
    listing = {"title": title, **fields}
    return read_offer(read_goods([listing], [0], LEXICON)[0], LEXICON)


@pytest.mark.parametrize(
    ("title", "head"),
    [
        ("Men's Air Max 90 Running Shoes - Size 10", (25,)),
        ("leather shoe rack", (20,)),  # the longer word counts
        ("Leather Handbags for Women, with free wallet", (18,)),  # what is offered stands before "for"
        ("夏季新款男士休闲运动鞋", (25,)),
        ("手机壳 防摔", (9,)),
        ("운동화 남성용", (25,)),
        ("ランニングシューズ メンズ", (25,)),
        ("chaussures de sport femme", (25,)),
        ("sac à main en cuir", (18,)),  # French names the thing first
        ("Herren Armbanduhr Leder", (14,)),
        ("bolso de mano de piel", (18,)),
        ("纯牛奶 250ml 早餐 饼干", (30,)),
    ],
)
def test_the_head_word_names_the_thing(title: str, head: tuple[int, ...]) -> None:
    assert class_numbers(offer(title).head) == head


@pytest.mark.parametrize(
    "title",
    [
        "",
        "Apple MacBook Pro 13-inch",
        "Mercurial Veloce - Bright Mango/Metallic",  # a colour
        "Suction Cup Mount",
        "全国包邮 正品保障",
        "日本 基本 本物",
    ],
)
def test_what_is_not_certain_is_unknown(title: str) -> None:
    assert offer(title).classes == 0


def test_an_ambiguous_word_counts_in_company() -> None:
    assert class_numbers(offer("Mango fresh fruit 5 kg, vegetables").classes) == (31,)
    assert class_numbers(offer("烟台红富士苹果 新鲜水果").classes) == (31,)


def test_a_category_means_its_words() -> None:
    assert class_numbers(offer("Kisai Spider", category="Watches").head) == (14,)
    assert class_numbers(offer("新款", attributes={"类目": "女鞋"}).head) == (25,)
    assert offer("新款", attributes={"搭配": "女鞋"}).classes == 0


def test_every_class_that_a_title_speaks_for_is_likely() -> None:
    assert class_numbers(offer("运动鞋 送 手提包").classes) == (18, 25)


def test_a_strap_is_an_accessory_and_a_watch_is_none() -> None:
    assert offer("Leather watch strap for Rolex watch").has_accessory_word
    assert not offer("Automatic watch in steel").has_accessory_word


def test_goods_words_are_found_in_other_case_width_and_script() -> None:
    assert class_numbers(offer("ＲＵＮＮＩＮＧ ＳＨＯＥＳ").head) == (25,)
    assert class_numbers(offer("運動鞋").head) == (25,)


@given(st.lists(st.lists(st.sampled_from(WORDS) | hostile.pieces, max_size=8).map("".join), min_size=1, max_size=5))
def test_no_title_raises_and_words_stand_where_they_say(titles: list[str]) -> None:
    listings = [{"title": title, "category": title} for title in titles]
    found = read_goods(listings, range(len(titles)), LEXICON)
    for position, words in found.items():
        for word in words:
            assert word.text in titles[position]
            assert 0 <= word.start < word.end <= len(titles[position])


def test_a_listing_reads_the_same_alone_and_among_others() -> None:
    listings = [{"title": title} for title in ("running shoes", "手机壳", "", "watch")]
    together = read_goods(listings, [0, 1, 2, 3], LEXICON)
    alone = [read_goods([listing], [0], LEXICON)[0] for listing in listings]
    texts = [[(word.text, word.start) for word in words] for words in together.values()]
    assert texts == [[(word.text, word.start) for word in words] for words in alone]


def test_classes_related_to_each_other_are_so_both_ways_but_where_one_reaches_further() -> None:
    one_way = {
        (one, other)
        for one in range(1, 46)
        for other in range(1, 46)
        if LEXICON.related(class_bits([one])) >> other & 1 and not LEXICON.related(class_bits([other])) >> one & 1
    }
    assert one_way == {(25, 9)}  # a fashion house has phone cases made, a maker of phones no dresses
