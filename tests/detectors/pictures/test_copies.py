"""From a picture's bytes to a match: what is said of a copy, and that a like picture is none."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

import benchmarks.pictures.corpus as corpus
from detectors.pictures.copies import CopyMatch, compare_features, look_closely, register
from detectors.pictures.picture import Picture
from tests.detectors.pictures.made import decoded, encoded

SHIPPED = corpus.SHIPPED
NAME = "grocery-God-Morgon-Orange-Juice_iconic.jpg"


def opened(name: str) -> Image.Image:
    return Image.open(BytesIO(Path(SHIPPED / name).read_bytes())).convert("RGB")


def picture_of(image: Image.Image) -> Picture:
    return decoded(encoded(image, "JPEG", quality=90))


def match_of(image: Image.Image, protected: Image.Image, *, is_mirror: bool = False) -> CopyMatch | None:
    return compare_features(register(picture_of(protected)).exemplar, look_closely(picture_of(image)), is_mirror)


def taken_to(match: CopyMatch, x: float, y: float) -> tuple[float, float]:
    a, b, tx, c, d, ty = match.placement
    return a * x + b * y + tx, c * x + d * y + ty


def test_a_crop_is_laid_on_the_protected_picture() -> None:
    image = opened(NAME)
    match = match_of(image.crop((20, 60, image.width - 10, image.height - 30)), image)
    assert match
    assert match.how == "features"
    assert match.view == "cropped"
    assert np.allclose(taken_to(match, 200, 200), (180, 140), atol=2)


def test_a_mirrored_picture_in_another_is_found_and_named() -> None:
    image = opened(NAME)
    canvas = Image.new("RGB", (image.width * 2, image.height), "white")
    canvas.paste(ImageOps.mirror(image), (image.width, 0))
    match = match_of(canvas, image, is_mirror=True)
    assert match
    assert match.view == "mirror, part of a larger picture"
    assert np.allclose(taken_to(match, 0, 10), (2 * image.width, 10), atol=2)


@pytest.mark.parametrize(
    "other",
    ["grocery-God-Morgon-Orange-Red-Grapefruit-Juice_iconic.jpg", "grocery-Tropicana-Juice-Smooth_iconic.jpg"],
)
def test_another_variety_of_the_brand_is_no_copy(other: str) -> None:
    assert match_of(opened(other), opened(NAME)) is None


def test_a_plain_picture_is_nobodys() -> None:
    assert match_of(Image.new("RGB", (300, 300), "white"), opened(NAME)) is None


def test_what_is_kept_of_a_picture_is_little() -> None:
    exemplar = register(picture_of(opened(NAME))).exemplar
    assert len(exemplar.packed) < 10_000
    assert len(exemplar.features) <= 200
