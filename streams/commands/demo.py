"""`rightswatch demo`: the whole service on this machine, on real listings."""

from __future__ import annotations

import asyncio
import sys
import webbrowser
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from streams.commands.options import SettingsSource, pass_source, settings_options

if TYPE_CHECKING:
    from streams.connections import Connections
    from streams.launcher import Plan
    from streams.settings import Settings


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
    from streams.connections import resolve
    from streams.launcher import Plan, check_port, launch

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
        _say(f"starting {workers} worker{'s' if workers > 1 else ''}, the web server and the feed")
        asyncio.run(launch(plan, _say, lambda: _ready(plan, no_browser)))
    _say("all ended")


def _prepare_rights(connections: Connections, settings: Settings) -> None:
    from sinks.operational.rights_store import RightsStore
    from streams.demo_rights import import_demo_rights

    with closing(RightsStore(connections.operational)) as store:
        imported = import_demo_rights(store, settings.data_dir)
    if imported:
        _say(f"watchlist: {imported:,} rights of the demo imported (real brand names, invented register facts)")


def _ready(plan: Plan, no_browser: bool) -> None:
    _say(f"watch floor: {plan.url}  (Ctrl-C ends everything)")
    if not no_browser and sys.stdout.isatty():
        webbrowser.open(plan.url)


def _say(line: str) -> None:
    click.echo(f"demo: {line}", err=True)
