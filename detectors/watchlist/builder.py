"""Collects the watchlist log's entries and compiles what holds now: all of it, or what is different from a base.

A change to one right of a million is in force in a few milliseconds: `update` compiles only what changed since the
base. Before that grows large, somebody calls `merging` and runs what it gives in a thread of its own: a new base, which
takes a while and reads nothing that changes meanwhile. `adopt` then puts it in the old one's place.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from dataclasses import astuple, dataclass, replace
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from detectors.errors import RightError
from detectors.rights import Register, Right, parse_register, parse_right
from detectors.versions import DETECTOR_VERSION
from detectors.watchlist.allowed import AllowedPicture, AllowedPictures, parse_allowed, parse_pdq
from detectors.watchlist.beside import compile_beside
from detectors.watchlist.columns import Changes, Watchlist
from detectors.watchlist.compiling import TerritorySets, all_phrases, compile_segment
from detectors.watchlist.rules import Rules, default_rules, read_rules
from detectors.watchlist.segment import Segment

MANY_CHANGES = 300  # since the base: compiling them takes 4 ms, and a page is looked through for them too
BULK = 4  # a change of more than one right in so many is compiled with all others at once


@dataclass(frozen=True, slots=True)
class Base:
    """A watchlist compiled as a whole, and the ids of its rights in order. `holds` is what it took in as changes.

    `number` is one above that of the base it was made from.
    """

    watchlist: Watchlist
    ids: list[str]
    holds: Mapping[str, bytes | None]
    number: int


@dataclass(frozen=True, slots=True)
class Put:
    """The rights put since the base, compiled: see Changes."""

    segment: Segment
    places: NDArray[np.int64]
    territories: tuple[frozenset[str], ...]


class WatchlistBuilder:
    """Mutable; one per worker. `apply` entries in any order; `build` or `update` when a watchlist is wanted."""

    def __init__(self, rules: Rules | None = None) -> None:
        self.revision = 0
        self._shipped = rules or default_rules()
        self._rules = self._shipped
        self._rules_revision = 0
        self._revisions: dict[str, int] = {}
        self._registers: set[Register] = set()
        self._allowed: dict[str, tuple[int, AllowedPicture | None]] = {}  # by fingerprint; None: taken off again
        self._allowed_now: AllowedPictures | None = None  # None when it is another by now
        self._base: Base | None = None
        self._changed: dict[str, bytes | None] = {}  # the rights' JSON since the base; None: withdrawn
        self._parsed: dict[str, Right] = {}  # of those, while they are few
        self._gone: list[int] = []  # the base's rows of those that changed
        self._put: Put | None = None  # those that were put, compiled; None when they are others now
        self._count = 0
        self._bases = 0

    def __len__(self) -> int:
        return self._count

    def apply(self, entry: Mapping[str, Any]) -> bool:
        """Takes one entry of the log; an entry no newer than what is held for its right changes nothing.

        Returns whether the watchlist is different now.

        Raises:
            RightError: the entry is not one that the log's contract knows, or its right cannot be watched for.
            RulesError: its rule pack cannot be read; the one in force stays.
        """
        revision, operation = entry.get("revision"), entry.get("op")
        if not isinstance(revision, int) or isinstance(revision, bool):
            raise RightError("revision", "must be a whole number")
        if operation == "checkpoint":
            self.revision = max(self.revision, revision)
            return False
        if operation == "register":
            register = parse_register(entry.get("register"))
            changed = register not in self._registers
            self._registers.add(register)
        elif operation == "put":
            right = parse_right(entry.get("right"))
            changed = self._hold(right.right_id, revision, right, _packed(entry["right"]))
        elif operation == "rules":
            changed = self._take_rules(entry.get("rules"), revision)
        elif operation == "allow":
            picture = parse_allowed(entry.get("allow"))
            changed = self._allow(picture.pdq, revision, picture)
        elif operation == "disallow":
            changed = self._allow(parse_pdq(entry.get("pdq")), revision, None)
        elif operation == "withdraw" and isinstance(entry.get("right_id"), str):
            changed = self._hold(entry["right_id"], revision, None, None)
        else:
            raise RightError(
                "op", "must be put, withdraw (with right_id), register, rules, allow, disallow or checkpoint"
            )
        self.revision = max(self.revision, revision)
        return changed

    def _hold(self, right_id: str, revision: int, right: Right | None, document: bytes | None) -> bool:
        if self._revisions.get(right_id, -1) >= revision and right_id in self._revisions:
            return False
        self._count += (right is not None) - self._is_held(right_id)
        self._revisions[right_id] = revision
        if right_id not in self._changed:
            self._gone += self._rows_of([right_id])
        if document is not None or self._changed.get(right_id) is not None:
            self._put = None
        self._changed[right_id] = document
        self._parsed.pop(right_id, None)
        if right is not None and len(self._parsed) < 2 * MANY_CHANGES:
            self._parsed[right_id] = right
        return True

    def _is_held(self, right_id: str) -> bool:
        if right_id in self._changed:
            return self._changed[right_id] is not None
        return bool(self._rows_of([right_id]))

    def _take_rules(self, pack: Any, revision: int) -> bool:
        """An empty pack means the shipped one."""
        if not isinstance(pack, Mapping):
            raise RightError("rules", "must be an object of TOML texts by file name")
        rules = read_rules(pack) if pack else self._shipped
        if revision <= self._rules_revision:
            return False
        changed = rules.version != self._rules.version
        self._rules, self._rules_revision = rules, revision
        return changed

    def _allow(self, pdq: str, revision: int, picture: AllowedPicture | None) -> bool:
        held_revision, held = self._allowed.get(pdq, (-1, None))
        if revision <= held_revision:
            return False
        self._allowed[pdq] = revision, picture
        if picture == held:
            return False
        self._allowed_now = None
        return True

    def _allowed_pictures(self) -> AllowedPictures:
        if self._allowed_now is None:
            self._allowed_now = AllowedPictures.of(one for _, one in self._allowed.values() if one is not None)
        return self._allowed_now

    def build(self) -> Watchlist:
        """Compiles all that is held now, in the order of the rights' ids. It is the base of updates from here on."""
        base = self.merging()()
        self.adopt(base)
        return base.watchlist

    def update(self) -> Watchlist:
        """What is held now, with as little compiled as can be; it says of every page what `build` would."""
        base = self._base
        if base is None or base.watchlist.rules is not self._rules or len(self._changed) > len(base.ids) // BULK:
            return self.build()
        watchlist = replace(
            base.watchlist,
            revision=self.revision,
            registers=self._sorted_registers(),
            allowed=self._allowed_pictures(),
        )
        if not self._changed:
            return watchlist
        if self._put is None:
            self._put = self._compile_put(base)
        gone = np.zeros(len(base.ids), np.bool_)
        gone[self._gone] = True
        changes = Changes(self._put.segment, gone, self._put.places)
        return replace(watchlist, changes=changes, territories=self._put.territories)

    def _compile_put(self, base: Base) -> Put:
        documents = {right_id: one for right_id, one in sorted(self._changed.items()) if one is not None}
        territories = TerritorySets(base.watchlist.territories)
        rights = (
            self._parsed.get(right_id) or parse_right(orjson.loads(document))
            for right_id, document in documents.items()
        )
        segment = compile_segment(rights, list(documents.values()), self._rules, phrases=(), territories=territories)
        places = np.array([bisect_left(base.ids, right_id) for right_id in documents], np.int64)
        return Put(segment, places, territories.all())

    @property
    def changes(self) -> int:
        """How many rights are different from the base."""
        return len(self._changed)

    def merging(self) -> Callable[[], Base]:
        """Compiles all that is held at this moment, whatever happens meanwhile: run it in a thread, and `adopt` it."""
        base, changed, rules, revision = self._base, dict(self._changed), self._rules, self.revision
        registers, allowed, number = self._sorted_registers(), self._allowed_pictures(), self._bases + 1
        return lambda: _compile(base, changed, registers, allowed, rules, revision, number)

    def adopt(self, base: Base) -> None:
        """Takes a new base; what changed since `merging` was called is what is different from it.

        One that was overtaken by another is left: the changes since are told from that one.
        """
        if base.number != self._bases + 1:
            return
        self._bases = base.number
        unknown = object()
        self._changed = {
            right_id: document
            for right_id, document in self._changed.items()
            if base.holds.get(right_id, unknown) is not document
        }
        self._parsed = {right_id: right for right_id, right in self._parsed.items() if right_id in self._changed}
        self._base = replace(base, holds={})
        self._put, self._gone = None, self._rows_of(self._changed)

    def _rows_of(self, ids: Iterable[str]) -> list[int]:
        """The base's rows of those rights that it has."""
        if self._base is None:
            return []
        return [row for right_id in ids if (row := _row(self._base.ids, right_id)) is not None]

    def _sorted_registers(self) -> tuple[Register, ...]:
        return tuple(sorted(self._registers, key=astuple))


