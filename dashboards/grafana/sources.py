"""The data sources that boards and alert rules name, by uids that are the same everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Source:
    uid: str
    kind: str
    name: str

    @property
    def reference(self) -> dict[str, Any]:
        """As panels and targets name it."""
        return {"type": self.kind, "uid": self.uid}


CLICKHOUSE = Source("rightswatch-clickhouse", "grafana-clickhouse-datasource", "rightswatch ClickHouse")
PROMETHEUS = Source("rightswatch-prometheus", "prometheus", "rightswatch Prometheus")
SOURCES = (CLICKHOUSE, PROMETHEUS)
PLUGIN_VERSION = "4.20.0"
"""Of the ClickHouse plugin, which Grafana does not bring along; it needs Grafana 11.6."""
