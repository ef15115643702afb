"""Edits that change values and leave every pixel in its place."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from PIL import Image, ImageEnhance

Others = Sequence[Image.Image]


def gray(picture: Image.Image, rng: Random, others: Others) -> Image.Image:
    return picture.convert("L").convert("RGB")


def brighter(picture: Image.Image, rng: Random, others: Others) -> Image.Image:
    return ImageEnhance.Brightness(picture).enhance(1.3)


def as_it_is(picture: Image.Image, rng: Random, others: Others) -> Image.Image:
    """Nothing but being saved: what the quality of the JPEG does."""
    return picture
