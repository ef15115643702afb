"""`rightswatch rights`: what the watchlist holds.

Changes go to the operational database; running workers publish them to the watchlist log and follow it, so every
change takes effect within two seconds and without a restart.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from streams.commands.options import SettingsSource, pass_source, settings_options
from streams.commands.output import write_line
from streams.commands.stores import rights_and_pictures, rights_store

if TYPE_CHECKING:
    from streams.watched_pictures import PictureKeeper

BATCH = 5_000
FAILED = 1


@click.group()
@settings_options
def rights() -> None:
    """Import, withdraw and list the rights on the watchlist."""


@rights.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@settings_options
@pass_source
def import_rights(source: SettingsSource, file: Path) -> int:
    """Put the rights of FILE (one JSON object per line) on the watchlist, with the pictures beside it that they name.

    FILE is - for standard input; pictures then lie in the folder where the command runs.

    A right with the same right_id is replaced. A line that cannot be watched for is named and left out; the others
    are imported, and the exit code is 1.
    """
    from streams.files.rights import read_rights
    from streams.watched_pictures import PictureKeeper

    with rights_and_pictures(source) as (store, pictures):
        keeper = PictureKeeper(pictures)
        lines = _Accepted(keeper)
        changes = lines.of(read_rights(file))
        while batch := list(islice(changes, BATCH)):
            keeper.flush()  # before the rights: whoever sees a picture's digest is to find it
            store.apply(batch)
        revision = store.revision()
    click.echo(
        f"imported {lines.accepted:,} rights, refused {lines.refused:,}; watchlist revision {revision}", err=True
    )
    return FAILED if lines.refused else 0


@rights.command("withdraw")
@click.argument("right_ids", metavar="ID...", nargs=-1, required=True)
@settings_options
@pass_source
def withdraw_rights(source: SettingsSource, right_ids: tuple[str, ...]) -> int:
    """Take rights off the watchlist."""
    with rights_store(source) as store:
        known = [right_id for right_id in right_ids if store.get(right_id) is not None]
        if known:
            store.apply([{"op": "withdraw", "right_id": right_id} for right_id in known])
        revision = store.revision()
    unknown = [right_id for right_id in right_ids if right_id not in known]
    for right_id in unknown:
        click.echo(f"refused {right_id}: not on the watchlist; `rightswatch rights list` shows what is", err=True)
    click.echo(f"withdrew {len(known):,} rights; watchlist revision {revision}", err=True)
    return FAILED if unknown else 0


@rights.command("list")
@settings_options
@pass_source
def list_rights(source: SettingsSource) -> None:
    """Print what holds now, as JSON lines that `rights import` reads again."""
    import orjson

    out = click.get_binary_stream("stdout")
    with rights_store(source) as store:
        for entry in store.current():
            if entry["op"] not in ("put", "register"):
                continue  # `rightswatch rules show` and `rightswatch allow list` print them
            document = entry["right"] if entry["op"] == "put" else {"register": entry["register"]}
            write_line(out, orjson.dumps(document))


class _Accepted:
    """Passes on the lines that hold, their pictures to the keeper; names the others on stderr, and counts both."""

    def __init__(self, keeper: PictureKeeper) -> None:
        self._keeper = keeper
        self.accepted = 0
        self.refused = 0

    def of(self, lines: Iterator[Any]) -> Iterator[dict[str, Any]]:
        from streams.files.rights import RefusedLine

        for line in lines:
            if isinstance(line, RefusedLine):
                self.refused += 1
                click.echo(f"refused {line}", err=True)
            else:
                self.accepted += 1
                self._keeper.keep(line.pictures)
                yield line.change
