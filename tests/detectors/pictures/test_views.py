"""Views: which windows are looked at, and what they are called."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from detectors.pictures.views import View, Window, edges, listing_views, registered_views, trimmed
from tests.detectors.pictures.naive_features import blur

Luma = NDArray[np.float32]


def photograph(seed: int, height: int = 200, width: int = 200) -> Luma:
    """Blurred noise of 60 to 190: no straight lines, no plain strips."""
    noise = np.random.default_rng(seed).uniform(0, 1, (height, width)).astype(np.float32)
    soft = blur(noise, np.full(9, 1 / 9, np.float32))
    return np.asarray(60 + 130 * (soft - soft.min()) / (soft.max() - soft.min()), np.float32)


def bordered(luma: Luma, top: int, left: int, bottom: int, right: int, tone: float) -> Luma:
    return np.pad(luma, ((top, bottom), (left, right)), constant_values=tone)


def windows(views: Sequence[View]) -> dict[str, tuple[int, int, int, int]]:
    return {view.name: edges(view.window) for view in views}


@given(st.tuples(*[st.integers(0, 30)] * 4), st.sampled_from([0.0, 128.0, 255.0]))
def test_a_plain_border_is_trimmed_to_the_pixel(widths: tuple[int, int, int, int], tone: float) -> None:
    luma = bordered(photograph(1, 60, 80), *widths, tone)
    found = trimmed(luma, Window(0, 0, *luma.shape))
    assert edges(found) == (widths[0], widths[1], widths[0] + 60, widths[1] + 80)


def test_a_plain_picture_is_left_as_it_is() -> None:
    luma = np.full((40, 50), 255, np.float32)
    assert edges(trimmed(luma, Window(0, 0, 40, 50))) == (0, 0, 40, 50)


def test_a_registered_picture_is_kept_whole_trimmed_and_cut_at_the_edges() -> None:
    found = windows(registered_views(bordered(photograph(2, 200, 200), 20, 0, 20, 0, 255)))
    assert found["whole"] == (0, 0, 240, 200)
    assert found["trimmed"] == (20, 0, 220, 200)
    assert found["centre 80 %"] == (24, 20, 216, 180)


def test_every_view_of_a_listing_is_looked_at_mirrored_too() -> None:
    views = listing_views(bordered(photograph(2, 200, 200), 20, 0, 20, 0, 255))
    assert [view.name for view in views] == ["whole", "trimmed", "mirror", "trimmed, mirror"]
    assert [view.is_mirrored for view in views] == [False, False, True, True]


@pytest.mark.parametrize("is_above", [True, False])
def test_a_banner_is_cut_away(is_above: bool) -> None:
    banner, shown = np.full((40, 200), 10, np.float32), photograph(3, 200, 200)
    banner[10:30, 40:160:6] = 220
    luma = np.concatenate([banner, shown] if is_above else [shown, banner])
    wanted = (40, 0, 240, 200) if is_above else (0, 0, 200, 200)
    assert windows(listing_views(luma))["without banner"] == wanted


@pytest.mark.parametrize("gutter", [12, 0])
def test_a_collage_is_cut_into_its_pictures(gutter: int) -> None:
    left, right = photograph(4, 120, 120) / 3, 60 + photograph(5, 120, 120)
    luma = np.concatenate([left, np.full((120, gutter), 255, np.float32), right], axis=1)
    found = windows(listing_views(luma))
    one = found.get("collage 1 of 2, trimmed", found.get("collage 1 of 2"))
    two = found.get("collage 2 of 2, trimmed", found.get("collage 2 of 2"))
    assert one == (0, 0, 120, 120)
    assert two == (0, 120 + gutter, 120, 240 + gutter)


def test_a_picture_without_lines_is_no_collage() -> None:
    assert not [view for view in listing_views(photograph(6, 200, 200)) if "collage" in view.name]


@pytest.mark.parametrize("shape", [(1, 1), (2, 300), (9, 9)])
def test_tiny_pictures_have_their_whole_view(shape: tuple[int, int]) -> None:
    names = [view.name for view in listing_views(np.zeros(shape, np.float32))]
    assert names == ["whole", "mirror"]
