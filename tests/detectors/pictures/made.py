"""Pictures for tests: photographs at hand and made ones, as arrays and as bytes."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from detectors.pictures.decoding import decode
from detectors.pictures.formats import Format
from detectors.pictures.limits import DEFAULT_LIMITS, Limits
from detectors.pictures.outcomes import Refusal
from detectors.pictures.picture import Picture

DATA = Path(__file__).parent / "data"
PHOTOGRAPH = "dih_bridge-1-original.jpg"


@cache
def photograph(width: int = 400, height: int = 251) -> Image.Image:
    """RGB; not to be changed."""
    with Image.open(DATA / PHOTOGRAPH) as image:
        return image.convert("RGB").resize((width, height), Image.Resampling.LANCZOS)


def encoded(image: Image.Image, form: str, **options: Any) -> bytes:
    stream = io.BytesIO()
    image.save(stream, form, **options)
    return stream.getvalue()


def decoded(data: bytes, limits: Limits = DEFAULT_LIMITS, declared: str = "") -> Picture:
    picture = decode(data, limits, declared)
    assert isinstance(picture, Picture), picture
    return picture


def refused(data: bytes, limits: Limits = DEFAULT_LIMITS) -> Refusal:
    refusal = decode(data, limits)
    assert isinstance(refusal, Refusal)
    return refusal


def of_luma(luma: NDArray[Any], height: int = 0, width: int = 0) -> Picture:
    """A picture of these pixels, as if published in another size if one is given."""
    grey = np.ascontiguousarray(luma, np.float32)
    return Picture(luma=grey, height=height or grey.shape[0], width=width or grey.shape[1], format=Format.PNG)
