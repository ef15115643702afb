"""Collects the watchlist log's entries and compiles what holds now: all of it, or what is different from a base.

A change to one right of a million is in force in a few milliseconds: `update` compiles only what changed since the
base. Before that grows large, somebody calls `merging` and runs what it gives in a thread of its own: a new base, which
takes a while and reads nothing that changes meanwhile. `adopt` then puts it in the old one's place.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass, replace
from typing import Any

import numpy as np
import orjson

from detectors.errors import RightError
from detectors.goods.source import goods_source
from detectors.rights import Register, Right, parse_register, parse_right
from detectors.versions import DETECTOR_VERSION
from detectors.watchlist.beside import compile_beside
from detectors.watchlist.columns import Changes, Watchlist
from detectors.watchlist.compiling import TerritorySets, all_phrases, compile_segment
from detectors.watchlist.rules import Rules, default_rules, read_rules

MANY_CHANGES = 500  # since the base: compiling them takes 3 ms, and a page is looked through for them too
BULK = 4  # a change of more than one right in so many is compiled with all others at once


@dataclass(frozen=True, slots=True)
class Base:
    """A watchlist compiled as a whole, and the ids of its rights in order. `holds` is what it took in as changes."""

    watchlist: Watchlist
    ids: list[str]
    holds: Mapping[str, bytes | None]


class WatchlistBuilder:
    """Mutable; one per worker. `apply` entries in any order; `build` or `update` when a watchlist is wanted."""

    def __init__(self, rules: Rules | None = None) -> None:
        self.revision = 0
        self._shipped = rules or default_rules()
        self._rules = self._shipped
        self._rules_revision = 0
        self._revisions: dict[str, int] = {}
        self._registers: set[Register] = set()
        self._base: Base | None = None
        self._changed: dict[str, bytes | None] = {}  # the rights' JSON since the base; None: withdrawn
        self._parsed: dict[str, Right] = {}  # of those, while they are few
        self._count = 0

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
            changed = self._hold(right.right_id, revision, right, orjson.dumps(entry["right"]))
        elif operation == "rules":
            changed = self._take_rules(entry.get("rules"), revision)
        elif operation == "withdraw" and isinstance(entry.get("right_id"), str):
            changed = self._hold(entry["right_id"], revision, None, None)
        else:
            raise RightError("op", "must be put, withdraw (with right_id), register, rules or checkpoint")
        self.revision = max(self.revision, revision)
        return changed

    def _hold(self, right_id: str, revision: int, right: Right | None, document: bytes | None) -> bool:
        if self._revisions.get(right_id, -1) >= revision and right_id in self._revisions:
            return False
        self._count += (right is not None) - self._is_held(right_id)
        self._revisions[right_id] = revision
        self._changed[right_id] = document
        self._parsed.pop(right_id, None)
        if right is not None and len(self._parsed) < 2 * MANY_CHANGES:
            self._parsed[right_id] = right
        return True

    def _is_held(self, right_id: str) -> bool:
        if right_id in self._changed:
            return self._changed[right_id] is not None
        return self._base is not None and _row(self._base.ids, right_id) is not None

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
        watchlist = replace(base.watchlist, revision=self.revision, registers=self._sorted_registers())
        if not self._changed:
            return watchlist
        gone = np.zeros(len(base.ids), np.bool_)
        gone[[row for right_id in self._changed if (row := _row(base.ids, right_id)) is not None]] = True
        put = sorted(right_id for right_id, document in self._changed.items() if document is not None)
        documents = [document for right_id in put if (document := self._changed[right_id]) is not None]
        territories = TerritorySets(watchlist.territories)
        segment = compile_segment(
            self._rights(put, documents), documents, self._rules, phrases=(), territories=territories
        )
        places = np.array([bisect_left(base.ids, right_id) for right_id in put], np.int64)
        return replace(watchlist, changes=Changes(segment, gone, places), territories=territories.all())

    @property
    def changes(self) -> int:
        """How many rights are different from the base."""
        return len(self._changed)

    def merging(self) -> Callable[[], Base]:
        """Compiles all that is held at this moment, whatever happens meanwhile: run it in a thread, and `adopt` it."""
        base, changed, rules, revision = self._base, dict(self._changed), self._rules, self.revision
        registers = self._sorted_registers()
        return lambda: _compile(base, changed, registers, rules, revision)

    def adopt(self, base: Base) -> None:
        """Takes a new base; what changed since `merging` was called is what is different from it."""
        unknown = object()
        self._changed = {
            right_id: document
            for right_id, document in self._changed.items()
            if base.holds.get(right_id, unknown) is not document
        }
        self._parsed = {right_id: right for right_id, right in self._parsed.items() if right_id in self._changed}
        self._base = replace(base, holds={})

    def _rights(self, ids: Iterable[str], documents: Iterable[bytes]) -> Iterator[Right]:
        for right_id, document in zip(ids, documents, strict=True):
            yield self._parsed.get(right_id) or parse_right(orjson.loads(document))

    def _sorted_registers(self) -> tuple[Register, ...]:
        return tuple(sorted(self._registers, key=astuple))


def _compile(
    base: Base | None,
    changed: Mapping[str, bytes | None],
    registers: tuple[Register, ...],
    rules: Rules,
    revision: int,
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
        versions={"detector": DETECTOR_VERSION, "rules": rules.version, "goods": goods_source().version},
    )
    return Base(watchlist, ids, changed)


def _row(ids: list[str], right_id: str) -> int | None:
    row = bisect_left(ids, right_id)
    return row if row < len(ids) and ids[row] == right_id else None
