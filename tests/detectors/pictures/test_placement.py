"""Places between pictures, and the words for them."""

from __future__ import annotations

import pytest

from detectors.pictures.placement import Placement, between, view_name
from detectors.pictures.views import View, Window


def test_a_window_goes_to_the_other() -> None:
    ours, theirs = View("trimmed", Window(10, 20, 110, 220)), View("whole", Window(0, 0, 50, 100))
    a, _, tx, _, d, ty = between(ours, (2.0, 2.0), theirs, (4.0, 4.0))
    assert (a * 40 + tx, d * 20 + ty) == (0, 0)
    assert (a * 440 + tx, d * 220 + ty) == (400, 200)


def test_a_mirrored_window_goes_from_right_to_left() -> None:
    whole = Window(0, 0, 100, 200)
    a, _, tx, *_ = between(View("whole", whole), (1.0, 1.0), View("mirror", whole, is_mirrored=True), (1.0, 1.0))
    assert (a * 0 + tx, a * 200 + tx) == (200, 0)


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
