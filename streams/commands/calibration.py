"""`rightswatch calibration`: what people's verdicts made of scores and thresholds.

A calibration goes the way that rights go: into the operational database, with its history, and from there to every
running worker within two seconds. Without one the scores of the rule pack hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from streams.commands.options import SettingsSource, pass_source, settings_options
from streams.commands.output import write_line
from streams.commands.stores import rights_store

if TYPE_CHECKING:
    from detectors.calibration.proposal import Proposal
    from sinks.operational.audit_store import AuditStore
    from sinks.operational.calibration_store import CalibrationStore

BY = "command line"
_FILE = click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)


@click.group()
@settings_options
def calibration() -> None:
    """Show, apply and reset the calibration: scores and thresholds as people's verdicts have them."""


@calibration.command("show")
@settings_options
@pass_source
def show_calibration(source: SettingsSource) -> int:
    """Print the calibration in force as JSON, {} when there is none; say on stderr which one it is."""
    import orjson

    from detectors.calibration.document import read_calibration

    with rights_store(source) as store:
        document = store.calibration()
    held = read_calibration(document)
    write_line(click.get_binary_stream("stdout"), orjson.dumps(document))
    if not held.version:
        click.echo("no calibration: scores are those of the rule pack", err=True)
        return 0
    sums = f"{len(held.scores):,} scores, {len(held.shifts):,} thresholds"
    click.echo(f"calibration {held.version} from {document.get('verdicts', 0):,} verdicts: {sums}", err=True)
    return 0


@calibration.command("apply")
@click.argument("file", metavar="FILE", type=_FILE)
@settings_options
@pass_source
def apply_calibration(source: SettingsSource, file: Path) -> int:
    """Put the calibration in FILE (- is standard input) in force. One that goes beyond the bounds is refused whole."""
    from detectors.calibration.document import read_calibration
    from streams.files.calibration import read_calibration_file

    document = read_calibration_file(file)
    version = read_calibration(document).version or "none"
    revision = _put(source, document, version)
    click.echo(f"applied calibration {version}; watchlist revision {revision}", err=True)
    return 0


@calibration.command("propose")
@click.option("--days", type=click.IntRange(1, 1095), help="Verdicts on what was observed since.  [default: as set]")
@settings_options
@pass_source
def propose_calibration(source: SettingsSource, days: int | None) -> int:
    """Print the calibration that verdicts suggest as JSON, one bounded step from the one in force; apply nothing.

    On stderr stands what it would change. `calibration propose > c.json`, look, then `calibration apply c.json`.
    """
    import orjson

    from sinks.clickhouse.judged import JudgedReader
    from sinks.operational.rights_store import RightsStore
    from streams.calibration.proposing import propose_now
    from streams.configuration.connections import resolve

    settings, now = source.load(), datetime.now(UTC)
    since = now - timedelta(days=days or settings.calibration.days)
    with (
        resolve(settings, parts=("clickhouse",)) as connections,
        closing(RightsStore(connections.operational)) as rights,
        JudgedReader(connections.clickhouse) as reader,
    ):
        proposal = propose_now(reader.evidence(since, now), rights, now)
    write_line(click.get_binary_stream("stdout"), orjson.dumps(proposal.document))
    for line in _changes(proposal):
        click.echo(line, err=True)
    return 0


@calibration.command("reset")
@settings_options
@pass_source
def reset_calibration(source: SettingsSource) -> int:
    """Put the scores of the rule pack in force again; calibrations that held stay in the history."""
    revision = _put(source, {}, "none")
    click.echo(f"no calibration: scores are those of the rule pack; watchlist revision {revision}", err=True)
    return 0


def _put(source: SettingsSource, document: Mapping[str, Any], version: str) -> int:
    """Put it in force, written down first; the watchlist's revision."""
    with _stores(source) as (store, audit):
        now = datetime.now(UTC)
        action = "calibration.apply" if document else "calibration.reset"
        audit.append(by_id=BY, by_name=BY, action=action, subject=version, detail={}, now=now)
        return store.put(document, by=BY, now=now)


def _changes(proposal: Proposal) -> list[str]:
    lines = [
        f"{one.detector} {one.signals}: score {one.before:.3f} -> {one.after:.3f} "
        f"({one.count.infringing} of {one.count.judged} infringe)"
        for one in proposal.scores
    ]
    lines += [
        f"right {one.right_id}: threshold {one.before:.3f} -> {one.after:.3f} "
        f"({one.count.infringing} of {one.count.judged} infringe)"
        for one in proposal.thresholds
    ]
    if proposal.before and proposal.after:
        error = f"{proposal.before.calibration_error:.3f} -> {proposal.after.calibration_error:.3f}"
        lines.append(f"calibration error, on verdicts left out when fitting: {error}")
    verdicts = f"{proposal.document['verdicts']:,} verdicts"
    return [*lines, f"proposed from {verdicts}" if lines else f"nothing to change, from {verdicts}"]


@contextmanager
def _stores(source: SettingsSource) -> Iterator[tuple[CalibrationStore, AuditStore]]:
    from sinks.operational.audit_store import AuditStore
    from sinks.operational.calibration_store import CalibrationStore
    from streams.configuration.connections import resolve

    with (
        resolve(source.load(), parts=()) as connections,
        closing(CalibrationStore(connections.operational)) as store,
        closing(AuditStore(connections.operational)) as audit,
    ):
        yield store, audit
