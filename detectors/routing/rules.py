"""The routing table: which leads go to whom, as detectors/data/routing.toml says. A fault is told with its place."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal, get_args

from detectors.errors import RightswatchError
from detectors.records import Detector
from detectors.routing.divisions import divisions

RecipientKind = Literal["right_holder", "aid_centre", "enforcement", "national_record", "person"]
RECIPIENTS: tuple[RecipientKind, ...] = get_args(RecipientKind)
RIGHT_KINDS = ("trademark", "design", "invention", "utility_model", "none")
_LISTS = {
    "right_kinds": RIGHT_KINDS,
    "detectors": get_args(Detector),
    "not_detectors": get_args(Detector),
    "only_codes": None,
    "not_codes": None,
    "with": RECIPIENTS,
}


class RoutingError(RightswatchError):
    """A routing table that does not say what it must."""


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """Conditions that must all hold; one that is empty or None always does.

    detectors : one of these found something. not_detectors : something was found by none of these.
    only_codes : every finding is one of these. not_codes : at least one finding is none of these.
    added : another rule has added one of these recipients.
    """

    right_kinds: tuple[str, ...] = ()
    detectors: tuple[str, ...] = ()
    not_detectors: tuple[str, ...] = ()
    only_codes: tuple[str, ...] = ()
    not_codes: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    in_china: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    name: str
    clause: str  # where it comes from, for people
    when: When
    to: tuple[RecipientKind, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingRules:
    version: str
    rules: tuple[Rule, ...]
    domiciles: Mapping[str, str]  # platform -> code of a division


@cache
def routing_rules() -> RoutingRules:
    """The table that ships with this version."""
    return read_routing(files("detectors").joinpath("data/routing.toml").read_text("utf-8"))


def read_routing(text: str) -> RoutingRules:
    """A routing table from its TOML.

    Raises:
        RoutingError: names the rule and the field.
    """
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise RoutingError(f"routing.toml: {error}") from error
    rows = document.get("rule")
    if not isinstance(rows, list) or not rows:
        raise RoutingError("routing.toml: needs at least one [[rule]]")
    rules = tuple(_rule(row, number) for number, row in enumerate(rows, 1))
    names = [rule.name for rule in rules]
    for name in names:
        if names.count(name) > 1:
            raise RoutingError(f"routing.toml: two rules are called {name!r}")
    return RoutingRules(
        version=str(document.get("version", "")), rules=rules, domiciles=_domiciles(document.get("domiciles", {}))
    )


def _rule(row: Any, number: int) -> Rule:
    place = f"routing.toml: rule {number}"
    if not isinstance(row, Mapping):
        raise RoutingError(f"{place}: must be a table")
    name, clause = row.get("name"), row.get("clause")
    if not isinstance(name, str) or not name:
        raise RoutingError(f"{place}: name: is required")
    place = f"routing.toml: rule {name!r}"
    if not isinstance(clause, str) or not clause:
        raise RoutingError(f"{place}: clause: say where the rule comes from")
    unknown = set(row) - {"name", "clause", "when", "to"}
    if unknown:
        raise RoutingError(f"{place}: {min(unknown)}: is no field of a rule")
    to = _words(row.get("to"), f"{place}: to", RECIPIENTS)
    if not to:
        raise RoutingError(f"{place}: to: name at least one of {', '.join(RECIPIENTS)}")
    return Rule(name=name, clause=clause, when=_when(row.get("when", {}), place), to=to)  # type: ignore[arg-type]


def _when(document: Any, place: str) -> When:
    if not isinstance(document, Mapping):
        raise RoutingError(f"{place}: when: must be a table")
    unknown = set(document) - set(_LISTS) - {"in_china"}
    if unknown:
        raise RoutingError(f"{place}: when.{min(unknown)}: is no condition")
    in_china = document.get("in_china")
    if in_china is not None and not isinstance(in_china, bool):
        raise RoutingError(f"{place}: when.in_china: must be true or false")
    lists = {name: _words(document.get(name, []), f"{place}: when.{name}", known) for name, known in _LISTS.items()}
    added = lists.pop("with")
    return When(in_china=in_china, added=added, **lists)


def _words(value: Any, place: str, known: tuple[str, ...] | None) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        raise RoutingError(f"{place}: must be a list of words")
    for word in value:
        if known is not None and word not in known:
            raise RoutingError(f"{place}: {word!r} is none of {', '.join(known)}")
    return tuple(value)


def _domiciles(document: Any) -> dict[str, str]:
    if not isinstance(document, Mapping):
        raise RoutingError("routing.toml: domiciles: must be a table of platforms and codes")
    for platform, code in document.items():
        division = divisions().find(code) if isinstance(code, str) else None
        if division is None or not division.is_in_force:
            raise RoutingError(f"routing.toml: domiciles.{platform}: {code!r} is no code of a division in force")
    return dict(document)
