"""Options that commands share: where the settings and the data are."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from streams.settings import Settings

_Command = TypeVar("_Command", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class SettingsSource:
    """What the command line says about settings; the rest comes from the file and the environment."""

    config: Path | None = None
    data_dir: Path | None = None

    def load(self) -> Settings:
        """The settings of this run.

        Raises:
            SettingsError: the file cannot be read, or a key or value in it or in the environment is wrong.
        """
        from streams.settings import load_settings

        settings = load_settings(self.config, os.environ)  # noqa: TID251  the edge hands it in, settings.py reads it
        return settings if self.data_dir is None else replace(settings, data_dir=self.data_dir)

    def as_arguments(self) -> list[str]:
        """The same choice, for a child process."""
        arguments: list[str] = []
        if self.config is not None:
            arguments += ["--config", str(self.config.absolute())]
        if self.data_dir is not None:
            arguments += ["--data-dir", str(self.data_dir.absolute())]
        return arguments


def settings_options(command: _Command) -> _Command:
    """Add --config and --data-dir; they may stand before or after the command's name."""
    config = click.option(
        "--config",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="Settings file (TOML). RIGHTSWATCH_* variables override it.",
        expose_value=False,
        callback=_remember,
    )
    data_dir = click.option(
        "--data-dir",
        type=click.Path(file_okay=False, path_type=Path),
        help="Where the embedded servers keep their data.  [default: .rightswatch]",
        expose_value=False,
        callback=_remember,
    )
    return config(data_dir(command))


def health_port_option(command: _Command) -> _Command:
    """Add --health-port, which wins over the setting; `at_health_port` applies it."""
    option = click.option(
        "--health-port",
        type=click.IntRange(0, 65535),
        metavar="N",
        help="Where /livez, /readyz and /metrics answer; 0: any free port.  [default: as the settings say]",
    )
    return option(command)


def at_health_port(settings: Settings, section: str, health_port: int | None) -> Settings:
    """The settings with the port of one section's process replaced, if one was given."""
    if health_port is None:
        return settings
    changed: Any = {section: replace(getattr(settings, section), health_port=health_port)}
    return replace(settings, **changed)


pass_source = click.make_pass_decorator(SettingsSource, ensure=True)


def _remember(context: click.Context, parameter: click.Parameter, value: Path | None) -> None:
    source = context.ensure_object(SettingsSource)
    if value is not None and parameter.name is not None:
        context.obj = replace(source, **{parameter.name: value})
