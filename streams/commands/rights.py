"""`rightswatch rights`: what the watchlist holds. Every change takes effect in all workers without a restart."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from streams.commands.options import SettingsSource, pass_source, settings_options

if TYPE_CHECKING:
    from streams.rights_admin import RightsAdmin

BATCH = 5_000
FAILED = 1


@click.group()
@settings_options
def rights() -> None:
    """Import, withdraw and list the rights on the watchlist."""


@rights.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@settings_options
@pass_source
def import_rights(source: SettingsSource, file: Path) -> int:
    """Put the rights of FILE (one JSON object per line) on the watchlist.

    A right with the same right_id is replaced. A line that cannot be watched for is named and left out; the others
    are imported, and the exit code is 1.
    """
    from streams.rights_file import RefusedLine, read_rights

    refused = 0
    imported = 0

    def changes() -> Iterator[dict[str, Any]]:
        nonlocal refused
        for line in read_rights(file):
            if isinstance(line, RefusedLine):
                refused += 1
                click.echo(f"refused {line}", err=True)
            else:
                yield line.change

    with _admin(source) as admin:
        revision = admin.revision()
        lines = changes()
        while batch := list(islice(lines, BATCH)):
            revision = admin.apply(batch)
            imported += len(batch)
    click.echo(f"imported {imported:,} rights, refused {refused:,}; the watchlist is at revision {revision}", err=True)
    return FAILED if refused else 0


@rights.command("withdraw")
@click.argument("right_ids", metavar="ID...", nargs=-1, required=True)
@settings_options
@pass_source
def withdraw_rights(source: SettingsSource, right_ids: tuple[str, ...]) -> int:
    """Take rights off the watchlist."""
    with _admin(source) as admin:
        known = [right_id for right_id in right_ids if admin.get(right_id) is not None]
        unknown = [right_id for right_id in right_ids if right_id not in known]
        revision = admin.revision()
        if known:
            revision = admin.apply([{"op": "withdraw", "right_id": right_id} for right_id in known])
    for right_id in unknown:
        click.echo(f"refused {right_id}: not on the watchlist; rightswatch rights list shows what is", err=True)
    click.echo(f"withdrew {len(known):,} rights; the watchlist is at revision {revision}", err=True)
    return FAILED if unknown else 0


@rights.command("list")
@settings_options
@pass_source
def list_rights(source: SettingsSource) -> None:
    """Print the rights and registers that hold now, as JSON lines that `rights import` reads again."""
    import orjson

    out = click.get_binary_stream("stdout")
    with _admin(source) as admin:
        for entry in admin.current():
            document = entry["right"] if "right" in entry else {"register": entry["register"]}
            out.write(orjson.dumps(document) + b"\n")


def _admin(source: SettingsSource) -> RightsAdmin:
    from streams.rights_admin import RightsAdmin

    return RightsAdmin(source.load())
