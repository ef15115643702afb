"""From a lead to its recipients, each with the rule that named it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from detectors.routing.divisions import Divisions, divisions
from detectors.routing.place import Jurisdiction, SellerFacts, jurisdiction
from detectors.routing.rules import RecipientKind, RoutingRules, When, routing_rules

CHINA = "CN"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadFacts:
    """What routing needs to know of a confirmed alert.

    kind : the right's kind; None for a finding without a right. codes : of a patent claim's findings.
    office : where the right is registered. market : where the goods are offered; None: everywhere, China among it.
    """

    kind: str | None
    detectors: tuple[str, ...]
    seller: SellerFacts
    codes: tuple[str, ...] = ()
    office: str | None = None
    market: str | None = None

    @property
    def in_china(self) -> bool:
        """Whether a body in China may be competent: a right of China, or none, and goods offered there."""
        return self.office in (None, CHINA) and self.market in (None, CHINA)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Who is told. `place` only of a body: the division whose it is. `rule` named it; `clause`: where it comes from."""

    kind: RecipientKind
    rule: str
    clause: str
    place: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Routing:
    """`jurisdiction` is None where no body was wanted. `version` is the table's."""

    recipients: tuple[Recipient, ...]
    jurisdiction: Jurisdiction | None
    version: str


NO_CERTAIN_PLACE = "no_certain_place"
PERSON_DECIDED = "person_decided"


def route(facts: LeadFacts, rules: RoutingRules | None = None, known: Divisions | None = None) -> Routing:
    """Who is to be told of a lead. A body that is wanted and has no certain place becomes a person's decision, and
    nothing is put on record for it until that is made."""
    table = rules or routing_rules()
    found: dict[RecipientKind, Recipient] = {}
    place: Jurisdiction | None = None
    for rule in table.rules:
        if not _holds(rule.when, facts, tuple(found)):
            continue
        for kind in rule.to:
            if kind == "enforcement":
                place = place or jurisdiction(facts.seller, dict(table.domiciles), known or divisions())
            recipient = _recipient(kind, rule.name, rule.clause, place)
            found.setdefault(recipient.kind, recipient)
    if not found:
        found["person"] = Recipient(kind="person", rule="no_rule", clause="no rule of the table holds for it")
    return Routing(recipients=tuple(found.values()), jurisdiction=place, version=table.version)


def route_to_body(code: str, clause: str, rules: RoutingRules | None = None) -> Routing:
    """Who is told once a person has said which division's body a lead goes to, and what follows from that."""
    table = rules or routing_rules()
    found = [Recipient(kind="enforcement", rule=PERSON_DECIDED, clause=clause, place=code)]
    for rule in table.rules:
        if "enforcement" in rule.when.added:
            found += [Recipient(kind=kind, rule=rule.name, clause=rule.clause) for kind in rule.to]
    return Routing(recipients=tuple(found), jurisdiction=None, version=table.version)


def _recipient(kind: RecipientKind, rule: str, clause: str, place: Jurisdiction | None) -> Recipient:
    if kind != "enforcement":
        return Recipient(kind=kind, rule=rule, clause=clause)
    if place is None or place.place is None:
        return Recipient(kind="person", rule=NO_CERTAIN_PLACE, clause=clause)
    return Recipient(kind=kind, rule=rule, clause=clause, place=place.place.code)


def _holds(when: When, facts: LeadFacts, added: Sequence[str]) -> bool:
    kind = facts.kind or "none"
    codes = set(facts.codes)
    return (
        (not when.right_kinds or kind in when.right_kinds)
        and (not when.detectors or not set(when.detectors).isdisjoint(facts.detectors))
        and (not when.not_detectors or bool(set(facts.detectors) - set(when.not_detectors)))
        and (not when.only_codes or codes <= set(when.only_codes))
        and (not when.not_codes or bool(codes - set(when.not_codes)))
        and (not when.added or not set(when.added).isdisjoint(added))
        and (when.in_china is None or when.in_china == facts.in_china)
    )
