"""`rightswatch feed`: put listings from a source on the topic `listings`."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from streams.commands.options import SettingsSource, pass_source, settings_options
from streams.commands.progress import PlainProgress

if TYPE_CHECKING:
    from streams.configuration.sections import KafkaSettings
    from streams.feeds.base import Feed
    from streams.feeds.pace import Pace
    from streams.feeds.runner import Cursors


@click.command()
@click.argument("source_name", metavar="SOURCE")
@click.option("--rate", type=click.FloatRange(min=0), default=0.0, metavar="N",
              help="Listings per second.  [default: as fast as the broker takes them]")  # fmt: skip
@click.option("--rate-file", type=click.Path(path_type=Path), help="Read the rate from this file, again and again.")
@click.option("--listings", type=click.IntRange(min=1), metavar="N", help="Stop after so many.")
@click.option("--page", type=click.IntRange(1, 1000), default=1000, show_default=True, metavar="N",
              help="At most so many listings in a page.")  # fmt: skip
@click.option("--follow", is_flag=True, help="At the end of a file wait for what is written to it.")
@click.option("--wait", "wait_seconds", type=click.FloatRange(min=0), default=5.0, show_default=True, metavar="SECONDS",
              help="At the end, with the embedded broker: wait so long for the next page to be screened.")  # fmt: skip
@click.option("--from-start", is_flag=True, help="Forget where the last run stopped.")
@click.option("--health-port", type=click.IntRange(0, 65535), metavar="N",
              help="Answer /livez and /metrics there, on [worker] health_host.  [default: nowhere]")  # fmt: skip
@settings_options
@pass_source
def feed(
    source: SettingsSource,
    source_name: str,
    rate: float,
    rate_file: Path | None,
    listings: int | None,
    page: int,
    follow: bool,
    wait_seconds: float,
    from_start: bool,
    health_port: int | None,
) -> None:
    """Send the listings of SOURCE to the workers: a file of JSON lines, - for standard input, or `demo`.

    Goes on where the last run stopped: a cursor in the data directory moves past every page that the broker has
    acknowledged, or with the embedded broker, which forgets, past every page that was screened.
    """
    from streams.configuration.connections import resolve
    from streams.feeds.confirmed import ConfirmedCursors, screened_in
    from streams.feeds.pace import Pace
    from streams.feeds.rate import RateFile
    from streams.feeds.sources import cursor_file, open_feed

    settings = source.load()
    chosen = open_feed(source_name, follow=follow, clock=lambda: datetime.now(UTC))
    cursors = cursor_file(chosen, settings.data_dir)
    if from_start and cursors is not None:
        cursors.forget()
    current_rate = RateFile(rate_file, rate, time.monotonic) if rate_file else (lambda: rate)
    pace = Pace(current_rate, time.monotonic, page)
    is_forgetful = not settings.kafka.bootstrap  # the embedded broker keeps pages in memory only
    with resolve(settings, parts=("kafka", "clickhouse") if is_forgetful else ("kafka",)) as connections:
        keeper = (
            ConfirmedCursors(cursors, screened_in(connections.clickhouse), wait_seconds)
            if is_forgetful and cursors
            else cursors
        )
        health = None if health_port is None else (settings.worker.health_host, health_port)
        asyncio.run(_run(chosen, connections.kafka, keeper, pace, listings, health))


async def _run(
    chosen: Feed,
    kafka: KafkaSettings,
    cursors: Cursors | None,
    pace: Pace,
    listings: int | None,
    health: tuple[str, int] | None,
) -> None:
    from streams.feeds.confirmed import ConfirmedCursors
    from streams.feeds.publisher import publish_to
    from streams.feeds.runner import FeedTotals, run_feed
    from streams.metrics import FeedMetrics
    from streams.processes.registry import process_registry
    from streams.worker.health import Readiness, health_server

    plain = PlainProgress("feed", time.monotonic)
    registry = process_registry("feed")
    metrics = FeedMetrics(registry)
    told = FeedTotals()

    def report(totals: FeedTotals) -> None:
        metrics.acknowledged(totals.pages - told.pages, totals.listings - told.listings)
        told.pages, told.listings = totals.pages, totals.listings
        plain.advance(0, f"{totals.listings:,} listings in {totals.pages:,} pages acknowledged")

    async with AsyncExitStack() as stack:
        if isinstance(cursors, ConfirmedCursors):
            await stack.enter_async_context(cursors.keeping())
        publisher = await stack.enter_async_context(publish_to(kafka))
        if health is not None:
            url = await stack.enter_async_context(health_server(*health, registry, lambda: Readiness(True, {})))
            click.echo(f"feed: {url}/metrics", err=True)
        totals = await run_feed(chosen, publisher, cursors, pace, limit=listings, report=report)
        click.echo(f"feed: done, {totals.listings:,} listings in {totals.pages:,} pages acknowledged", err=True)
