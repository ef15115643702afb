"""Where a protected picture lies in a listing's, in published pixels, and how that is said."""

from __future__ import annotations

from math import atan2, degrees, hypot
from typing import Final

from detectors.pictures.views import View

Placement = tuple[float, float, float, float, float, float]
"""x' = p[0] x + p[1] y + p[2], y' = p[3] x + p[4] y + p[5]."""

Box = tuple[float, float, float, float]
"""Left, top, right and bottom in published pixels."""

Size = tuple[int, int]
"""Height and width in published pixels."""

WHOLE: Final = 0.97  # of an area: all of it, but for what nobody would see
TURNED: Final = 0.8  # degrees
BESIDE: Final = 0.6  # of the other picture's area: less, and something else is the larger part


def box_of(view: View, unit: tuple[float, float]) -> Box:
    """A view's window in published pixels; `unit` is published pixels a pixel of the window, across and down."""
    window, (x, y) = view.window, unit
    return window.left * x, window.top * y, window.right * x, window.bottom * y


def between(ours: Box, theirs: Box, is_mirrored: bool) -> Placement:
    """The place that takes one box to the other."""
    x, y = (theirs[2] - theirs[0]) / (ours[2] - ours[0]), (theirs[3] - theirs[1]) / (ours[3] - ours[1])
    left = theirs[0]
    if is_mirrored:
        x, left = -x, theirs[2]
    return x, 0.0, left - x * ours[0], 0.0, y, theirs[1] - y * ours[1]


def relative(place: Placement, ours: Box, theirs: Box) -> Placement:
    """A place between published pixels of two whole pictures as one between their widths and heights."""
    a, b, tx, c, d, ty = place
    width, height = ours[2] - ours[0], ours[3] - ours[1]
    across, down = theirs[2] - theirs[0], theirs[3] - theirs[1]
    return a * width / across, b * height / across, tx / across, c * width / down, d * height / down, ty / down


def placed(place: Placement, ours: Box) -> Box:
    """The upright box around all that a box is placed on."""
    a, b, tx, c, d, ty = place
    corners = [(x, y) for x in (ours[0], ours[2]) for y in (ours[1], ours[3])]
    xs, ys = [a * x + b * y + tx for x, y in corners], [c * x + d * y + ty for x, y in corners]
    return min(xs), min(ys), max(xs), max(ys)


def common(one: Box, two: Box) -> Box:
    """The part that both boxes have; a side is beyond the opposite one where they have none."""
    return max(one[0], two[0]), max(one[1], two[1]), min(one[2], two[2]), min(one[3], two[3])


def has(box: Box, x: float, y: float) -> bool:
    """Whether a point is in a box."""
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def view_name(place: Placement, protected: Size, listing: Size) -> str:
    """What was done to a picture, as far as its place tells: "mirror, cropped, turned 2 degrees", or "whole"."""
    top, left, bottom, right = box(place, protected)
    height, width = listing
    inside = max(0.0, min(bottom, height) - max(top, 0.0)) * max(0.0, min(right, width) - max(left, 0.0))
    taken = inside / (height * width)
    is_mirror = place[0] * place[4] - place[1] * place[3] < 0
    turn = degrees(atan2(-place[3], -place[0]) if is_mirror else atan2(place[3], place[0]))
    words = [
        "mirror" if is_mirror else "",
        "cropped" if inside < WHOLE * (bottom - top) * (right - left) else "",
        "part of a larger picture" if taken < BESIDE else "framed" if taken < WHOLE else "",
        f"turned {abs(turn):.0f} degrees" if abs(turn) > TURNED else "",
    ]
    return ", ".join(word for word in words if word) or "whole"


def box(place: Placement, size: Size) -> tuple[float, float, float, float]:
    """The upright box around the placed picture, turned back: top, left, bottom, right in the listing's pixels."""
    a, b, tx, c, d, ty = place
    height, width = size
    x, y = a * width / 2 + b * height / 2 + tx, c * width / 2 + d * height / 2 + ty
    across, down = hypot(a, c) * width / 2, hypot(b, d) * height / 2
    return y - down, x - across, y + down, x + across
