"""All that Grafana is given: data sources, boards and alert rules, as documents in the forms that it documents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dashboards.grafana.boards import BOARDS
from dashboards.grafana.classic import dashboard
from dashboards.grafana.rules import rule_documents
from dashboards.grafana.settings import GrafanaSettings
from dashboards.grafana.sources import CLICKHOUSE, PROMETHEUS, Source
from dashboards.grafana.words import words

FOLDER_UID = "rightswatch"
QUERY_SECONDS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class ClickHousePlace:
    """Where Grafana finds ClickHouse, over its native protocol."""

    host: str
    port: int
    user: str
    database: str
    is_secure: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What `push` sends and `write` writes."""

    folder: str
    sources: tuple[dict[str, Any], ...]  # without the password
    boards: tuple[dict[str, Any], ...]
    rules: tuple[dict[str, Any], ...]


def published(settings: GrafanaSettings, clickhouse: ClickHousePlace) -> Published:
    said = words(settings.language)
    return Published(
        folder=settings.folder,
        sources=(_clickhouse(clickhouse), _prometheus(settings.prometheus_url)),
        boards=tuple(dashboard(board, said, settings.floor_url) for board in BOARDS),
        rules=tuple(rule_documents(said)),
    )


def _clickhouse(place: ClickHousePlace) -> dict[str, Any]:
    return _source(CLICKHOUSE) | {
        "jsonData": {
            "host": place.host,
            "port": place.port,
            "protocol": "native",
            "secure": place.is_secure,
            "username": place.user,
            "defaultDatabase": place.database,
            "queryTimeout": str(QUERY_SECONDS),
        }
    }


def _prometheus(url: str) -> dict[str, Any]:
    return _source(PROMETHEUS) | {"url": url, "jsonData": {"httpMethod": "POST", "timeInterval": "5s"}}


def _source(source: Source) -> dict[str, Any]:
    return {"uid": source.uid, "name": source.name, "type": source.kind, "access": "proxy"}
