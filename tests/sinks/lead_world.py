"""Leads to be made, and what they are made of."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from sinks.lead_codes import ALERT, VERDICT
from sinks.operational.lead_records import About, Cause, Draft
from tests.sinks.triage_world import NOW, group

RIGHT: dict[str, Any] = {"right_id": "CN-TM-1", "kind": "trademark", "marks": ["ZORBEX"], "holder": {"id": "h1"}}
BODY = Draft(
    recipient="enforcement", place="440305", rule="trade_mark", clause="art. 60", routing_version="1", why=("place",)
)
RECORD = Draft(recipient="national_record", place=None, rule="national_record", clause="plan", routing_version="1")
UNSURE = Draft(
    recipient="person",
    place=None,
    rule="no_certain_place",
    clause="art. 60",
    routing_version="1",
    why=("company_code_elsewhere",),
    candidates=({"code": "440305", "name": "广东省深圳市南山区", "basis": "actual_place"},),
)


def about(number: int = 1, **changes: Any) -> About:
    """The group of `triage_world.group` with that number."""
    facts = group(number)
    plain = About(
        group_id=facts.group_id,
        alert_id=facts.alert_id,
        right_id=facts.right_id,
        subject=facts.subject,
        kind="trademark",
        platform="taobao",
        listing_id=f"L{number}",
        seller="taobao:s1",
        company_code=None,
        region="440305",
        observed_at=NOW - timedelta(hours=1),
        facts={"title": "ZORBEX shoes", "tier": "high"},
    )
    return replace(plain, **changes)


def verdict(number: int = 1, version: int = 1) -> Cause:
    return Cause(because=VERDICT, key=f"verdict:{group(number).group_id}:{version}", send_after=NOW)


def alert(number: int = 1) -> Cause:
    return Cause(because=ALERT, key=f"alert:{group(number).alert_id}", send_after=NOW)
