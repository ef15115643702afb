"""Where one picture lies in another, from blobs that look alike: two of them propose, all of them vote."""

import numpy as np
import numpy.typing as npt

from detectors.kernels.jit import inline, kernel

Rows = npt.NDArray[np.float32]
Affine = npt.NDArray[np.float64]

APART = 0.05  # two blobs that propose are at least this share of the picture's longer side apart
TURN = 0.27  # the sine of the largest turn looked for: 15.6 degrees
ZOOM = 1.7  # by which factor a blob's own scale may differ from the proposal


@inline
def propose(rows: Rows, i: int, j: int, least: float, out: npt.NDArray[np.float64]) -> bool:
    """The similarity (a, b, tx, ty) that takes both blobs of the one picture to those of the other, if it is likely."""
    dx, dy = rows[j, 0] - rows[i, 0], rows[j, 1] - rows[i, 1]
    ex, ey = rows[j, 3] - rows[i, 3], rows[j, 4] - rows[i, 4]
    length = dx * dx + dy * dy
    if length < least * least:
        return False
    a, b = (dx * ex + dy * ey) / length, (dx * ey - dy * ex) / length
    zoom = np.sqrt(a * a + b * b)
    if a <= 0 or abs(b) > TURN * zoom:
        return False
    for k in (i, j):
        ratio = rows[k, 5] / rows[k, 2] / zoom
        if ratio > ZOOM or ratio * ZOOM < 1:
            return False
    out[0], out[1] = a, b
    out[2] = rows[i, 3] - a * rows[i, 0] + b * rows[i, 1]
    out[3] = rows[i, 4] - b * rows[i, 0] - a * rows[i, 1]
    return True


@inline
def agrees(row: Rows, p: npt.NDArray[np.float64], tolerance: float) -> bool:
    """Whether a pair of blobs lies where the similarity says, within `tolerance` pixels of the first picture."""
    zoom = np.sqrt(p[0] * p[0] + p[1] * p[1])
    dx = p[0] * row[0] - p[1] * row[1] + p[2] - row[3]
    dy = p[1] * row[0] + p[0] * row[1] + p[3] - row[4]
    ratio = row[5] / row[2] / zoom
    reach = tolerance * zoom
    return bool(dx * dx + dy * dy <= reach * reach and ratio <= ZOOM and ratio * ZOOM >= 1)


@kernel
def locate(rows: Rows, proposers: int, side: float, tolerance: float, best: npt.NDArray[np.float64]) -> int:
    """The similarity that most pairs of blobs agree with, and how many do.

    Args:
        rows: float32[n, 6]: x, y, scale in the one picture, x, y, scale in the other; the likeliest first.
        proposers: only the first so many propose, in pairs.
        side: the longer side of the one picture in pixels.
        tolerance: in pixels of the one picture.
        best: float64[4], gets a, b, tx, ty: x' = a x - b y + tx, y' = b x + a y + ty.
    """
    most = 0
    proposal = np.empty(4, np.float64)
    for i in range(min(proposers, len(rows))):
        for j in range(i):
            if not propose(rows, i, j, APART * side, proposal):
                continue
            votes = 0
            for k in range(len(rows)):
                votes += agrees(rows[k], proposal, tolerance)
            if votes > most:
                most = votes
                best[:] = proposal
    return most


@kernel
def fit(rows: Rows, tolerance: float, best: npt.NDArray[np.float64], chosen: npt.NDArray[np.bool_]) -> int:
    """Improves `best` by least squares over the pairs that agree with it (Umeyama 1991); marks and counts those."""
    count = 0
    mx = my = ux = uy = 0.0
    for k in range(len(rows)):
        chosen[k] = agrees(rows[k], best, tolerance)
        if chosen[k]:
            count += 1
            mx += rows[k, 0]
            my += rows[k, 1]
            ux += rows[k, 3]
            uy += rows[k, 4]
    if count < 2:
        return count
    mx, my, ux, uy = mx / count, my / count, ux / count, uy / count
    dot = cross = length = 0.0
    for k in range(len(rows)):
        if chosen[k]:
            dx, dy, ex, ey = rows[k, 0] - mx, rows[k, 1] - my, rows[k, 3] - ux, rows[k, 4] - uy
            dot += dx * ex + dy * ey
            cross += dx * ey - dy * ex
            length += dx * dx + dy * dy
    if length > 0:
        best[0], best[1] = dot / length, cross / length
        best[2] = ux - best[0] * mx + best[1] * my
        best[3] = uy - best[1] * mx - best[0] * my
    return count
