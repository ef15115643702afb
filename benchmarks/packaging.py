"""`packaging`: brands read on photographs of packages that then alert, false alerts on other pictures, and the cost.

Each photograph is the one picture of a listing whose text names nothing; the brand on the package is a right for which
any use matters. The photographs are those of `accuracy-pictures` whose product is known (GroceryStoreDataset: studio
pictures, and packages on shelves, taken by phones, often cut). False alerts are counted on all other pictures, whose
brands nobody has noted, against the demo's marks; some do show one: `--show false` prints them for people to judge.

The peer is RapidOCR as it comes, on Pillow's pixels in colour, with a search for the mark in all it reads, whatever its
case and blanks. Both are one thread.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from PIL import Image

from benchmarks.accuracy.scores import Share
from benchmarks.core import one_core
from benchmarks.pictures.corpus import Picture, of_pack, shipped
from benchmarks.records import BenchmarkError, Row
from detectors.pictures.looking import see
from detectors.pictures.seen import ReadLine, Seen
from detectors.records import Page, Screening
from detectors.watchlist import WatchlistBuilder
from streams.demo.pack import load_rights
from streams.pictures.reading import WordReader
from streams.pictures.words import with_words
from streams.pipeline import screen_page

BRANDS = ("Alpro", "Arla", "Garant", "God Morgon", "Oatly", "Tropicana", "Yoggi")
PEER = "RapidOCR as it comes + search"
NOW = datetime(2026, 11, 21, tzinfo=UTC)
SHORTEST = 3  # characters of a mark that the peer is asked for: a search finds any shorter one everywhere


@dataclass(frozen=True, slots=True)
class Read:
    """What both read in one picture."""

    picture: Picture
    seen: Seen
    peer: str

    @property
    def brand(self) -> str | None:
        product = self.picture.group.removeprefix("gro-").replace("-", " ")
        named = (brand for brand in BRANDS if self.picture.group.startswith("gro-") and product.startswith(brand))
        return next(named, None)

    @property
    def is_studio(self) -> bool:
        return "_iconic" in self.picture.path.name


def run(quick: bool, *, pack: str | None = None, show: str | None = None) -> Sequence[Row]:
    """Measure. `pack` is the data pack's folder, used instead of what ships; `show` is "missed" or "false".

    Raises:
        BenchmarkError: no such row, or nothing could be read.
    """
    if show not in (None, "missed", "false"):
        raise BenchmarkError(f"no row is called {show!r}; there are: missed, false")
    pictures = _pictures(pack)
    with one_core():
        ours, theirs = _Ours(), _Peer()
        read = [_read(picture, ours, theirs) for picture in (pictures[::12] if quick else pictures)]
    packages = [one for one in read if one.brand]
    others = [one for one in read if not one.picture.group.startswith("gro-")]
    if not packages or not any(one.seen.lines for one in packages):
        raise BenchmarkError("no package was read")
    found = _alerts(packages, [_right(brand, "any_use") for brand in BRANDS])
    marks = sorted({mark for right in load_rights() for mark in right.get("marks") or ()})
    false = {policy: _alerts(others, [_right(mark, policy) for mark in marks]) for policy in ("any_use", "signals")}
    for line in _shown(show, packages, found, others, false["any_use"]):
        print(line, file=sys.stderr)
    return [
        *_found_rows(packages, found),
        _cost_row(len(read), ours.seconds, theirs.seconds),
        *(_false_row(policy, others, len(marks), alerts, _searched(others, marks)) for policy, alerts in false.items()),
    ]


def _pictures(pack: str | None) -> list[Picture]:
    corpus = of_pack(Path(pack)) if pack else shipped()
    return sorted((*corpus.protected, *corpus.strangers), key=lambda one: one.path.name)


class _Ours:
    def __init__(self) -> None:
        self._reader = WordReader()
        self._reader.load()
        self.seconds = 0.0

    def read(self, data: bytes) -> tuple[ReadLine, ...]:
        start = time.process_time()
        lines = self._reader(data)
        self.seconds += time.process_time() - start
        return lines


class _Peer:
    def __init__(self) -> None:
        from rapidocr import RapidOCR

        threads = {f"EngineConfig.onnxruntime.{kind}_op_num_threads": 1 for kind in ("intra", "inter")}
        self._engine = RapidOCR(params={"Global.log_level": "critical", **threads})
        self._engine(np.full((64, 64, 3), 255, np.uint8))
        self.seconds = 0.0

    def read(self, path: Path) -> str:
        start = time.process_time()
        with Image.open(path) as image:
            pixels = np.ascontiguousarray(np.asarray(image.convert("RGB"))[:, :, ::-1])
        text = " ".join(getattr(self._engine(pixels), "txts", None) or ())
        self.seconds += time.process_time() - start
        return text


def _read(picture: Picture, ours: _Ours, theirs: _Peer) -> Read:
    data = picture.path.read_bytes()
    seen = with_words(see(data), data, ours.read)
    if not isinstance(seen, Seen):
        raise BenchmarkError(f"{picture.path.name} was refused as {seen}")
    return Read(picture, seen, theirs.read(picture.path))


def _right(mark: str, policy: str) -> dict[str, Any]:
    return {"right_id": mark, "kind": "trademark", "marks": [mark], "policy": policy}


def _alerts(read: Sequence[Read], rights: Sequence[dict[str, Any]]) -> set[tuple[str, str]]:
    """The file's name and the mark of each alert."""
    builder = WatchlistBuilder()
    for number, right in enumerate(rights, 1):
        builder.apply({"revision": number, "op": "put", "right": right})
    lines = [
        {"platform": "p", "listing_id": one.picture.path.name, "title": "new", "images": [{"path": str(number)}]}
        for number, one in enumerate(read)
    ]
    looks = {str(number): one.seen for number, one in enumerate(read)}
    screening: Screening = screen_page(Page(b"\n".join(map(orjson.dumps, lines)), NOW), builder.build(), looks=looks)
    return {(alert.listing_id, alert.subject) for alert in screening.alerts if alert.detector == "logo"}


