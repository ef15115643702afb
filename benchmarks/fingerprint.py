"""`fingerprint`: pictures/s from JPEG bytes to a PDQ fingerprint, beside Pillow and pdqhash; how far apart they are.

The pictures are made from the shipped photographs: sheets of them, so that there is as much to see at every size, as
JPEG of quality 85. The peer decodes with Pillow in full and hashes all pixels with pdqhash, which is Meta's C++. Both
are one thread; ours is also timed on windows of decoded pictures, mirrored or not, which is what views cost. Bits are
compared where the quality that pdqhash gives is 80 or more: there, PDQ's README says, another hasher is at most 10 off.
"""

from __future__ import annotations

import io
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pdqhash
from numpy.typing import NDArray
from PIL import Image, ImageOps

from benchmarks.core import one_core
from benchmarks.records import BenchmarkError, Row
from benchmarks.turns import Seconds, take_turns
from detectors.pictures.decoding import decode
from detectors.pictures.hashing import fingerprint, fingerprint_windows
from detectors.pictures.picture import Picture
from detectors.pictures.reading import read_picture

PHOTOGRAPHS = Path(__file__).parent / "data" / "pictures"
TILE = 400  # pixels: a sheet of 800 px holds four photographs
SIDES = (400, 800, 1600)
SIDE = 800
JPEG_QUALITY = 85
COMPARED_QUALITY, BITS_LIMIT = 80, 10
CUTS = (0.0, 0.02, 0.05, 0.1, 0.2)  # of each side: windows that views take


@dataclass(frozen=True, slots=True)
class Work:
    side: int
    bodies: list[bytes]

    @property
    def named(self) -> str:
        size = sum(map(len, self.bodies)) / len(self.bodies)
        return f"{len(self.bodies)} JPEGs of {self.side} px and {size / 1000:,.0f} kB, one core"

    def read(self) -> None:
        for body in self.bodies:
            read_picture(body)

    def read_by_peer(self) -> None:
        for body in self.bodies:
            pdqhash.compute(_pixels(body))


def run(quick: bool) -> Sequence[Row]:
    """Measure; raises BenchmarkError when a picture is refused, or hardly any has the quality to be compared."""
    count, rounds = (12, 3) if quick else (48, 7)
    works = {side: Work(side, _sheets(side, count)) for side in SIDES}
    with one_core():
        bits = [_bits(work) for work in works.values()]
        rows = [_both(work, rounds) for work in works.values()]
        return [*rows, _alone(works[SIDE], rounds), _windows(works[SIDE], rounds), *bits]


def _sheets(side: int, count: int) -> list[bytes]:
    """JPEGs of side x side pixels, photographs side by side."""
    files = sorted(PHOTOGRAPHS.glob("*.jpg"))
    across = side // TILE
    sheets = []
    for number in range(count):
        sheet = Image.new("RGB", (side, side))
        for place in range(across * across):
            with Image.open(files[(number * across * across + place) % len(files)]) as photograph:
                tile = ImageOps.fit(photograph.convert("RGB"), (TILE, TILE), Image.Resampling.LANCZOS)
            sheet.paste(tile, (place % across * TILE, place // across * TILE))
        stream = io.BytesIO()
        sheet.save(stream, "JPEG", quality=JPEG_QUALITY)
        sheets.append(stream.getvalue())
    return sheets


def _pixels(body: bytes) -> NDArray[np.uint8]:
    with Image.open(io.BytesIO(body)) as image:
        return np.asarray(image.convert("RGB"))


def _picture(body: bytes) -> Picture:
    picture = decode(body)
    if not isinstance(picture, Picture):
        raise BenchmarkError(f"a picture was refused as {picture}")
    return picture


def _row(metric: str, unit: str, done: int, taken: Seconds, peer_name: str) -> Row:
    return Row(
        metric=metric,
        unit=unit,
        ours=done / taken.ours,
        peer=done / taken.peer,
        peer_name=peer_name,
        ratio=taken.peer / taken.ours,
    )


def _both(work: Work, rounds: int) -> Row:
    taken = take_turns(work.read, work.read_by_peer, rounds=rounds, clock=time.process_time)
    metric = f"pictures decoded and fingerprinted ({work.named})"
    return _row(metric, "pictures/s", len(work.bodies), taken, "Pillow + pdqhash")


def _alone(work: Work, rounds: int) -> Row:
    pictures = [_picture(body) for body in work.bodies]
    pixels = [_pixels(body) for body in work.bodies]
    taken = take_turns(
        lambda: [fingerprint(picture) for picture in pictures],
        lambda: [pdqhash.compute(rgb) for rgb in pixels],
        rounds=rounds,
        clock=time.process_time,
    )
    metric = f"pictures fingerprinted once decoded ({work.named})"
    return _row(metric, "pictures/s", len(pictures), taken, "pdqhash, of Pillow's pixels")


def _windows(work: Work, rounds: int) -> Row:
    pictures = [_picture(body) for body in work.bodies]
    pixels = [_pixels(body) for body in work.bodies]
    mirrored = [False] * len(CUTS) + [True] * len(CUTS)

    def ours() -> None:
        for picture in pictures:
            fingerprint_windows(picture, [_cut(picture.luma, cut) for cut in CUTS] * 2, mirrored)

    def peer() -> None:
        for rgb in pixels:
            for cut in CUTS:
                top, left, bottom, right = _cut(rgb, cut)
                window = rgb[top:bottom, left:right]
                pdqhash.compute(window)
                pdqhash.compute(window[:, ::-1])

    taken = take_turns(ours, peer, rounds=rounds, clock=time.process_time)
    metric = f"windows fingerprinted of decoded pictures, {len(mirrored)} of each, half mirrored ({work.named})"
    return _row(metric, "windows/s", len(pictures) * len(mirrored), taken, "pdqhash, of Pillow's pixels")


def _cut(pixels: NDArray[Any], share: float) -> tuple[int, int, int, int]:
    height, width = pixels.shape[:2]
    top, left = int(height * share), int(width * share)
    return top, left, height - top, width - left


def _bits(work: Work) -> Row:
    distances = []
    for body in work.bodies:
        vector, quality = pdqhash.compute(_pixels(body))
        if quality >= COMPARED_QUALITY:
            theirs = int("".join(str(int(bit)) for bit in vector), 2)
            distances.append((theirs ^ int(fingerprint(_picture(body)).hex, 16)).bit_count())
    if len(distances) < len(work.bodies) / 2:
        raise BenchmarkError(f"only {len(distances)} of {len(work.bodies)} pictures have the quality to be compared")
    mean = sum(distances) / len(distances)
    return Row(
        metric=f"bits of difference from Pillow + pdqhash, the largest of {len(distances)} pictures of {work.side} px "
        f"with quality {COMPARED_QUALITY} or more (mean {mean:.2f})",
        unit="bits",
        ours=max(distances),
        peer=BITS_LIMIT,
        peer_name="limit: at most",
        ratio=BITS_LIMIT / max(*distances, 1),
    )
