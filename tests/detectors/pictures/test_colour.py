"""A picture in colour for people: upright, bounded, and refused by the same names as for fingerprints."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from detectors.pictures.colour import ColourPicture, decode_colour
from detectors.pictures.limits import Limits
from detectors.pictures.outcomes import Refusal
from tests.detectors.pictures.made import decoded, encoded, photograph


def shown(data: bytes, longest: int = 1000) -> ColourPicture:
    picture = decode_colour(data, longest)
    assert not isinstance(picture, Refusal)
    return picture


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "AVIF", "GIF", "TIFF", "BMP"])
def test_every_format_is_shown_in_its_colours(form: str) -> None:
    red = Image.new("RGB", (60, 40), (200, 30, 30))
    picture = shown(encoded(red, form))
    assert (picture.image.mode, picture.image.size) == ("RGB", (60, 40))
    assert np.abs(np.asarray(picture.image, int).mean(axis=(0, 1)) - (200, 30, 30)).max() < 12


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_it_stands_as_the_grey_picture_does(form: str, orientation: int) -> None:
    image = photograph(200, 120)
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encoded(image, form, exif=exif)
    ours, grey = shown(data), decoded(data)
    assert (ours.height, ours.width) == (grey.height, grey.width)
    assert np.abs(np.asarray(ours.image.convert("L"), float) - grey.luma).mean() < 3


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_a_long_picture_is_made_shorter_and_says_its_published_size(form: str) -> None:
    picture = shown(encoded(photograph(900, 500), form), longest=300)
    assert max(picture.image.size) == 300
    assert (picture.height, picture.width) == (500, 900)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "1", "L", "CMYK", "I;16", "F"])
def test_every_colour_mode_becomes_rgb(mode: str) -> None:
    data = encoded(photograph(60, 40).convert("L" if mode in ("I;16", "F") else mode).convert(mode), "TIFF")
    assert shown(data).image.mode == "RGB"


def test_transparency_is_white() -> None:
    clear = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    clear.paste((255, 0, 0, 255), (0, 0, 40, 20))
    assert shown(encoded(clear, "PNG")).image.getpixel((20, 30)) == (255, 255, 255)


def test_the_jpeg_is_of_our_own_making() -> None:
    hidden = encoded(photograph(60, 40), "JPEG", comment=b"<script>") + b"<script>alert(1)</script>"
    made = shown(hidden).to_jpeg()
    assert b"<script>" not in made
    assert Image.open(io.BytesIO(made)).size == (60, 40)


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (b"", Refusal.EMPTY),
        (b"<svg onload=alert(1)>", Refusal.UNSUPPORTED_FORMAT),
        (b"\xff\xd8\xff\xe0 nothing", Refusal.BROKEN),
        (encoded(photograph(4, 4), "PNG"), Refusal.TOO_SMALL),
    ],
)
def test_what_cannot_be_shown_is_refused_by_name(data: bytes, refusal: Refusal) -> None:
    assert decode_colour(data, 100) is refusal


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_picture_past_the_limits_is_refused_before_it_is_decoded(form: str) -> None:
    data = encoded(photograph(200, 100), form)
    small = Limits(max_held_pixels=10_000, max_streamed_pixels=10_000)
    assert decode_colour(data, 100, small) is Refusal.TOO_MANY_PIXELS


def test_a_truncated_jpeg_shows_what_there_is() -> None:
    data = encoded(photograph(300, 200), "JPEG")
    assert shown(data[: len(data) * 2 // 3]).image.size == (300, 200)
