"""`rightswatch retro`: sweep the stored listings for rights that are new or widened, or say how far that is."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from streams.commands.options import (
    SettingsSource,
    at_health_port,
    health_port_option,
    pass_source,
    settings_options,
)

if TYPE_CHECKING:
    from sinks.operational.retro_store import RetroState, Sweep


@click.command()
@click.option("--status", is_flag=True, help="Say how far the sweeps are, and end.")
@health_port_option
@settings_options
@pass_source
def retro(source: SettingsSource, status: bool, health_port: int | None) -> int:
    """Sweep stored listings for rights that were added or widened since they were screened.

    A worker starts one beside itself; run it alone to give it a machine of its own. However many run, one sweeps.
    What it finds becomes alerts like any others, marked as retrospective.
    """
    if status:
        return _show_status(source)
    from streams.logs import configure_logging
    from streams.retro.process import retro_main

    settings = at_health_port(source.load(), "retro", health_port)
    configure_logging(settings)
    return retro_main(settings, announce=_announce)


def _announce(url: str) -> None:
    click.echo(f"retro: {url}/readyz and {url}/metrics", err=True)


def _show_status(source: SettingsSource) -> int:
    from sinks.operational.retro_store import RetroStore
    from streams.configuration.connections import resolve

    with resolve(source.load(), parts=()) as connections, closing(RetroStore(connections.operational)) as store:
        state = store.state()
    for line in status_lines(state, datetime.now(UTC)):
        click.echo(line)
    return 0


def status_lines(state: RetroState, now: datetime) -> list[str]:
    """How far the sweeps are, as a person reads it."""
    unread = state.revision - state.read_revision
    waiting = f"waiting    {state.waiting:,} rights" + (f", {unread:,} changes not looked at yet" if unread else "")
    if state.oldest_change is not None:
        waiting += f"; the oldest change not swept for is {(now - state.oldest_change).total_seconds():,.0f} s old"
    lines = [waiting, *(f"sweeping   {_told(sweep)}, {_reached(sweep)}" for sweep in state.open)]
    last = state.last_finished
    if last is not None and last.finished_at is not None:
        lines.append(f"last done  {_told(last)}, {last.finished_at:%Y-%m-%d %H:%M:%S} UTC")
    return lines


def _told(sweep: Sweep) -> str:
    return f"sweep {sweep.id}: {sweep.rights:,} rights, {sweep.pages:,} pages, {sweep.alerts:,} alerts"


def _reached(sweep: Sweep) -> str:
    return f"through what was stored before {datetime.fromtimestamp(sweep.cursor[0], UTC):%Y-%m-%d %H:%M:%S} UTC"
