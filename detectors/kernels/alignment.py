"""Laying one picture over another, pixel by pixel, and where they agree."""

import numpy as np
import numpy.typing as npt

from detectors.kernels.jit import inline, kernel

Plane = npt.NDArray[np.float32]
Affine = npt.NDArray[np.float64]

SPREAD = 2.0  # errors beyond so many of their own medians count no more: what was drawn over the picture


@kernel
def sample(image: Plane, affine: Affine, out: Plane) -> None:
    """`out[y, x]` is the image at affine[0] x + affine[1] y + affine[2], affine[3] x + ...; bilinear, NaN outside."""
    height, width = image.shape
    for y in range(out.shape[0]):
        for x in range(out.shape[1]):
            u = affine[0] * x + affine[1] * y + affine[2]
            v = affine[3] * x + affine[4] * y + affine[5]
            if not (-0.5 <= u <= width - 0.5 and -0.5 <= v <= height - 0.5):  # so nowhere, NaN, is outside too
                out[y, x] = np.nan
                continue
            u, v = min(max(u, 0.0), width - 1.001), min(max(v, 0.0), height - 1.001)
            left, top = int(u), int(v)
            right, low = u - left, v - top
            above = image[top, left] * (1 - right) + image[top, left + 1] * right
            below = image[top + 1, left] * (1 - right) + image[top + 1, left + 1] * right
            out[y, x] = above * (1 - low) + below * low


@inline
def tone(wanted: Plane, shown: Plane, weight: Plane, out: npt.NDArray[np.float64]) -> float:
    """The gain and bias that make `shown` most like `wanted`, by weighted least squares; the weights' sum."""
    n = sw = ss = sww = sws = 0.0
    for y in range(wanted.shape[0]):
        for x in range(wanted.shape[1]):
            w = weight[y, x]
            if w > 0:
                a, b = shown[y, x], wanted[y, x]
                n += w
                sw += w * a
                ss += w * b
                sww += w * a * a
                sws += w * a * b
    spread = n * sww - sw * sw
    gain = (n * sws - sw * ss) / spread if spread > 1e-6 * n * n else 1.0
    gain = min(3.0, max(0.33, gain))
    out[0] = gain
    out[1] = (ss - gain * sw) / n if n > 0 else 0.0
    return n


@inline
def solve(matrix: npt.NDArray[np.float64], vector: npt.NDArray[np.float64]) -> None:
    """Solves a symmetric positive definite system in place: elimination without pivots. `vector` gets the solution."""
    n = len(vector)
    for k in range(n):
        for i in range(k + 1, n):
            share = matrix[i, k] / matrix[k, k]
            for j in range(k, n):
                matrix[i, j] -= share * matrix[k, j]
            vector[i] -= share * vector[k]
    for k in range(n - 1, -1, -1):
        for j in range(k + 1, n):
            vector[k] -= matrix[k, j] * vector[j]
        vector[k] /= matrix[k, k]


@kernel
def align(wanted: Plane, image: Plane, affine: Affine, steps: int) -> None:
    """Moves `affine` until the image lies on `wanted`: Lucas and Kanade 1981, with gain, bias and weights.

    Args:
        wanted: float32[height, width], the protected picture, small.
        image: the other picture, blurred to the same detail.
        affine: float64[6], from pixels of `wanted` to pixels of `image`; changed in place.
    """
    height, width = wanted.shape
    shown, weight = np.empty((height, width), np.float32), np.ones((height, width), np.float32)
    gain_bias = np.empty(2, np.float64)
    normal, right = np.empty((6, 6), np.float64), np.empty(6, np.float64)
    j = np.empty(6, np.float64)
    errors = np.empty(height * width, np.float32)
    for _ in range(steps):
        sample(image, affine, shown)
        for y in range(height):
            for x in range(width):
                if np.isnan(shown[y, x]):
                    weight[y, x] = 0
                elif weight[y, x] == 0:
                    weight[y, x] = 1
        if tone(wanted, shown, weight, gain_bias) < 30:
            return
        gain, bias = gain_bias[0], gain_bias[1]
        normal[:] = 0
        right[:] = 0
        count = 0
        for y in range(1, height - 1):
            for x in range(1, width - 1):
                if weight[y, x] == 0:
                    continue
                gx = gain * (shown[y, x + 1] - shown[y, x - 1]) / 2
                gy = gain * (shown[y + 1, x] - shown[y - 1, x]) / 2
                if np.isnan(gx) or np.isnan(gy):
                    continue
                error = wanted[y, x] - gain * shown[y, x] - bias
                errors[count] = abs(error)
                count += 1
                w = weight[y, x]
                j[0], j[1], j[2], j[3], j[4], j[5] = gx * x, gx * y, gx, gy * x, gy * y, gy
                for a in range(6):
                    right[a] += w * j[a] * error
                    for b in range(a + 1):
                        normal[a, b] += w * j[a] * j[b]
        if count < 30:
            return
        for a in range(6):
            normal[a, a] += 1e-3 * normal[a, a] + 1e-6
            for b in range(a):
                normal[b, a] = normal[a, b]
        move = right
        solve(normal, move)
        # `move` is in pixels of `wanted`; it goes through the linear part to pixels of the image.
        m0, m1, m3, m4 = affine[0], affine[1], affine[3], affine[4]
        for k in range(3):
            affine[k] += m0 * move[k] + m1 * move[3 + k]
            affine[3 + k] += m3 * move[k] + m4 * move[3 + k]
        middle = max(2.0, SPREAD * np.median(errors[:count]))
        for y in range(height):
            for x in range(width):
                error = (wanted[y, x] - gain * shown[y, x] - bias) / middle
                weight[y, x] = 1 / (1 + error * error) ** 2


@kernel
def compare_blocks(wanted: Plane, shown: Plane, size: int, out: Plane) -> int:
    """How the blocks of two aligned pictures agree.

    Args:
        wanted, shown: float32[height, width]; NaN in `shown` is outside.
        size: the side of a block in pixels.
        out: float32[blocks, 5] gets for each whole block: the standard deviation in either, their correlation, means.
            A block that is not wholly inside has the correlation -2.

    Returns:
        The number of blocks, by rows.
    """
    rows, columns = wanted.shape[0] // size, wanted.shape[1] // size
    for row in range(rows):
        for column in range(columns):
            block = out[row * columns + column]
            a = b = aa = bb = ab = 0.0
            inside = True
            for y in range(row * size, (row + 1) * size):
                for x in range(column * size, (column + 1) * size):
                    p, q = wanted[y, x], shown[y, x]
                    if np.isnan(q):
                        inside = False
                    a += p
                    b += q
                    aa += p * p
                    bb += q * q
                    ab += p * q
            n = size * size
            va, vb = max(0.0, aa / n - a * a / n / n), max(0.0, bb / n - b * b / n / n)
            block[0], block[1] = np.sqrt(va), np.sqrt(vb)
            block[2] = (ab / n - a * b / n / n) / np.sqrt(va * vb + 1e-9) if inside else -2.0
            block[3], block[4] = a / n, b / n
    return int(rows * columns)
