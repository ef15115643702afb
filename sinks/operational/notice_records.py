"""What goes into the notice store and comes out of it. Addresses and secrets stand in no `repr`."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from detectors.records import timestamp_text
from sinks.notices.bots import LIMITS, Limit
from sinks.notices.events import Wanted
from sinks.notices.schedule import Quiet

WEBHOOK, EMAIL, DINGTALK, WECOM, FEISHU = "webhook", "email", "dingtalk", "wecom", "feishu"
KINDS = (WEBHOOK, EMAIL, DINGTALK, WECOM, FEISHU)
WAITING, SENT, DEAD, WITHDRAWN = "waiting", "sent", "dead", "withdrawn"
STATES = (WAITING, SENT, DEAD, WITHDRAWN)
ACCOUNT, HOLDER = "account", "holder"
OWN_LIMITS = {WEBHOOK: Limit(per_minute=600), EMAIL: Limit(per_minute=10)}
"""Our own, where the other side says nothing: many letters in a minute are spam, however true each is."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a destination is: an account's, or a rights holder's, whichever of its accounts made it."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A destination as somebody wants it."""

    owner: Owner
    regions: tuple[str, ...] | None  # only alerts of sellers there; None: everywhere
    name: str
    kind: str
    address: str = field(repr=False)  # of an e-mail, else the URL
    secret: str | None = field(repr=False)
    wanted: Wanted
    digest_hour: int | None  # None: at once
    quiet: Quiet | None
    time_zone: str
    language: str
    per_minute: int | None  # fewer than the kind's own limit
    is_enabled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination(Draft):
    """A destination as it is kept."""

    destination_id: str
    secrets: tuple[str, ...] = field(repr=False)  # the present one first; the one before while it still counts
    limit_key: str
    disabled_because: str | None
    paused_until: datetime
    token: str = field(repr=False)
    version: int
    created_at: datetime
    is_removed: bool = False

    @property
    def limit(self) -> Limit:
        """How much it takes: what its kind does, or less where its owner says so."""
        own = OWN_LIMITS.get(self.kind) or LIMITS[self.kind]
        most = own.per_minute if self.per_minute is None else min(own.per_minute, self.per_minute)
        return Limit(per_minute=most, per_second=own.per_second)

    def to_json(self) -> dict[str, Any]:
        """What people are shown: of the address what tells it from others, of a secret that there is one."""
        return {
            "destination_id": self.destination_id,
            "owner": {"kind": self.owner.kind, "id": self.owner.id},
            "name": self.name,
            "kind": self.kind,
            "address": masked(self.kind, self.address),
            "has_secret": bool(self.secrets),
            "events": list(self.wanted.events),
            "kinds": list(self.wanted.kinds),
            "tiers": list(self.wanted.tiers),
            "detectors": list(self.wanted.detectors),
            "right_ids": list(self.wanted.right_ids),
            "digest_hour": self.digest_hour,
            "quiet": None if self.quiet is None else [_clock(self.quiet.start), _clock(self.quiet.end)],
            "time_zone": self.time_zone,
            "language": self.language,
            "per_minute": self.per_minute,
            "limit_per_minute": self.limit.per_minute,
            "enabled": self.is_enabled,
            "disabled_because": self.disabled_because,
            "version": self.version,
            "created_at": timestamp_text(self.created_at),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One thing that a message tells."""

    event: str
    at: datetime
    alert_id: str | None
    group_id: str | None
    right_id: str | None
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A notice that is to be sent now: this try is noted already."""

    notice_id: str
    event: str
    destination: Destination
    tries: int  # this one among them
    first_try: datetime
    told: tuple[Told, ...]  # of a digest several
    at: datetime

    @property
    def webhook_id(self) -> str:
        return f"msg_{self.notice_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A person's verdict that closed a group."""

    event_id: str
    alert_id: str
    verdict: str
    reason_code: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What waits and what nobody took."""

    waiting: Mapping[str, int]  # by kind of destination
    dead: Mapping[str, int]
    oldest_due: datetime | None  # of those whose time has come


def masked(kind: str, address: str) -> str:
    """An address without what would let somebody use it."""
    if not address:
        return ""
    if kind == EMAIL:
        local, _, domain = address.rpartition("@")
        return f"{local[:1]}…@{domain}"
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.hostname}/…"


def limit_key(kind: str, address: str) -> str:
    """What shares one limit: the same robot or mailbox, whoever named it."""
    return hashlib.sha256(f"{kind}\n{address}".encode("utf-8", "replace")).hexdigest()


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
