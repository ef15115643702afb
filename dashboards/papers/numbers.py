"""A table's cells as people read them. Pure functions, the same in every language."""

from __future__ import annotations

from dashboards.papers.document import Cell, ColumnKind

NOTHING = "–"
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400


def shown(cell: Cell, kind: ColumnKind) -> str:
    """Counts with commas, shares as per cent, seconds as a duration of two parts."""
    if cell is None:
        return NOTHING
    if isinstance(cell, str):
        return cell
    if kind == "share":
        return f"{cell * 100:.1f} %"
    if kind == "seconds":
        return duration(float(cell))
    return f"{cell:,}" if isinstance(cell, int) else f"{cell:,.3f}"


def duration(seconds: float) -> str:
    """As `850 ms`, `12.3 s`, `4 min 5 s`, `3 h 20 min`, `2 d 4 h`."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < _MINUTE:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < _HOUR:
        return f"{whole // _MINUTE} min {whole % _MINUTE} s"
    if whole < _DAY:
        return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE} min"
    return f"{whole // _DAY} d {whole % _DAY // _HOUR} h"
