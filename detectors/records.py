"""The records that flow through the pipeline, named as the field names them. Pure data, no I/O."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Literal, NamedTuple

import orjson

Tier = Literal["high", "medium", "low"]
Detector = Literal["mark", "coded_fake", "patent_claim", "image_copy", "logo", "design", "invention"]
Listing = Mapping[str, Any]
"""One decoded listing: the JSON object of the contract, its text fields clean strings (see decode.py)."""

ALERT_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:rightswatch:alert")
GROUP_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:rightswatch:group")
_ALERTS, _GROUPS = ALERT_NAMESPACE.bytes, GROUP_NAMESPACE.bytes
_VARIANT = {f"{digit:x}": f"{digit & 3 | 8:x}" for digit in range(16)}  # the two highest bits are 10


def timestamp_text(moment: datetime) -> str:
    """RFC 3339 in UTC with milliseconds: `2026-11-21T10:00:00.123Z`."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


@dataclass(frozen=True)
class Page:
    """A batch of listings as one message: the unit of flow.

    `observed_at` is the broker's timestamp, the only clock that screening sees, so a replay equals the original.
    `of` makes it some of a page's listings, under that page's name: an alert about them names what was received.
    """

    body: bytes
    observed_at: datetime
    topic: str = ""
    partition: int = -1
    offset: int = -1
    of: str = ""  # the digest of the page that these listings were received on; empty: this is that page

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the bytes as received, in hex: the page's name in the store, across broker restarts."""
        return self.of or hashlib.sha256(self.body).hexdigest()


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """Input that could not be screened at all, kept with what a person needs to find and judge it."""

    reason: str
    line: int  # 1-based within the page; 0 when the whole message is meant
    head: bytes  # the first 64 KiB
    length: int
    sha256: str
    topic: str = ""
    partition: int = -1
    offset: int = -1
    observed_at: datetime | None = None
    page: str = ""  # the digest of the page, or of the whole message, that it came on


class Reason(NamedTuple):
    """Why a match was made. Text offsets are code points of the field as received, the end exclusive.

    `text` is the first 1,000 code points of what stands there, and an attribute's name in `field` its first 200.
    """

    field: str
    matched: str
    how: str
    start: int | None = None
    end: int | None = None
    text: str | None = None
    note: str | None = None
    distance: int | None = None
    threshold: int | None = None
    view: str | None = None
    code: str | None = None
    picture: str | None = None  # SHA-256 of the listing's picture, hex
    registered: str | None = None  # SHA-256 of the right's picture, hex
    placement: tuple[float, ...] | None = (
        None  # from the right's picture to the listing's, in widths and heights of each
    )
    box: tuple[float, ...] | None = (
        None  # left, top, right, bottom of words read in the picture, in its widths and heights
    )

    def to_json(self) -> dict[str, Any]:
        return {name: value for name, value in zip(self._fields, self, strict=True) if value is not None}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Reason:
        numbers = {name: tuple(document[name]) for name in ("placement", "box") if document.get(name)}
        return cls(**{**document, **numbers})


class Match(NamedTuple):
    """A detector's finding about one listing of a page, before screening."""

    listing: int  # position in the decoded page
    subject: str  # a right id, or for a patent claim without one its normalised number and code
    right_id: str | None
    kind: str
    detector: Detector
    reasons: tuple[Reason, ...]
    signals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenedMatch:
    """A match that does not alert, and why."""

    match: Match
    platform: str
    listing_id: str
    screened: str

    def to_json(self) -> dict[str, Any]:
        return {
            "screened": self.screened,
            "platform": self.platform,
            "listing_id": self.listing_id,
            "subject": self.match.subject,
            "right_id": self.match.right_id,
            "kind": self.match.kind,
            "detector": self.match.detector,
            "reasons": [reason.to_json() for reason in self.match.reasons],
        }


class Alert(NamedTuple):
    """A match that survived screening, scored and tiered, with its reasons and all a replay needs."""

    alert_id: str
    group_id: str
    platform: str
    listing_id: str
    url: str | None
    title: str
    seller: Mapping[str, Any]
    subject: str
    right_id: str | None
    kind: str
    detector: Detector
    score: float
    tier: Tier
    reasons: tuple[Reason, ...]
    signals: Mapping[str, float]  # each named signal with the weight it added
    listed_at: str | None
    observed_at: str
    revision: int
    versions: Mapping[str, str]
    page: str  # the page's digest
    listing_digest: str
    explanation: str = ""  # one sentence in English; empty in alerts older than the field
    explanation_zh: str = ""  # the same in Chinese
    retrospective: bool = False  # raised by a sweep over stored pages after its right was new or widened
    ships_from: str | None = None  # as the listing says; None too in alerts older than the field

    def to_json(self) -> dict[str, Any]:
        document = self._asdict()
        document["reasons"] = [reason.to_json() for reason in self.reasons]
        return document

    def to_bytes(self) -> bytes:
        return orjson.dumps(self.to_json())

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Alert:
        reasons = tuple(Reason.from_json(reason) for reason in document["reasons"])
        return cls(**{**document, "reasons": reasons})


@dataclass(frozen=True, slots=True, kw_only=True)
class SampledMatch:
    """A screened match kept for people to judge: the alert that it would have been, and why it was none."""

    screened: str
    alert: Alert

    def to_json(self) -> dict[str, Any]:
        return {"screened": self.screened, **self.alert.to_json()}

    def to_bytes(self) -> bytes:
        return orjson.dumps(self.to_json())

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> SampledMatch:
        fields = {name: value for name, value in document.items() if name != "screened"}
        return cls(screened=document["screened"], alert=Alert.from_json(fields))


@dataclass(frozen=True, slots=True, kw_only=True)
class Screening:
    """What came of one page. `listings` + `dead_letters` account for every line of it."""

    alerts: tuple[Alert, ...] = ()
    dead_letters: tuple[DeadLetter, ...] = ()
    listings: int = 0
    matches: int = 0
    screened: Mapping[str, int] = field(default_factory=dict)  # by reason
    warnings: Mapping[str, int] = field(default_factory=dict)  # by reason; each was recovered and screened
    shown: tuple[ScreenedMatch, ...] = ()  # filled only when asked for
    sampled: tuple[SampledMatch, ...] = ()  # the share asked for of all that was screened, all that is quarantined


def alert_id(platform: str, listing_id: str, listing_digest: str, detector: str, subject: str) -> str:
    """The same finding about the same content has the same id, however often it is delivered."""
    return _stable_id(_ALERTS, (platform, listing_id, listing_digest, detector, subject))


def group_id(platform: str, listing_id: str, subject: str) -> str:
    """Edits of one offer and findings of several detectors share it, so that a verdict carries over."""
    return _stable_id(_GROUPS, (platform, listing_id, subject))


def _stable_id(namespace: bytes, parts: Sequence[str]) -> str:
    """RFC 9562 version 5, as uuid.uuid5 gives it, in a quarter of the time."""
    text = hashlib.sha1(namespace + orjson.dumps(parts), usedforsecurity=False).hexdigest()
    return f"{text[:8]}-{text[8:12]}-5{text[13:16]}-{_VARIANT[text[16]]}{text[17:20]}-{text[20:32]}"
