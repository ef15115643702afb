"""The pictures' harness measures what it says: edits are what they are called, counts are sound."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from random import Random

import numpy as np
import pytest
from PIL import Image

from benchmarks.pictures import overlays
from benchmarks.pictures.corpus import Half, shipped
from benchmarks.pictures.edits import EDITS, apply, pairs
from benchmarks.pictures.measure import Work, measure, prepare, rows
from benchmarks.pictures.run import run
from benchmarks.records import BenchmarkError

HALVES: tuple[Half, Half] = ("tuned", "held_out")


def picture(width: int = 300, height: int = 400) -> Image.Image:
    slope = np.add.outer(np.arange(height) * 120 // height, np.arange(width) * 120 // width)
    return Image.fromarray(slope.astype(np.uint8)).convert("RGB")


def edited(*names: str, of: Image.Image | None = None) -> Image.Image:
    data = apply(names, of or picture(), Random(1), [picture(200, 200)] * 4)
    assert data
    return Image.open(BytesIO(data)).convert("RGB")


@pytest.fixture(scope="module")
def work() -> Work:
    return prepare(shipped(), singles=1, pair_cases=1, every=40)


class Always:
    name = "always"

    def register(self, pictures: Sequence[bytes]) -> None:
        self.count = len(pictures)

    def look(self, data: bytes) -> frozenset[int]:
        return frozenset(range(self.count))


class Never(Always):
    name = "never"

    def look(self, data: bytes) -> frozenset[int]:
        return frozenset()


def test_the_same_pictures_give_the_same_cases(work: Work) -> None:
    assert prepare(shipped(), singles=1, pair_cases=1, every=40).cases == work.cases


def test_a_product_is_in_one_half() -> None:
    tuned, held_out = ({one.group for one in shipped(half).protected} for half in HALVES)
    assert tuned
    assert not tuned & held_out


def test_who_always_says_yes_finds_all_and_is_always_wrong(work: Work) -> None:
    outcome = measure(work, Always())
    assert outcome.recall(rows(work)["two edits, all"]).value == 1.0
    assert len(list(outcome.false_matches())) == outcome.unrelated_pairs


def test_who_always_says_no_finds_nothing_and_is_never_wrong(work: Work) -> None:
    outcome = measure(work, Never())
    assert outcome.recall(rows(work)["two edits, all"]).hits == 0
    assert not list(outcome.false_matches())


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("200 px", (150, 200)),
        ("crop 5 %", (270, 360)),
        ("border 10 %", (360, 480)),
        ("square", (400, 400)),
        ("banner 20 % added", (300, 480)),
        ("banner 20 % over", (300, 400)),
        ("collage of 4", (600, 800)),
        ("interface frame", (600, 1200)),
    ],
)
def test_edits_have_the_size_that_they_say(name: str, size: tuple[int, int]) -> None:
    assert edited(name).size == size


@pytest.mark.parametrize(("name", "picture_size"), [("200 px", (90, 120)), ("square", (200, 200))])
def test_an_edit_that_changes_nothing_is_no_case(name: str, picture_size: tuple[int, int]) -> None:
    assert apply([name], picture(*picture_size), Random(1), []) is None


@pytest.mark.parametrize("share", [0.02, 0.05, 0.1])
def test_a_badge_covers_its_share_of_the_area(share: float) -> None:
    before = picture()
    after = overlays.badge(before, Random(3), [], share=share)
    changed = (np.asarray(before) != np.asarray(after)).any(axis=2).mean()
    assert changed == pytest.approx(share, rel=0.15)


def test_mirroring_turns_left_and_right() -> None:
    before, after = (np.asarray(one, np.int16) for one in (picture(), edited("mirror")))
    assert np.abs(before[:, ::-1] - after).max() < 20


def test_edits_are_made_in_the_order_of_a_seller() -> None:
    assert edited("border 10 %", "200 px").size == (180, 240)
    assert edited("200 px", "border 10 %").size == (180, 240)


def test_two_of_one_family_are_not_combined() -> None:
    assert all(EDITS[a].family != EDITS[b].family for a, b in pairs())
    assert len(pairs()) == 325


def test_a_row_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(BenchmarkError, match=r"no row is called 'nonsense'; there are: false, 200 px"):
        run(quick=True, show="nonsense")
