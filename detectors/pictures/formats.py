"""What format bytes are in, by the bytes themselves: names and declared types lie."""

from __future__ import annotations

from enum import StrEnum

from detectors.pictures.outcomes import DecodingError, Refusal


class Format(StrEnum):
    """The formats that are decoded, by their media type."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    GIF = "image/gif"
    WEBP = "image/webp"
    AVIF = "image/avif"
    BMP = "image/bmp"
    TIFF = "image/tiff"


_MAGIC = (
    (b"\xff\xd8\xff", Format.JPEG),
    (b"\x89PNG\r\n\x1a\n", Format.PNG),
    (b"GIF87a", Format.GIF),
    (b"GIF89a", Format.GIF),
    (b"BM", Format.BMP),
    (b"II*\0", Format.TIFF),
    (b"MM\0*", Format.TIFF),
)
_KNOWN_PICTURES = (
    b"\xff\x0a",  # JPEG XL, bare
    b"\0\0\0\x0cJXL ",
    b"\0\0\0\x0cjP  ",
    b"\xff\x4f\xff\x51",  # JPEG 2000, bare
    b"II+\0",  # TIFF of more than 4 GB
    b"MM\0+",
    b"II\xbc\x01",  # JPEG XR
    b"8BPS",
    b"\0\0\1\0",  # icon
    b"%PDF",
    b"<svg",
)


def sniff(data: bytes) -> Format:
    """The format of a picture's bytes.

    Raises DecodingError: not a picture, or one in a format that we do not decode.
    """
    for magic, found in _MAGIC:
        if data.startswith(magic):
            return found
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return Format.WEBP
    if data[4:8] == b"ftyp":
        brands = data[8 : min(int.from_bytes(data[:4], "big"), 128)]
        if b"avif" in brands or b"avis" in brands:
            return Format.AVIF
        raise DecodingError(Refusal.UNSUPPORTED_FORMAT)
    if data.startswith(_KNOWN_PICTURES) or (data.lstrip()[:5] == b"<?xml" and b"<svg" in data[:1024]):
        raise DecodingError(Refusal.UNSUPPORTED_FORMAT)
    raise DecodingError(Refusal.NOT_A_PICTURE)
