"""What is asked of the queue and what is decided, out of requests; every complaint names the field and the remedy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, get_args

from aiohttp import web

from dashboards.alert_filters import parse_identity
from dashboards.parameters import limit_of, moment_of, refuse_unknown, text_of
from dashboards.problems import Problem, bad_field, json_object
from detectors.records import Detector, Tier
from sinks.clickhouse.queue_query import CAUSES, LISTS, MOST_CAUSES, NEWEST, URGENT, QueueQuery
from sinks.triage_policy import TriageSettings
from sinks.verdict_codes import OPEN, REASONS, VERDICTS

FILTERS = ("state", "text", "tier", "detector", "right_id", "platform", "seller", "cause_by", "cause")
PARAMETERS = (*FILTERS, "sort", "limit", "after", "lang")
CAUSE_PARAMETERS = ("by", *FILTERS, "limit", "lang")
CHOICES: Mapping[str, tuple[str, ...]] = {
    "state": LISTS,
    "tier": get_args(Tier),
    "detector": get_args(Detector),
    "cause_by": tuple(CAUSES),
    "by": tuple(CAUSES),
    "sort": (URGENT, NEWEST),
}
ROWS = 50
MOST_AT_ONCE = 200  # groups in one request that changes them
MOST_NOTE = 2_000  # code points
MOST_CAUSE = 900  # code points: a platform and what its sellers call themselves


def queue_query(parameters: Mapping[str, str], now: datetime, policy: TriageSettings) -> QueueQuery:
    """The filters of a request, without what is known beside.

    Raises:
        Problem: 400, a parameter is unknown or has no usable value.
    """
    refuse_unknown(parameters, PARAMETERS)
    return _query(
        parameters,
        now,
        policy,
        sort=choice_of(parameters, "sort") or URGENT,
        after=text_of(parameters, "after"),
        limit=limit_of(parameters, ROWS),
    )


def causes_query(parameters: Mapping[str, str], now: datetime, policy: TriageSettings) -> QueueQuery:
    """The same for what groups have in common."""
    refuse_unknown(parameters, CAUSE_PARAMETERS)
    by = choice_of(parameters, "by")
    if by is None:
        raise bad_field("by", f"use one of {', '.join(CAUSES)}")
    rest = {name: value for name, value in parameters.items() if name not in ("by", "cause_by", "cause")}
    return _query(rest, now, policy, cause_by=by, limit=min(limit_of(parameters, ROWS), MOST_CAUSES))


def next_query(body: Mapping[str, Any], now: datetime, policy: TriageSettings) -> QueueQuery:
    """The filters of a body that asks for the next group: the same names and values as the queue's parameters."""
    texts: dict[str, str] = {}
    for name in (*FILTERS, "sort"):
        value = body.get(name)
        if value is not None and not isinstance(value, str):
            raise bad_field(name, "must be a text")
        if value:
            texts[name] = value
    return _query(texts, now, policy, sort=choice_of(texts, "sort") or URGENT, limit=ROWS)


def _query(parameters: Mapping[str, str], now: datetime, policy: TriageSettings, **fields: Any) -> QueueQuery:
    given = {
        "cause_by": choice_of(parameters, "cause_by"),
        "cause": _cause(parameters, "cause"),
        **fields,
    }
    if given["cause"] is not None and given["cause_by"] is None:
        raise bad_field("cause_by", "give it with cause, as /api/v1/queue/causes was asked")
    return QueueQuery(
        since=now - timedelta(days=policy.horizon_days),
        now=now,
        state=choice_of(parameters, "state") or OPEN,
        text=text_of(parameters, "text"),
        tier=choice_of(parameters, "tier"),
        detector=choice_of(parameters, "detector"),
        right_id=text_of(parameters, "right_id"),
        platform=text_of(parameters, "platform"),
        seller=_cause(parameters, "seller"),
        **given,
    )


def choice_of(parameters: Mapping[str, str], name: str) -> str | None:
    value = parameters.get(name) or None
    if value is not None and value not in CHOICES[name]:
        raise bad_field(name, f"use one of {', '.join(CHOICES[name])}")
    return value


def _cause(parameters: Mapping[str, str], name: str) -> str | None:
    """Longer than other texts may be, and taken as it is: a seller's name may begin or end with a space."""
    value = parameters.get(name) or None
    if value is None:
        return None
    if len(value) > MOST_CAUSE or "\0" in value or any(0xD800 <= ord(one) <= 0xDFFF for one in value):
        raise bad_field(name, f"must be valid text of at most {MOST_CAUSE} characters")
    return value


