"""Pictures as rows: the ones that alerts name, whole, and what was seen in those of recent listings. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
import orjson

from detectors.pictures.copies import Look
from detectors.pictures.hashing import Fingerprints
from detectors.pictures.seen import ReadLine, Seen
from detectors.pictures.views import View, Window, edges
from sinks.clickhouse.columns import Columns, columns_of, digest_bytes, milliseconds
from sinks.text import storable

SEEN_COLUMNS = (
    "lower(hex(digest)), unit_across, unit_down, views, is_mirrored, edges, words, qualities, lines"  # for `seen_of`
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRow:
    """A picture that an alert names. `url` as it may be shown; width and height in published pixels."""

    digest: str
    content: bytes = field(repr=False)
    media_type: str
    url: str
    width: int
    height: int
    fetched_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LookRow:
    """What was seen in picture `image` (from 0) of a listing on a page, and until when that is of use."""

    page: str
    platform: str
    listing_id: str
    image: int
    url: str = field(repr=False)
    seen: Seen
    fetched_at: datetime
    kept_until: datetime


def evidence_columns(rows: Sequence[EvidenceRow]) -> Columns:
    return columns_of("picture", rows, _evidence_row)


def look_columns(rows: Sequence[LookRow]) -> Columns:
    return columns_of("look", rows, _look_row)


def seen_of(row: Sequence[Any]) -> Seen:
    """What was seen, from the values of `SEEN_COLUMNS`; not what a second look found among the rights of its day."""
    digest, across, down, names, mirrored, windows, words, qualities, lines = row
    cut = [Window(*windows[start : start + 4]) for start in range(0, len(windows), 4)]
    views = [
        View(name, window, bool(is_mirrored)) for name, window, is_mirrored in zip(names, cut, mirrored, strict=True)
    ]
    prints = Fingerprints(np.array(words, np.uint64).reshape(-1, 4), np.array(qualities, np.uint8))
    read = tuple(ReadLine(text, tuple(box), confidence) for text, box, confidence in orjson.loads(lines))
    return Seen(digest, Look(views, prints, (across, down)), lines=read)


def _evidence_row(row: EvidenceRow) -> dict[str, Any]:
    return {
        "digest": digest_bytes(row.digest),
        "content": row.content,
        "media_type": storable(row.media_type),
        "url": storable(row.url),
        "width": row.width,
        "height": row.height,
        "fetched_at": milliseconds(row.fetched_at),
    }


def _look_row(row: LookRow) -> dict[str, Any]:
    look = row.seen.look
    return {
        "page": digest_bytes(row.page),
        "platform": storable(row.platform),
        "listing_id": storable(row.listing_id),
        "image": row.image,
        "url": storable(row.url),
        "digest": digest_bytes(row.seen.digest),
        "unit_across": look.luma_unit[0],
        "unit_down": look.luma_unit[1],
        "views": [view.name for view in look.views],
        "is_mirrored": [int(view.is_mirrored) for view in look.views],
        "edges": [int(edge) for view in look.views for edge in edges(view.window)],
        "words": look.fingerprints.words.reshape(-1).tolist(),
        "qualities": look.fingerprints.qualities.tolist(),
        "lines": orjson.dumps([(line.text, line.box, line.confidence) for line in row.seen.lines]).decode(),
        "fetched_at": milliseconds(row.fetched_at),
        "kept_until": row.kept_until,
    }
