"""What a complaint pack holds, in both languages, as PDF and as JSON; and that no text of a stranger's breaks it."""

from __future__ import annotations

import html
import io
from collections.abc import Iterator
from typing import Any

import pytest
from pypdf import PdfReader

from dashboards.papers.complaint import RISKS, complaint_of
from dashboards.papers.document import Checklist, as_json
from dashboards.papers.html import html_of
from dashboards.papers.pdf import pdf_of
from tests.dashboards.papers.known import (
    ALERT,
    JUDGED,
    OFFERED,
    PINNED,
    REGISTERED,
    RIGHT,
    complaint,
    squeezed,
    text_of,
    words,
)

BOTH = pytest.mark.parametrize("language", ["en", "zh"])
CHECKED = (
    *("identity", "contact", "authority", "right", "certificate", "in_force", "offer", "seller", "findings"),
    *("evidence", "pictures", "judged", "statement"),
)
KNOWN = (
    *("LumoraLeatherCo.", "91310000000000001A", "90000001", "2026-11-01", "2036-03-01", "LUMORA", "露摩拉"),
    *("taobao", "L2001", "https://shop.example/item/2001", "小店精品", "91440300708461136T", "440305", "129.00CNY"),
    *("3–6", "2026-11-02T03:04:05.850Z", ALERT["page"], ALERT["listing_digest"], "code0.1.0", "2026-11-02T05:00:00"),
    *(OFFERED, REGISTERED, f"rightswatchreplay{ALERT['alert_id']}"),
)
HOSTILE = "<b onclick=x>=1+1</b> %PDF (\\) \u202etxt.exe \u200b\x00 [/JS (app.alert(1))] 🂡" + "W" * 500


def texts(document: Any) -> Iterator[str]:
    if isinstance(document, dict):
        for value in document.values():
            yield from texts(value)
    elif isinstance(document, list):
        for value in document:
            yield from texts(value)
    elif isinstance(document, str):
        yield document


def checklist(language: str, **changes: Any) -> dict[str, tuple[bool, str]]:
    found = complaint_of(complaint(**changes), words(language))
    (part,) = (part for one in found.sections for part in one.parts if isinstance(part, Checklist))
    return {one.id: (one.is_done, one.detail) for one in part.items}


@BOTH
def test_the_pdf_has_every_item_of_the_checklist_and_all_that_is_known_as_text(language: str) -> None:
    said = words(language)
    text = text_of(pdf_of(complaint_of(complaint(), said)))
    for item in CHECKED:
        assert squeezed(said.say(f"check.{item}")) in text, item
    for known in KNOWN:
        assert known in text, known
    for key in (*RISKS, "statement.text", "evidence.how"):
        assert squeezed(said.say(key)) in text, key


@BOTH
def test_the_json_has_the_same(language: str) -> None:
    said = words(language)
    text = squeezed("".join(texts(as_json(complaint_of(complaint(), said)))))
    assert [one for one in KNOWN if one not in text] == []
    assert [item for item in CHECKED if squeezed(said.say(f"check.{item}")) not in text] == []


@BOTH
def test_the_checklist_has_each_item_once(language: str) -> None:
    assert tuple(checklist(language)) == CHECKED


def test_what_nobody_here_knows_is_named_as_to_be_filled_in() -> None:
    document = as_json(complaint_of(complaint(), words("en")))
    blanks = {fact["id"] for one in document["sections"] for part in one["parts"] for fact in part.get("facts", ())
              if fact["to_fill_in"]}  # fmt: skip
    assert blanks == {
        *("holder_address", "agent", "contact", "phone", "email"),
        *("filed_on", "granted_on", "right_pictures", "signature", "date"),
    }
    assert checklist("en")["contact"] == (False, "fill in: Person to contact, Telephone, E-mail")
    assert checklist("en")["right"] == (True, "")


def test_a_seller_without_a_company_code_is_left_to_do_and_where_goods_ship_from_is_no_place_of_the_sellers() -> None:
    alert = {**ALERT, "seller": {"name": "小店精品"}, "ships_from": "350300"}
    left = (False, "fill in: Seller's company code (USCC), Seller's place")
    assert checklist("en", alert=alert)["seller"] == left
    assert "Goodsshipfrom350300" in text_of(pdf_of(complaint_of(complaint(alert=alert), words("en"))))