def group_id_of(request: web.Request) -> str:
    return parse_identity(request.match_info["group_id"], "group_id")


def group_ids_of(body: Mapping[str, Any]) -> list[str]:
    """The groups that a body names, each once.

    Raises:
        Problem: 400, it names none, too many, or something that is no id.
    """
    chosen = body.get("group_ids")
    if not isinstance(chosen, list) or not 1 <= len(chosen) <= MOST_AT_ONCE:
        raise bad_field("group_ids", f"must be a list of 1 to {MOST_AT_ONCE} ids")
    return list(dict.fromkeys(parse_identity(one if isinstance(one, str) else "", "group_ids") for one in chosen))


async def body_of(request: web.Request, *fields: str) -> dict[str, Any]:
    return await json_object(request, fields)


def verdict_of(body: Mapping[str, Any]) -> dict[str, str]:
    """`verdict`, `reason_code` and `note`, the reason one of the verdict's.

    Raises:
        Problem: 400, one of them has no usable value.
    """
    verdict, reason = body.get("verdict"), body.get("reason_code")
    if verdict not in VERDICTS:
        raise bad_field("verdict", f"must be one of {', '.join(VERDICTS)}")
    if reason not in REASONS[verdict]:
        raise bad_field("reason_code", f"of {verdict} must be one of {', '.join(REASONS[verdict])}")
    return {"verdict": verdict, "reason_code": reason, "note": note_of(body)}


def opinion_of(body: Mapping[str, Any]) -> dict[str, Any]:
    """An opinion: a note, and perhaps the verdict that the expert would give, perhaps with its reason."""
    note, verdict, reason = note_of(body, required=True), body.get("verdict"), body.get("reason_code")
    if verdict is not None and verdict not in VERDICTS:
        raise bad_field("verdict", f"must be one of {', '.join(VERDICTS)}, or left out")
    if reason is not None and reason not in REASONS.get(verdict or "", ()):
        raise bad_field("reason_code", "must be a reason of the verdict, or left out")
    return {"verdict": verdict, "reason_code": reason, "note": note}


def note_of(body: Mapping[str, Any], *, required: bool = False) -> str:
    note = body.get("note")
    if note is None:
        note = ""
    if not isinstance(note, str) or len(note) > MOST_NOTE:
        raise bad_field("note", f"must be a text of at most {MOST_NOTE} characters")
    if required and not note.strip():
        raise bad_field("note", "say why, for those who read it next")
    return note


def version_of(body: Mapping[str, Any], name: str = "version") -> int | None:
    return None if body.get(name) is None else _version(body[name], name)


def versions_of(body: Mapping[str, Any], group_ids: list[str]) -> dict[str, int]:
    """What each group's version was when it was looked at; those left out are not compared."""
    return {group_id: _version(value, "versions") for group_id, value in _by_group(body, "versions", group_ids)}


def alerts_of(body: Mapping[str, Any], group_ids: list[str]) -> dict[str, str]:
    """The alert of each group that was looked at; of a group left out it is the newest."""
    given = _by_group(body, "alerts", group_ids)
    return {group_id: parse_identity(str(value), "alerts") for group_id, value in given}


def _by_group(body: Mapping[str, Any], field: str, group_ids: list[str]) -> Iterator[tuple[str, Any]]:
    """What an object says of some of the groups."""
    given = body.get(field)
    if given is None:
        return
    if not isinstance(given, dict):
        raise bad_field(field, "must be an object of group ids")
    for name, value in given.items():
        group_id = parse_identity(name, field)
        if group_id not in group_ids:
            raise bad_field(field, f"names {group_id}, which group_ids does not")
        yield group_id, value


def _version(value: object, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**53:
        raise bad_field(name, "must be a whole number, as `version` in a state")
    return value


def until_of(body: Mapping[str, Any], now: datetime, policy: TriageSettings) -> datetime:
    """The end of a shelf: ahead, and not too far.

    Raises:
        Problem: 400, it is no moment, past, or further ahead than anything may be shelved.
    """
    text = body.get("until")
    until = moment_of({"until": text}, "until") if isinstance(text, str) else None
    longest = timedelta(hours=policy.longest_shelf_hours)
    if until is None or not now < until <= now + longest + timedelta(minutes=1):
        raise bad_field("until", f"must be a time within the next {policy.longest_shelf_hours:g} hours")
    return min(until, now + longest)


def no_group(group_id: str) -> Problem:
    return Problem(404, "not_found", f"group {group_id}: not in the store; it may be older than what is kept")
