"""`rightswatch rules`: the rule pack, which says what wording counts and for how much.

A pack goes the way that rights go: into the operational database, with its history, and from there to every running
worker within two seconds. Without an imported pack the shipped one holds.
"""

from __future__ import annotations

from pathlib import Path

import click

from streams.commands.options import SettingsSource, pass_source, settings_options
from streams.commands.stores import rights_store

FAILED = 1
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.group()
@settings_options
def rules() -> None:
    """Check, import and show the rule pack: wording, nicknames, weights, goods, words of patents."""


@rules.command("check")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=_FILE)
def check_rules(files: tuple[Path, ...]) -> int:
    """Check files of a pack (wording, aliases, weights, goods, patents .toml); name the first fault of each."""
    from detectors.errors import RightswatchError
    from streams.files.rule_pack import read_files

    refused = 0
    for file in files:
        try:
            read_files([file])
        except RightswatchError as problem:
            refused += 1
            click.echo(f"refused {problem}", err=True)
        else:
            click.echo(f"ok {file}", err=True)
    return FAILED if refused else 0


@rules.command("import")
@click.argument("folder", metavar="DIR", type=_FOLDER)
@settings_options
@pass_source
def import_rules(source: SettingsSource, folder: Path) -> int:
    """Put the pack in DIR in force: its wording, aliases, weights, goods and patents .toml.

    A file that DIR does not hold is taken as shipped. A pack with a fault is refused whole, and the one in force stays.
    """
    from detectors.watchlist.rules import read_rules
    from streams.files.rule_pack import read_folder

    pack = read_folder(folder)
    with rights_store(source) as store:
        revision = store.apply([{"op": "rules", "rules": pack}])
    click.echo(f"imported rules {read_rules(pack).version} ({_names(pack)}); watchlist revision {revision}", err=True)
    return 0


@rules.command("show")
@click.argument("name", required=False, metavar="[NAME]")
@settings_options
@pass_source
def show_rules(source: SettingsSource, name: str | None) -> int:
    """Say which pack is in force, or print one of its files: `rules show wording > wording.toml`."""
    from detectors.watchlist.rules import PACK_FILES, read_rules, shipped_pack

    if name is not None and name not in PACK_FILES:
        raise click.UsageError(f"NAME must be one of {', '.join(PACK_FILES)}")
    with rights_store(source) as store:
        imported = store.rules()
    if name is not None:
        click.get_binary_stream("stdout").write({**shipped_pack(), **imported}[name].encode())
        return 0
    click.echo(f"rules {read_rules(imported).version}")
    for file in PACK_FILES:
        click.echo(f"{file:<8} {'imported' if file in imported else 'as shipped'}")
    return 0


@rules.command("reset")
@settings_options
@pass_source
def reset_rules(source: SettingsSource) -> int:
    """Put the shipped pack in force again; the imported one stays in the history."""
    from detectors.watchlist.rules import default_rules

    with rights_store(source) as store:
        revision = store.apply([{"op": "rules", "rules": {}}])
    click.echo(f"rules {default_rules().version} as shipped; watchlist revision {revision}", err=True)
    return 0


def _names(pack: dict[str, str]) -> str:
    return ", ".join(sorted(pack))
