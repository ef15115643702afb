"""What a server says it sends, and what it sends: both must be a picture that we decode. Pure functions."""

from __future__ import annotations

MAGIC_BYTES = 32
"""So many first bytes decide."""
_BY_START = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
}
_BRANDS = {b"avif": "image/avif", b"avis": "image/avif"}
# What object stores say of a file whose type they were not told; the bytes decide.
_UNTOLD = frozenset({"", "application/octet-stream", "binary/octet-stream", "application/x-octet-stream"})
_NEVER = frozenset({"image/svg+xml"})
_BMP_HEADERS = frozenset({12, 40, 52, 56, 64, 108, 124})


def may_be_picture(content_type: str) -> bool:
    """Whether the Content-Type header speaks of a raster picture, or says nothing."""
    media_type = content_type.partition(";")[0].strip().lower()
    return media_type in _UNTOLD or (media_type.startswith("image/") and media_type not in _NEVER)


def sniff(head: bytes) -> str | None:
    """The media type by the first `MAGIC_BYTES`, or None. The header's own type is often wrong within `image/`."""
    for start, media_type in _BY_START.items():
        if head.startswith(start):
            return media_type
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12]) or next(
            (_BRANDS[brand] for brand in _compatible(head) if brand in _BRANDS), None
        )
    return "image/bmp" if _is_bmp(head) else None


def _compatible(head: bytes) -> list[bytes]:
    end = min(len(head), int.from_bytes(head[:4], "big"))
    return [head[start : start + 4] for start in range(16, end - 3, 4)]


def _is_bmp(head: bytes) -> bool:
    """Two letters are too little to go by: the reserved words are zero and the header has one of the known sizes."""
    return head[:2] == b"BM" and head[6:10] == bytes(4) and int.from_bytes(head[14:18], "little") in _BMP_HEADERS
