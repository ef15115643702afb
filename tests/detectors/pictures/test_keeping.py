"""What is kept of a right's picture: read again as it was, and damage is noticed."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from detectors.pictures.copies import REGISTERED_BLOBS, Exemplar, exemplar_of
from detectors.pictures.features import Features
from detectors.pictures.keeping import KEPT_BYTES, PREVIEW_SIDE, packed, preview, unpacked
from detectors.pictures.thumbnails import THUMBNAIL_SIDE, KeepingError, packed_thumbnail, unpacked_thumbnail
from tests.detectors.pictures.edited import NAMES, PROTECTED, original
from tests.detectors.pictures.made import decoded, encoded, of_luma, photograph

KEPT = packed(exemplar_of(decoded(original(PROTECTED))))


def is_same(one: Exemplar, two: Exemplar) -> bool:
    return (
        np.array_equal(one.features.places, two.features.places)
        and np.array_equal(one.features.codes, two.features.codes)
        and np.array_equal(one.thumbnail, two.thumbnail)
        and one.size == two.size
    )


@pytest.mark.parametrize("name", NAMES[::10])
def test_nothing_is_lost(name: str) -> None:
    exemplar = exemplar_of(decoded(original(name)))
    assert is_same(unpacked(packed(exemplar)), exemplar)


def test_a_picture_without_blobs_can_be_kept() -> None:
    plain = exemplar_of(of_luma(np.full((90, 70), 255.0)))
    assert len(plain.features) == 0
    assert is_same(unpacked(packed(plain)), plain)


def test_the_largest_there_can_be_is_within_the_bound() -> None:
    random = np.random.default_rng(1)
    features = Features(np.full((REGISTERED_BLOBS, 3), 319, np.float32), np.zeros((REGISTERED_BLOBS, 4), np.uint64))
    noise = random.integers(0, 256, (THUMBNAIL_SIDE, THUMBNAIL_SIDE)).astype(np.uint8)
    content = packed(Exemplar(features, packed_thumbnail(noise), (2**31, 2**31)))
    assert len(content) <= KEPT_BYTES
    assert np.array_equal(unpacked(content).thumbnail, noise)


@given(st.integers(0, len(KEPT) - 1), st.integers(1, 255))
def test_a_byte_that_changed_is_noticed(at: int, change: int) -> None:
    damaged = bytearray(KEPT)
    damaged[at] ^= change
    with pytest.raises(KeepingError):
        unpacked(bytes(damaged))


@pytest.mark.parametrize(
    "content", [b"", KEPT[:-1], KEPT[:20], KEPT + b"\0", b"RWP2" + KEPT[4:], bytes(KEPT_BYTES + 1)]
)
def test_what_is_cut_or_of_another_version_is_refused(content: bytes) -> None:
    with pytest.raises(KeepingError):
        unpacked(content)


def test_a_count_beyond_what_is_there_is_refused_though_the_checksum_holds() -> None:
    body = struct.pack("<H", 60_000) + KEPT[10:]
    with pytest.raises(KeepingError, match="60000 blobs"):
        unpacked(KEPT[:4] + struct.pack("<I", zlib.crc32(body)) + body)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x10\0\x10\0nonsense",
        struct.pack("<HH", 100, 100) + zlib.compress(bytes(9_999)),
        struct.pack("<HH", 100, 100) + zlib.compress(bytes(50_000_000)),
        struct.pack("<HH", 0, 0) + zlib.compress(b""),
        struct.pack("<HH", 8192, 2) + zlib.compress(bytes(16_384)),
    ],
)
def test_a_thumbnail_that_is_none_is_refused(content: bytes) -> None:
    with pytest.raises(KeepingError):
        unpacked_thumbnail(content)


@pytest.mark.parametrize(("size", "wanted"), [((300, 200), (300, 200)), ((900, 1500), (384, 640))])
def test_a_preview_is_a_jpeg_of_at_most_640_pixels(size: tuple[int, int], wanted: tuple[int, int]) -> None:
    with Image.open(BytesIO(preview(decoded(encoded(photograph(*size), "PNG"))))) as image:
        assert (image.format, max(image.size) <= PREVIEW_SIDE, image.size) == ("JPEG", True, wanted)


def test_a_preview_has_nothing_of_what_stood_beside_the_pixels() -> None:
    exif = Image.Exif()
    exif[0x010E] = "<script>secret"
    data = encoded(photograph(), "JPEG", exif=exif)
    assert b"<script>" in data
    assert b"<script>" not in preview(decoded(data))
