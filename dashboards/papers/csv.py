"""A table as CSV that a spreadsheet opens without running anything in it. Pure; the same table gives the same bytes."""

from __future__ import annotations

import csv
from io import StringIO

from dashboards.papers.document import Cell, Table

_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
_MARK = "\ufeff"  # without it a Chinese Excel reads UTF-8 as GBK


def csv_of(table: Table) -> bytes:
    """The columns' ids, then the rows as they were counted: shares between 0 and 1, durations in seconds."""
    lines = StringIO()
    writer = csv.writer(lines, lineterminator="\r\n")
    writer.writerow(column.id for column in table.columns)
    writer.writerows([_cell(cell) for cell in row] for row in table.rows)
    return (_MARK + lines.getvalue()).encode()


def _cell(cell: Cell) -> str:
    """A text that a spreadsheet would take for a formula gets an apostrophe before it, as OWASP advises."""
    if cell is None:
        return ""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else str(cell)
