"""Writes deploy/rightswatch.toml, the reference of all settings, out of the dataclasses and their comments.

python -m streams.configuration.reference > deploy/rightswatch.toml
"""

from __future__ import annotations

import dataclasses
import inspect
import io
import json
import sys
import tokenize
from typing import Any

from streams.settings import ADDRESSES, DEFAULT_DATA_DIR, SECTIONS

HEAD = f"""\
# All settings of rightswatch with their defaults. A key left out keeps its default; an unknown key is an error.
# Every key can be set by a variable too, which wins: RIGHTSWATCH_<SECTION>_<KEY>, as RIGHTSWATCH_KAFKA_BOOTSTRAP.
# This file is found through --config or the variable RIGHTSWATCH_SETTINGS.
# A server without an address ({", ".join(f"{section}.{key}" for section, key in ADDRESSES.items())})
# is the embedded one; each can be replaced alone.

data_dir = "{DEFAULT_DATA_DIR}"  # where the embedded servers and the SQLite file keep their data
"""


def reference() -> str:
    """The file's text."""
    return HEAD + "".join(_section(name, section) for name, section in SECTIONS.items())


def _section(name: str, section: Any) -> str:
    comments = field_comments(section)
    summary = (section.__doc__ or "").strip().partition("\n")[0]
    lines = ["", f"# {summary}", f"[{name}]"]
    for field in dataclasses.fields(section):
        default = json.dumps(field.default, ensure_ascii=False)
        comment = comments.get(field.name)
        lines.append(f"{field.name} = {default}" + (f"  # {comment}" if comment else ""))
    return "\n".join(lines) + "\n"


def field_comments(section: Any) -> dict[str, str]:
    """The comment behind each field in the dataclass's source."""
    comments: dict[str, str] = {}
    line: list[tokenize.TokenInfo] = []
    for token in tokenize.generate_tokens(io.StringIO(inspect.getsource(section)).readline):
        if token.type == tokenize.NEWLINE:
            names = [part.string for part in line if part.type == tokenize.NAME]
            trailing = [part.string for part in line if part.type == tokenize.COMMENT]
            if names and trailing:
                comments[names[0]] = trailing[-1].lstrip("# ")
            line = []
        else:
            line.append(token)
    return comments


if __name__ == "__main__":
    sys.stdout.write(reference())
