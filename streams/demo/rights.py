"""Puts the demo's watchlist into the operational database, once per version of the data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol

from streams.demo.pack import RIGHTS, load_rights, manifest

MARKER = "demo-rights"


class Rights(Protocol):
    def apply(self, changes: Iterable[Mapping[str, Any]]) -> int:
        """Store changes (log entries without a revision) and return the new revision."""
        ...


def import_demo_rights(rights: Rights, data_dir: Path) -> int:
    """Import them unless this data directory has them; returns how many were imported.

    Done once, so that what a user withdraws or changes stays so.
    """
    marker = data_dir / MARKER
    version = str(manifest()[RIGHTS]["sha256"])
    if marker.is_file() and marker.read_text("ascii").strip() == version:
        return 0
    changes = [{"op": "put", "right": right} for right in load_rights()]
    rights.apply(changes)
    marker.write_text(f"{version}\n", "ascii")
    return len(changes)
