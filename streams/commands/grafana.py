"""`rightswatch grafana`: boards, data sources and alert rules, pushed to a Grafana or written as its files."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from streams.commands.options import SettingsSource, pass_source, settings_options
from streams.errors import SettingsError

if TYPE_CHECKING:
    from dashboards.grafana.published import Published
    from streams.settings import Settings

_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.group()
@settings_options
def grafana() -> None:
    """Boards for the floor, rights holders and engineers: push them to a Grafana, or write its files."""


@grafana.command("push")
@settings_options
@pass_source
def push_boards(source: SettingsSource) -> int:
    """Bring the Grafana at [grafana] url up to date: folder, data sources, boards, alert rules.

    What is there under our uids is replaced where it differs; everything else is left alone.
    """
    from dashboards.grafana.api import Grafana
    from dashboards.grafana.push import push

    settings = source.load()
    if not settings.grafana.url:
        raise SettingsError("[grafana] url is empty: give the address of the Grafana to push to")
    if not settings.grafana.token:
        raise SettingsError(
            "[grafana] token_file is empty: make a service account with the role Admin in Grafana, put a token of its "
            "into a file, and give that"
        )
    with closing(Grafana(settings.grafana)) as server:
        for step in push(server, _published(settings), settings.grafana.clickhouse_password):
            click.echo(f"{step.done:<8} {step.what}", err=True)
    return 0


@grafana.command("write")
@click.argument("folder", metavar="DIR", type=_FOLDER)
@click.option(
    "--password-file",
    metavar="PATH",
    default="/run/secrets/clickhouse_reader",
    show_default=True,
    help="Where Grafana finds the password of its ClickHouse user, on its own machine.",
)
@settings_options
@pass_source
def write_boards(source: SettingsSource, folder: Path, password_file: str) -> int:
    """Write provisioning files into DIR, which belongs in the place of /etc/grafana/provisioning."""
    from dashboards.grafana.provisioning import files, write_files

    content = files(_published(source.load()), password_file)
    write_files(folder, content)
    click.echo(f"wrote {len(content)} files into {folder}", err=True)
    return 0


def _published(settings: Settings) -> Published:
    from dashboards.grafana.published import ClickHousePlace, published

    own, grafana = settings.clickhouse, settings.grafana
    if not (grafana.clickhouse_host or own.host):
        raise SettingsError(
            "[grafana] clickhouse_host is empty, and the embedded ClickHouse changes its port and password at each "
            "start: boards need a ClickHouse server of its own"
        )
    place = ClickHousePlace(
        host=grafana.clickhouse_host or own.host,
        port=grafana.clickhouse_port if grafana.clickhouse_host else own.port,
        user=grafana.clickhouse_user,
        database=own.database,
        is_secure=own.secure,
    )
    return published(grafana, place)
