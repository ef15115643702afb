"""Views: parts of a picture that may be somebody's whole picture, found by straight lines and plain strips.

A seller puts a border round a picture, pads it, writes a banner above or below it, or sets it beside others. Each
leaves a straight line from side to side, or a strip of one tone. A view is a window, which the fingerprint is taken of
as if it had been cut out, and a name, which people are told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

PLAIN = 5.0  # of 255: a strip of one tone deviates less; JPEG q30 leaves about 3 beside an edge
LINE = 12.0  # of 255: the mean step across a line that somebody drew
STEADY = 0.7  # the share of a line's length where the step is there
LEAST = 0.12  # of the longer side: smaller parts are nobody's picture
BANNER = 0.35  # of the height: a banner is at most so high
CENTRES = (0.02, 0.04, 0.06, 0.08, 0.1)  # what a registered picture's centre views leave out on each side

Luma = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Window:
    """Pixels of a picture: `bottom` and `right` are outside."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def width(self) -> int:
        return self.right - self.left

    def of(self, luma: Luma) -> Luma:
        return luma[self.top : self.bottom, self.left : self.right]


@dataclass(frozen=True, slots=True)
class View:
    """`name` is for people: "whole", "mirror", "trimmed", "trimmed, mirror", "without banner", "collage 2 of 4"."""

    name: str
    window: Window
    is_mirrored: bool = False


def registered_views(luma: Luma) -> Sequence[View]:
    """What is kept of a protected picture: the whole, without its plain border, and its centre."""
    whole = View("whole", Window(0, 0, *luma.shape))
    centres = [View(f"centre {round(100 - 200 * share)} %", centre(whole.window, share)) for share in CENTRES]
    return distinct([whole, View("trimmed", trimmed(luma, whole.window)), *centres], luma.shape)


def listing_views(luma: Luma) -> Sequence[View]:
    """What is looked for of a listing's picture, each view and its mirror image."""
    whole = Window(0, 0, *luma.shape)
    views = [View("whole", whole), View("trimmed", trimmed(luma, whole))]
    views += [View("without banner", window) for window in without_banner(luma, trimmed(luma, whole))]
    views += collage_parts(luma)
    views = list(distinct(views, luma.shape))
    return [*views, *(replace(view, name=mirror_name(view.name), is_mirrored=True) for view in views)]


def mirror_name(name: str) -> str:
    return "mirror" if name == "whole" else f"{name}, mirror"


def distinct(views: Sequence[View], shape: tuple[int, ...]) -> Sequence[View]:
    """The first, and those of the others that are not too small, nor nearly the window of one before."""
    kept: list[View] = []
    near = 0.008 * max(shape)
    for view in views:
        w = view.window
        if kept and min(w.height, w.width) < LEAST * max(shape):
            continue
        if all(max(abs(a - b) for a, b in zip(edges(w), edges(k.window), strict=True)) > near for k in kept):
            kept.append(view)
    return kept


def edges(window: Window) -> tuple[int, int, int, int]:
    return window.top, window.left, window.bottom, window.right


def centre(window: Window, share: float) -> Window:
    """The window less `share` of its height and width on every side."""
    dy, dx = round(window.height * share), round(window.width * share)
    return Window(window.top + dy, window.left + dx, window.bottom - dy, window.right - dx)


def trimmed(luma: Luma, window: Window) -> Window:
    """The window without rows and columns of one tone at its edges; as it was if nothing would be left."""
    for _ in range(2):  # what is plain once the other two sides are gone
        rows = varied(window.of(luma), axis=1)
        window = replace(window, top=window.top + rows[0], bottom=window.top + rows[1])
        columns = varied(window.of(luma), axis=0)
        window = replace(window, left=window.left + columns[0], right=window.left + columns[1])
    return window


def varied(part: Luma, axis: int) -> tuple[int, int]:
    """From which to which line there is something; the plain ones before and after must have one tone each."""
    is_plain, level = part.std(axis=axis) < PLAIN, part.mean(axis=axis)
    first, last = 0, len(level)
    while first < last and is_plain[first] and abs(level[first] - level[0]) < PLAIN:
        first += 1
    while last > first and is_plain[last - 1] and abs(level[last - 1] - level[-1]) < PLAIN:
        last -= 1
    return (0, len(level)) if last - first < 8 else (first, last)


def lines(part: Luma, axis: int) -> npt.NDArray[np.intp]:
    """Where a straight line goes from side to side: the step across is steep along most of it.

    axis : 0 for lines between rows, 1 between columns. Line i is before row or column i.
    """
    step = np.abs(np.diff(part, axis=axis))
    mean = step.mean(axis=1 - axis)
    steady = (step > LINE / 2).mean(axis=1 - axis)
    strong = (mean > LINE) & (steady > STEADY)
    peaks = [i for i in np.flatnonzero(strong) if mean[i] == mean[max(0, i - 3) : i + 4].max()]
    return np.array(peaks, np.intp) + 1


def without_banner(luma: Luma, window: Window) -> Iterator[Window]:
    """The window cut at a line that is near its top or its bottom."""
    for line in lines(window.of(luma), axis=0):
        if LEAST / 2 * window.height < line < BANNER * window.height:
            yield replace(window, top=window.top + int(line))
        elif (1 - BANNER) * window.height < line < (1 - LEAST / 2) * window.height:
            yield replace(window, bottom=window.top + int(line))


def collage_parts(luma: Luma) -> Sequence[View]:
    """The cells of a collage: at its gutters if it has any, else at lines, else none."""
    whole = Window(0, 0, *luma.shape)
    rows, columns = cuts(luma, whole, axis=0), cuts(luma, whole, axis=1)
    cells = [Window(t, left, b, r) for t, b in pairwise(rows) for left, r in pairwise(columns)]
    if len(cells) not in range(2, 13):
        return []
    return [
        View(f"collage {i + 1} of {len(cells)}{name}", window)
        for i, cell in enumerate(cells)
        for name, window in ((", trimmed", trimmed(luma, cell)), ("", cell))
    ]


def cuts(luma: Luma, window: Window, axis: int) -> Sequence[int]:
    """Where a collage is cut along one axis, both edges included: the middles of plain strips, and lines."""
    part = window.of(luma)
    size = part.shape[axis]
    is_plain = part.std(axis=1 - axis) < PLAIN
    found: list[int] = []
    start = None
    for i, plain in enumerate([*is_plain.tolist(), False]):
        if plain and start is None:
            start = i
        elif not plain and start is not None:
            if start > 0 and i < size:
                found.append((start + i) // 2)
            start = None
    found += [int(line) for line in lines(part, axis)]
    middle = size // 2
    near = sorted((at for at in found if abs(at - middle) < 0.06 * size), key=lambda at: abs(at - middle))
    return [0, *near[:1], size]
