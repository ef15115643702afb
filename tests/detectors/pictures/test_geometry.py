"""Where one picture lies in another: proposals, least squares, alignment, blocks, overlays."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from detectors.kernels.alignment import align, compare_blocks, sample
from detectors.kernels.overlay import cover
from detectors.kernels.similarity import fit, locate
from tests.detectors.pictures import naive_features as naive
from tests.detectors.pictures.test_features import soft_noise

SEEDS = st.integers(0, 2**32 - 1)


def rows_of(seed: int, a: float, b: float, tx: float, ty: float, right: int, wrong: int) -> NDArray[np.float32]:
    """Pairs of blobs, `right` of them where the similarity says, the others anywhere."""
    random = np.random.default_rng(seed)
    x, y = random.uniform(0, 300, (2, right + wrong))
    s = random.uniform(2, 20, right + wrong)
    u, v = a * x - b * y + tx, b * x + a * y + ty
    u[right:], v[right:] = random.uniform(0, 500, (2, wrong))
    return np.column_stack([x, y, s, u, v, s * np.hypot(a, b)]).astype(np.float32)


@given(SEEDS, st.floats(0.3, 3), st.floats(-0.2, 0.2), st.floats(-200, 200))
@settings(max_examples=40)
def test_a_place_is_found_among_wrong_pairs(seed: int, zoom: float, turn: float, shift: float) -> None:
    rows = rows_of(seed, zoom, zoom * turn, shift, -shift, right=12, wrong=20)
    best, chosen = np.zeros(4), np.empty(32, np.bool_)
    assert locate(rows, 32, 300, 6.0, best) >= 12
    assert fit(rows, 6.0, best, chosen) >= 12
    assert chosen[:12].all()
    assert np.allclose(best[:2], [zoom, zoom * turn], atol=0.05 * zoom)


@given(SEEDS)
def test_fitting_is_least_squares(seed: int) -> None:
    rows = rows_of(seed, 1.2, 0.1, 5, 7, right=10, wrong=0)
    rows[:, 3:5] += np.random.default_rng(seed).normal(0, 0.5, (10, 2))
    best, chosen = np.array([1.2, 0.1, 5.0, 7.0]), np.empty(10, np.bool_)
    fit(rows, 10.0, best, chosen)
    x, y, u, v = (rows[:, i].astype(np.float64) for i in (0, 1, 3, 4))
    one, zero = np.ones(10), np.zeros(10)
    equations = np.concatenate([np.column_stack([x, -y, one, zero]), np.column_stack([y, x, zero, one])])
    wanted = np.linalg.lstsq(equations, np.concatenate([u, v]), rcond=None)[0]
    assert np.allclose(best, wanted, atol=1e-3)


@pytest.mark.parametrize("count", [0, 1])
def test_too_few_pairs_propose_nothing(count: int) -> None:
    assert locate(rows_of(1, 1, 0, 0, 0, count, 0), 10, 300, 6.0, np.zeros(4)) == 0


def test_sampling_is_bilinear_and_nan_outside() -> None:
    image = soft_noise(2, 20, 30)
    out = np.empty((4, 4), np.float32)
    sample(image, np.array([1.0, 0, 27.25, 0, 1.0, 3.5]), out)
    above, below = (0.75 * image[row, 27] + 0.25 * image[row, 28] for row in (3, 4))
    assert out[0, 0] == pytest.approx((above + below) / 2, abs=1e-3)
    assert np.isnan(out[:, 3]).all()


@given(SEEDS, st.floats(-1.5, 1.5), st.floats(-1.5, 1.5), st.floats(0.97, 1.03))
@settings(max_examples=20)
def test_aligning_finds_the_place_that_a_guess_is_near(seed: int, dx: float, dy: float, zoom: float) -> None:
    image = naive.blur(soft_noise(seed, 90, 90), np.full(9, 1 / 9, np.float32)).astype(np.float32)
    truth = np.array([zoom, 0, 12 + dx, 0, zoom, 10 + dy])
    wanted = np.empty((60, 60), np.float32)
    sample(image, truth, wanted)
    found = np.array([1.0, 0, 12, 0, 1, 10])
    align(0.8 * wanted + 9, image, found, 20)
    corners = np.array([[0, 0, 1], [59, 59, 1]])
    assert np.allclose(corners @ found.reshape(2, 3).T, corners @ truth.reshape(2, 3).T, atol=0.3)


@given(SEEDS)
def test_blocks_are_correlated(seed: int) -> None:
    wanted, shown = soft_noise(seed, 33, 26), soft_noise(seed + 1, 33, 26)
    out = np.empty((12, 5), np.float32)
    assert compare_blocks(wanted, shown, 8, out) == 12
    assert np.allclose(out[:, :3], naive.blocks(wanted, shown, 8), atol=1e-2)


def test_a_block_partly_outside_is_marked() -> None:
    wanted = soft_noise(4, 16, 16)
    shown = wanted.copy()
    shown[0, 0] = np.nan
    out = np.empty((4, 5), np.float32)
    compare_blocks(wanted, shown, 8, out)
    assert (out[:, 2] == -2).tolist() == [True, False, False, False]


@pytest.mark.parametrize(
    ("wrong", "explained"),
    [
        (np.s_[13:, :], True),  # a banner
        (np.s_[:5, 11:], True),  # a badge
        (np.s_[5:10, 5:10], False),  # the middle, where varieties of one brand's package differ
        (np.s_[8:, :], False),  # half of the picture
    ],
)
def test_what_is_drawn_at_an_edge_is_left_out(wrong: tuple[slice, slice], explained: bool) -> None:
    blocks = np.full((16, 16), 2, np.uint8)
    blocks[wrong] = 1
    cover(blocks, 2)
    assert (not (blocks == 1).any()) == explained


@given(SEEDS)
def test_leaving_out_never_costs_more_than_it_wins(seed: int) -> None:
    blocks = np.random.default_rng(seed).integers(0, 3, (12, 16), np.uint8)
    left = blocks.copy()
    cover(left, 2)
    gone = blocks[left != blocks]
    assert (gone == 1).sum() >= (gone == 2).sum()
