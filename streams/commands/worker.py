"""`rightswatch worker`: screen pages from the broker."""

from __future__ import annotations

import click

from streams.commands.options import SettingsSource, pass_source, settings_options


@click.command()
@click.option("--no-writer", is_flag=True, help="Do not run a writer beside this worker.")
@settings_options
@pass_source
def worker(source: SettingsSource, no_writer: bool) -> int:
    """Screen pages from the topic `listings`, and run the writer beside it.

    Start more of them, here or on other machines, to share the work.
    """
    raise NotImplementedError
