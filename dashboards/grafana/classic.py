"""A board as Grafana's classic dashboard JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dashboards.grafana.model import GRID_WIDTH, Board, Choice, Kind, Listed, Panel, Query, Row, Sql, Variable
from dashboards.grafana.sources import CLICKHOUSE, PLUGIN_VERSION, PROMETHEUS

SCHEMA_VERSION = 39
"""Grafana 11.6 to 13.3 bring an older one up to date when they load it, and none of the steps since concerns us."""
TAGS = ["rightswatch"]
TIME_SERIES, TABLE = 0, 1  # `format` of the ClickHouse plugin
COLOURS = {  # of tiers and fates, so that they look alike on every panel; other names get Grafana's palette
    "high": "red",
    "medium": "orange",
    "low": "yellow",
    "infringing": "red",
    "not_infringing": "green",
    "waiting": "blue",
}
_ON_REFRESH_OF_RANGE = 2
_BY_NAME = 1


def dashboard(board: Board, words: Mapping[str, str], floor_url: str) -> dict[str, Any]:
    """The board in the language of `words`; its links lead to the watch floor at `floor_url`."""
    return {
        "uid": board.uid,
        "title": words[board.name],
        "description": words[f"{board.name}.about"],
        "tags": TAGS,
        "schemaVersion": SCHEMA_VERSION,
        "editable": True,
        "graphTooltip": 1,
        "timezone": "browser",
        "refresh": board.refresh,
        "time": {"from": board.since, "to": "now"},
        "links": [_link(words["link.floor"], floor_url), _boards_link(words["link.boards"])],
        "templating": {"list": [_variable(variable, words) for variable in board.variables]},
        "panels": list(_panels(board, words, floor_url.rstrip("/"))),
    }


def _panels(board: Board, words: Mapping[str, str], floor_url: str) -> Iterator[dict[str, Any]]:
    """From left to right, in rows under their titles."""
    number, top = 1, 0
    for row in board.rows:
        yield _row(row, number, top, words)
        number, top = number + 1, top + 1
        left = height = 0
        for panel in row.panels:
            if left + panel.width > GRID_WIDTH:
                top, left, height = top + height, 0, 0
            place = {"x": left, "y": top, "w": panel.width, "h": panel.height}
            yield _panel(panel, board, words, floor_url) | {"id": number, "gridPos": place}
            number, left, height = number + 1, left + panel.width, max(height, panel.height)
        top += height


def _row(row: Row, number: int, top: int, words: Mapping[str, str]) -> dict[str, Any]:
    place = {"x": 0, "y": top, "w": GRID_WIDTH, "h": 1}
    return {
        "id": number,
        "type": "row",
        "title": words[f"row.{row.name}"],
        "collapsed": False,
        "gridPos": place,
        "panels": [],
    }


def _panel(panel: Panel, board: Board, words: Mapping[str, str], floor_url: str) -> dict[str, Any]:
    shown = {
        "type": panel.kind.value,
        "title": words[f"{board.name}.{panel.name}"],
        "description": words.get(f"{board.name}.{panel.name}.about", ""),
        "datasource": _source(panel.queries[0]),
        "targets": [_target(query, chr(ord("A") + index)) for index, query in enumerate(panel.queries)],
        "options": _options(panel),
        "fieldConfig": {"defaults": _defaults(panel), "overrides": _overrides(panel, words, floor_url)},
    }
    return shown | ({"interval": "1m"} if any(isinstance(one, Sql) and one.is_series for one in panel.queries) else {})


def _source(query: Query) -> dict[str, Any]:
    return (CLICKHOUSE if isinstance(query, Sql) else PROMETHEUS).reference


def _target(query: Query, name: str) -> dict[str, Any]:
    target = {"refId": name, "datasource": _source(query)}
    if isinstance(query, Sql):
        return target | {
            "editorType": "sql",
            "rawSql": query.text,
            "format": TIME_SERIES if query.is_series else TABLE,
            "queryType": "timeseries" if query.is_series else "table",
            "pluginVersion": PLUGIN_VERSION,
            "meta": {},
        }
    return target | {
        "expr": query.text,
        "legendFormat": query.legend or "__auto",
        "editorMode": "code",
        "instant": query.is_now,
        "range": not query.is_now,
    }


def _options(panel: Panel) -> dict[str, Any]:
    reduced = {"calcs": ["lastNotNull"], "fields": "", "values": any(isinstance(one, Sql) for one in panel.queries)}
    legend = {"displayMode": "list", "placement": "bottom", "showLegend": True, "calcs": []}
    match panel.kind:
        case Kind.SERIES:
            return {"legend": legend, "tooltip": {"mode": "multi", "sort": "desc"}}
        case Kind.NUMBERS:
            return {
                "reduceOptions": reduced,
                "orientation": "auto",
                "colorMode": "value",
                "graphMode": "none",
                "justifyMode": "auto",
                "textMode": "auto",
                "wideLayout": True,
                "showPercentChange": False,
                "percentChangeColorMode": "standard",
            }
        case Kind.TABLE:
            return {"frameIndex": 0, "showHeader": True, "cellHeight": "sm"}
        case Kind.BARS:
            return {
                "reduceOptions": reduced,
                "orientation": "horizontal",
                "displayMode": "basic",
                "valueMode": "color",
                "namePlacement": "auto",
                "showUnfilled": True,
                "sizing": "auto",
                "minVizWidth": 8,
                "minVizHeight": 16,
                "maxVizHeight": 300,
                "legend": legend | {"showLegend": False},
            }


def _defaults(panel: Panel) -> dict[str, Any]:
    shared: dict[str, Any] = {"unit": panel.unit, "thresholds": _thresholds(panel), "custom": {}}
    if panel.kind is Kind.TABLE:
        shared["custom"] = {"align": "auto", "cellOptions": {"type": "auto"}, "inspect": False}
    else:
        shared["color"] = {"mode": "palette-classic" if panel.kind is Kind.SERIES else "thresholds"}
    if panel.series:
        shared["displayName"] = f"${{__field.labels.{panel.series}}}"
    if panel.kind is Kind.SERIES:
        shared["custom"] = {
            "drawStyle": "bars" if panel.is_stacked else "line",
            "lineWidth": 1,
            "fillOpacity": 70 if panel.is_stacked else 10,
            "showPoints": "never",
            "spanNulls": False,
            "stacking": {"mode": "normal" if panel.is_stacked else "none", "group": "A"},
        }
        shared["min"] = 0
    return shared


def _thresholds(panel: Panel) -> dict[str, Any]:
    steps: list[dict[str, Any]] = [{"color": "green", "value": None}]
    steps += [{"color": "orange", "value": panel.warn_at}] if panel.warn_at is not None else []
    steps += [{"color": "red", "value": panel.act_at}] if panel.act_at is not None else []
    return {"mode": "absolute", "steps": steps}


def _overrides(panel: Panel, words: Mapping[str, str], floor_url: str) -> list[dict[str, Any]]:
    if panel.kind is Kind.SERIES and panel.series:
        return [_override(name, color={"mode": "fixed", "fixedColor": colour}) for name, colour in COLOURS.items()]
    overrides = []
    for column in panel.columns:
        properties: dict[str, Any] = {"displayName": words[f"column.{column}"]}
        if column in panel.units:
            properties["unit"] = panel.units[column]
        if column in panel.links:
            properties["links"] = [{"title": words["link.floor"], "url": floor_url + panel.links[column]}]
        overrides.append(_override(column, **properties))
    return overrides


def _override(name: str, **properties: Any) -> dict[str, Any]:
    return {
        "matcher": {"id": "byName", "options": name},
        "properties": [{"id": key, "value": value} for key, value in properties.items()],
    }


def _variable(variable: Variable, words: Mapping[str, str]) -> dict[str, Any]:
    shared = {
        "name": variable.name,
        "label": words[f"variable.{variable.name}"],
        "multi": True,
        "includeAll": True,
        "current": {"text": ["All"], "value": ["$__all"]},
    }
    match variable:
        case Choice():
            options = [{"text": value, "value": value, "selected": False} for value in variable.values]
            return shared | {"type": "custom", "query": ",".join(variable.values), "options": options}
        case Listed():
            query = {"refId": "A", "rawSql": variable.query.text, "format": TABLE, "editorType": "sql", "meta": {}}
            return shared | {
                "type": "query",
                "datasource": CLICKHOUSE.reference,
                "query": query | {"queryType": "table", "pluginVersion": PLUGIN_VERSION},
                "refresh": _ON_REFRESH_OF_RANGE,
                "sort": _BY_NAME,
            }


def _link(title: str, url: str) -> dict[str, Any]:
    return _any_link(title) | {"type": "link", "url": url, "targetBlank": True}


def _boards_link(title: str) -> dict[str, Any]:
    return _any_link(title) | {"type": "dashboards", "tags": TAGS, "asDropdown": True, "keepTime": True}


def _any_link(title: str) -> dict[str, Any]:
    return {
        "title": title,
        "icon": "external link",
        "tooltip": "",
        "url": "",
        "tags": [],
        "asDropdown": False,
        "includeVars": False,
        "keepTime": False,
        "targetBlank": False,
    }
