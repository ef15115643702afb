"""Shipped photographs, and what a seller does to one so that no view of it has a fingerprint near the right's."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw

from benchmarks.pictures.corpus import SHIPPED
from tests.detectors.pictures.made import encoded

NAMES = tuple(sorted(path.name for path in Path(SHIPPED).glob("*.jpg")))
PROTECTED = "pdq-labelme_q0746.jpg"
OTHER = "pdq-bridge-mods_aaa-orig.jpg"


@cache
def original(name: str) -> bytes:
    return (SHIPPED / name).read_bytes()


def opened(name: str) -> Image.Image:
    return Image.open(BytesIO(original(name))).convert("RGB")


def cropped_and_covered(name: str = PROTECTED) -> Image.Image:
    """A third of each side is cut off on two sides, and a badge is put on what is left."""
    image = opened(name)
    part = image.crop((round(0.3 * image.width), round(0.25 * image.height), image.width, image.height))
    draw = ImageDraw.Draw(part)
    draw.ellipse((6, 6, 6 + part.width // 4, 6 + part.width // 4), (220, 20, 40))
    return part


def sent(image: Image.Image) -> bytes:
    return encoded(image, "JPEG", quality=85)
