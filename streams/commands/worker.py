"""`rightswatch worker`: screen pages from the broker."""

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
@click.option("--no-writer", is_flag=True, help="Do not run a writer beside this worker.")
@click.option("--no-retro", is_flag=True, help="Do not sweep stored listings beside this worker.")
@click.option("--no-pictures", is_flag=True, help="Do not fetch listings' pictures beside this worker.")
@health_port_option
@settings_options
@pass_source
def worker(source: SettingsSource, no_writer: bool, no_retro: bool, no_pictures: bool, health_port: int | None) -> int:
    """Screen pages from the topic `listings`, and run the writer, the sweeper and what fetches pictures beside it.

    Start more of them, here or on other machines, to share the work. SIGTERM or Ctrl-C: the page in hand is finished.
    """
    from streams.logs import configure_logging
    from streams.worker.process import worker_main

    settings = at_health_port(source.load(), "worker", health_port)
    configure_logging(settings)
    return worker_main(
        settings,
        writer_arguments=None if no_writer else [*source.as_arguments(), "writer"],
        retro_arguments=None if no_retro else [*source.as_arguments(), "retro"],
        pictures_arguments=None if no_pictures else [*source.as_arguments(), "pictures"],
        announce=_announce,
    )


def _announce(url: str) -> None:
    click.echo(f"worker: {url}/readyz and {url}/metrics", err=True)
