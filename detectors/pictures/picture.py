"""A decoded picture: what fingerprints and views are taken from."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from detectors.pictures.formats import Format
from detectors.pictures.outcomes import Note

Luma = NDArray[np.float32]
"""float32[h, w], C order, 0 black to 255 white: 0.299 R + 0.587 G + 0.114 B."""

_TURNS = {2: (0, True), 3: (2, False), 4: (2, True), 5: (3, True), 6: (3, False), 7: (1, True), 8: (1, False)}
"""EXIF orientation: quarter turns to the left, then whether to mirror left to right."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Picture:
    """One picture, upright, grey, at the working resolution.

    Grey, because PDQ is, because a grey JPEG decodes a third faster, and because borders, banners and gutters show in
    grey. The working resolution is the published one, or a half, a quarter ... of it: `height` and `width` tell.
    """

    luma: Luma
    height: int  # as published, in pixels, upright
    width: int
    format: Format
    orientation: int = 1  # EXIF, as stored: 1 to 8; already applied to luma
    notes: frozenset[Note] = frozenset()


def upright(picture: Picture, orientation: int) -> Picture:
    """The picture as EXIF says that it is to be shown. Orientations that EXIF does not know mean nothing."""
    turn = _TURNS.get(orientation)
    if turn is None:
        return picture
    quarters, mirrored = turn
    luma = np.rot90(picture.luma, quarters)
    luma = luma[:, ::-1] if mirrored else luma
    height, width = (picture.width, picture.height) if quarters % 2 else (picture.height, picture.width)
    return replace(
        picture,
        luma=np.ascontiguousarray(luma),
        height=height,
        width=width,
        orientation=orientation,
        notes=picture.notes | {Note.TURNED},
    )
