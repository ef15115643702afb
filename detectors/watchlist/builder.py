"""Collects the watchlist log's entries and compiles what holds now: all of it, or what is different from a base.

A change to one right of a million is in force in a few milliseconds: `update` compiles only what changed since the
base. Before that grows large, somebody calls `merging` and runs what it gives in a thread of its own: a new base, which
takes a while and reads nothing that changes meanwhile. `adopt` then puts it in the old one's place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import astuple, dataclass, replace
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from detectors.calibration.document import UNCALIBRATED, read_calibration
from detectors.errors import RightError
from detectors.rights import Register, Right, parse_register, parse_right
from detectors.watchlist.allowed import AllowedPicture, AllowedPictures, parse_allowed, parse_pdq
from detectors.watchlist.base import Allowance, Base, Change, Standing, compile_base
from detectors.watchlist.columns import Changes, Watchlist
from detectors.watchlist.compiling import TerritorySets, compile_segment
from detectors.watchlist.rules import Rules, default_rules, read_rules
from detectors.watchlist.segment import Segment

MANY_CHANGES = 300  # since the base: compiling them takes 4 ms, and a page is looked through for them too
BULK = 4  # a change of more than one right in so many is compiled with all others at once


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
        self._pack: Mapping[str, str] = {}  # what they were read from
        self._rules_revision = 0
        self._calibration = UNCALIBRATED
        self._verdicts: Mapping[str, Any] = {}  # what it was read from
        self._calibration_revision = 0
        self._registers: set[Register] = set()
        self._allowed: dict[str, Allowance] = {}  # by fingerprint
        self._allowed_now: AllowedPictures | None = None  # None when it is another by now
        self._base: Base | None = None
        self._changed: dict[str, Change] = {}  # since the base
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
        elif operation == "calibrate":
            changed = self._calibrate(entry.get("calibration"), revision)
        elif operation == "allow":
            picture = parse_allowed(entry.get("allow"))
            changed = self._allow(picture.pdq, revision, picture)
        elif operation == "disallow":
            changed = self._allow(parse_pdq(entry.get("pdq")), revision, None)
        elif operation == "withdraw" and isinstance(entry.get("right_id"), str):
            changed = self._hold(entry["right_id"], revision, None, None)
        else:
            known = "put, withdraw (with right_id), register, rules, calibrate, allow, disallow or checkpoint"
            raise RightError("op", f"must be {known}")
        self.revision = max(self.revision, revision)
        return changed

    def _hold(self, right_id: str, revision: int, right: Right | None, document: bytes | None) -> bool:
        before = self._changed.get(right_id)
        row = None
        if before is not None:
            known: int | None = before.revision
        else:
            row, known = (None, None) if self._base is None else self._base.what_is_known(right_id)
        if known is not None and known >= revision:
            return False
        was_put = before is not None and before.document is not None
        self._count += (right is not None) - (was_put or row is not None)
        if row is not None:
            self._gone.append(row)
        if document is not None or was_put:
            self._put = None
        self._changed[right_id] = Change(revision, document)
        self._parsed.pop(right_id, None)
        if right is not None and len(self._parsed) < 2 * MANY_CHANGES:
            self._parsed[right_id] = right
        return True

    def _take_rules(self, pack: Any, revision: int) -> bool:
        """An empty pack means the shipped one."""
        if not isinstance(pack, Mapping):
            raise RightError("rules", "must be an object of TOML texts by file name")
        rules = read_rules(pack) if pack else self._shipped
        if revision <= self._rules_revision:
            return False
        changed = rules.version != self._rules.version
        self._rules, self._pack, self._rules_revision = rules, dict(pack), revision
        return changed

    def _calibrate(self, document: Any, revision: int) -> bool:
        """An empty document means that nothing is calibrated."""
        calibration = read_calibration(document)
        if revision <= self._calibration_revision:
            return False
        changed = calibration != self._calibration
        self._calibration, self._verdicts, self._calibration_revision = calibration, dict(document), revision
        return changed

    def _allow(self, pdq: str, revision: int, picture: AllowedPicture | None) -> bool:
        held = self._allowed.get(pdq, Allowance(-1, None))
        if revision <= held.revision:
            return False
        self._allowed[pdq] = Allowance(revision, picture)
        if picture == held.picture:
            return False
        self._allowed_now = None
        return True

    def _allowed_pictures(self) -> AllowedPictures:
        if self._allowed_now is None:
            self._allowed_now = self._standing().allowed_pictures()
        return self._allowed_now

    def build(self) -> Watchlist:
        """Compiles all that is held now, in the order of the rights' ids. It is the base of updates from here on."""
        base = self.merging()()
        self.adopt(base)
        return base.watchlist

    def update(self) -> Watchlist:
        """What is held now, with as little compiled as can be; it says of every page what `build` would."""
        base = self._base
        if base is None or len(self._changed) > len(base.watchlist.base) // BULK:
            return self.build()
        if base.watchlist.rules.version != self._rules.version:
            return self.build()
        watchlist = replace(
            base.watchlist,
            revision=self.revision,
            registers=self._sorted_registers(),
            allowed=self._allowed_pictures(),
            calibration=self._calibration,
            versions=self._standing().versions(),
        )
        if not self._changed:
            return watchlist
        if self._put is None:
            self._put = self._compile_put(base)
        gone = np.zeros(len(base.watchlist.base), np.bool_)
        gone[self._gone] = True
        changes = Changes(self._put.segment, gone, self._put.places)
        return replace(watchlist, changes=changes, territories=self._put.territories)

    def _compile_put(self, base: Base) -> Put:
        documents = {right_id: one.document for right_id, one in sorted(self._changed.items()) if one.document}
        territories = TerritorySets(base.watchlist.territories)
        rights = (
            self._parsed.get(right_id) or parse_right(orjson.loads(document))
            for right_id, document in documents.items()
        )
        segment = compile_segment(rights, list(documents.values()), self._rules, phrases=(), territories=territories)
        ids = base.watchlist.base.right_ids
        places = np.array(
            [ids.place(right_id) for right_id in map(segment.right_ids.raw, range(len(segment)))], np.int64
        )
        return Put(segment, places, territories.all())

    @property
    def changes(self) -> int:
        """How many rights are different from the base."""
        return len(self._changed)

    def merging(self) -> Callable[[], Base]:
        """Compiles all that is held at this moment, whatever happens meanwhile: run it in a thread, and `adopt` it."""
        base, changed, revision = self._base, dict(self._changed), self.revision
        standing, allowed = self._standing(), self._allowed_pictures()
        return lambda: compile_base(base, changed, standing, allowed, revision)

    def adopt(self, base: Base) -> None:
        """Takes a new base; what changed since `merging` was called is what is different from it.

        One that was overtaken by another is left: the changes since are told from that one.
        """
        if base.number != self._bases + 1:
            return
        self._bases = base.number
        self._base = base
        self._changed = {
            right_id: change for right_id, change in self._changed.items() if _is_newer(change, base, right_id)
        }
        self._parsed = {right_id: right for right_id, right in self._parsed.items() if right_id in self._changed}
        self._put, self._gone = None, self._rows_of(self._changed)
        put = sum(change.document is not None for change in self._changed.values())
        self._count = len(base.watchlist.base) - len(self._gone) + put

    @property
    def base(self) -> Base | None:
        """What the watchlist in force is told from."""
        return self._base

    def take(self, saved: Base) -> bool:
        """Goes on from a base that was compiled elsewhere, from the same log up to its revision.

        What is held here and newer stays: an entry of that log may be applied before it or after. A base older than
        the one in use is left, as `adopt` does; then this returns False.
        """
        if self._base is not None and saved.revision < self._base.revision:
            return False
        standing = saved.standing
        if standing.rules_revision > self._rules_revision:
            self._rules, self._pack = standing.rules if standing.pack else self._shipped, standing.pack
            self._rules_revision = standing.rules_revision
        if standing.calibration_revision > self._calibration_revision:
            self._calibration, self._verdicts = standing.calibration, standing.verdicts
            self._calibration_revision = standing.calibration_revision
        self._registers |= set(standing.registers)
        for pdq, one in standing.allowed.items():
            if one.revision > self._allowed.get(pdq, Allowance(-1, None)).revision:
                self._allowed[pdq], self._allowed_now = one, None
        self.revision = max(self.revision, saved.revision)
        self.adopt(replace(saved, number=self._bases + 1))
        return True

    def _rows_of(self, ids: Iterable[str]) -> list[int]:
        """The base's rows of those rights that it has."""
        if self._base is None:
            return []
        rows = (self._base.what_is_known(right_id)[0] for right_id in ids)
        return [row for row in rows if row is not None]

    def _standing(self) -> Standing:
        return Standing(
            rules=self._rules,
            pack=self._pack,
            rules_revision=self._rules_revision,
            registers=self._sorted_registers(),
            allowed=dict(self._allowed),
            calibration=self._calibration,
            verdicts=self._verdicts,
            calibration_revision=self._calibration_revision,
        )

    def _sorted_registers(self) -> tuple[Register, ...]:
        return tuple(sorted(self._registers, key=astuple))


def _is_newer(change: Change, base: Base, right_id: str) -> bool:
    _, known = base.what_is_known(right_id)
    return known is None or change.revision > known


def _packed(document: Any) -> bytes:
    """As JSON. Copied, since orjson leaves room behind every document, which a million of them fill 4 GB with."""
    return bytes(memoryview(orjson.dumps(document)))
