"""A complaint pack: what a platform's complaint form and an enforcement body ask for, made from an alert or a lead.

Nothing is made up: what is not known is named as to be filled in, and what a program found is called that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dashboards.papers.addressed import Addressed, addressed_checks, addressed_sections
from dashboards.papers.document import (
    Check,
    Checklist,
    Column,
    Document,
    Facts,
    Paragraph,
    Part,
    Picture,
    Pictures,
    Section,
    Table,
)
from dashboards.papers.facts import facts_of
from dashboards.papers.wording import Words
from sinks.verdict_codes import INFRINGING, REVIEW

FOR_SENDER = ("risk", "checklist")
RISKS = ("complaint.risk_notice", "complaint.risk_counter", "complaint.risk_machine")
_WORDING = "counterfeit wording"  # how the note of a reason begins that is about wording beside the mark
_COLUMNS = ("finding", "field", "place", "text", "registered")


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """What is known. The alert, the right and the listing are the contract's JSON.

    right : as it is now; None for a claimed number without one, or a right that is gone.
    listing, page : as they were seen; None when the page is no longer kept.
    verdict : of the group, with `verdict`, `reason_code`, `judged_at` and `stage`; None when nobody judged it.
    judged : what the verdict was given on: `alert_id` and `listing_digest`; None where that is not known.
    to : whom the pack goes to, by a lead; None: made from the alert alone.
    pictures : small JPEGs of the pictures that the reasons name, by their SHA-256, those that are kept.
    """

    alert: Mapping[str, Any]
    right: Mapping[str, Any] | None
    listing: Mapping[str, Any] | None
    page: Mapping[str, Any] | None
    verdict: Mapping[str, Any] | None
    pictures: Mapping[str, bytes]
    judged: Mapping[str, Any] | None = None
    to: Addressed | None = None

    @property
    def is_as_judged(self) -> bool:
        """Whether what the verdict was given on is what this pack shows."""
        return self.judged is None or self.judged["listing_digest"] == self.alert.get("listing_digest")

    @property
    def is_judged(self) -> bool:
        return self.verdict is not None and self.verdict.get("verdict") == INFRINGING


def complaint_of(known: Complaint, words: Words) -> Document:
    """The whole pack in one language."""
    sections: tuple[tuple[str, tuple[Part, ...]], ...] = (
        ("risk", tuple(Paragraph(words.say(key)) for key in RISKS)),
        ("checklist", (_checklist(known, words),)),
        ("complainant", (_complainant(known, words),)),
        ("right", (_right(known, words),)),
        ("offer", (_offer(known, words),)),
        ("findings", _findings(known, words)),
        ("verdict", (Paragraph(_verdict(known, words)), *_judgement(known, words))),
        ("pictures", _pictures(known, words)),
        ("evidence", (Paragraph(words.say("evidence.how")), _evidence(known, words))),
        ("statement", (Paragraph(words.say("statement.text")), facts_of(words, {"signature": None, "date": None}))),
    )
    risk, checklist, *rest = (
        Section(name, words.say(f"section.{name}"), parts, name in FOR_SENDER) for name, parts in sections
    )
    to = () if known.to is None else tuple(addressed_sections(known.to, words))
    return Document(
        language=words.language,
        title=words.say("complaint.title"),
        lead=words.say("complaint.lead"),
        sections=(risk, checklist, *to, *rest),
        furniture=words.furniture,
    )


def _holder(known: Complaint) -> Mapping[str, Any]:
    return _object(known.right, "holder")


def _object(document: Mapping[str, Any] | None, name: str) -> Mapping[str, Any]:
    found = (document or {}).get(name)
    return found if isinstance(found, Mapping) else {}


def _complainant(known: Complaint, words: Words) -> Facts:
    holder = _holder(known)
    blanks = dict.fromkeys(("holder_address", "agent", "contact", "phone", "email"))
    return facts_of(words, {"holder": holder.get("name") or holder.get("id"), "uscc": holder.get("uscc"), **blanks})


def _right(known: Complaint, words: Words) -> Facts:
    right = known.right or {}
    images = [one.get("path") or one.get("digest") for one in right.get("images") or () if isinstance(one, Mapping)]
    return facts_of(
        words,
        {
            "right_id": known.alert.get("right_id") or known.alert["subject"],
            "kind": words.word("kind", known.alert["kind"]),
            "office": right.get("office"),
            "number": right.get("number"),
            "name": right.get("title"),
            "marks": words.list_of(right.get("marks")),
            "status": words.word("status", right["status"]) if right.get("status") else None,
            "status_as_of": right.get("status_as_of"),
            "filed_on": right.get("filed_on"),
            "granted_on": right.get("granted_on"),
            "expires_on": right.get("expires_on"),
            "classes": words.list_of(right.get("classes")),
            "territories": (words.list_of(right.get("territories")) or words.say("value.everywhere"))
            if known.right
            else None,
            "right_pictures": words.list_of([one for one in images if one]),
        },
    )


def _offer(known: Complaint, words: Words) -> Facts:
    alert, listing = known.alert, known.listing or {}
    seller = {**_object(alert, "seller"), **_object(listing, "seller")}
    price = " ".join(str(listing[name]) for name in ("price", "currency") if listing.get(name) is not None)
    return facts_of(
        words,
        {
            "platform": alert["platform"],
            "listing_id": alert["listing_id"],
            "url": alert.get("url"),
            "title": alert["title"],
            "price": price,
            "seller": seller.get("name") or seller.get("id"),
            "seller_id": seller.get("id"),
            "seller_uscc": seller.get("uscc"),
            "seller_place": seller.get("address") or seller.get("region"),
            "ships_from": listing.get("ships_from") or alert.get("ships_from") or words.say("detail.unknown"),
            "listed_at": alert.get("listed_at"),
        },
    )


def _findings(known: Complaint, words: Words) -> tuple[Part, ...]:
    alert = known.alert
    explanation = alert.get("explanation_zh" if words.language == "zh" else "explanation") or ""
    score = words.say("finding.score", score=f"{alert['score']:.2f}", tier=words.word("tier", alert["tier"]))
    said = " ".join(part for part in (words.say("finding.machine"), explanation, score) if part)
    columns = tuple(Column(name, words.say(f"column.{name}")) for name in _COLUMNS)
    rows = tuple(tuple(_place(reason, words)) for reason in alert["reasons"])
    table = Table("findings", words.say("findings.title"), columns, rows)
    return Paragraph(said), table


def _verdict(known: Complaint, words: Words) -> str:
    if known.verdict is None or not known.is_judged:
        return words.say("judged.none")
    reason = words.word("reason_code", str(known.verdict.get("reason_code")))
    return words.say("judged.infringing", reason=reason, at=known.verdict.get("judged_at"))


def _judgement(known: Complaint, words: Words) -> tuple[Facts, ...]:
    """The verdict that carries the pack: what was said, by one person or two, and on which content."""
    if known.verdict is None or not known.is_judged:
        return ()
    judged, verdict = known.judged or {}, known.verdict
    values = {
        "verdict": words.word("verdict", str(verdict["verdict"])),
        "verdict_reason": words.word("reason_code", str(verdict.get("reason_code"))),
        "judged_at": verdict.get("judged_at"),
        "judged_by": words.say("value.second_person" if verdict.get("stage") == REVIEW else "value.one_person"),
        "judged_alert": judged.get("alert_id") or words.say("detail.unknown"),
        "judged_content": judged.get("listing_digest") or words.say("detail.unknown"),
        "as_judged": words.say("value.as_judged" if known.is_as_judged else "value.not_as_judged"),
    }
    return (facts_of(words, values),)


def _place(reason: Mapping[str, Any], words: Words) -> Iterator[str]:
    start, end = reason.get("start"), reason.get("end")
    yield _finding(reason, words)
    yield str(reason["field"])
    yield f"{start}–{end}" if start is not None and end is not None else ""
    yield reason.get("text") or ""
    yield reason["matched"] if reason.get("matched") != reason.get("text") else ""


def _finding(reason: Mapping[str, Any], words: Words) -> str:
    note = reason.get("note") or ""
    if reason.get("code"):
        return words.word("code", reason["code"])
    if note.startswith(_WORDING):
        return words.say("how.wording_weak" if note.endswith("weak") else "how.wording")
    return words.word("how", reason["how"])


def _pictures(known: Complaint, words: Words) -> tuple[Part, ...]:
    pairs = {(one.get("picture"), one.get("registered")): None for one in known.alert["reasons"]}
    shown = [
        Picture(words.say(f"picture.{whose}"), digest, known.pictures.get(digest))
        for pair in pairs
        for whose, digest in zip(("offer", "right"), pair, strict=True)
        if digest
    ]
    return (Pictures(tuple(shown)),) if shown else (Paragraph(words.say("pictures.none")),)


def _evidence(known: Complaint, words: Words) -> Facts:
    alert, page = known.alert, known.page
    versions = [f"{name} {version}" for name, version in sorted((alert.get("versions") or {}).items())]
    return facts_of(
        words,
        {
            "alert_id": alert["alert_id"],
            "group_id": alert["group_id"],
            "detector": words.word("detector", alert["detector"]),
            "observed_at": alert["observed_at"],
            "page": alert.get("page"),
            "line": words.say("place.broker", **{"line": "?", **page}) if page else words.say("detail.unknown"),
            "listing_digest": alert.get("listing_digest"),
            "revision": alert["revision"],
            "versions": words.list_of(versions),
            "replay": f"rightswatch replay {alert['alert_id']}",
        },
    )


def _checklist(known: Complaint, words: Words) -> Checklist:
    """Each item of a complaint form: whether the pack has it, and what is left to do about it."""
    attach, unknown = words.say("detail.attach"), words.say("detail.unknown")
    right = known.right or {}
    status = words.word("status", right["status"]) if right.get("status") else unknown
    in_force = words.say("detail.look_up", status=status, as_of=right.get("status_as_of") or unknown)
    details = {
        "identity": attach,
        "contact": _missing(_complainant(known, words), words, "holder", "contact", "phone", "email"),
        "authority": attach,
        "right": _missing(_right(known, words), words, "office", "number", "kind", "status", "expires_on"),
        "certificate": attach,
        "in_force": in_force,
        "offer": _missing(_offer(known, words), words, "platform", "listing_id", "url"),
        "seller": _missing(_offer(known, words), words, "seller", "seller_uscc", "seller_place"),
        "findings": "",
        "evidence": "" if known.page else words.say("detail.page_gone"),
        "pictures": words.say("furniture.not_kept") if _lacks_pictures(known) else "",
        "judged": _unjudged(known, words),
        "statement": words.say("detail.sign"),
    }
    checks = (Check(name, words.say(f"check.{name}"), not detail, detail) for name, detail in details.items())
    return Checklist((*(() if known.to is None else addressed_checks(known.to, words)), *checks))


def _unjudged(known: Complaint, words: Words) -> str:
    if not known.is_judged:
        return words.say("judged.none")
    return "" if known.is_as_judged else words.say("detail.changed_since")


def _missing(facts: Facts, words: Words, *names: str) -> str:
    """The labels of those that nobody here knows."""
    blank = [row.label for row in facts.rows if row.id in names and row.value is None]
    return words.say("detail.fill_in", what=words.say("list").join(blank)) if blank else ""


def _lacks_pictures(known: Complaint) -> bool:
    named = {one[whose] for one in known.alert["reasons"] for whose in ("picture", "registered") if one.get(whose)}
    return not named <= set(known.pictures)
