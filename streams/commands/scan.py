"""`rightswatch scan`: the stream's own pipeline over files, with nothing started and nothing stored."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from streams.commands.output import write_line
from streams.commands.progress import progress

if TYPE_CHECKING:
    from streams.files.rights import RefusedLine
    from streams.scan import ScannedPage, ScanTotals

FAILED = 1
STDIN = Path("-")
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("listings", metavar="L.jsonl...", nargs=-1, required=True,
                type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))  # fmt: skip
@click.option("--rights", "rights_files", metavar="R.jsonl", multiple=True, required=True, type=_FILE,
              help="Rights, one JSON object per line; may be given more than once.")  # fmt: skip
@click.option("--images", type=_FOLDER,
              help="Where the pictures lie that listings name by path. A right's lie beside its file.")  # fmt: skip
@click.option("--read-words", is_flag=True,
              help="Also read the words in the pictures of --images, half a second or more for each.")  # fmt: skip
@click.option("--rules", "rules_folder", metavar="DIR", type=_FOLDER,
              help="A rule pack: wording.toml, aliases.toml, weights.toml or some.  [default: as shipped]")  # fmt: skip
@click.option("--calibration", "calibration_file", metavar="FILE", type=_FILE,
              help="A calibration, as `rightswatch calibration show` prints it.  [default: none]")  # fmt: skip
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), metavar="YYYY-MM-DD",
              help="Judge terms and licences as on this day.  [default: now]")  # fmt: skip
@click.option("--show-screened", is_flag=True, help='Also print what does not alert, with "screened":"<reason>".')
@click.option("--dead", type=click.File("wb"), metavar="D.jsonl",
              help="Write what could not be screened here, one JSON object per line.")  # fmt: skip
def scan(
    listings: tuple[Path, ...],
    rights_files: tuple[Path, ...],
    images: Path | None,
    read_words: bool,
    rules_folder: Path | None,
    calibration_file: Path | None,
    today: datetime | None,
    show_screened: bool,
    dead: BinaryIO | None,
) -> int:
    """Screen listings from files (- is standard input): alerts as JSON lines on stdout, a summary on stderr.

    Lines that cannot be used are named with file and line, the others are screened, and the exit code is 1.
    """
    if listings.count(STDIN) > 1:
        raise click.UsageError("- (standard input) can be read once only")
    if read_words and images is None:
        raise click.UsageError("--read-words needs --images: it says where the pictures lie")
    from detectors.watchlist.rules import read_rules
    from streams.files.calibration import read_calibration_file
    from streams.files.pictures import PictureFolder
    from streams.files.rule_pack import read_folder
    from streams.pictures.reading import WordReader
    from streams.scan import NOT_CALIBRATED, ScanTotals, read_rights_files, scan_files

    rules = read_rules(read_folder(rules_folder)) if rules_folder else None
    calibration = read_calibration_file(calibration_file) if calibration_file else NOT_CALIBRATED
    watched = read_rights_files(rights_files, rules, calibration=calibration, with_gallery=images is not None)
    for line in watched.refused:
        click.echo(f"refused right: {line}", err=True)
    totals = ScanTotals()
    pictures = PictureFolder(images, WordReader() if read_words else None) if images else None
    with progress("scan", _size(listings)) as bar:
        for scanned in scan_files(listings, watched, _moment(today), pictures=pictures, show_screened=show_screened):
            totals.add(scanned.screening)
            _write(scanned, dead)
            bar.advance(scanned.source.length, f"{totals.listings:,} listings, {totals.alerts:,} alerts")
    _summarise(totals, watched.refused)
    return FAILED if watched.refused or totals.dead_letters else 0


def _moment(today: datetime | None) -> datetime:
    """The one moment that screening sees. The command is the edge, so it may read the clock, once."""
    return today.replace(tzinfo=UTC) if today else datetime.now(UTC)


def _size(paths: tuple[Path, ...]) -> int | None:
    """Bytes to read, or None where one of them is not a plain file and has no known end."""
    return sum(path.stat().st_size for path in paths) if all(path.is_file() for path in paths) else None


def _write(scanned: ScannedPage, dead: BinaryIO | None) -> None:
    import orjson

    out = click.get_binary_stream("stdout")
    for alert in scanned.screening.alerts:
        write_line(out, alert.to_bytes())
    for match in scanned.screening.shown:
        write_line(out, orjson.dumps(match.to_json()))
    for letter in scanned.screening.dead_letters:
        click.echo(f"not screened: {scanned.place(letter)}: {letter.reason}", err=True)
        if dead is not None:
            dead.write(orjson.dumps(scanned.dead_letter(letter)) + b"\n")
    out.flush()


def _summarise(totals: ScanTotals, refused: list[RefusedLine]) -> None:
    lines = [
        f"listings   {totals.listings:,}",
        f"alerts     {totals.alerts:,}{_counts(totals.by_tier)}{_counts(totals.by_detector)}",
        f"screened   {sum(totals.screened.values()):,}{_counts(totals.screened)}",
    ]
    if totals.warnings:
        lines.append(f"recovered  {sum(totals.warnings.values()):,}{_counts(totals.warnings)}")
    if refused:
        lines.append(f"refused    {len(refused):,} rights")
    if totals.dead_letters:
        lines.append(f"dead       {totals.dead_letters:,} lines that could not be screened")
    click.echo("\n".join(lines), err=True)


def _counts(counts: Mapping[str, int]) -> str:
    parts = (f"{name} {count:,}" for name, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])))
    return f" ({', '.join(parts)})" if counts else ""
