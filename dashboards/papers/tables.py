"""Tables of papers, their columns named in the catalogues as `column.*`. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dashboards.papers.document import Cell, Column, ColumnKind, Table
from dashboards.papers.wording import Words


def table_of(
    words: Words, name: str, columns: Mapping[str, ColumnKind], rows: Iterable[tuple[Cell, ...]], bars: str = ""
) -> Table:
    named = tuple(Column(one, words.say(f"column.{one}"), kind) for one, kind in columns.items())
    return Table(name, "", named, tuple(rows), bars)
