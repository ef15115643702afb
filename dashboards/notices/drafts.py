"""A destination as somebody sends it, checked field by field; every complaint names the field and the remedy."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, get_args
from zoneinfo import available_timezones

from dashboards.catalogue import LANGUAGES
from dashboards.problems import bad_field
from detectors.records import Detector
from detectors.rights import KINDS
from sinks.errors import StoreRefused
from sinks.notices.events import EVENTS, Wanted
from sinks.notices.schedule import Quiet
from sinks.notices.webhook import new_secret, secret_key
from sinks.operational.notice_records import KINDS as CHANNELS
from sinks.operational.notice_records import WEBHOOK, Destination, Draft, Owner
from sinks.triage_policy import TIERS

SETTABLE = (
    "name", "address", "secret", "events", "kinds", "tiers", "detectors", "right_ids", "digest_hour", "quiet",
    "time_zone", "language", "per_minute", "enabled",
)  # fmt: skip
MOST_ADDRESS, MOST_NAME, MOST_RIGHTS = 2_000, 100, 200
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])", re.ASCII)
_CHOICES = {"events": EVENTS, "kinds": KINDS, "tiers": TIERS, "detectors": get_args(Detector)}


def new_draft(document: Mapping[str, Any], owner: Owner, regions: tuple[str, ...] | None) -> Draft:
    """A destination that is not there yet. A webhook without a secret gets one.

    Raises:
        Problem: 400.
    """
    kind = document.get("kind")
    if kind not in CHANNELS:
        raise bad_field("kind", f"use one of {', '.join(CHANNELS)}")
    for name in ("name", "address"):
        if name not in document:
            raise bad_field(name, "is required")
    blank = Draft(
        owner=owner,
        regions=regions,
        name="",
        kind=kind,
        address="",
        secret=None,
        wanted=Wanted(),
        digest_hour=None,
        quiet=None,
        time_zone="UTC",
        language="en",
        per_minute=None,
    )
    draft = drafted(document, blank)
    if not draft.address:
        raise bad_field("address", "is required")
    return replace(draft, secret=new_secret()) if kind == WEBHOOK and draft.secret is None else draft


def changed_draft(document: Mapping[str, Any], present: Destination) -> Draft:
    """A destination with what the document changes; without a new address and secret both stay.

    Raises:
        Problem: 400.
    """
    kept = Draft(**{name: getattr(present, name) for name in Draft.__slots__})
    return drafted(document, replace(kept, address="", secret=None))


def drafted(document: Mapping[str, Any], draft: Draft) -> Draft:
    """The draft with the fields of the document, each checked. Raises Problem: 400."""
    readers: dict[str, Callable[[Any], Any]] = {
        "name": lambda value: _text("name", value, MOST_NAME),
        "address": lambda value: _text("address", value, MOST_ADDRESS),
        "secret": lambda value: _secret(draft.kind, value),
        "digest_hour": lambda value: _whole("digest_hour", value, 0, 23),
        "quiet": _quiet,
        "time_zone": _zone,
        "language": lambda value: _one_of("language", value, tuple(LANGUAGES)),
        "per_minute": lambda value: _whole("per_minute", value, 1, 1_000),
        "enabled": _flag,
    }
    changes: dict[str, Any] = {
        "is_enabled" if name == "enabled" else name: read(document[name])
        for name, read in readers.items()
        if name in document
    }
    wanted: dict[str, Any] = {
        name: _choices(name, document[name]) for name in (*_CHOICES, "right_ids") if name in document
    }
    return replace(draft, **changes, wanted=replace(draft.wanted, **wanted))


def _text(name: str, value: Any, most: int) -> str:
    text = value.strip() if isinstance(value, str) else ""
    if not 0 < len(text) <= most or not text.isprintable():
        raise bad_field(name, f"must be one line of 1 to {most:,} characters")
    return text


def _secret(kind: str, value: Any) -> str | None:
    if value is None:
        return None
    text = _text("secret", value, 200)
    if kind == WEBHOOK:
        try:
            secret_key(text)
        except StoreRefused as error:
            raise bad_field("secret", str(error).removeprefix("secret: ")) from error
    elif not text.isascii():
        raise bad_field("secret", "must be the text that the robot's settings show")
    return text


def _choices(name: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise bad_field(name, "must be a list of texts; an empty one: all")
    allowed = _CHOICES.get(name)
    if allowed is None:
        if len(value) > MOST_RIGHTS or not all(0 < len(one) <= 500 and one.isprintable() for one in value):
            raise bad_field(name, f"must be at most {MOST_RIGHTS} ids of rights")
    elif not set(value) <= set(allowed) or (name == "events" and not value):
        raise bad_field(name, f"choose among {', '.join(allowed)}")
    return tuple(dict.fromkeys(value))


def _whole(name: str, value: Any, least: int, most: int) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise bad_field(name, f"must be a whole number from {least} to {most}, or null")
    return value


def _quiet(value: Any) -> Quiet | None:
    if value is None:
        return None
    clocks = [_CLOCK.fullmatch(one) for one in value if isinstance(one, str)] if isinstance(value, list) else []
    if len(clocks) != 2 or len(value) != 2 or None in clocks:
        raise bad_field("quiet", 'must be two times such as ["22:00", "07:00"], or null')
    start, end = (int(clock[1]) * 60 + int(clock[2]) for clock in clocks if clock)
    return Quiet(start, end)


def _zone(value: Any) -> str:
    if not isinstance(value, str) or value not in available_timezones():
        raise bad_field("time_zone", "must be a name such as Asia/Shanghai")
    return value


def _one_of(name: str, value: Any, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise bad_field(name, f"use one of {', '.join(allowed)}")
    return str(value)


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise bad_field("enabled", "must be true or false")
    return value
