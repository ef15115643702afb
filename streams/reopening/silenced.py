"""What the pipeline says: whether an alert that a right's older form raised is not raised by its present one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from detectors.records import Page
from detectors.watchlist import Watchlist
from sinks.clickhouse.stored_pages import StoredPages
from streams.pipeline import NO_LOOKS, screen_page
from streams.preview.comparing import Forms

PAGES_AT_ONCE = 20  # up to 18 MB


def silenced(alerts: Iterable[Mapping[str, Any]], forms: Forms, stored: StoredPages) -> frozenset[str]:
    """Those of the alerts (their ids) that come of `forms.before` and not of `forms.after`, on the page that raised
    them and at the moment when it came.

    An alert whose page is no longer kept, or that the older form does not raise again, is not among them: nothing can
    be said about it. That is so of pictures, whose bytes are kept apart; rule.py knows what it knows of those.
    """
    by_page: dict[str, list[Mapping[str, Any]]] = {}
    for alert in alerts:
        by_page.setdefault(str(alert.get("page")), []).append(alert)
    digests = list(by_page)
    found: set[str] = set()
    for start in range(0, len(digests), PAGES_AT_ONCE):
        for digest, page in stored.pages(digests[start : start + PAGES_AT_ONCE]).items():
            for moment in {alert["observed_at"] for alert in by_page[digest]}:
                then = Page(page.body, datetime.fromisoformat(moment), page.topic, page.partition, page.offset)
                before, after = (_raised(then, watchlist) for watchlist in (forms.before, forms.after))
                wanted = {alert["alert_id"] for alert in by_page[digest] if alert["observed_at"] == moment}
                found |= wanted & (before - after)
    return frozenset(found)


def _raised(page: Page, watchlist: Watchlist | None) -> set[str]:
    if watchlist is None:
        return set()
    return {alert.alert_id for alert in screen_page(page, watchlist, looks=NO_LOOKS).alerts}
