"""The stack's own passwords: made once per data directory, kept in a file that only its owner can read."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from streams.embedded.layout import write_private

READ_WRITE_USER = "rightswatch"
READ_ONLY_USER = "reader"


@dataclass(frozen=True, slots=True, repr=False)
class Credentials:
    """Random passwords, letters and digits only, so that no configuration format has to quote them."""

    clickhouse: str
    clickhouse_reader: str
    redis: str


def load_or_make(path: Path) -> Credentials:
    """Read the passwords; a missing or damaged file is replaced, since every part reads them anew when it starts."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        credentials = Credentials(**document)
        if all(isinstance(value, str) and value.isalnum() for value in asdict(credentials).values()):
            return credentials
    except (OSError, ValueError, TypeError):
        pass
    credentials = Credentials(*(secrets.token_hex(24) for _ in range(3)))
    write_private(path, json.dumps(asdict(credentials)))
    return credentials
