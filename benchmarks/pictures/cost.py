"""What it costs: time per picture of a listing, tier by tier, and memory per protected picture."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from io import BytesIO
from statistics import median
from typing import TypeVar

import numpy as np
import pdqhash
from PIL import Image

from benchmarks.pictures.measure import Work
from benchmarks.pictures.systems import Ours, decoded
from benchmarks.records import Row
from detectors.pictures.copies import look_at, look_closely

MOST = 60  # pictures
PEER = "Pillow + pdqhash, whole"
T = TypeVar("T")


def cost_rows(work: Work, ours: Ours) -> Sequence[Row]:
    """Medians of CPU time over pictures of the work, one process."""
    data = [case.data for case in work.cases[:: max(1, len(work.cases) // MOST)]]
    pictures = [decoded(one) for one in data]
    details = [look_closely(picture) for picture in pictures]
    peer = _median(_whole_pdq, data)
    rows = {
        "decode": _median(decoded, data),
        "first tier, views and fingerprints": _median(look_at, pictures),
        "second tier, blobs": _median(look_closely, pictures),
        "second tier, finding and checking": _median(ours.gallery.find, details),
    }
    memory = ours.gallery.nbytes / len(ours.gallery)
    return [
        *(
            Row(metric=name, unit="ms", ours=ms, peer=peer, peer_name=PEER, ratio=peer / ms)
            for name, ms in rows.items()
        ),
        Row(
            metric="memory for a protected picture, mean",
            unit="bytes",
            ours=memory,
            peer=32,
            peer_name=PEER,
            ratio=32 / memory,
        ),
    ]


def _median(work: Callable[[T], object], given: Sequence[T]) -> float:
    times = []
    for one in given:
        start = time.process_time()
        work(one)
        times.append(time.process_time() - start)
    return 1000 * median(times)


def _whole_pdq(data: bytes) -> object:
    return pdqhash.compute(np.asarray(Image.open(BytesIO(data)).convert("RGB")))


def _row(name: str, ms: float, peer: float) -> Row:
    return Row(metric=name, unit="ms", ours=ms, peer=peer, peer_name=PEER, ratio=peer / ms)
