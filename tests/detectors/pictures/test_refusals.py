"""What is refused, by which name; and that no bytes whatever raise."""

from __future__ import annotations

import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from detectors.pictures.decoding import decode
from detectors.pictures.hashing import fingerprint
from detectors.pictures.limits import Limits
from detectors.pictures.outcomes import Refusal
from detectors.pictures.picture import Picture
from tests.detectors.pictures.made import decoded, encoded, photograph, refused

SEEDS = [
    encoded(photograph(60, 40), "JPEG"),
    encoded(photograph(60, 40), "JPEG", progressive=True),
    encoded(photograph(60, 40).convert("CMYK"), "JPEG"),
    encoded(photograph(60, 40), "PNG"),
    encoded(photograph(60, 40).convert("P"), "PNG"),
    encoded(photograph(60, 40).convert("RGBA"), "PNG"),
    encoded(photograph(60, 40), "GIF", save_all=True, append_images=[photograph(30, 40)]),
    encoded(photograph(60, 40), "WEBP"),
    encoded(photograph(60, 40), "WEBP", lossless=True),
    encoded(photograph(60, 40).convert("RGBA"), "WEBP", save_all=True, append_images=[photograph(60, 40)]),
    encoded(photograph(60, 40), "AVIF", speed=10),
    encoded(photograph(60, 40), "BMP"),
    encoded(photograph(60, 40), "TIFF"),
    encoded(photograph(60, 40), "TIFF", compression="tiff_lzw"),
    encoded(photograph(60, 40).convert("F"), "TIFF"),
]
ALLOWED = Limits(max_held_pixels=1_000_000, max_streamed_pixels=4_000_000)  # so that a mutated size stays cheap


def png(width: int, height: int, depth: int = 8, colours: int = 2) -> bytes:
    """A PNG that claims a size, and has no more than a few bytes of it."""
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colours, 0, 0, 0)),
        (b"IDAT", zlib.compress(b"\0" * 100)),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks
    )


def jpeg_of(width: int, height: int, **options: object) -> bytes:
    """A JPEG whose header claims a size that its data does not have."""
    data = bytearray(encoded(photograph(64, 64), "JPEG", **options))
    frame = data.find(b"\xff\xc2" if options.get("progressive") else b"\xff\xc0")
    data[frame + 5 : frame + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def webp_of(width: int, height: int) -> bytes:
    """A WebP whose canvas claims a size."""
    image = photograph(64, 64).convert("RGBA")
    image.putalpha(128)
    data = bytearray(encoded(image, "WEBP"))
    assert data[12:16] == b"VP8X"
    data[24:30] = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (b"", Refusal.EMPTY),
        (b"<!doctype html><title>404</title>", Refusal.NOT_A_PICTURE),
        (b'{"error": "gone"}', Refusal.NOT_A_PICTURE),
        (b"\0", Refusal.NOT_A_PICTURE),
        (b"\xff\xd8\xff", Refusal.BROKEN),
        (b"\x89PNG\r\n\x1a\n", Refusal.BROKEN),
        (b"GIF89a", Refusal.BROKEN),
        (b"RIFF\0\0\0\0WEBP", Refusal.BROKEN),
        (b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf", Refusal.BROKEN),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", Refusal.UNSUPPORTED_FORMAT),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', Refusal.UNSUPPORTED_FORMAT),
        (b'\n<?xml version="1.0"?><!-- --><svg/>', Refusal.UNSUPPORTED_FORMAT),
        (b"<?xml version='1.0'?><rss/>", Refusal.NOT_A_PICTURE),
        (b"%PDF-1.7", Refusal.UNSUPPORTED_FORMAT),
        (b"\0\0\0\x0cJXL \r\n\x87\n", Refusal.UNSUPPORTED_FORMAT),
        (png(0, 0), Refusal.BROKEN),
        (png(50_000, 50_000), Refusal.TOO_MANY_PIXELS),
        (png(2**31 - 1, 2**31 - 1), Refusal.TOO_MANY_PIXELS),
        (png(9_000, 6_667), Refusal.TOO_MANY_PIXELS),
        (png(30_000_000, 1), Refusal.TOO_MANY_PIXELS),
        (webp_of(16_000, 16_000), Refusal.TOO_MANY_PIXELS),
        (jpeg_of(65_500, 65_500), Refusal.TOO_MANY_PIXELS),
        (jpeg_of(9_000, 6_667, progressive=True), Refusal.TOO_MANY_PIXELS),
        (encoded(Image.new("L", (1, 1)), "PNG"), Refusal.TOO_SMALL),
        (encoded(Image.new("L", (1, 1)), "JPEG"), Refusal.TOO_SMALL),
        (encoded(Image.new("L", (4, 900)), "GIF"), Refusal.TOO_SMALL),
    ],
)
def test_what_cannot_be_compared_is_refused_by_name(data: bytes, refusal: Refusal) -> None:
    assert refused(data) is refusal


def test_more_bytes_than_allowed_are_refused_unread() -> None:
    assert refused(encoded(photograph(), "JPEG"), Limits(max_bytes=1000)) is Refusal.TOO_MANY_BYTES


def test_a_jpeg_of_60_megapixels_is_decoded_at_an_eighth() -> None:
    picture = decoded(encoded(photograph().convert("L").resize((9_000, 6_667)), "JPEG", quality=50))
    assert (picture.luma.shape, (picture.width, picture.height)) == ((834, 1125), (9_000, 6_667))
    assert fingerprint(picture).distance(fingerprint(decoded(encoded(photograph(1125, 834), "PNG")))) <= 10


def test_a_progressive_jpeg_of_more_scans_than_allowed_is_refused() -> None:
    data = encoded(photograph(400, 400), "JPEG", progressive=True)
    scans = data.count(b"\xff\xda")
    assert scans > 4
    assert isinstance(decode(data, Limits(max_scanned_pixels=scans * 160_000)), Picture)
    assert refused(data, Limits(max_scanned_pixels=scans * 160_000 - 1)) is Refusal.TOO_MANY_SCANS


def test_rubbish_that_looks_like_scans_behind_a_baseline_jpeg_hides_nothing() -> None:
    data = encoded(photograph(400, 400), "JPEG")
    picture = decoded(data + b"\xff\xda" * 100_000)
    assert abs(picture.luma - decoded(data).luma).max() == 0


def test_rubbish_between_segments_hides_no_orientation() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    data = encoded(photograph(80, 60), "JPEG", exif=exif.tobytes())
    assert decoded(data[:2] + b"\xff\xfe\0\4hi" + b"\0\0rubbish" + data[2:]).orientation == 6


@given(st.binary(max_size=200), st.sampled_from(SEEDS))
@settings(max_examples=200)
def test_no_bytes_behind_a_known_beginning_raise(tail: bytes, seed: bytes) -> None:
    assert isinstance(decode(seed[:16] + tail, ALLOWED), Picture | Refusal)


@given(st.sampled_from(SEEDS), st.data())
@settings(max_examples=800)
def test_no_mutated_header_raises(seed: bytes, data: st.DataObject) -> None:
    mutated = bytearray(seed)
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, min(len(mutated) - 1, 700)))
        piece = data.draw(st.binary(min_size=1, max_size=4))
        if data.draw(st.booleans()):
            mutated[at : at + len(piece)] = piece
        else:
            mutated[at:at] = piece
    found = decode(bytes(mutated[: data.draw(st.integers(1, len(mutated)))]), ALLOWED)
    assert isinstance(found, Picture | Refusal)
    if isinstance(found, Picture):
        assert 0 <= fingerprint(found).quality <= 100
