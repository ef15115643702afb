"""`rightswatch demo`: the whole service on this machine, on real listings."""

from __future__ import annotations

import asyncio
import sys
import webbrowser
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from streams.commands.options import SettingsSource, pass_source, settings_options

if TYPE_CHECKING:
    from streams.configuration.connections import Connections
    from streams.demo.launcher import Plan
    from streams.settings import Settings

TERMINAL_SECONDS = 1.0  # a line that is written over
PLAIN_SECONDS = 10.0


@click.command()
@click.option("--rate", type=click.FloatRange(min=0), default=200.0, show_default=True, metavar="N",
              help="Listings per second; 0: as fast as possible.")  # fmt: skip
@click.option(
    "--listings", type=click.IntRange(min=1), metavar="N", help="Stop the feed after so many.  [default: never]"
)
@click.option(
    "--workers", type=click.IntRange(1, 64), default=1, show_default=True, metavar="N", help="Worker processes."
)
@click.option("--port", type=click.IntRange(1, 65535), metavar="N", help="Of the watch floor.  [default: 8420]")
@click.option("--no-browser", is_flag=True, help="Do not open the watch floor in a browser.")
@settings_options
@pass_source
def demo(
    source: SettingsSource, rate: float, listings: int | None, workers: int, port: int | None, no_browser: bool
) -> None:
    """Run the whole service here on real listings, and open the watch floor in a browser.

    Starts private servers, workers, the web server and a feed; Ctrl-C ends them all. Rights and alerts stay in the
    data directory for the next start. The rate can be changed while it runs: echo 500 > .rightswatch/feed-rate
    """
    from streams.configuration.connections import resolve
    from streams.demo.launcher import Plan, check_port, launch

    settings = source.load()
    plan = Plan(
        data_dir=settings.data_dir,
        settings_arguments=replace(source, data_dir=settings.data_dir).as_arguments(),
        workers=workers,
        port=port or settings.web.port,
        rate=rate,
        listings=listings,
    )
    check_port(plan.port)
    _say("starting ClickHouse, Valkey and a Kafka-protocol broker, data in " + str(settings.data_dir))
    with resolve(settings) as connections:
        _prepare_rights(connections, settings)
        _say(f"starting {_workers(workers)}, the web server and the feed")
        asyncio.run(launch(plan, _say, lambda: _show(plan, connections, no_browser)))
    _say("all ended")


def _prepare_rights(connections: Connections, settings: Settings) -> None:
    from sinks.operational.rights_store import RightsStore
    from streams.demo.rights import import_demo_rights

    with closing(RightsStore(connections.operational)) as store:
        imported = import_demo_rights(store, settings.data_dir)
    if imported:
        _say(f"watchlist: {imported:,} rights of the demo imported (real brand names, invented register facts)")


async def _show(plan: Plan, connections: Connections, no_browser: bool) -> None:
    """Say where the watch floor is, open it where there is somebody to see it, and then how it goes, for ever."""
    from sinks.errors import StoreError
    from sinks.live import LiveStream

    _say(f"watch floor: {plan.url}  (Ctrl-C ends everything)")
    if not no_browser and sys.stderr.isatty():
        await asyncio.to_thread(webbrowser.open, plan.url)
    is_terminal = sys.stderr.isatty()
    async with LiveStream(connections.redis) as live:
        while True:
            await asyncio.sleep(TERMINAL_SECONDS if is_terminal else PLAIN_SECONDS)
            try:
                line = _state_of(list((await live.pulse()).values()))
            except StoreError as problem:
                line = str(problem)
            click.echo(f"\r\x1b[Kdemo: {line}" if is_terminal else f"demo: {line}", err=True, nl=not is_terminal)


def _state_of(workers: Sequence[Mapping[str, Any]]) -> str:
    """What the workers alive say of themselves, in one line."""
    listings, alerts, lag = (
        sum(worker.get(name, 0) for worker in workers) for name in ("listings_total", "alerts_total", "lag_pages")
    )
    return f"{_workers(len(workers))}, {listings:,} listings screened, {alerts:,} alerts, {lag:,} pages waiting"


def _workers(count: int) -> str:
    return f"{count} worker" if count == 1 else f"{count} workers"


def _say(line: str) -> None:
    start = "\r\x1b[K" if sys.stderr.isatty() else ""  # in place of the line that says how it goes
    click.echo(f"{start}demo: {line}", err=True)
