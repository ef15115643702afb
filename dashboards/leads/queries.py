"""What is asked of leads, checked; every complaint names the field and the remedy."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from dashboards.alert_filters import parse_identity
from dashboards.parameters import limit_of, moment_of, refuse_unknown, text_of
from dashboards.problems import Problem, bad_field
from dashboards.triage.queries import version_of
from detectors.routing.divisions import divisions
from detectors.routing.rules import RECIPIENTS, RIGHT_KINDS
from sinks.lead_codes import SENDINGS, STATES, TAKEDOWNS
from sinks.operational.lead_records import LeadQuery
from sinks.visible import Visible

PARAMETERS = ("state", "recipient", "right_id", "seller", "case_id", "group_id", "before", "limit", "lang")
CHOICES: Mapping[str, tuple[str, ...]] = {"state": STATES, "recipient": RECIPIENTS}
ROWS = 100
MOST_SELLER = 700  # code points
MUNICIPALITIES = ("11", "12", "31", "50")  # a province that is one city
_ABSENT = object()


def lead_query(parameters: Mapping[str, str], visible: Visible) -> LeadQuery:
    """The filters of a request.

    Raises:
        Problem: 400, a parameter is unknown or has no usable value.
    """
    refuse_unknown(parameters, PARAMETERS)
    for name, known in CHOICES.items():
        if parameters.get(name) and parameters[name] not in known:
            raise bad_field(name, f"use one of {', '.join(known)}")
    ids = {name: parse_identity(parameters[name], name) for name in ("case_id", "group_id") if parameters.get(name)}
    return LeadQuery(
        state=parameters.get("state") or None,
        recipient=parameters.get("recipient") or None,
        right_id=text_of(parameters, "right_id"),
        seller=_seller(parameters),
        before=_place(parameters),
        limit=limit_of(parameters, ROWS),
        visible=visible,
        **ids,
    )


def _seller(parameters: Mapping[str, str]) -> str | None:
    """Taken as it is: a name may begin or end with a space."""
    value = parameters.get("seller") or None
    if value is None:
        return None
    if len(value) > MOST_SELLER or "\0" in value or any(0xD800 <= ord(one) <= 0xDFFF for one in value):
        raise bad_field("seller", f"must be valid text of at most {MOST_SELLER} characters")
    return value


def _place(parameters: Mapping[str, str]) -> tuple[int, str] | None:
    value = parameters.get("before") or None
    if value is None:
        return None
    moment, _, lead_id = value.partition("_")
    if not (moment.isascii() and moment.isdigit() and len(moment) <= 14):
        raise bad_field("before", "take it from `next`")
    return int(moment), parse_identity(lead_id, "before")


def needed_version(body: Mapping[str, Any]) -> int:
    version = version_of(body)
    if version is None:
        raise bad_field("version", "say which version of the lead was looked at")
    return version


def takedown_of(body: Mapping[str, Any]) -> str:
    state = body.get("state")
    if state not in TAKEDOWNS:
        raise bad_field("state", f"must be one of {', '.join(TAKEDOWNS)}")
    return str(state)


def day_of(body: Mapping[str, Any], now: datetime) -> datetime:
    """When it happened: now unless the body says otherwise, never ahead."""
    given = body.get("on")
    if given is None:
        return now
    moment = moment_of({"on": given}, "on") if isinstance(given, str) else None
    if moment is None or moment > now + timedelta(days=1):
        raise bad_field("on", "must be a time such as 2026-11-21T10:00:00Z that is not ahead")
    return moment


def place_of(body: Mapping[str, Any]) -> str | None:
    """The code of the division whose body is to be told, in force and narrow enough; None: nobody is."""
    given = body.get("code", _ABSENT)
    if given is None:
        return None
    division = divisions().find(given) if isinstance(given, str) else None
    if division is None or not division.is_in_force:
        raise bad_field("code", "must be the code of a division in force (GB/T 2260), as 440305; null: tell no body")
    if division.level == "province" and division.code[:2] not in MUNICIPALITIES:
        raise bad_field("code", f"{division.name} is a province: bodies at county level and up to a city are told")
    return division.code


def policy_of(body: Mapping[str, Any]) -> tuple[str, str | None, str | None]:
    """Kind, holder (None: all) and what is to hold (None: as the settings say)."""
    kind, holder, sending = body.get("kind"), body.get("holder_id"), body.get("sending", _ABSENT)
    if kind not in RIGHT_KINDS:
        raise bad_field("kind", f"must be one of {', '.join(RIGHT_KINDS)}")
    usable = isinstance(holder, str) and 1 <= len(holder) <= 200 and holder.isprintable() and holder == holder.strip()
    if holder is not None and not usable:
        raise bad_field("holder_id", "must be a holder's id of at most 200 characters, or null for all holders")
    if sending is not None and sending not in SENDINGS:
        raise bad_field("sending", f"must be one of {', '.join(SENDINGS)}, or null for what the settings say")
    return str(kind), holder, sending


def no_lead(lead_id: str) -> Problem:
    return Problem(404, "not_found", f"lead {lead_id}: there is none")
