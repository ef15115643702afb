"""A complaint pack made from a lead: whom it goes to and why, and each item that the plan and the law ask of it."""

from __future__ import annotations

import html
import io
from typing import Any

import pytest
from pypdf import PdfReader

from dashboards.papers.complaint import RISKS, complaint_of
from dashboards.papers.document import Checklist, Document, Facts, as_json
from dashboards.papers.html import html_of
from dashboards.papers.pdf import pdf_of
from detectors.routing.route import NO_CERTAIN_PLACE, PERSON_DECIDED
from detectors.routing.rules import RECIPIENTS, routing_rules
from tests.dashboards.papers.known import LEAD, ON_RECORD, PINNED, addressed, complaint, squeezed, text_of, words
from tests.dashboards.papers.test_complaint import CHECKED, HOSTILE, KNOWN, texts

BOTH = pytest.mark.parametrize("language", ["en", "zh"])
OF_BODY = ("recipient", "jurisdiction", "first_body", "licence", "national_record", "takedown", "timestamp")
TOLD = (
    *(LEAD["lead_id"], LEAD["case_id"], "广东省深圳市南山区(440305)", LEAD["made_at"], LEAD["sent_at"]),
    *("plan二(二)1;TrademarkLawart.60to62", "2026-11-03T00:00:00.000Z", PINNED["alert_id"], PINNED["listing_digest"]),
)
CHOSEN = {**LEAD["routing"], "rule": PERSON_DECIDED}
SEAT = {"why": ["no_place"], "candidates": [{"code": "440305", "name": "x", "basis": "platform_domicile"}]}
SHIPPED = {"why": ["ships_from_only"], "candidates": [{"code": "440305", "name": "x", "basis": "ships_from"}]}


def pack(language: str, *others: dict[str, Any], **changes: Any) -> Document:
    return complaint_of(complaint(judged=PINNED, to=addressed(*others, **changes)), words(language))


def checklist(document: Document) -> dict[str, tuple[bool, str]]:
    (part,) = (part for one in document.sections for part in one.parts if isinstance(part, Checklist))
    return {one.id: (one.is_done, one.detail) for one in part.items}


def also_told(document: Document) -> str | None:
    (facts, *_) = (part for one in document.sections for part in one.parts if isinstance(part, Facts))
    return next(row.value for row in facts.rows if row.id == "also_told")


@BOTH
def test_the_pdf_names_the_recipient_why_it_is_the_one_and_every_item(language: str) -> None:
    said = words(language)
    text = text_of(pdf_of(pack(language)))
    for item in (*OF_BODY, *CHECKED):
        assert squeezed(said.say(f"check.{item}")) in text, item
    for known in (*TOLD, *KNOWN):
        assert known in text, known
    for word in (
        said.word("lead_recipient", "enforcement"),
        said.word("rule", "trade_mark"),
        said.word("lead_basis", "actual_place"),
        said.word("lead_why", "place_renamed"),
        said.word("takedown", "submitted"),
        said.say("addressed.enforcement"),
    ):
        assert squeezed(word) in text, word


@BOTH
def test_the_page_and_the_json_have_the_same(language: str) -> None:
    said, document = words(language), pack(language)
    page = squeezed(html.unescape(html_of(document).decode()))
    content = squeezed("".join(texts(as_json(document))))
    wanted = [*TOLD, *(squeezed(said.say(f"check.{item}")) for item in OF_BODY)]
    assert [one for one in wanted if one not in page or one not in content] == []


@BOTH
@pytest.mark.parametrize("recipient", RECIPIENTS)
def test_the_risk_stands_first_then_whom_it_goes_to(language: str, recipient: str) -> None:
    sections = [one.id for one in pack(language, recipient=recipient).sections]
    assert sections[:4] == ["risk", "checklist", "recipient", "takedown"]


def test_what_is_for_the_sender_has_pages_of_its_own_that_can_be_left_out() -> None:
    said = words("en")
    pages = [squeezed(page.extract_text()) for page in PdfReader(io.BytesIO(pdf_of(pack("en")))).pages]
    begins = next(n for n, page in enumerate(pages) if squeezed(said.say("section.recipient")) in page)
    kept, filed = "".join(pages[:begins]), "".join(pages[begins:])
    for ours in (said.say(RISKS[0]), said.say("check.timestamp"), said.say("check.statement")):
        assert squeezed(ours) in kept
        assert squeezed(ours) not in filed
    assert squeezed(said.say("complaint.title")) in pages[begins]


