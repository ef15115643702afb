"""The pipeline over files: what `rightswatch scan` does, without the printing.

Reads as a stream, one page at a time, so that an endless input needs no more memory than a short one.
"""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from detectors.image_copy import is_copy_at_sight
from detectors.pictures.copies import Exemplar, Look
from detectors.pictures.gallery import Gallery
from detectors.records import DeadLetter, Page, Screening
from detectors.watchlist import Watchlist, WatchlistBuilder
from detectors.watchlist.rules import Rules
from streams.files.listings import FilePage, read_pages
from streams.files.pictures import PictureFolder
from streams.files.rights import RefusedLine, read_rights
from streams.files.text_input import STDIN, open_input
from streams.pipeline import NO_LOOKS, screen_page

NOT_CALIBRATED: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class ScannedPage:
    """One page of a file and what came of it."""

    path: Path
    source: FilePage
    screening: Screening

    def place(self, letter: DeadLetter) -> str:
        """FILE:LINE of one of its dead letters."""
        return f"{self.path}:{self.source.file_line(letter.line)}"

    def dead_letter(self, letter: DeadLetter) -> dict[str, Any]:
        """A dead letter as a JSON object that names the file instead of a topic."""
        return {
            "file": str(self.path),
            "line": self.source.file_line(letter.line),
            "reason": letter.reason,
            "length": letter.length,
            "sha256": letter.sha256,
            "head": base64.b64encode(letter.head).decode("ascii"),
        }


@dataclass(slots=True)
class ScanTotals:
    """What came of a scan, added up page by page."""

    listings: int = 0
    dead_letters: int = 0
    alerts: int = 0
    by_tier: Counter[str] = field(default_factory=Counter)
    by_detector: Counter[str] = field(default_factory=Counter)
    screened: Counter[str] = field(default_factory=Counter)
    warnings: Counter[str] = field(default_factory=Counter)

    def add(self, screening: Screening) -> None:
        self.listings += screening.listings
        self.dead_letters += len(screening.dead_letters)
        self.alerts += len(screening.alerts)
        self.by_tier.update(alert.tier for alert in screening.alerts)
        self.by_detector.update(alert.detector for alert in screening.alerts)
        self.screened.update(screening.screened)
        self.warnings.update(screening.warnings)


@dataclass(frozen=True, slots=True)
class WatchedFor:
    """What rights files ask to be watched for; the gallery has the pictures that they name by path."""

    watchlist: Watchlist
    gallery: Gallery
    refused: list[RefusedLine]

    def needs_closer_look(self, look: Look) -> bool:
        return not is_copy_at_sight(look, self.watchlist)


def read_rights_files(
    paths: Iterable[Path],
    rules: Rules | None = None,
    *,
    calibration: Mapping[str, Any] = NOT_CALIBRATED,
    with_gallery: bool = False,
) -> WatchedFor:
    """The rights of some files and the lines that were refused; of two lines for one right the later holds.

    Without `rules` the shipped pack is in force, without `calibration` the scores of the rules. The gallery is left
    empty unless it is asked for.

    Raises:
        UnreadableFileError: a file is missing, may not be read, or is not UTF-8 text.
    """
    builder = WatchlistBuilder(rules)
    refused: list[RefusedLine] = []
    pictures: dict[str, Exemplar] = {}
    revision = 0
    for path in paths:
        for line in read_rights(path):
            if isinstance(line, RefusedLine):
                refused.append(line)
                continue
            revision += 1
            builder.apply({"revision": revision, **line.change})
            if with_gallery:
                pictures |= {one.digest: one.exemplar for one in line.pictures if one.digest not in pictures}
    builder.apply({"revision": revision, "op": "calibrate", "calibration": calibration})
    return WatchedFor(builder.build(), Gallery(pictures), refused)


def scan_files(
    paths: Iterable[Path],
    watched: WatchedFor,
    observed_at: datetime,
    *,
    pictures: PictureFolder | None = None,
    show_screened: bool = False,
) -> Iterator[ScannedPage]:
    """Screen the listings of files, `-` being standard input, in order, with the pictures that they name by path.

    The second tier looks at those in which the first finds nothing.

    Raises:
        UnreadableFileError: a file is missing, may not be read, or is not UTF-8 text.
    """
    watchlist, looks = watched.watchlist, NO_LOOKS
    for path in paths:
        with open_input(path) as stream:
            is_live = path == STDIN or not path.is_file()
            for source in read_pages(stream, is_live=is_live):
                if source is not None:
                    page = Page(body=source.body, observed_at=observed_at)
                    if pictures is not None and (watchlist.has_pictures or pictures.reader is not None):
                        looks = pictures.looks(page, watched.gallery, watched.needs_closer_look)
                    screening = screen_page(page, watchlist, looks=looks, show_screened=show_screened)
                    yield ScannedPage(path, source, screening)
