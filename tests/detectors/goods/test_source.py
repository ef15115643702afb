"""The goods file is checked at load, and a complaint names the place."""

from __future__ import annotations

from importlib.resources import files

import pytest

from detectors.goods.classes import registered_bits
from detectors.goods.source import GoodsError, goods_source, read_goods_source

SHIPPED = (files("detectors") / "data/goods.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        ("[class.25]", "[class.46]", "[class.46]: is no class"),
        ("[related]", "[relatives]", "[relatives]: unknown table"),
        ("fashion = [14,", 'fashion = ["14",', "[related] fashion: must be a list of classes"),
        ("fashion = [14,", "fashion = [0,", "[related] fashion: must be a list of classes"),
        ("resale_price_share = 0.10", "resale_price_share = 10.0", "[limits] resale_price_share"),
        ("polo = [25]", "polo = 25", "[describes] polo"),
        ('ja = ["花火"]', 'ja = ["花火", ""]', "[class.13] ja entry 2: must be a text of 1 to 60 characters"),
        ('ja = ["花火"]', 'jp = ["花火"]', "[class.13] jp: unknown language"),
        ("[limits]", "[limits", "goods.toml:"),
    ],
)
def test_a_bad_file_is_refused_by_name(before: str, after: str, complaint: str) -> None:
    assert before in SHIPPED
    with pytest.raises(GoodsError) as caught:
        read_goods_source(SHIPPED.replace(before, after, 1).encode())
    assert complaint in str(caught.value)


def test_the_version_names_the_exact_content() -> None:
    assert read_goods_source(SHIPPED.encode()).version == goods_source().version
    assert read_goods_source(SHIPPED.replace("shoe", "shoo", 1).encode()).version != goods_source().version


def test_a_word_speaks_for_every_class_it_stands_in() -> None:
    meaning = goods_source().meanings["奶粉"]
    assert meaning >> 5 & 1
    assert meaning >> 29 & 1


@pytest.mark.parametrize(
    ("written", "class_number"),
    [("25", 25), ("025", 25), ("Class 9", 9), ("第18类", 18)],
)
def test_classes_of_a_right_are_read_as_people_write_them(written: str, class_number: int) -> None:
    assert registered_bits((written,)) == 1 << class_number


@pytest.mark.parametrize("written", ["", "fashion", "0", "46", "9" * 40])
def test_what_is_no_class_says_nothing(written: str) -> None:
    assert registered_bits((written,)) == 0
