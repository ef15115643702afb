"""What two forms of a right raise on the same pages: the stream's own pipeline, with a watchlist of that right alone.

A match depends only on its listing, its own right and the rules, so what the other rights are makes no difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from detectors.pictures.seen import Looks
from detectors.records import Alert, Page
from detectors.watchlist import Watchlist, WatchlistBuilder
from streams.pipeline import screen_page

MOST_EXAMPLES = 20
Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Forms:
    """A watchlist with the right as it is, and one with the right as it would be. None: without it."""

    before: Watchlist | None
    after: Watchlist | None

    @property
    def has_pictures(self) -> bool:
        return any(watchlist is not None and watchlist.has_pictures for watchlist in (self.before, self.after))


@dataclass(slots=True)
class Side:
    """Alerts that one of the forms raises and the other does not."""

    counts: list[int] = field(default_factory=list)  # one for each page
    examples: list[Alert] = field(default_factory=list)
    _seen: set[str] = field(default_factory=set)

    def take(self, alerts: Iterable[Alert]) -> None:
        """Those of one more page. An alert that another page brought already is not counted again."""
        new = {alert.alert_id: alert for alert in alerts if alert.alert_id not in self._seen}
        self._seen |= new.keys()
        self.counts.append(len(new))
        self.examples += list(new.values())[: MOST_EXAMPLES - len(self.examples)]


def forms_of(held: Iterable[Document], before: Document | None, after: Document | None, revision: int) -> Forms:
    """The two watchlists. `held`: entries of the log with what holds beside the right, as rules and registers are."""
    beside = list(held)
    return Forms(*(watchlist_of(beside, right, revision) if right else None for right in (before, after)))


def watchlist_of(held: Iterable[Document], right: Document, revision: int) -> Watchlist:
    """A watchlist of that right alone, in this form, with what else `held` says."""
    entries = [entry for entry in held if entry["op"] != "put"]
    builder = WatchlistBuilder()
    for entry in (*entries, {"revision": revision, "op": "put", "right": right}):
        builder.apply(entry)
    builder.apply({"op": "checkpoint", "revision": revision})
    return builder.build()


def compare_page(page: Page, forms: Forms, looks: Looks, raised: Side, silenced: Side) -> None:
    """Take what the forms say of one page, at the moment when it came."""
    before, after = (_alerts(page, watchlist, looks) for watchlist in (forms.before, forms.after))
    raised.take(alert for key, alert in after.items() if key not in before)
    silenced.take(alert for key, alert in before.items() if key not in after)


def _alerts(page: Page, watchlist: Watchlist | None, looks: Looks) -> dict[str, Alert]:
    if watchlist is None:
        return {}
    return {
        alert.alert_id: alert
        for alert in screen_page(page, watchlist, looks=looks).alerts
        if alert.right_id is not None
    }