def test_a_status_that_nobody_gave_is_not_made_up() -> None:
    right = {name: value for name, value in RIGHT.items() if name != "status"}
    assert checklist("en", right=right)["right"] == (False, "fill in: Status")


def test_the_verdict_says_on_what_it_was_given_and_by_how_many() -> None:
    known = complaint(judged=PINNED, verdict={**JUDGED, "stage": "review"})
    text = text_of(pdf_of(complaint_of(known, words("en"))))
    for part in ("Lookedatbyasecondperson", PINNED["alert_id"], "hasthecontentthatwasjudged"):
        assert part in text, part


def test_an_offer_that_was_changed_after_it_was_judged_is_to_be_looked_at_again() -> None:
    changed = {**PINNED, "listing_digest": "ee" * 32}
    assert checklist("en", judged=changed)["judged"] == (False, words("en").say("detail.changed_since"))


def test_a_finding_that_nobody_judged_says_so() -> None:
    unjudged = words("en").say("judged.none")
    assert checklist("en", verdict=None)["judged"] == (False, unjudged)
    assert squeezed(unjudged) in text_of(pdf_of(complaint_of(complaint(verdict=None), words("en"))))
    assert checklist("en")["judged"] == (True, "")


def test_a_claim_about_no_right_of_the_watchlist_has_its_blanks() -> None:
    done, detail = checklist("en", right=None)["right"]
    assert (done, detail) == (False, "fill in: Office, Number, Status, Term ends on")


def test_a_picture_that_is_gone_is_said_to_be_gone() -> None:
    text = text_of(pdf_of(complaint_of(complaint(pictures={}), words("en"))))
    assert squeezed(words("en").say("furniture.not_kept")) in text
    assert checklist("en", pictures={})["pictures"][0] is False


def test_the_pictures_are_in_it() -> None:
    reader = PdfReader(io.BytesIO(pdf_of(complaint_of(complaint(), words("en")))))
    shown = [image for page in reader.pages for image in page.images]
    assert len(shown) == 2


def test_the_same_record_gives_the_same_bytes_and_another_one_another_digest() -> None:
    first, again = (complaint_of(complaint(), words("zh")) for _ in range(2))
    assert pdf_of(first) == pdf_of(again)
    assert first.digest != complaint_of(complaint(page=None), words("zh")).digest
    assert first.digest in text_of(pdf_of(first))


def test_a_strangers_text_stays_text_within_its_page() -> None:
    hostile = dict.fromkeys(("title", "url", "platform", "listing_id", "explanation"), HOSTILE)
    reasons = [{**ALERT["reasons"][0], "text": HOSTILE, "matched": HOSTILE, "field": HOSTILE}]
    known = complaint(alert={**ALERT, **hostile, "seller": {"name": HOSTILE}, "reasons": reasons})
    pdf = pdf_of(complaint_of(known, words("en")))
    reader = PdfReader(io.BytesIO(pdf))
    text = text_of(pdf)
    assert "<bonclick=x>=1+1</b>%PDF(\\)[U+202E]txt.exe[U+200B][U+0000]" in text
    assert not {"\u202e", "\u200b", "\x00"} & set(text)
    root: Any = reader.trailer["/Root"]
    assert not {"/AA", "/AcroForm", "/Names"} & set(root)
    assert isinstance(root["/OpenAction"], list), "a place to begin at, nothing to do"
    for page in reader.pages:
        assert "/Annots" not in page
        assert furthest(page) <= 595  # points: the paper's right edge


def furthest(page: Any) -> float:
    """How far to the right a run of text begins."""
    starts: list[float] = []
    page.extract_text(visitor_text=lambda text, cm, tm, font, size: starts.append(tm[4]))
    return max(starts)


def test_the_page_has_every_item_and_no_markup_of_a_stranger() -> None:
    said = words("en")
    page = html_of(complaint_of(complaint(alert={**ALERT, "title": HOSTILE}), said)).decode()
    assert [item for item in CHECKED if html.escape(said.say(f"check.{item}")) not in page] == []
    assert "&lt;b onclick=x&gt;" in page
    assert "<b" not in page.replace("<body", "")
    assert page.count("<img ") == 2
    assert html.escape(said.say("furniture.to_fill_in")) in page
