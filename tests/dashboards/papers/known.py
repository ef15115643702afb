"""A complaint with everything in it, and ways to read a paper back."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

from pypdf import PdfReader

import dashboards
from dashboards.catalogue import Catalogues
from dashboards.papers.addressed import Addressed
from dashboards.papers.complaint import Complaint
from dashboards.papers.wording import Words
from tests.dashboards.photographed import PICTURE
from tests.detectors.pictures.made import encoded, photograph

CATALOGUES = Catalogues(Path(dashboards.__file__).parent / "messages")
OFFERED, REGISTERED = "a1" * 32, "b2" * 32
ALERT: dict[str, Any] = {
    "alert_id": "6f6f6f6f-0000-5000-8000-000000000001",
    "group_id": "6f6f6f6f-0000-5000-8000-000000000002",
    "platform": "taobao",
    "listing_id": "L2001",
    "url": "https://shop.example/item/2001",
    "title": "高仿 露摩拉 真皮 手提包 女",
    "seller": {"id": "s1", "name": "小店精品", "uscc": "91440300708461136T", "region": "440305"},
    "subject": "CN-TM-90000001",
    "right_id": "CN-TM-90000001",
    "kind": "trademark",
    "detector": "mark",
    "score": 0.93,
    "tier": "high",
    "reasons": [
        {"field": "title", "matched": "露摩拉", "how": "identical", "start": 3, "end": 6, "text": "露摩拉"},
        {"field": "images[0]", "matched": "bag.jpg", "how": "pdq", "picture": OFFERED, "registered": REGISTERED},
    ],
    "signals": {"identical": 0.8},
    "listed_at": "2026-11-02T03:04:05.000Z",
    "observed_at": "2026-11-02T03:04:05.850Z",
    "revision": 7,
    "versions": {"code": "0.1.0", "rules": "2026-11"},
    "page": "c3" * 32,
    "listing_digest": "d4" * 32,
    "explanation": "identical mark 露摩拉 in the title",
    "explanation_zh": "标题含相同商标露摩拉",
}
RIGHT: dict[str, Any] = {
    "right_id": "CN-TM-90000001",
    "kind": "trademark",
    "office": "CN",
    "number": "90000001",
    "title": "LUMORA",
    "holder": {"id": "h1", "name": "Lumora Leather Co.", "uscc": "91310000000000001A"},
    "status": "granted",
    "status_as_of": "2026-11-01",
    "expires_on": "2036-03-01",
    "classes": ["18"],
    "marks": ["LUMORA", "露摩拉"],
}
PINNED = {"alert_id": "6f6f6f6f-0000-5000-8000-000000000003", "listing_digest": "d4" * 32}
LEAD: dict[str, Any] = {
    "lead_id": "6f6f6f6f-0000-5000-8000-000000000004",
    "group_id": ALERT["group_id"],
    "recipient": "enforcement",
    "place": "440305",
    "place_name": "广东省深圳市南山区",
    "state": "sent",
    "because": "verdict",
    "case_id": "6f6f6f6f-0000-5000-8000-000000000005",
    "routing": {"version": "2026.11.1", "rule": "trade_mark", "clause": "plan 二(二)1; Trademark Law art. 60 to 62"},
    "jurisdiction": {
        "why": ["place_renamed"],
        "candidates": [{"code": "440305", "name": "广东省深圳市南山区", "basis": "actual_place"}],
    },
    "kind": "trademark",
    "facts": {},
    "made_at": "2026-11-02T05:01:00.000Z",
    "sent_at": "2026-11-02T05:11:00.000Z",
    "takedown": {"state": "submitted", "at": "2026-11-03T00:00:00.000Z", "by": "ann"},
}
ON_RECORD = {**LEAD, "lead_id": "6f6f6f6f-0000-5000-8000-000000000006", "recipient": "national_record",
             "place": None, "place_name": None}  # fmt: skip
JUDGED = {"verdict": "infringing", "reason_code": "counterfeit", "judged_at": "2026-11-02T05:00:00.000Z"}
PLACE = {"topic": "listings", "partition": 3, "offset": 41, "line": 2}


def words(language: str) -> Words:
    return Words(CATALOGUES, language)


def complaint(**changes: Any) -> Complaint:
    known: dict[str, Any] = {
        "alert": ALERT,
        "right": RIGHT,
        "listing": {"price": "129.00", "currency": "CNY"},
        "page": PLACE,
        "verdict": JUDGED,
        "pictures": {OFFERED: encoded(photograph(), "JPEG", quality=60), REGISTERED: PICTURE},
    }
    return Complaint(**(known | changes))


def addressed(*others: dict[str, Any], **changes: Any) -> Addressed:
    """A lead to a body that is on record, too."""
    return Addressed(lead={**LEAD, **changes}, others=others or (ON_RECORD,))


def text_of(pdf: bytes) -> str:
    """All text of a PDF without spaces and line breaks, as a reader with other senses gets it."""
    return squeezed("".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages))


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)
