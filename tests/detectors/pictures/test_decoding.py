"""What becomes of a picture's bytes: each format, each colour mode, each oddity, under its own name."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageOps

from detectors.pictures.hashing import fingerprint
from detectors.pictures.outcomes import Note
from detectors.pictures.picture import Picture
from tests.detectors.pictures.made import decoded, encoded, photograph

FORMATS = ["JPEG", "PNG", "GIF", "WEBP", "AVIF", "BMP", "TIFF"]
MODES = {
    "TIFF": ["1", "L", "LA", "P", "PA", "RGB", "RGBA", "CMYK", "YCbCr", "I;16", "I", "F"],
    "PNG": ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"],
    "JPEG": ["1", "L", "RGB", "CMYK", "YCbCr"],
    "WEBP": ["RGB", "RGBA", "P", "LA", "HSV"],
}


def in_mode(mode: str) -> Image.Image:
    if mode == "PA":
        return photograph().convert("P").convert("PA")
    if mode == "I;16":
        return Image.fromarray(np.asarray(photograph().convert("L")).astype(np.uint16) * 257)
    return photograph().convert(mode)


def distance(one: Picture, two: Picture) -> int:
    return fingerprint(one).distance(fingerprint(two))


def original() -> Picture:
    return decoded(encoded(photograph(), "PNG"))


@pytest.mark.parametrize("form", FORMATS)
def test_a_photograph_is_recognised_in_every_format(form: str) -> None:
    picture = decoded(encoded(photograph(), form))
    assert (picture.format.name, picture.height, picture.width, picture.notes) == (form, 251, 400, frozenset())
    assert distance(picture, original()) <= 10  # GIF has 256 colours


@pytest.mark.parametrize(("form", "mode"), [(form, mode) for form, modes in MODES.items() for mode in modes])
def test_a_photograph_is_recognised_in_every_colour_mode(form: str, mode: str) -> None:
    assert distance(decoded(encoded(in_mode(mode), form)), original()) <= (
        16 if mode == "1" else 4
    )  # black and white dots are coarse


@pytest.mark.parametrize("mode", ["I;16", "I", "F"])
def test_more_than_8_bits_a_channel_is_noted(mode: str) -> None:
    assert decoded(encoded(in_mode(mode), "TIFF")).notes == {Note.DEEP}


def test_floats_that_are_not_numbers_are_black() -> None:
    values = np.asarray(photograph().convert("F")).copy()
    values[100:110] = np.nan
    values[110:120] = np.inf
    luma = decoded(encoded(Image.fromarray(values), "TIFF")).luma
    assert luma[100:120].max() == 0
    assert np.isfinite(luma).all()


def test_transparency_is_seen_on_white() -> None:
    image = photograph().convert("RGBA")
    image.paste((0, 0, 0, 0), (0, 0, 200, 251))
    picture = decoded(encoded(image, "PNG"))
    assert picture.luma[:, :200].min() == 255
    assert picture.notes == {Note.TRANSPARENT}


def test_a_palette_with_a_transparent_colour_is_seen_on_white() -> None:
    image = Image.new("P", (100, 100), 0)
    image.putpalette([0, 0, 0, 9, 9, 9])
    image.paste(1, (0, 0, 50, 100))
    picture = decoded(encoded(image, "PNG", transparency=0))
    assert (picture.luma[0, 99], round(float(picture.luma[0, 0]))) == (255, 9)


def test_a_picture_that_is_almost_wholly_transparent_is_compared_as_if_it_were_not() -> None:
    image = photograph().convert("RGBA")
    image.putalpha(5)
    picture = decoded(encoded(image, "PNG"))
    assert Note.INVISIBLE in picture.notes
    assert distance(picture, original()) == 0


def test_full_opacity_is_no_transparency() -> None:
    assert decoded(encoded(photograph().convert("RGBA"), "PNG")).notes == frozenset()


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_exif_turns_the_picture_as_it_is_shown(form: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = photograph(80, 60).copy()
    image.paste("white", (0, 0, 40, 10))
    data = encoded(image, form, exif=exif.tobytes(), quality=95)
    picture = decoded(data)
    with Image.open(io.BytesIO(data)) as opened:
        shown = np.asarray(ImageOps.exif_transpose(opened).convert("L"), np.float32)
    assert picture.orientation == orientation
    assert (picture.height, picture.width) == picture.luma.shape == shown.shape
    assert abs(picture.luma - shown).max() < 2


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_an_orientation_that_is_none_changes_nothing(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture = decoded(encoded(photograph(80, 60), "JPEG", exif=exif.tobytes()))
    assert (picture.orientation, picture.notes) == (1, frozenset())


@pytest.mark.parametrize("form", ["GIF", "PNG", "WEBP", "AVIF", "TIFF"])
def test_the_first_frame_of_an_animation_is_compared(form: str) -> None:
    red = Image.new("RGB", photograph().size, "red")
    picture = decoded(encoded(photograph(), form, save_all=True, append_images=[red, red]))
    assert picture.notes == {Note.ANIMATED}
    assert distance(picture, original()) <= 10


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "BMP"])
def test_a_truncated_picture_is_compared_as_far_as_it_goes(form: str) -> None:
    data = encoded(photograph(), form)
    picture = decoded(data[: len(data) * 9 // 10])
    there = slice(150, None) if form == "BMP" else slice(100)  # BMP begins below
    assert picture.notes == {Note.DAMAGED}
    assert abs(picture.luma[there] - decoded(data).luma[there]).max() == 0


@pytest.mark.parametrize("size", [(80, 60), (1200, 800)])
def test_rubbish_before_the_picture_is_read_over_as_browsers_do(size: tuple[int, int]) -> None:
    data = encoded(photograph(*size), "JPEG")
    picture = decoded(data[:2] + b"\xff\xfe\0\4hi" + b"\0\0rubbish" + data[2:])
    assert picture.luma.shape == decoded(data).luma.shape
    assert picture.notes == {Note.DAMAGED}
    assert distance(picture, decoded(data)) <= 2


@pytest.mark.parametrize("progressive", [False, True])
def test_a_cmyk_jpeg_is_seen_as_its_rgb(progressive: bool) -> None:
    data = encoded(photograph(1000, 628).convert("CMYK"), "JPEG", progressive=progressive)
    assert distance(decoded(data), decoded(encoded(photograph(1000, 628), "PNG"))) <= 4


@pytest.mark.parametrize(
    ("declared", "notes"),
    [
        ("image/png", {Note.MISLABELLED}),
        ("IMAGE/PNG; charset=binary", {Note.MISLABELLED}),
        ("image/jpeg", set()),
        ("", set()),
        ("application/octet-stream", set()),
    ],
)
def test_a_declared_type_that_lies_is_noted(declared: str, notes: set[Note]) -> None:
    assert decoded(encoded(photograph(), "JPEG"), declared=declared).notes == notes


@pytest.mark.parametrize(
    ("size", "working"),
    [
        ((512, 300), (300, 512)),
        ((600, 600), (300, 300)),
        ((599, 800), (800, 599)),
        ((800, 800), (400, 400)),
        ((1600, 1200), (300, 400)),
        ((2400, 1200), (300, 600)),
        ((30, 2500), (2500, 30)),
    ],
)
@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_large_pictures_are_worked_on_smaller(size: tuple[int, int], working: tuple[int, int], form: str) -> None:
    picture = decoded(encoded(photograph(*size), form, compress_level=1))
    assert (picture.luma.shape, (picture.width, picture.height)) == (working, size)


def test_luma_is_float32_in_c_order_whatever_the_way() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    ways: list[dict[str, Any]] = [{"form": form} for form in FORMATS]
    ways += [{"form": "JPEG", "exif": exif.tobytes()}, {"form": "PNG", "exif": exif.tobytes()}]
    lumas = [decoded(encoded(photograph(), **way)).luma for way in ways]
    assert {(luma.dtype.name, luma.flags.c_contiguous, luma.flags.writeable) for luma in lumas} == {
        ("float32", True, True)
    }
