"""Collects the watchlist log's entries and compiles what holds now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass
from datetime import date
from typing import Any

import numpy as np
import orjson

from detectors.errors import RightError
from detectors.goods.classes import registered_bits
from detectors.kernels import codes
from detectors.patents.claims import claim_triggers
from detectors.patents.keys import right_key
from detectors.rights import Register, Right, parse_register, parse_right
from detectors.sampling import subject_key
from detectors.territories import with_members
from detectors.versions import DETECTOR_VERSION
from detectors.watchlist.beside import compile_beside
from detectors.watchlist.columns import FOREVER, NEVER, Watchlist, seller_key
from detectors.watchlist.near import build_near, no_near
from detectors.watchlist.patterns import build_patterns
from detectors.watchlist.rules import Rules, default_rules, read_rules
from detectors.watchlist.strings import Strings

EPOCH = date(1970, 1, 1)
PATENT_KINDS = ("design", "invention", "utility_model")


@dataclass(frozen=True, slots=True)
class _Held:
    revision: int
    right: Right | None  # None: withdrawn
    document: bytes


class WatchlistBuilder:
    """Mutable; one per worker. `apply` entries in any order, `build` when a compiled watchlist is wanted."""

    def __init__(self, rules: Rules | None = None) -> None:
        self.revision = 0
        self._shipped = rules or default_rules()
        self._rules = self._shipped
        self._rules_revision = 0
        self._held: dict[str, _Held] = {}
        self._registers: set[Register] = set()

    def __len__(self) -> int:
        return sum(held.right is not None for held in self._held.values())

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
            changed = self._hold(right.right_id, _Held(revision, right, orjson.dumps(entry["right"])))
        elif operation == "rules":
            changed = self._take_rules(entry.get("rules"), revision)
        elif operation == "withdraw" and isinstance(entry.get("right_id"), str):
            changed = self._hold(entry["right_id"], _Held(revision, None, b""))
        else:
            raise RightError("op", "must be put, withdraw (with right_id), register, rules or checkpoint")
        self.revision = max(self.revision, revision)
        return changed

    def _hold(self, right_id: str, held: _Held) -> bool:
        before = self._held.get(right_id)
        if before is not None and before.revision >= held.revision:
            return False
        self._held[right_id] = held
        return True

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
        """Compiles the rights held now, in the order of their ids."""
        held = [self._held[right_id] for right_id in sorted(self._held)]
        documents = [one.document for one in held if one.right is not None]
        rights = [one.right for one in held if one.right is not None]
        registers = tuple(sorted(self._registers, key=astuple))
        return compile_watchlist(rights, documents, registers, self._rules, self.revision)


def compile_watchlist(
    rights: list[Right], documents: list[bytes], registers: tuple[Register, ...], rules: Rules, revision: int
) -> Watchlist:
    """The columns of `rights`; `documents` are their JSON, in the same order."""
    texts, kinds, owners = _texts(rights, rules)
    patterns = build_patterns(texts, kinds)
    owner_lists = [owners[source] for source in patterns.sources]
    links = np.zeros(len(owner_lists) + 1, np.int32)
    np.cumsum([len(owner_list) for owner_list in owner_lists], out=links[1:])
    no_parts = rules.goods.no_parts
    territories = sorted({with_members(right.territories) for right in rights} | {frozenset()}, key=sorted)
    territory_index = {territory: index for index, territory in enumerate(territories)}
    numbers = sorted(
        (right_key(right.office, right.number).encode(), index)
        for index, right in enumerate(rights)
        if right.kind in PATENT_KINDS and right.number
    )
    return Watchlist(
        revision=revision,
        patterns=patterns,
        near=build_near(patterns) if rules.near_spellings else no_near(),
        links=links,
        link_rights=np.array([owner for owner_list in owner_lists for owner in owner_list], np.int32),
        link_texts=np.repeat(patterns.sources, np.diff(links)).astype(np.int32),
        texts=Strings.pack(text.encode("utf-8", "replace") for text in texts),
        right_ids=Strings.pack(right.right_id.encode("utf-8", "replace") for right in rights),
        subject_keys=np.array([subject_key(right.right_id) for right in rights], np.uint32),
        documents=Strings.pack(documents),
        force_from=np.array([in_force(right)[0] for right in rights], np.int32),
        force_to=np.array([in_force(right)[1] for right in rights], np.int32),
        territory_sets=np.array([territory_index[with_members(right.territories)] for right in rights], np.uint16),
        territories=tuple(territories),
        any_use=np.array([right.policy == "any_use" for right in rights], np.bool_),
        has_price=np.array([right.usual_price is not None for right in rights], np.bool_),
        has_no_parts=np.array([bool(registered_bits(right.classes) & no_parts) for right in rights], np.bool_),
        seller_keys=np.array(sorted({key for right in rights for key in _seller_keys(right)}), np.uint32),
        numbers=np.array([number for number, _ in numbers], np.bytes_),
        number_rights=np.array([index for _, index in numbers], np.int32),
        registers=registers,
        rules=rules,
        beside=compile_beside(rules.beside, texts, patterns),
        versions={"detector": DETECTOR_VERSION, "rules": rules.version},
    )


def in_force(right: Right) -> tuple[int, int]:
    """First and last day in force, as days since 1970. A right that never was has an empty span."""
    granted_on = right.granted_on or (right.status_since if right.status == "granted" else None)
    first, last = _day(granted_on, NEVER), _day(right.expires_on, FOREVER)
    if right.status == "granted":
        return first, last
    if right.status == "expired" and right.expires_on and not right.status_since:
        return first, last
    if right.status in ("pending", "invalidated") or right.status_since is None:
        return FOREVER, NEVER
    return first, min(last, _day(right.status_since, FOREVER) - 1)


def _day(moment: date | None, default: int) -> int:
    return default if moment is None else (moment - EPOCH).days


def _texts(rights: list[Right], rules: Rules) -> tuple[list[str], list[int], list[list[int]]]:
    """Every distinct text to look for, its kind, and the rights that own it (none for a phrase)."""
    owners: dict[str, list[int]] = {}
    for index, right in enumerate(rights):
        if right.kind == "trademark":
            for text in dict.fromkeys((*right.marks, *right.aliases, *rules.nicknames_of(right.marks))):
                owners.setdefault(text, []).append(index)
    texts, kinds = list(owners), [codes.MARK] * len(owners)
    lists = list(owners.values())
    for phrase in rules.phrases:
        texts.append(phrase.text)
        kinds.append(phrase.kind)
        lists.append([])
    for trigger in claim_triggers(rules.patents):
        texts.append(trigger)
        kinds.append(codes.CLAIM_TRIGGER)
        lists.append([])
    return texts, kinds, lists


def _seller_keys(right: Right) -> Iterable[int]:
    named = [("id", shop.seller_id) for shop in right.holder.sellers]
    named += [("uscc", right.holder.uscc or ""), ("name", right.holder.name or "")]
    for licensee in right.licensees:
        named += [("id", licensee.seller_id or ""), ("uscc", licensee.uscc or ""), ("name", licensee.name or "")]
    named += [("id", allow.seller_id or "") for allow in right.allow]
    return [seller_key(kind, value) for kind, value in named if value]
