"""`rightswatch pictures`: fetch the pictures that listings name by URL, and screen them."""

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
def pictures(source: SettingsSource, health_port: int | None) -> int:
    """Fetch the pictures behind listings' URLs, from public addresses only, and screen them.

    A worker starts one beside itself; run more, here or on other machines, to share the work. Text alerts never wait.
    """
    from streams.logs import configure_logging
    from streams.pictures.process import pictures_main

    settings = at_health_port(source.load(), "pictures", health_port)
    configure_logging(settings)
    return pictures_main(settings, announce=_announce)


def _announce(url: str) -> None:
    click.echo(f"pictures: {url}/readyz and {url}/metrics", err=True)
