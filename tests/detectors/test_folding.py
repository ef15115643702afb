"""Folding: the kernel against its twin, and what folding promises."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from detectors.folding import fold
from detectors.kernels import codes
from tests.detectors import hostile, naive_fold
from tests.detectors.matched import symbols_of


def bases(text: str) -> str:
    return "".join(symbol.base for symbol in symbols_of(fold([text]))[0])


def looks(text: str) -> str:
    return "".join(symbol.look for symbol in symbols_of(fold([text]))[0])


@given(hostile.fields)
def test_the_kernel_folds_as_its_twin_does(texts: list[str]) -> None:
    assert symbols_of(fold(texts)) == naive_fold.fold(texts)


def test_every_character_of_the_first_planes_folds_as_the_table_says() -> None:
    texts = [chr(code) for code in (*range(0x3100), *range(0xA000, 0x20000, 3), *range(0x2F800, 0x32100, 7))]
    assert symbols_of(fold(texts)) == naive_fold.fold(texts)


@pytest.mark.parametrize("texts", [[], [""], ["", "", ""], ["-. \n"], ["\u200b"], ["", "a", ""], ["。", "a", "  "]])
def test_pages_and_fields_without_symbols(texts: list[str]) -> None:
    folded = fold(texts)
    assert symbols_of(folded) == naive_fold.fold(texts)
    assert len(folded.fields) == len(folded.field_starts) == len(texts) + 1


def test_the_text_is_read_from_bytes_that_nobody_may_write() -> None:
    assert not fold(["a"]).code_points.flags.writeable


def test_a_page_of_ligatures_needs_more_symbols_than_characters() -> None:
    assert bases("㍿" * 200) == "株式会社" * 200


@pytest.mark.parametrize(
    ("text", "base"),
    [
        ("ＮＩＫＥ", "nike"),
        ("𝐍𝐢𝐤𝐞", "nike"),
        ("Ⓝⓘⓚⓔ", "nike"),
        ("🄽🄸🄺🄴", "nike"),
        ("🇳🇮🇰🇪", "nike"),
        ("ɴɪᴋᴇ", "nike"),
        ("ⁿⁱᵏᵉ", "nike"),
        ("Ñíkë", "nike"),
        ("N̶i̷k⃣e", "nike"),
        ("n\u200bi\u2060k\ufeffe", "nike"),
        ("Straße", "strasse"),
        ("ﬁla", "fila"),
        ("茅臺", "茅台"),
        ("ﾅｲｷ", "ナイキ"),
        ("ないき", "ナイキ"),
        ("나이키", "나이키"),
        ("１２", "12"),
    ],
)
def test_identical_in_law_is_equal_in_base(text: str, base: str) -> None:
    assert bases(text) == base


@pytest.mark.parametrize("text", ["N1KE", "Νіkе", "NІKE", "nⅼke", "n!ke", "n|ke", "NlKE", "ΝΙΚΕ"])
def test_drawn_alike_is_equal_in_look(text: str) -> None:
    assert looks(text) == looks("nike")


def test_supplementary_planes_stand_for_themselves() -> None:
    folded = fold(["\U00032000\U00020000"])
    assert folded.kinds[:2].tolist() == [codes.HAN, codes.HAN]


def test_offsets_count_code_points() -> None:
    folded = fold(["👟\U00020000 é nike", "👟x"])
    assert chr(folded.code_points[folded.sources[folded.fields[1]]]) == "x"
    words = folded.kinds[: folded.fields[1]] != codes.PICTURE
    assert np.all(np.diff(folded.sources[: folded.fields[1]][words]) > 0)
