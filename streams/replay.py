"""Reproduce an alert from what was kept when it was raised: page and pictures, the rights then, rules and code now.

A match depends only on its listing, its own right (a patent claim: the rights with that number, and the registers) and
the rules. So a replay needs the page and those rights alone. It does not write anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

import orjson

from detectors.copy_evidence import FEATURES
from detectors.decode import decode_page
from detectors.errors import RightswatchError
from detectors.logo import DETECTOR as LOGO
from detectors.patents.detector import PATENT_NUMBER
from detectors.pictures.looking import see
from detectors.pictures.outcomes import Refusal
from detectors.pictures.seen import Looks, Seen
from detectors.records import Page
from detectors.watchlist import Watchlist, WatchlistBuilder
from streams.pipeline import screen_page

ABSENT = "(absent)"


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedFor:
    """What the alert says was found in a picture.

    registered : digests of the rights' pictures that the second tier found. is_read : whether words were read.
    """

    registered: frozenset[str] = frozenset()
    is_read: bool = False


LookAtPicture = Callable[[bytes, LookedFor], Seen | Refusal]


def look_once(data: bytes, _: LookedFor) -> Seen | Refusal:
    """The first tier alone."""
    return see(data)


_IMAGE = re.compile(r"images\[(\d+)\]")


class ReplayError(RightswatchError):
    """An alert cannot be replayed: it, its page or its rights are not kept."""


class Evidence(Protocol):
    """What was kept with the alerts; `sinks.clickhouse.AlertReader` is one."""

    def alert(self, alert_id: str) -> dict[str, Any] | None: ...

    def page(self, digest: str) -> Page | None: ...

    def picture(self, digest: str) -> bytes | None:
        """A picture that an alert names, as it was fetched."""
        ...

    def looks(self, page: str) -> Mapping[str, Seen]:
        """What was seen in the pictures of a page, by their URLs."""
        ...


class RightsHistory(Protocol):
    """What the watchlist held; `sinks.operational.RightsStore` is one."""

    def at(self, revision: int, right_ids: Collection[str] | None = None) -> Iterable[Mapping[str, Any]]:
        """Log entries of what held at that revision, of these rights only when given."""
        ...


@dataclass(frozen=True, slots=True)
class Difference:
    """One field in which the replay differs from the original."""

    field: str
    original: Any
    replayed: Any

    def __str__(self) -> str:
        return f"{self.field}: was {_short(self.original)}, is {_short(self.replayed)}"


@dataclass(frozen=True, slots=True)
class ReplayResult:
    """What came of a replay. `replayed` is None when the pipeline does not raise the alert any more."""

    original: Mapping[str, Any]
    replayed: Mapping[str, Any] | None
    differences: tuple[Difference, ...]

    @property
    def is_identical(self) -> bool:
        return self.replayed is not None and not self.differences

    @property
    def has_other_versions(self) -> bool:
        """Whether the code or the rules are not those that raised the alert."""
        return any(difference.field.split(".")[0] == "versions" for difference in self.differences)


def replay(alert_id: str, evidence: Evidence, rights: RightsHistory, look: LookAtPicture = look_once) -> ReplayResult:
    """Screen the alert's page again as it was screened then, and compare. `look` is what is done with a picture.

    Raises:
        ReplayError: the alert, its page or a picture that it names is not in the store.
    """
    original = evidence.alert(alert_id)
    if original is None:
        raise ReplayError(f"alert {alert_id}: there is none with this id in the store")
    page = evidence.page(original["page"])
    if page is None:
        raise ReplayError(f"alert {alert_id}: its page {original['page']} is not in the store")
    watchlist = _watchlist_then(original, rights)
    # The same bytes may have come earlier and without an alert: what counts is the moment this alert was raised.
    then = Page(page.body, datetime.fromisoformat(original["observed_at"]), page.topic, page.partition, page.offset)
    # Whether a sweep raised it is no finding of the pipeline. Alerts of an older program say neither that nor where the
    # offer ships from.
    original = {"retrospective": False, **original}
    as_then = {"retrospective": original["retrospective"]}
    if "ships_from" not in original:
        original = {**original, "ships_from": None}
        as_then["ships_from"] = None
    looks = _looks_then(original, page, evidence, look)
    raised = [alert for alert in screen_page(then, watchlist, looks=looks).alerts if alert.alert_id == alert_id]
    found = [_as_stored({**alert.to_json(), **as_then}) for alert in raised]
    # A page may show the same offer twice, say at two prices; the store kept one of the two alerts.
    results = [ReplayResult(original, document, compare(original, document)) for document in found]
    return min(results, key=lambda result: len(result.differences), default=ReplayResult(original, None, ()))


def compare(original: Mapping[str, Any], replayed: Mapping[str, Any], prefix: str = "") -> tuple[Difference, ...]:
    """Field by field, into nested objects."""
    found: list[Difference] = []
    for name in dict.fromkeys((*original, *replayed)):
        was, now = original.get(name, ABSENT), replayed.get(name, ABSENT)
        if isinstance(was, Mapping) and isinstance(now, Mapping):
            found += compare(was, now, f"{prefix}{name}.")
        elif was != now:
            found.append(Difference(prefix + name, was, now))
    return tuple(found)


def _looks_then(original: Mapping[str, Any], page: Page, evidence: Evidence, look: LookAtPicture) -> Looks:
    """What was seen in the pictures that the alert's reasons name.

    Of a picture that a sweep found by what had been seen of it the bytes were never kept: then that is taken.
    """
    named = {
        int(place[1]): reason["picture"]
        for reason in original["reasons"]
        if reason.get("picture") and (place := _IMAGE.match(reason["field"]))
    }
    if not named:
        return {}
    wanted = {digest: _looked_for(original, digest) for digest in named.values()}
    looks: dict[str, Seen | Refusal] = {}
    stored = evidence.looks(original["page"])
    for listing in decode_page(page).listings:
        if (listing["platform"], listing["listing_id"]) != (original["platform"], original["listing_id"]):
            continue
        images = listing.get("images") or ()
        for number, digest in named.items():
            url = images[number].get("url") if number < len(images) else None
            if url:
                looks[url] = _seen_then(digest, stored.get(url), original["alert_id"], evidence, look, wanted[digest])
    return looks


def _looked_for(original: Mapping[str, Any], digest: str) -> LookedFor:
    reasons = [reason for reason in original["reasons"] if reason.get("picture") == digest]
    return LookedFor(
        registered=frozenset(reason["registered"] for reason in reasons if reason["how"] == FEATURES),
        is_read=original["detector"] == LOGO,
    )


def _seen_then(
    digest: str,
    stored: Seen | None,
    alert_id: str,
    evidence: Evidence,
    look: LookAtPicture,
    wanted: LookedFor,
) -> Seen | Refusal:
    """As the picture says, seen again; the words as they were read then, as long as those are kept."""
    content = evidence.picture(digest)
    if content is not None:
        seen = look(content, wanted)
        was_read = wanted.is_read and stored is not None and stored.digest == digest and stored.lines
        return replace(seen, lines=was_read) if was_read and isinstance(seen, Seen) else seen
    if stored is not None and stored.digest == digest:
        return stored
    raise ReplayError(f"alert {alert_id}: its picture {digest} is not in the store")


def _watchlist_then(original: Mapping[str, Any], rights: RightsHistory) -> Watchlist:
    revision = original["revision"]
    builder = WatchlistBuilder()
    for entry in _rights_that_matter(original, revision, rights):
        builder.apply(entry)
    builder.apply({"op": "checkpoint", "revision": revision})
    return builder.build()


def _rights_that_matter(
    original: Mapping[str, Any], revision: int, rights: RightsHistory
) -> Iterable[Mapping[str, Any]]:
    """The alert's own right; for a patent claim every patent, since another one may have the same number."""
    if not any(reason["how"] == PATENT_NUMBER for reason in original["reasons"]):
        return rights.at(revision, [original["right_id"]])
    return (entry for entry in rights.at(revision) if entry.get("right", {}).get("kind") != "trademark")


def _as_stored(document: Mapping[str, Any]) -> dict[str, Any]:
    """Through JSON, as the original went."""
    stored: dict[str, Any] = orjson.loads(orjson.dumps(document))
    return stored


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    return text if len(text) <= 200 else text[:199] + "…"
