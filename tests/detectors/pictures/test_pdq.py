"""The PDQ kernel against the published steps, against pdqhash, and against itself on cut and mirrored pixels."""

from __future__ import annotations

import io

import numpy as np
import pdqhash
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from detectors.pictures.fingerprint import Fingerprint
from detectors.pictures.hashing import fingerprint, fingerprint_windows
from tests.detectors.pictures.made import decoded, encoded, of_luma, photograph
from tests.detectors.pictures.naive_pdq import pdq

ROUNDING = 1e-3  # of frequencies up to thousands


@st.composite
def lumas(draw: st.DrawFn, least: int = 5, most: int = 200) -> NDArray[np.float32]:
    """Noise over a slope over a patch, in any size and contrast."""
    height, width = draw(st.integers(least, most)), draw(st.integers(least, most))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    luma = random.uniform(0, draw(st.sampled_from([0.0, 4.0, 255.0])), (height, width))
    luma += np.linspace(0, draw(st.integers(0, 100)), width)
    luma[height // 3 : height // 2, width // 4 :] += draw(st.integers(0, 155))
    return luma.clip(0, 255).astype(np.float32)


def bits_of(found: Fingerprint) -> NDArray[np.bool_]:
    number = int(found.hex, 16)
    return np.array([number >> at & 1 for at in range(256)], np.bool_)


@given(lumas())
@settings(max_examples=60)
def test_bits_and_quality_are_those_of_the_published_steps(luma: NDArray[np.float32]) -> None:
    found, expected = fingerprint(of_luma(luma)), pdq(luma)
    tied = (abs(expected.coefficients - expected.median) < ROUNDING).reshape(256)
    assert not ((bits_of(found) != expected.bits) & ~tied).any()
    assert abs(found.quality - expected.quality) <= 1  # each difference of neighbours is cut to a whole number


@pytest.mark.parametrize("size", [(64, 64), (128, 128), (129, 127), (512, 512), (400, 300), (511, 97), (700, 900)])
def test_a_photograph_has_the_fingerprint_that_pdqhash_gives_it(size: tuple[int, int]) -> None:
    image = photograph(*size)
    vector, quality = pdqhash.compute(np.asarray(image))
    rgb = np.asarray(image).astype(np.float64)
    found = fingerprint(of_luma(rgb @ [0.299, 0.587, 0.114]))
    assert (int((bits_of(found)[::-1] != vector).sum()), found.quality) == (0, quality)


@pytest.mark.parametrize("sides", [(4, 100), (100, 4), (1, 1)])
def test_a_side_under_five_pixels_gives_no_bits_and_quality_zero(sides: tuple[int, int]) -> None:
    assert fingerprint(of_luma(np.full(sides, 100))) == Fingerprint((0, 0, 0, 0), 0)


@given(lumas(least=20), st.data())
@settings(max_examples=60)
def test_a_window_hashes_as_the_pixels_cut_out(luma: NDArray[np.float32], data: st.DataObject) -> None:
    height, width = luma.shape
    top, left = data.draw(st.integers(0, height - 5)), data.draw(st.integers(0, width - 5))
    bottom, right = data.draw(st.integers(top + 5, height)), data.draw(st.integers(left + 5, width))
    windows = fingerprint_windows(of_luma(luma), [(top, left, bottom, right)], [False])
    assert windows[0] == fingerprint(of_luma(luma[top:bottom, left:right]))


@given(lumas())
@settings(max_examples=60)
def test_mirrored_hashes_as_the_pixels_mirrored(luma: NDArray[np.float32]) -> None:
    mirrored = fingerprint_windows(of_luma(luma), [(0, 0, *luma.shape)], [True])
    assert mirrored[0] == fingerprint(of_luma(luma[:, ::-1]))


def test_many_windows_at_once_hash_as_one_by_one() -> None:
    picture = decoded(encoded(photograph(), "PNG"))
    windows = [(0, 0, 251, 400), (10, 20, 200, 380), (100, 0, 251, 90), (3, 5, 8, 10)]
    asked = [(window, mirrored) for window in windows for mirrored in (False, True)]
    together = fingerprint_windows(picture, [window for window, _ in asked], [mirrored for _, mirrored in asked])
    alone = [fingerprint_windows(picture, [window], [mirrored])[0] for window, mirrored in asked]
    assert [together[at] for at in range(len(together))] == alone


@pytest.mark.parametrize("factor", [2, 4])
def test_fewer_pixels_hash_nearly_as_the_published_size(factor: int) -> None:
    full = np.asarray(photograph(1600, 1004).convert("L"), np.float32)
    less = np.asarray(photograph(1600, 1004).convert("L").reduce(factor), np.float32)
    assert fingerprint(of_luma(less, 1004, 1600)).distance(fingerprint(of_luma(full))) <= 4


def test_a_window_of_fewer_pixels_hashes_nearly_as_cut_from_the_published_size() -> None:
    grey = photograph(1600, 1004).convert("L")
    cut = of_luma(np.asarray(grey.crop((160, 100, 1440, 904))))
    windows = fingerprint_windows(of_luma(np.asarray(grey.reduce(2)), 1004, 1600), [(50, 80, 452, 720)], [False])
    assert windows[0].distance(fingerprint(cut)) <= 4


@pytest.mark.parametrize("side", [800, 1000, 1600])
@pytest.mark.parametrize("quality", [40, 85])
def test_a_jpeg_decoded_smaller_is_at_most_ten_bits_from_pillow_and_pdqhash(side: int, quality: int) -> None:
    data = encoded(photograph(side, side * 5 // 8), "JPEG", quality=quality)
    with Image.open(io.BytesIO(data)) as image:
        vector, _ = pdqhash.compute(np.asarray(image.convert("RGB")))
    assert (bits_of(fingerprint(decoded(data)))[::-1] != vector).sum() <= 10


@pytest.mark.parametrize("window", [(0, 0, 252, 400), (-1, 0, 10, 10), (10, 10, 10, 20), (0, 0, 10, 401)])
def test_a_window_that_is_empty_or_outside_is_an_error(window: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match="not inside"):
        fingerprint_windows(of_luma(np.zeros((251, 400))), [window], [False])
