"""`pipeline`: listings/s from page bytes to alerts on one core, as a share of orjson decoding the same pages.

The limit is `orjson.loads` on every line and nothing else: what any screening of these pages must do first. Listings
are the demo's, their titles and descriptions the pack's as they are; about 2 % of them alert, because marks they name
plainly have the policy `any_use`. Before anything is timed, the run checks that the alerts are the expected ones.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson

from benchmarks.core import one_core
from benchmarks.mark_work import more_rights
from benchmarks.records import BenchmarkError, Row
from benchmarks.turns import Seconds, take_turns
from benchmarks.work import OBSERVED_AT, PAGE_LISTINGS, Expected, listings, pages, watchlist_rights
from detectors.records import Page
from detectors.watchlist import Watchlist, WatchlistBuilder
from detectors.watchlist.rules import Rules
from streams.pipeline import screen_page

MARKS, MANY_MARKS = 10_000, 100_000
SHARE = 0.02
SHARE_RANGE = (0.015, 0.025)
MISSED_LIMIT = 0.02  # of the expected listings: plain words and our words may part ways on an odd character
ALLOWED_REASONS = ("compatible_use",)  # "case for Nikon" is found and rightly held back


def run(quick: bool) -> Sequence[Row]:
    """Measure; raises BenchmarkError when the alerts are not the expected ones."""
    count, rounds = (5_000, 3) if quick else (20_000, 9)
    rows = listings(count)
    bodies = pages(rows, PAGE_LISTINGS)
    with one_core():
        expected, watchlist = about_two_percent(rows, bodies)
        many = compile_rights([*expected.rights, *more_rights(rows, bodies, MARKS, MANY_MARKS)])
        return [
            _row(_check(bodies, watchlist, expected, count), _taken(bodies, watchlist, rounds), count, MARKS),
            _row(_check(bodies, many, expected, count), _taken(bodies, many, rounds), count, MANY_MARKS),
        ]


def _row(share: float, taken: Seconds, count: int, marks: int) -> Row:
    return Row(
        metric=f"listings screened with {marks // 1000} k marks ({count // 1000} k listings in pages of "
        f"{PAGE_LISTINGS}, {share:.1%} alerting, one core)",
        unit="listings/s",
        ours=count / taken.ours,
        peer=count / taken.peer,
        peer_name="limit: orjson.loads line by line and nothing else",
        ratio=taken.peer / taken.ours,
    )


def _taken(bodies: Sequence[bytes], watchlist: Watchlist, rounds: int) -> Seconds:
    # The process's own time: both are one thread that never waits, and what else runs on the machine is left out.
    return take_turns(
        lambda: _screen(bodies, watchlist), lambda: _decode(bodies), rounds=rounds, clock=time.process_time
    )


def about_two_percent(rows: Sequence[Mapping[str, Any]], bodies: Sequence[bytes]) -> tuple[Expected, Watchlist]:
    """A watchlist of 10,000 marks of which about 2 % of the listings alert, and what must alert."""
    plain = compile_rights(watchlist_rights(rows, MARKS, 0.0).rights)
    screenings = (screen_page(Page(body, OBSERVED_AT), plain) for body in bodies)
    anyway = {alert.listing_id for screening in screenings for alert in screening.alerts}
    expected = watchlist_rights(rows, MARKS, SHARE, anyway)
    return expected, compile_rights(expected.rights)


def rightly_silent(bodies: Sequence[bytes], watchlist: Watchlist) -> frozenset[str]:
    """Ids of the listings that name marks and alert for none, since all was held back for one of ALLOWED_REASONS."""
    silent: set[str] = set()
    for body in bodies:
        screening = screen_page(Page(body, OBSERVED_AT), watchlist, show_screened=True)
        held_back = {one.listing_id for one in screening.shown if one.screened in ALLOWED_REASONS}
        silent |= held_back - {alert.listing_id for alert in screening.alerts}
    return frozenset(silent)


def compile_rights(rights: Iterable[Mapping[str, Any]], rules: Rules | None = None) -> Watchlist:
    """The watchlist that a worker would have of these rights, by the shipped rules or others."""
    builder = WatchlistBuilder(rules)
    for revision, right in enumerate(rights, 1):
        builder.apply({"revision": revision, "op": "put", "right": right})
    return builder.build()


def _screen(bodies: Sequence[bytes], watchlist: Watchlist) -> None:
    for body in bodies:
        screen_page(Page(body, OBSERVED_AT), watchlist)


def _decode(bodies: Sequence[bytes]) -> None:
    for body in bodies:
        for line in body.split(b"\n"):
            orjson.loads(line)


def _check(bodies: Sequence[bytes], watchlist: Watchlist, expected: Expected, count: int) -> float:
    """The share of listings that alert.

    Raises:
        BenchmarkError: it is not about 2 %, or listings that plainly name an `any_use` mark do not alert for it.
    """
    alerting: set[str] = set()
    explained: set[tuple[str, str | None]] = set()
    for body in bodies:
        screening = screen_page(Page(body, OBSERVED_AT), watchlist, show_screened=True)
        alerting |= {alert.listing_id for alert in screening.alerts}
        explained |= {(alert.listing_id, alert.right_id) for alert in screening.alerts}
        explained |= {
            (one.listing_id, one.match.right_id) for one in screening.shown if one.screened in ALLOWED_REASONS
        }
    wanted = [(listing, right) for listing, rights in expected.listings.items() for right in rights]
    missed = [pair for pair in wanted if pair not in explained]
    if len(missed) > MISSED_LIMIT * len(wanted):
        raise BenchmarkError(f"{len(missed)} of {len(wanted)} expected alerts are missing, first {missed[0]}")
    share = len(alerting) / count
    if not SHARE_RANGE[0] <= share <= SHARE_RANGE[1]:
        raise BenchmarkError(f"{share:.2%} of the listings alert; the figure is defined for about {SHARE:.0%}")
    return share
