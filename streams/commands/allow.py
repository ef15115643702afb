"""`rightswatch allow`: pictures that must not alert, and what becomes of those that the flood watch quarantined.

Decisions go the way that rights go: into the operational database, with its history, and from there to every running
worker within two seconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from streams.commands.options import SettingsSource, pass_source, settings_options
from streams.commands.output import write_line

if TYPE_CHECKING:
    from sinks.operational.allow_store import AllowStore

BY = "command line"
FAILED = 1
_NOTE = click.option("--note", default="", help="Why, for those who look later.")


@click.group()
@settings_options
def allow() -> None:
    """List, allow, release and remove pictures that must not alert, by their PDQ fingerprints."""


@allow.command("list")
@click.option("--state", type=click.Choice(["allowed", "quarantined", "released"]), help="Only these.")
@settings_options
@pass_source
def list_allowed(source: SettingsSource, state: str | None) -> None:
    """Print what holds now as JSON lines: the quarantined first, which wait for a decision."""
    import orjson

    out = click.get_binary_stream("stdout")
    with _allow_store(source) as store:
        for entry in store.entries(state):
            write_line(out, orjson.dumps(entry))


@allow.command("add")
@click.argument("pdq", required=False)
@click.option("--picture", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The picture's file.")
@click.option("--distance", type=click.IntRange(0, 31), help="Bits up to which a picture is this one.  [default: 10]")
@_NOTE
@settings_options
@pass_source
def add_allowed(source: SettingsSource, pdq: str | None, picture: Path | None, distance: int | None, note: str) -> int:
    """Say that the picture with this fingerprint, or in this file, never alerts, whatever right it is near.

    Also the answer to a quarantine: the picture is a platform's placeholder or a stock photograph.
    """
    if (pdq is None) == (picture is None):
        raise click.UsageError("give a PDQ fingerprint, or --picture FILE")
    wanted = pdq or fingerprint_of(picture or Path())
    with _allow_store(source) as store:
        revision = store.allow(wanted, by=BY, now=datetime.now(UTC), note=note, distance=distance)
    click.echo(f"allowed {wanted.lower()}; watchlist revision {revision}", err=True)
    return 0


@allow.command("release")
@click.argument("pdq")
@_NOTE
@settings_options
@pass_source
def release_quarantined(source: SettingsSource, pdq: str, note: str) -> int:
    """Say that the picture is to alert; the flood watch leaves it alone from now on.

    What was kept back meanwhile is swept for and raised, as far as the rights that it fired for are concerned.
    """
    with _allow_store(source) as store:
        if store.get(pdq) is None:
            return _unknown(pdq)
        revision = store.release(pdq, by=BY, now=datetime.now(UTC), note=note)
    click.echo(f"released {pdq.lower()}; watchlist revision {revision}", err=True)
    return 0


@allow.command("remove")
@click.argument("pdqs", metavar="PDQ...", nargs=-1, required=True)
@settings_options
@pass_source
def remove_allowed(source: SettingsSource, pdqs: tuple[str, ...]) -> int:
    """Take entries off the list, as if nothing had been decided."""
    with _allow_store(source) as store:
        unknown = [pdq for pdq in pdqs if store.get(pdq) is None or store.remove(pdq) is None]
    for pdq in unknown:
        _unknown(pdq)
    click.echo(f"removed {len(pdqs) - len(unknown):,} pictures", err=True)
    return FAILED if unknown else 0


def fingerprint_of(file: Path) -> str:
    """The fingerprint of a picture's file.

    Raises:
        StoreRefused: it cannot be decoded, or there is too little in it to tell it from others.
    """
    from detectors.pictures.limits import DEFAULT_LIMITS
    from detectors.pictures.looking import watch
    from detectors.pictures.outcomes import Refusal
    from sinks.errors import StoreRefused

    with file.open("rb") as stream:
        watched = watch(stream.read(DEFAULT_LIMITS.max_bytes + 1))
    if watched is Refusal.LOW_QUALITY:
        raise StoreRefused(f"{file}: has too little in it to tell it from others; give another picture")
    if isinstance(watched, Refusal):
        raise StoreRefused(f"{file}: cannot be fingerprinted ({watched}); give another picture")
    return str(watched.fields["pdq"])


def _unknown(pdq: str) -> int:
    click.echo(f"refused {pdq}: not on the list; `rightswatch allow list` shows what is", err=True)
    return FAILED


@contextmanager
def _allow_store(source: SettingsSource) -> Iterator[AllowStore]:
    from sinks.operational.allow_store import AllowStore
    from streams.configuration.connections import resolve

    with resolve(source.load(), parts=()) as connections, closing(AllowStore(connections.operational)) as store:
        yield store
