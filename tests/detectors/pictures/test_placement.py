"""Places between pictures, and the words for them."""

from __future__ import annotations

import pytest

from detectors.pictures.placement import Placement, between, box_of, common, placed, view_name
from detectors.pictures.views import View, Window


def test_a_window_is_a_box_in_published_pixels() -> None:
    assert box_of(View("trimmed", Window(10, 20, 110, 220)), (2.0, 4.0)) == (40, 40, 440, 440)


def test_a_box_goes_to_the_other() -> None:
    a, _, tx, _, d, ty = between((40, 20, 440, 220), (0, 0, 400, 200), is_mirrored=False)
    assert (a * 40 + tx, d * 20 + ty) == (0, 0)
    assert (a * 440 + tx, d * 220 + ty) == (400, 200)


def test_a_mirrored_box_goes_from_right_to_left() -> None:
    a, _, tx, *_ = between((0, 0, 200, 100), (0, 0, 200, 100), is_mirrored=True)
    assert (a * 0 + tx, a * 200 + tx) == (200, 0)


def test_a_turned_box_is_placed_in_an_upright_one() -> None:
    assert placed((0, -1, 100, 1, 0, 0), (10, 20, 50, 60)) == (40, 10, 80, 50)


def test_two_boxes_have_a_part_in_common() -> None:
    assert common((0, 0, 10, 10), (5, -5, 20, 8)) == (5, 0, 10, 8)


@pytest.mark.parametrize(
    ("place", "name"),
    [
        ((1, 0, 0, 0, 1, 0), "whole"),
        ((2, 0, -100, 0, 2, -100), "cropped"),
        ((-1, 0, 400, 0, 1, 0), "mirror"),
        ((-0.5, 0, 300, 0, 0.5, 50), "mirror, part of a larger picture"),
        ((0.9, 0, 20, 0, 0.9, 15), "framed"),
        ((0.9994, -0.0349, 5, 0.0349, 0.9994, -7), "turned 2 degrees"),
        ((-0.9994, 0.0349, 395, 0.0349, 0.9994, -7), "mirror, turned 2 degrees"),
    ],
)
def test_a_place_is_said_in_words(place: Placement, name: str) -> None:
    assert view_name(place, (300, 400), (300, 400)) == name
