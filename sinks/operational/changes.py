"""A change to the watchlist, checked: nothing that a worker would refuse gets into the log. Pure functions, no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import orjson

from detectors.calibration.document import read_calibration
from detectors.errors import RightError
from detectors.rights import parse_register, parse_right
from detectors.watchlist.allowed import parse_allowed, parse_pdq
from detectors.watchlist.rules import RulesError, read_rules
from sinks.errors import StoreRefused
from sinks.text import json_text

Op = Literal["put", "withdraw", "register", "rules", "calibrate", "allow", "disallow"]
TAKEN_BACK = {"withdraw": "right_id", "disallow": "pdq"}  # operations that leave nothing, and what they name
RULES = "rules"  # the subject of every rule pack: one is in force at a time
CALIBRATION = "calibration"  # of every calibration, alike
_FIELDS = {
    "put": "right",
    "register": "register",
    "rules": "rules",
    "calibrate": "calibration",
    "allow": "allow",
}  # operation -> what the entry carries
MAX_RIGHT_ID = 500  # code points; it is part of an index key
MAX_ALLOW_BYTES = 300_000  # as JSON, with what the flood watch says of it: up to 100 rights
MAX_PACK_BYTES = 800_000  # as JSON; the broker takes a message of a million at most
MAX_CALIBRATION_BYTES = 800_000


@dataclass(frozen=True, slots=True)
class Change:
    """What is to hold from now on for one subject."""

    op: Op
    subject: str
    document: str  # canonical JSON: equal exactly when nothing changes


def parse_change(entry: Mapping[str, Any]) -> Change:
    """A log entry without revision as a change.

    Raises:
        StoreRefused: an unknown operation, or or what it carries is refused by the detectors.
    """
    op = entry.get("op")
    try:
        if op == "put":
            return _put(entry.get("right"))
        if op == "register":
            return _register(entry.get("register"))
        if op == "rules":
            return _rules(entry.get("rules"))
        if op == "calibrate":
            return _calibrate(entry.get("calibration"))
        if op == "allow":
            return _allow(entry.get("allow"))
        if op == "disallow":
            return Change("disallow", allow_subject(entry.get("pdq")), "")
    except (RightError, RulesError) as error:
        raise StoreRefused(str(error)) from error
    if op == "withdraw":
        return Change("withdraw", right_subject(entry.get("right_id")), "")
    raise StoreRefused("op: must be one of put, withdraw, register, rules, calibrate, allow, disallow")


def right_subject(right_id: Any) -> str:
    """Raises StoreRefused when it cannot name a right."""
    if not isinstance(right_id, str) or not right_id.strip():
        raise StoreRefused("right_id: is required: give a non-empty text")
    name = right_id.strip()
    if len(name) > MAX_RIGHT_ID:
        raise StoreRefused(f"right_id {name[:40]}...: longer than {MAX_RIGHT_ID} characters; use the register's number")
    if not name.isprintable():
        raise StoreRefused(f"right_id {name[:40]!r}: holds a character that cannot be printed; remove it")
    return f"right:{name}"


def allow_subject(pdq: Any) -> str:
    """Raises RightError when it is no fingerprint."""
    return f"allow:{parse_pdq(pdq)}"


def log_entry(revision: int, op: str, subject: str, document: str) -> dict[str, Any]:
    """The entry as the `watchlist` topic carries it."""
    if op in TAKEN_BACK:
        return {"revision": revision, "op": op, TAKEN_BACK[op]: subject.partition(":")[2]}
    return {"revision": revision, "op": op, _FIELDS[op]: orjson.loads(document)}


def _put(document: Any) -> Change:
    right = parse_right(document)
    return Change("put", right_subject(right.right_id), _canonical({**document, "right_id": right.right_id}))


def _register(document: Any) -> Change:
    register = parse_register(document)
    terms = f"{register.office}:{','.join(sorted(set(register.kinds)))}:{register.from_year}-{register.to_year}"
    if len(terms) > MAX_RIGHT_ID or not terms.isprintable():
        raise StoreRefused("register.office: write the office's short code, such as CN")
    return Change("register", f"register:{terms}", _canonical(document))


def _allow(document: Any) -> Change:
    picture = parse_allowed(document)
    written = {**document, "pdq": picture.pdq, "state": picture.state, "distance": picture.distance}
    change = Change("allow", allow_subject(picture.pdq), _canonical(written))
    if len(change.document.encode()) > MAX_ALLOW_BYTES:
        raise StoreRefused(f"allow: longer than {MAX_ALLOW_BYTES:,} bytes as JSON; shorten it")
    return change


def _rules(pack: Any) -> Change:
    """A rule pack: TOML texts by file name; an empty one puts the shipped pack in force again."""
    if not isinstance(pack, Mapping):
        raise StoreRefused("rules: must be an object of TOML texts by file name")
    read_rules(pack)
    document = _canonical(pack)
    if len(document.encode()) > MAX_PACK_BYTES:
        raise StoreRefused(f"rules: the files are longer than {MAX_PACK_BYTES:,} bytes together; shorten them")
    return Change("rules", RULES, document)


def _calibrate(document: Any) -> Change:
    """What verdicts changed about scores and thresholds; an empty one puts the shipped scores in force again."""
    read_calibration(document)
    change = Change("calibrate", CALIBRATION, _canonical(document))
    if len(change.document.encode()) > MAX_CALIBRATION_BYTES:
        raise StoreRefused(f"calibration: longer than {MAX_CALIBRATION_BYTES:,} bytes; leave out thresholds")
    return change


def _canonical(document: Mapping[str, Any]) -> str:
    """Keys in order, so that the order in a file is no change. Lone surrogates become U+FFFD."""
    try:
        return orjson.dumps(orjson.loads(json_text(document)), option=orjson.OPT_SORT_KEYS).decode()
    except (TypeError, ValueError, RecursionError) as error:
        raise StoreRefused(f"right, register, rules, calibration or allow: has no JSON form: {error}") from error
