"""`rightswatch doctor`."""

from __future__ import annotations

import click

from streams.commands.options import SettingsSource, pass_source, settings_options


@click.command()
@settings_options
@pass_source
def doctor(source: SettingsSource) -> None:
    """Run the doctor."""
    raise NotImplementedError
