"""The words in a picture, Chinese and Latin, read by RapidOCR on the CPU. Whatever the bytes are, never an exception.

The models are those that RapidOCR's wheel carries (PP-OCRv6 small, Apache-2.0); nothing is ever downloaded. Pixels come
from our own decoder, with its bounds, in grey: PP-OCR reads grey nearly as well as colour, and nothing else is decoded.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from detectors.pictures.decoding import decode
from detectors.pictures.limits import Limits
from detectors.pictures.outcomes import Refusal
from detectors.pictures.seen import ReadLine
from streams.configuration.sections import PictureWordsSettings
from streams.pictures.recognition import Recognised, Recogniser, load_recogniser

logger = logging.getLogger(__name__)
LONGEST_TEXT = 200  # code points of one line


class ReadOutcome(StrEnum):
    """What became of a picture that was to be read."""

    READ = "read"
    NO_WORDS = "no_words"
    NOT_DECODED = "not_decoded"
    FAILED = "failed"  # the library raised; logged by nobody, since hostile pictures can do it at will
    UNAVAILABLE = "unavailable"  # its models could not be loaded; logged once


@dataclass(frozen=True, slots=True)
class Words:
    """The lines of one picture, from top to bottom, and how that ended."""

    lines: tuple[ReadLine, ...]
    outcome: ReadOutcome


def uncounted(_outcome: ReadOutcome) -> None:
    """Where nobody counts: a check, a scan, a replay."""


class WordReader:
    """Reads one picture at a time, from any thread. The models are loaded with the first: 2 s of CPU, 140 MB.

    count : told what each picture came to, for the metrics.
    """

    def __init__(
        self,
        settings: PictureWordsSettings | None = None,
        load: Callable[[int, int], Recogniser] = load_recogniser,
        count: Callable[[ReadOutcome], None] = uncounted,
    ) -> None:
        self._settings = settings or PictureWordsSettings()
        self._load = load
        self._lock = threading.Lock()
        self._recogniser: Recogniser | None = None
        self._is_unavailable = False
        self._count = count

    def __call__(self, data: bytes) -> tuple[ReadLine, ...]:
        return self.read(data).lines

    def read(self, data: bytes) -> Words:
        """The words in a picture; an encoded picture of any kind."""
        with self._lock:
            words = self._read(data)
            self._count(words.outcome)
            return words

    def load(self) -> bool:
        """Loads the models now; whether they are there."""
        with self._lock:
            return self._loaded() is not None

    def _loaded(self) -> Recogniser | None:
        if self._recogniser is None and not self._is_unavailable:
            try:
                self._recogniser = self._load(self._settings.threads, self._settings.max_lines)
            except Exception:  # a package that is missing, a model that is broken: all else goes on without words
                self._is_unavailable = True
                logger.exception("no words are read in pictures: the models cannot be loaded")
        return self._recogniser

    def _read(self, data: bytes) -> Words:
        picture = decode(data, _limits(self._settings))
        if isinstance(picture, Refusal):
            return Words((), ReadOutcome.NOT_DECODED)
        recogniser = self._loaded()
        if recogniser is None:
            return Words((), ReadOutcome.UNAVAILABLE)
        scale = self._scale(*picture.luma.shape)
        try:
            found = recogniser(picture.luma, scale)
        except Exception:  # noqa: BLE001  # OpenCV, onnxruntime and what is between them raise what they like
            return Words((), ReadOutcome.FAILED)
        height, width = picture.luma.shape
        to_published = picture.width / (width * scale), picture.height / (height * scale)
        lines = [_line(one, to_published) for one in found if one.confidence >= self._settings.min_confidence]
        kept = sorted((line for line in lines if line.text), key=lambda line: (line.box[1], line.box[0]))
        return Words(tuple(kept), ReadOutcome.READ if kept else ReadOutcome.NO_WORDS)

    def _scale(self, height: int, width: int) -> float:
        return min(self._settings.longer_side / max(height, width), self._settings.enlarge)


def _line(found: Recognised, to_published: tuple[float, float]) -> ReadLine:
    across, down = to_published
    left, top = found.corners.min(axis=0).tolist()
    right, bottom = found.corners.max(axis=0).tolist()
    box = tuple(round(float(at), 1) for at in (left * across, top * down, right * across, bottom * down))
    return ReadLine(found.text.strip()[:LONGEST_TEXT], (box[0], box[1], box[2], box[3]), round(found.confidence, 3))


def _limits(settings: PictureWordsSettings) -> Limits:
    """How far the decoder may reduce a picture."""
    side = settings.longer_side
    return Limits(working_side=side, working_pixels=2 * side * side)
