"""Every colour mode of Pillow to luma at the working resolution, as a buyer would see it on a white page."""

from __future__ import annotations

import numpy as np
from PIL import Image

from detectors.kernels.luma import grey_from_rgb
from detectors.pictures.limits import EXACT_SIDE, Limits, halvings
from detectors.pictures.outcomes import Note
from detectors.pictures.picture import Luma

_ALPHA = frozenset({"RGBA", "RGBa", "LA", "La", "PA"})
_INVISIBLE = 0.05  # of the picture opaque: whoever uploads that means what it would show without transparency


def flatten(image: Image.Image, limits: Limits) -> tuple[Luma, set[Note]]:
    """float32 luma of a loaded picture, and what was odd about it."""
    if image.mode == "F" or image.mode.startswith("I"):
        return _shrunk(_from_deep(image), limits), {Note.DEEP}
    if image.mode in _ALPHA or "transparency" in image.info:
        shown, notes = _on_white(image.convert("RGBA"))
        return _luma(shown, limits), notes
    return _luma(image, limits), set()


def in_colour(image: Image.Image) -> Image.Image:
    """RGB of a loaded picture, as a buyer would see it on a white page."""
    if image.mode == "F" or image.mode.startswith("I"):
        return _from_deep(image).convert("L").convert("RGB")
    if image.mode in _ALPHA or "transparency" in image.info:
        return _on_white(image.convert("RGBA"))[0]
    return (image.getchannel(0) if image.mode == "LAB" else image).convert("RGB")


def _luma(image: Image.Image, limits: Limits) -> Luma:
    if image.mode == "LAB":
        image = image.getchannel(0)
    if image.mode not in ("1", "L", "RGB"):
        image = image.convert("RGB")
    if image.mode == "RGB" and max(image.size) <= EXACT_SIDE:
        return grey_from_rgb(np.array(image))
    return _shrunk(image.convert("L"), limits)


def _shrunk(grey: Image.Image, limits: Limits) -> Luma:
    factor = halvings(grey.height, grey.width, limits)
    return np.array(grey.reduce(factor) if factor > 1 else grey, np.float32)


def _on_white(image: Image.Image) -> tuple[Image.Image, set[Note]]:
    alpha = image.getchannel("A")
    if alpha.getextrema()[0] == 255:
        return image.convert("RGB"), set()
    if np.asarray(alpha.reduce(max(1, min(image.size) // 64))).mean() < 255 * _INVISIBLE:
        return image.convert("RGB"), {Note.TRANSPARENT, Note.INVISIBLE}
    white = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(white, image).convert("RGB"), {Note.TRANSPARENT}


def _from_deep(image: Image.Image) -> Image.Image:
    """Grey of 16 bits and more, as floats of 0 to 255. What fits 8 bits is of 8 bits: Pillow writes it so."""
    values = np.nan_to_num(np.asarray(image, np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    most = float(values.max())
    if most > 255:
        values = values * np.float32(255 / (65535 if most <= 65535 else most))
    return Image.fromarray(np.clip(values, 0, 255))
