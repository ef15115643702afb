"""What a sweep looks for, and what of that becomes an alert: the stream's own pipeline over pages that are stored."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any

from detectors.errors import RightError
from detectors.pictures.seen import Looks
from detectors.records import Alert, Page, SampledMatch, Screening
from detectors.rights import Right, parse_right
from detectors.watchlist import Watchlist, WatchlistBuilder
from detectors.widening import widens
from sinks.clickhouse.stored_pages import Observation, Offer, Proof
from sinks.text import storable
from streams.pipeline import NO_LOOKS, screen_page

DELISTED = "delisted"


@dataclass(frozen=True, slots=True)
class Scope:
    """A small watchlist of the rights to sweep for, and the revision of each one's change."""

    watchlist: Watchlist
    rights: Mapping[str, int]


LooksOf = Callable[[str], Looks]


Attempt = Callable[[str, Callable[[], Screening]], Screening | None]


def without_attempts(_page: str, work: Callable[[], Screening]) -> Screening:
    return work()


def no_looks(_page: str) -> Looks:
    return NO_LOOKS


@dataclass(frozen=True, slots=True)
class Found:
    """What a sweep finds on some pages: alerts, what a quarantine keeps from alerting until a person decides, and the
    pages that cannot be screened."""

    alerts: list[Alert]
    quarantined: list[SampledMatch]
    failed: list[Page] = field(default_factory=list)


def scope_of(entries: Iterable[Mapping[str, Any]], rights: Mapping[str, int], revision: int) -> Scope:
    """The scope of a sweep at `revision`; `entries` of the log hold what each of the rights was then."""
    builder = WatchlistBuilder()
    for entry in entries:
        builder.apply(entry)
    builder.apply({"op": "checkpoint", "revision": revision})
    return Scope(builder.build(), rights)


def screen_again(
    proofs: Iterable[Proof],
    pages: Mapping[str, Page],
    scope: Scope,
    moment: datetime,
    looks: LooksOf = no_looks,
    attempt: Attempt = without_attempts,
) -> Found:
    """What the rights find on pages that were screened before their change. Alerts carry `moment`, and are marked.

    A right that is in force today alerts, whenever the page came, so the page is screened as of `moment`.

    looks : what was seen in the pictures of each page, when they were fetched. Asked for page by page, since one
    may have thousands.
    attempt : screens a page by its digest; None from it: the page cannot be screened.
    """
    found = Found([], [])
    for proof in proofs:
        if page := pages.get(proof.page):
            seen = looks(proof.page)  # may find the store away, which is no page's doing
            now = Page(page.body, moment, page.topic, page.partition, page.offset)
            screening = attempt(proof.page, partial(screen_page, now, scope.watchlist, looks=seen))
            if screening is None:
                found.failed.append(page)
            else:
                _take(screening, proof, scope, found)
    return found


def _take(screening: Screening, proof: Proof, scope: Scope, found: Found) -> None:
    found.alerts.extend(_marked(alert) for alert in screening.alerts if _is_news(alert, proof, scope))
    found.quarantined.extend(
        replace(one, alert=_marked(one.alert)) for one in screening.sampled if _is_news(one.alert, proof, scope)
    )


def _is_news(alert: Alert, proof: Proof, scope: Scope) -> bool:
    """Not a patent claim without a right, nor a right that the first screening knew already: they did not change."""
    return proof.revision < scope.rights.get(alert.right_id or "", 0)


def _marked(alert: Alert) -> Alert:
    return alert._replace(retrospective=True)


def offer_of(alert: Alert) -> Offer:
    return storable(alert.platform), storable(alert.listing_id)


def still_offered(alerts: Sequence[Alert], latest: Mapping[Offer, Observation]) -> list[Alert]:
    """Each alert once, of those about the latest that was seen of their offers; what is delisted is left alone."""
    return list({alert.alert_id: alert for alert in alerts if _is_offered(alert, latest.get(offer_of(alert)))}.values())


def _is_offered(alert: Alert, seen: Observation | None) -> bool:
    """An observation that is newer lies on a page of its own, which is swept, or was screened with the right."""
    if seen is None or seen.state == DELISTED:
        return False
    return (seen.page, seen.listing_digest) == (alert.page, alert.listing_digest)


def needs_sweep(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> bool:
    """Whether a right's change may find something in listings that are stored. Arguments: its JSON."""
    now = _parsed(after)
    return now is not None and widens(_parsed(before), now)


def _parsed(document: Mapping[str, Any] | None) -> Right | None:
    """None too for one that an older program took and this one does not: then nothing was found for it."""
    try:
        return None if document is None else parse_right(document)
    except RightError:
        return None
