"""Where a protected picture lies in a listing's, in published pixels, and how that is said."""

from __future__ import annotations

from math import atan2, degrees, hypot
from typing import Final

from detectors.pictures.views import View

Placement = tuple[float, float, float, float, float, float]
"""x' = p[0] x + p[1] y + p[2], y' = p[3] x + p[4] y + p[5]."""

Size = tuple[int, int]
"""Height and width in published pixels."""

WHOLE: Final = 0.97  # of an area: all of it, but for what nobody would see
TURNED: Final = 0.8  # degrees
BESIDE: Final = 0.6  # of the other picture's area: less, and something else is the larger part


def between(ours: View, our_unit: tuple[float, float], theirs: View, their_unit: tuple[float, float]) -> Placement:
    """The place that takes one view's window to the other's; units are published pixels a pixel, across and down."""
    x = theirs.window.width * their_unit[0] / (ours.window.width * our_unit[0])
    y = theirs.window.height * their_unit[1] / (ours.window.height * our_unit[1])
    left, start = theirs.window.left, ours.window.left
    if theirs.is_mirrored:
        x, left = -x, theirs.window.right
    tx = left * their_unit[0] - x * start * our_unit[0]
    ty = theirs.window.top * their_unit[1] - y * ours.window.top * our_unit[1]
    return x, 0.0, tx, 0.0, y, ty


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