def _compile(
    base: Base | None,
    changed: Mapping[str, bytes | None],
    registers: tuple[Register, ...],
    allowed: AllowedPictures,
    rules: Rules,
    revision: int,
    number: int,
) -> Base:
    """Everything that the base holds and the changes leave, and what they put."""
    documents = {right_id: document for right_id, document in changed.items() if document is not None}
    if base is not None:
        kept = base.watchlist.base.documents
        documents |= {right_id: kept.raw(row) for row, right_id in enumerate(base.ids) if right_id not in changed}
    ids = sorted(documents)
    ordered = [documents[right_id] for right_id in ids]
    phrases, territories = all_phrases(rules), TerritorySets()
    segment = compile_segment(
        (parse_right(orjson.loads(document)) for document in ordered), ordered, rules, phrases, territories
    )
    watchlist = Watchlist(
        revision=revision,
        base=segment,
        territories=territories.all(),
        registers=registers,
        rules=rules,
        beside=compile_beside(rules.beside, segment.texts, segment.patterns),
        versions={"detector": DETECTOR_VERSION, "rules": rules.version},
        allowed=allowed,
    )
    return Base(watchlist, ids, changed, number)


def _packed(document: Any) -> bytes:
    """As JSON. Copied, since orjson leaves room behind every document, which a million of them fill 4 GB with."""
    return bytes(memoryview(orjson.dumps(document)))


def _row(ids: list[str], right_id: str) -> int | None:
    row = bisect_left(ids, right_id)
    return row if row < len(ids) and ids[row] == right_id else None
