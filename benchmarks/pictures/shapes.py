"""Edits that move or add pixels at the edge: size, crops, borders, mirroring, rotation."""

from __future__ import annotations

from collections.abc import Sequence
from math import radians, tan
from random import Random

from PIL import Image, ImageOps

Others = Sequence[Image.Image]
WHITE = (255, 255, 255)


def small(picture: Image.Image, rng: Random, others: Others) -> Image.Image | None:
    """The longer side at 200 pixels."""
    if max(picture.size) <= 200:
        return None
    copy = picture.copy()
    copy.thumbnail((200, 200), Image.Resampling.LANCZOS)
    return copy


def crop(picture: Image.Image, rng: Random, others: Others, *, share: float) -> Image.Image:
    """`share` of the width and height less on every side."""
    dx, dy = round(picture.width * share), round(picture.height * share)
    return picture.crop((dx, dy, picture.width - dx, picture.height - dy))


def border(picture: Image.Image, rng: Random, others: Others, *, share: float) -> Image.Image:
    """`share` of the width and height more on every side, white."""
    dx, dy = round(picture.width * share), round(picture.height * share)
    return ImageOps.expand(picture, (dx, dy, dx, dy), WHITE)


def square(picture: Image.Image, rng: Random, others: Others) -> Image.Image | None:
    """White on two sides until it is square."""
    side = max(picture.size)
    if min(picture.size) > 0.97 * side:
        return None
    return ImageOps.pad(picture, (side, side), color=WHITE)


def mirror(picture: Image.Image, rng: Random, others: Others) -> Image.Image:
    return ImageOps.mirror(picture)


def rotation_filled(picture: Image.Image, rng: Random, others: Others) -> Image.Image:
    """Two degrees, white where nothing was."""
    return picture.rotate(rng.choice((-2, 2)), Image.Resampling.BICUBIC, fillcolor=WHITE)


def rotation_cropped(picture: Image.Image, rng: Random, others: Others) -> Image.Image:
    """Two degrees, and cut until no corner is empty."""
    turned = rotation_filled(picture, rng, others)
    dx = round(picture.height / 2 * tan(radians(2))) + 1
    dy = round(picture.width / 2 * tan(radians(2))) + 1
    return turned.crop((dx, dy, picture.width - dx, picture.height - dy))
