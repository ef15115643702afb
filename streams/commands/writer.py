"""`rightswatch writer`: move what the workers found into ClickHouse."""

from __future__ import annotations

import click

from streams.commands.options import (
    SettingsSource,
    at_health_port,
    health_port_option,
    pass_source,
    settings_options,
)


@click.command()
@health_port_option
@settings_options
@pass_source
def writer(source: SettingsSource, health_port: int | None) -> int:
    """Insert alerts, pages, screenings and dead letters into ClickHouse, and show alerts live.

    A worker starts one beside itself; run it alone to give it a machine or a supervisor of its own.
    """
    from streams.logs import configure_logging
    from streams.writer.process import writer_main

    settings = at_health_port(source.load(), "writer", health_port)
    configure_logging(settings)
    return writer_main(settings, announce=_announce)


def _announce(url: str) -> None:
    click.echo(f"writer: {url}/readyz and {url}/metrics", err=True)
