"""JSON lines on stdout, safe to read on a terminal whatever a listing holds."""

from __future__ import annotations

import re
from typing import BinaryIO

# As UTF-8: DEL and the C1 controls, which terminals may obey; marks that turn the direction of text; line and paragraph
# separators. Each of them can only stand within a JSON string, so writing it as \uXXXX changes nothing of the value.
_UNSAFE = re.compile(rb"\x7f|\xc2[\x80-\x9f]|\xd8\x9c|\xe2\x80[\x8e\x8f\xa8-\xae]|\xe2\x81[\xa6-\xa9]")


def write_line(out: BinaryIO, document: bytes) -> None:
    """One JSON document, as orjson writes it, and a line feed."""
    out.write(_UNSAFE.sub(_escaped, document) + b"\n")


def _escaped(found: re.Match[bytes]) -> bytes:
    return rb"\u%04x" % ord(found[0].decode())
