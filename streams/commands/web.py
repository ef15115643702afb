"""`rightswatch web`."""

from __future__ import annotations

import click

from streams.commands.options import SettingsSource, pass_source, settings_options


@click.command()
@settings_options
@pass_source
def web(source: SettingsSource) -> None:
    """Run the web."""
    raise NotImplementedError
