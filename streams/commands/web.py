"""`rightswatch web`: the watch floor and the HTTP API."""

from __future__ import annotations

from dataclasses import replace

import click

from streams.commands.options import (
    SettingsSource,
    at_health_port,
    pass_source,
    settings_options,
)


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), metavar="N", help="0: any free one.  [default: 8420]")
@click.option("--health-port", type=click.IntRange(0, 65535), metavar="N",
              help="Where /livez, /readyz and /metrics answer; 0: beside the pages only.")  # fmt: skip
@settings_options
@pass_source
def web(source: SettingsSource, port: int | None, health_port: int | None) -> int:
    """Serve the watch floor and the HTTP API, on this machine only unless [web] accounts is on."""
    from streams.logs import configure_logging
    from streams.web.process import web_main

    settings = at_health_port(source.load(), "web", health_port)
    configure_logging(settings)
    if port is not None:
        settings = replace(settings, web=replace(settings.web, port=port))
    return web_main(settings, announce=_announce)


def _announce(url: str) -> None:
    click.echo(f"watch floor: {url}/", err=True)
