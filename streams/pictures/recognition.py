"""RapidOCR behind one function: a grey picture in, lines out. All that is known of the library stands here."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detectors.pictures.picture import Luma

MODELS = {
    "Det.model_path": "PP-OCRv6_det_small.onnx",
    "Rec.model_path": "PP-OCRv6_rec_small.onnx",
    "Cls.model_path": "ch_ppocr_mobile_v2.0_cls_mobile.onnx",
}
MULTIPLE = 32  # pixels: the detection model takes sides of whole multiples
SHORTEST_SIDE = 32
LOWEST_LINE = 5  # pixels: nobody reads lower ones
LONGEST_LINE = 80  # times its height: what is longer is a border or a row of something
READ_LENGTH = 640  # times their heights, of all lines of a picture together: what reading costs
AT_ONCE = 1  # lines that the recognition model takes together: on one core more save nothing, and cost memory


@dataclass(frozen=True, slots=True, eq=False)
class Recognised:
    """A line as the models give it. corners : float[4, 2], x and y in pixels of the picture read."""

    text: str
    corners: NDArray[np.float32]
    confidence: float


Recogniser = Callable[[Luma, float], Sequence[Recognised]]
"""Reads a picture at `scale` times its size. The corners are in pixels of that size."""


def load_recogniser(threads: int, max_lines: int) -> Recogniser:
    """Loads the models that came with the package.

    Raises:
        Exception: ImportError where the packages are missing, and what onnxruntime raises at a broken model.
    """
    import cv2
    import rapidocr
    from rapidocr.main import RapidOCRError

    logging.getLogger("RapidOCR").setLevel(logging.CRITICAL)
    cv2.setNumThreads(threads)
    models = Path(rapidocr.__file__).parent / "models"
    engine = rapidocr.RapidOCR(
        params={
            **{name: str(models / file) for name, file in MODELS.items()},  # a path given is never downloaded
            "Global.log_level": "critical",
            "EngineConfig.onnxruntime.intra_op_num_threads": threads,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            "Det.limit_type": "max",  # the picture comes in the size that it is to be read at
            "Det.limit_side_len": 1 << 15,
            "Rec.rec_batch_num": AT_ONCE,
        }
    )
    blank = np.full((48, 96, 3), 255, np.uint8)
    with suppress(RapidOCRError):  # RapidOCR loads each model when it is first used, and says so when it finds no words
        engine.detect_and_crop(blank, {})
    engine.cls_and_rotate([blank])
    engine.recognize_txt([blank])
    return _Recogniser(engine, max_lines)


class _Recogniser:
    def __init__(self, engine: Any, max_lines: int) -> None:
        self._engine = engine
        self._max_lines = max_lines

    def __call__(self, luma: Luma, scale: float) -> list[Recognised]:
        from rapidocr.main import RapidOCRError

        pixels = _sized(luma, scale)
        try:
            crops, found = self._engine.detect_and_crop(pixels, {"preprocess": {"ratio_h": 1.0, "ratio_w": 1.0}})
        except RapidOCRError:  # its way to say that there are no words
            return []
        kept = worth_reading([crop.shape[:2] for crop in crops], self._max_lines)
        if not kept:
            return []
        turned, _ = self._engine.cls_and_rotate([crops[at] for at in kept])
        read = self._engine.recognize_txt(turned)
        size = np.array([luma.shape[1] * scale / pixels.shape[1], luma.shape[0] * scale / pixels.shape[0]], np.float32)
        return [
            Recognised(str(text), np.asarray(found.boxes[at], np.float32) * size, float(score))
            for at, text, score in zip(kept, read.txts, read.scores, strict=True)
        ]


def _sized(luma: Luma, scale: float) -> NDArray[np.uint8]:
    """uint8[h, w, 3] of about `scale` times the size, of sides that the model takes."""
    import cv2

    height, width = luma.shape
    wanted = [max(SHORTEST_SIDE, round(side * scale / MULTIPLE) * MULTIPLE) for side in (width, height)]
    shrinks = wanted[0] * wanted[1] < width * height
    grey = np.clip(luma, 0, 255).astype(np.uint8)
    sized = cv2.resize(grey, wanted, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)
    return np.repeat(sized[:, :, None], 3, axis=2)


def worth_reading(sizes: Sequence[tuple[int, int]], max_lines: int) -> list[int]:
    """Which lines are read, the tallest first: a picture full of small print costs no more than any other."""
    lengths = [max(height, width) / max(1, min(height, width)) for height, width in sizes]
    readable = [at for at, size in enumerate(sizes) if min(size) >= LOWEST_LINE and lengths[at] <= LONGEST_LINE]
    kept, length = [], 0.0
    for at in sorted(readable, key=lambda at: -min(sizes[at]))[:max_lines]:
        length += lengths[at]
        if length > READ_LENGTH:
            break
        kept.append(at)
    return kept
