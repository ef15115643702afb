"""Rule packs from files: wording, aliases, weights, goods and patents `.toml`, or some of them, in a folder."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from detectors.watchlist.rules import PACK_FILES, RulesError, read_rules
from streams.files.text_input import UnreadableFileError, open_input

MAX_FILE_BYTES = 4 << 20


def read_folder(folder: Path) -> dict[str, str]:
    """The pack in a folder, checked: TOML texts by file name.

    Raises:
        UnreadableFileError: the folder holds no file of a pack, or one that cannot be read.
        RulesError: a TOML file is none of a pack, or says what it cannot.
    """
    pack = read_files(sorted(folder.glob("*.toml")))
    if not pack:
        names = ", ".join(f"{name}.toml" for name in PACK_FILES)
        raise UnreadableFileError(folder, f"holds none of {names}")
    return pack


def read_files(paths: Iterable[Path]) -> dict[str, str]:
    """The pack that these files are, checked together.

    Raises:
        UnreadableFileError, RulesError: as read_folder.
    """
    pack: dict[str, str] = {}
    for path in paths:
        if path.stem in pack:
            raise RulesError(f"{path}: {path.stem}.toml is given twice")
        pack[path.stem] = _text(path)
        try:
            read_rules({path.stem: pack[path.stem]})
        except RulesError as error:
            raise RulesError(f"{path}: {error}") from error
    return pack


def _text(path: Path) -> str:
    with open_input(path) as stream:
        content = stream.read(MAX_FILE_BYTES + 1)
    if len(content) > MAX_FILE_BYTES:
        raise UnreadableFileError(path, f"is longer than {MAX_FILE_BYTES >> 20} MiB")
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise UnreadableFileError(path, f"line {line} is not UTF-8 text") from error
