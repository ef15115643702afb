"""How a run is shown: JSON for programs, a table for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import orjson

from benchmarks.records import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    name: str
    machine: str
    versions: Mapping[str, str]
    rows: Sequence[Row]

    def to_json(self) -> str:
        document = {
            "name": self.name,
            "machine": self.machine,
            "versions": self.versions,
            "rows": [row.to_json() for row in self.rows],
        }
        return orjson.dumps(document, option=orjson.OPT_INDENT_2).decode()

    def to_text(self) -> str:
        cells = [("metric", "unit", "ours", "peer", "ratio", "peer is")]
        cells += [
            (row.metric, row.unit, _number(row.ours), _number(row.peer), _number(row.ratio), row.peer_name)
            for row in self.rows
        ]
        widths = [max(len(line[column]) for line in cells) for column in range(len(cells[0]))]
        table = ["  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)) for line in cells]
        used = ", ".join(f"{name} {number}" for name, number in self.versions.items())
        return "\n".join([f"{self.name} on {self.machine}", used, "", *(line.rstrip() for line in table)])


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
