"""What a board is made of, without Grafana's JSON. Everything that a person reads is a key of the words.

A panel's title is `BOARD.PANEL`, its description, if it needs one, `BOARD.PANEL.about`; a row's title is `row.ROW`, a
variable's label `variable.NAME`, a table's column `column.NAME`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

GRID_WIDTH = 24


class Kind(StrEnum):
    """Panel plugins that come with Grafana."""

    SERIES = "timeseries"
    NUMBERS = "stat"
    TABLE = "table"
    BARS = "bargauge"


@dataclass(frozen=True, slots=True)
class Sql:
    """A query of ClickHouse with the plugin's macros. A time series has `time` first, then labels, then numbers."""

    text: str
    is_series: bool = False


@dataclass(frozen=True, slots=True)
class PromQl:
    """A query of Prometheus; `legend` names each of its series."""

    text: str
    legend: str = ""
    is_now: bool = False  # one value at the end of the range instead of one for each step


Query = Sql | PromQl


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """`width` in columns of 24, `height` in rows of 30 pixels."""

    name: str
    kind: Kind
    queries: tuple[Query, ...]
    unit: str = "short"
    width: int = 8
    height: int = 8
    is_stacked: bool = False
    series: str = ""  # how a series of ClickHouse is called: a label, as `tier`
    columns: tuple[str, ...] = ()  # of a table
    units: Mapping[str, str] = field(default_factory=dict)  # of a table's columns, where they differ
    links: Mapping[str, str] = field(default_factory=dict)  # of a table's columns: a path of the watch floor
    warn_at: float | None = None
    act_at: float | None = None


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    panels: tuple[Panel, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A variable with fixed values, any number of which can be chosen; all of them at first."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """A variable with the values that a query of ClickHouse finds, any number of which can be chosen."""

    name: str
    query: Sql


Variable = Choice | Listed


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """`uid` never changes: bookmarks and alerts lead to it."""

    uid: str
    name: str
    rows: tuple[Row, ...]
    variables: tuple[Variable, ...] = ()
    since: str = "now-6h"
    refresh: str = "30s"

    def panels(self) -> Iterator[Panel]:
        for row in self.rows:
            yield from row.panels
