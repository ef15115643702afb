"""`rightswatch calibration`: what people's verdicts made of scores and thresholds.

A calibration goes the way that rights go: into the operational database, with its history, and from there to every
running worker within two seconds. Without one the scores of the rule pack hold.
"""

from __future__ import annotations

from pathlib import Path

import click

from streams.commands.options import SettingsSource, pass_source, settings_options
from streams.commands.output import write_line
from streams.commands.stores import rights_store

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
    from datetime import UTC, datetime

    from detectors.calibration.document import APPLIED, read_calibration
    from detectors.records import timestamp_text
    from streams.files.calibration import read_calibration_file

    document = read_calibration_file(file)
    held = read_calibration(document)
    if held.version:
        document[APPLIED] = {"by": BY, "at": timestamp_text(datetime.now(UTC))}
    with rights_store(source) as store:
        revision = store.apply([{"op": "calibrate", "calibration": document}])
    click.echo(f"applied calibration {held.version or 'none'}; watchlist revision {revision}", err=True)
    return 0


@calibration.command("reset")
@settings_options
@pass_source
def reset_calibration(source: SettingsSource) -> int:
    """Put the scores of the rule pack in force again; calibrations that held stay in the history."""
    with rights_store(source) as store:
        revision = store.apply([{"op": "calibrate", "calibration": {}}])
    click.echo(f"no calibration: scores are those of the rule pack; watchlist revision {revision}", err=True)
    return 0