def _searched(read: Sequence[Read], marks: Sequence[str]) -> int:
    """How many marks the peer finds, over all pictures."""
    wanted = {_plain(mark) for mark in marks if len(_plain(mark)) >= SHORTEST}
    return sum(mark in text for text in (_plain(one.peer) for one in read) for mark in wanted)


def _plain(text: str) -> str:
    return "".join(text.split()).casefold()


def _found_rows(packages: Sequence[Read], found: set[tuple[str, str]]) -> Iterator[Row]:
    for name, is_studio in (("in shops", False), ("studio pictures", True)):
        here = [one for one in packages if one.is_studio is is_studio]
        if not here:
            continue
        ours = Share(sum((one.picture.path.name, one.brand) in found for one in here), len(here))
        peer = Share(sum(_plain(one.brand or "") in _plain(one.peer) for one in here), len(here))
        low, high = ours.interval
        yield Row(
            metric=f"packages {name} whose brand is read and alerts, {ours.hits} of {ours.total} "
            f"(95 % {low:.2f} to {high:.2f})",
            unit="share",
            ours=ours.value,
            peer=peer.value,
            peer_name=PEER,
            ratio=ours.value / peer.value if peer.value else 1.0,
        )


def _cost_row(pictures: int, ours: float, peer: float) -> Row:
    return Row(
        metric=f"user CPU to read a picture, mean of {pictures}, one core",
        unit="s",
        ours=ours / pictures,
        peer=peer / pictures,
        peer_name=PEER,
        ratio=peer / ours,
    )


def _false_row(policy: str, others: Sequence[Read], marks: int, alerts: set[tuple[str, str]], peer: int) -> Row:
    return Row(
        metric=f"alerts on {len(others)} pictures of no known brand, {marks:,} marks, policy {policy}",
        unit="alerts",
        ours=len(alerts),
        peer=peer,
        peer_name=PEER,
        ratio=peer / len(alerts) if alerts else (math.inf if peer else 1.0),
    )


def _shown(
    show: str | None,
    packages: Sequence[Read],
    found: set[tuple[str, str]],
    others: Sequence[Read],
    false: set[tuple[str, str]],
) -> Iterator[str]:
    """Lines on what went wrong in a row."""
    read = {one.picture.path.name: " | ".join(line.text for line in one.seen.lines) for one in (*packages, *others)}
    if show == "missed":
        missed = [one for one in packages if (one.picture.path.name, one.brand) not in found]
        yield from (f"{one.picture.path.name}: {one.brand} not in: {read[one.picture.path.name]}" for one in missed)
    elif show == "false":
        yield from (f"{name}: {mark} in: {read[name]}" for name, mark in sorted(false))
