"""The part of a complaint pack that says whom it goes to and why: made from a lead. Pure.

What the plan and the law ask of a lead (jurisdiction, record, request, licence, neutral proof) is an item each: it is
in the pack, or what is left to do about it stands there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashboards.papers.document import Check, Facts, Paragraph, Section
from dashboards.papers.facts import facts_of
from dashboards.papers.wording import Words

_EVALUATED = ("design", "utility_model")
_TOLD = ("enforcement", "aid_centre", "right_holder")  # the others are lists of ours
_WEAK = {"platform_domicile": "detail.domicile", "ships_from": "detail.ships_from"}  # nobody said where the seller is
_REPORTED = ("submitted", "refused", "waiting", "removed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressed:
    """A lead as the API shows it, and the other leads about the same offer and right."""

    lead: Mapping[str, Any]
    others: Sequence[Mapping[str, Any]] = ()

    @property
    def recipient(self) -> str:
        return str(self.lead["recipient"])

    @property
    def place(self) -> str | None:
        """Name and code of the division."""
        code, name = self.lead.get("place"), self.lead.get("place_name")
        return f"{name} ({code})" if code and name else code

    @property
    def basis(self) -> str | None:
        """What the place rests on, as a code; None: nothing, or a person's word."""
        candidates = self.lead["jurisdiction"]["candidates"]
        return next((one["basis"] for one in candidates if one["code"] == self.lead.get("place")), None)


def addressed_sections(to: Addressed, words: Words) -> Iterator[Section]:
    """Whom it goes to, and how the complaint at the platform stands."""
    said = Paragraph(words.say(f"addressed.{to.recipient}"))
    yield Section("recipient", words.say("section.recipient"), (said, _recipient(to, words)))
    yield Section("takedown", words.say("section.takedown"), (_takedown(to, words),))


def addressed_checks(to: Addressed, words: Words) -> Iterator[Check]:
    """The items that a lead adds to a complaint's."""
    for name, detail in _details(to, words):
        yield Check(name, words.say(f"check.{name}"), not detail, detail)


def _recipient(to: Addressed, words: Words) -> Facts:
    lead, why = to.lead, to.lead["jurisdiction"]["why"]
    told = [one for one in to.others if one["sent_at"] and one["recipient"] in _TOLD]
    others = [f"{words.word('lead_recipient', one['recipient'])} {one.get('place_name') or ''}".strip()
              for one in told]  # fmt: skip
    return facts_of(
        words,
        {
            "recipient": words.word("lead_recipient", to.recipient),
            **({"division": to.place} if to.recipient == "enforcement" or to.place else {}),
            "channel": words.say(f"channel.{to.recipient}"),
            "rule": words.word("rule", lead["routing"]["rule"]),
            "clause": lead["routing"]["clause"],
            "place_rests_on": words.word("lead_basis", to.basis) if to.basis else words.say("value.nothing"),
            "place_doubts": words.list_of([words.word("lead_why", code) for code in why]) or words.say("value.nothing"),
            "also_told": words.list_of(others) or words.say("value.nobody"),
            "lead_id": lead["lead_id"],
            "case_id": lead["case_id"],
            "lead_because": words.word("lead_because", lead["because"]),
            "lead_made_at": lead["made_at"],
            "lead_sent_at": lead["sent_at"] or words.say("value.not_sent"),
            **_seen_again(lead),
        },
    )


def _seen_again(lead: Mapping[str, Any]) -> dict[str, object]:
    """Of an offer that was taken down and is there again: when, and the page that it was seen on."""
    facts = lead["facts"]
    names = ("gone_at", "offered_again_at", "offered_again_page")
    return {name: facts.get(name) for name in names} if facts.get("offered_again_at") else {}


def _takedown(to: Addressed, words: Words) -> Facts:
    takedown = to.lead["takedown"]
    at = takedown["at"] or words.say("value.nothing")
    return facts_of(words, {"takedown": words.word("takedown", takedown["state"]), "takedown_at": at})


def _details(to: Addressed, words: Words) -> Iterator[tuple[str, str]]:
    """Each item, and what is left to do about it; empty: nothing."""
    recipient, rule = to.recipient, to.lead["routing"]["rule"]
    yield "recipient", words.say("detail.choose_recipient") if recipient == "person" else ""
    if recipient in ("enforcement", "person"):
        yield "jurisdiction", _jurisdiction(to, words)
        yield "first_body", words.say("detail.first_body")
        yield "licence", words.say("detail.licence")
    if recipient == "aid_centre":
        yield "request", words.say("detail.request")
    if to.lead["kind"] in _EVALUATED:
        yield "evaluation", words.say("detail.evaluation")
    if rule == "abroad":
        yield "export", words.say("detail.export")
    if recipient in ("enforcement", "aid_centre"):
        yield "national_record", words.say("detail.national_record")  # we keep a list of it and upload nothing
    yield "takedown", "" if to.lead["takedown"]["state"] in _REPORTED else words.say("detail.takedown")
    yield "timestamp", words.say("detail.timestamp")


def _jurisdiction(to: Addressed, words: Words) -> str:
    if to.place is None:
        return words.say("detail.choose_recipient")
    if to.lead["routing"]["rule"] == "person_decided":
        return words.say("detail.person_decided")
    return words.say(_WEAK[to.basis]) if to.basis in _WEAK else ""