@BOTH
def test_every_rule_of_the_table_is_told_in_words(language: str) -> None:
    names = [*(rule.name for rule in routing_rules().rules), NO_CERTAIN_PLACE, PERSON_DECIDED, "no_rule"]
    assert [name for name in names if words(language).word("rule", name) == name] == []


def test_each_item_is_done_or_says_what_is_left_to_do() -> None:
    found = checklist(pack("en"))
    assert tuple(found) == (*OF_BODY, *CHECKED)
    done = {name for name in OF_BODY if found[name][0]}
    assert done == {"recipient", "jurisdiction", "takedown"}
    assert all(is_done or detail for is_done, detail in found.values())


@pytest.mark.parametrize(
    ("changes", "item", "detail"),
    [
        ({"recipient": "person", "place": None, "place_name": None}, "recipient", "choose_recipient"),
        ({"recipient": "person", "place": None, "place_name": None}, "jurisdiction", "choose_recipient"),
        ({"jurisdiction": SEAT}, "jurisdiction", "domicile"),
        ({"jurisdiction": SHIPPED}, "jurisdiction", "ships_from"),
        ({"routing": CHOSEN}, "jurisdiction", "person_decided"),
        ({"takedown": {"state": "not_submitted", "at": None, "by": None}}, "takedown", "takedown"),
        ({"recipient": "aid_centre", "kind": "invention"}, "request", "request"),
        ({"recipient": "aid_centre", "kind": "design"}, "evaluation", "evaluation"),
        ({"recipient": "right_holder", "routing": {**CHOSEN, "rule": "abroad"}}, "export", "export"),
    ],
)
def test_what_is_missing_for_this_recipient_is_said_with_what_to_do(
    changes: dict[str, Any], item: str, detail: str
) -> None:
    assert checklist(pack("en", **changes))[item] == (False, words("en").say(f"detail.{detail}"))


def test_the_national_record_is_never_said_to_be_done_since_nothing_is_uploaded_here() -> None:
    document = pack("en", ON_RECORD)
    assert checklist(document)["national_record"] == (False, words("en").say("detail.national_record"))
    assert also_told(document) == "nobody"


def test_who_else_was_told_is_named_and_who_was_not_yet_is_not() -> None:
    aid = {**ON_RECORD, "recipient": "aid_centre"}
    waiting = {**ON_RECORD, "recipient": "right_holder", "sent_at": None}
    assert also_told(pack("en", aid, waiting)) == "Aid centre"


@pytest.mark.parametrize("recipient", ["right_holder", "national_record"])
def test_who_is_no_body_is_asked_for_no_jurisdiction(recipient: str) -> None:
    found = checklist(pack("en", recipient=recipient, place=None, place_name=None))
    assert not {"jurisdiction", "first_body", "licence", "request"} & set(found)


def test_to_an_aid_centre_it_is_a_suspicion_and_no_finding() -> None:
    text = text_of(pdf_of(pack("en", recipient="aid_centre", place=None, place_name=None)))
    assert squeezed("a suspected infringement and no finding") in text


def test_an_offer_that_is_there_again_says_when_it_was_gone_and_where_it_was_seen_again() -> None:
    again = {"gone_at": "2026-11-05T00:00:00.000Z", "offered_again_at": "2026-11-09T00:00:00.000Z",
             "offered_again_page": "f0" * 32}  # fmt: skip
    text = text_of(pdf_of(pack("zh", facts=again, because="relisted")))
    assert [one for one in again.values() if one not in text] == []
    assert squeezed(words("zh").word("lead_because", "relisted")) in text


def test_a_strangers_text_stays_text() -> None:
    hostile = {"gone_at": HOSTILE, "offered_again_at": HOSTILE, "offered_again_page": HOSTILE}
    page = html_of(pack("en", facts=hostile, place_name=HOSTILE)).decode()
    assert "<b" not in page.replace("<body", "")
    assert "[U+202E]txt.exe" in text_of(pdf_of(pack("en", facts=hostile)))


def test_the_same_record_gives_the_same_bytes() -> None:
    assert pdf_of(pack("zh")) == pdf_of(pack("zh"))


@BOTH
def test_a_heading_of_pictures_stands_on_the_page_of_the_pictures(language: str) -> None:
    heading = squeezed(words(language).say("section.pictures"))
    pages = [squeezed(page.extract_text()) for page in PdfReader(io.BytesIO(pdf_of(pack(language)))).pages]
    (page,) = (page for page in pages if heading in page.replace(squeezed(words(language).say("check.pictures")), ""))
    assert "SHA-256" in page.partition(heading)[2].rpartition("SHA-256")[0]
