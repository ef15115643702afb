"""Brings a Grafana to what is published. Again it changes nothing: what is there already, in the same form, stays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from dashboards.grafana.api import Grafana
from dashboards.grafana.errors import GrafanaRefused
from dashboards.grafana.published import FOLDER_UID, Published
from dashboards.grafana.rules import GROUP, INTERVAL_SECONDS
from dashboards.grafana.sources import CLICKHOUSE

ADMIN_OWN = ("id", "version")
"""What Grafana itself adds to a board."""
WRITE_INSTEAD = "it comes from a provisioning file there: change that with `rightswatch grafana write`, or remove it"


class Step(NamedTuple):
    """What was done about one thing: made, changed or kept."""

    what: str
    done: str


def push(grafana: Grafana, published: Published, password: str) -> Iterator[Step]:
    """Folder, data sources, boards and alert rules, one by one; `password` is ClickHouse's, or empty.

    Raises:
        GrafanaAway, GrafanaRefused: what came before is done, and a second push goes on from there.
    """
    yield Step(f"folder {published.folder}", _folder(grafana, published.folder))
    for source in published.sources:
        secret = {"secureJsonData": {"password": password}} if password and source["uid"] == CLICKHOUSE.uid else {}
        yield Step(f"data source {source['name']}", _source(grafana, source, secret))
    for board in published.boards:
        yield Step(f"board {board['title']}", _board(grafana, board))
    yield Step(f"alert rules {GROUP}", _rules(grafana, published.rules))


def _folder(grafana: Grafana, title: str) -> str:
    found = grafana.folder(FOLDER_UID)
    if found is None:
        grafana.make_folder(FOLDER_UID, title)
        return "made"
    if found.get("title") == title:
        return "kept"
    grafana.rename_folder(FOLDER_UID, title)
    return "changed"


def _source(grafana: Grafana, source: Mapping[str, Any], secret: Mapping[str, Any]) -> str:
    """A password cannot be compared, so one that is given is always sent."""
    found = grafana.source(source["uid"])
    if found is None:
        grafana.make_source({**source, **secret})
        return "made"
    if found.get("readOnly"):
        raise GrafanaRefused(f"{grafana.place}: data source {source['name']}: {WRITE_INSTEAD}")
    if _holds(found, source) and not secret:
        return "kept"
    kept: dict[str, Any] = {name: found[name] for name in ("id", "orgId", "version") if name in found}
    grafana.change_source({**kept, **source, **secret})
    return "changed"


def _board(grafana: Grafana, board: Mapping[str, Any]) -> str:
    found = grafana.board(board["uid"])
    meta = found.get("meta", {}) if found else {}
    if meta.get("provisioned"):
        raise GrafanaRefused(f"{grafana.place}: board {board['title']}: {WRITE_INSTEAD}")
    if found and meta.get("folderUid") == FOLDER_UID and _without_own(found.get("dashboard", {})) == board:
        return "kept"
    grafana.put_board(dict(board), FOLDER_UID)
    return "changed" if found else "made"


def _without_own(board: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in board.items() if name not in ADMIN_OWN}


def _rules(grafana: Grafana, rules: Sequence[Mapping[str, Any]]) -> str:
    places = {"folderUID": FOLDER_UID, "ruleGroup": GROUP, "orgID": 1}
    found = grafana.rules(FOLDER_UID, GROUP)
    there = found.get("rules", []) if found else []
    if len(there) == len(rules) and all(map(_holds, there, rules)):
        return "kept"
    sent = [{**rule, **places} for rule in rules]
    document = {"title": GROUP, "folderUid": FOLDER_UID, "interval": INTERVAL_SECONDS, "rules": sent}
    grafana.put_rules(FOLDER_UID, GROUP, document)
    return "changed" if there else "made"


def _holds(found: Any, wanted: Any) -> bool:
    """Whether all that is wanted is there; Grafana adds its own defaults to it."""
    if isinstance(wanted, Mapping):
        return isinstance(found, Mapping) and all(_holds(found.get(name), value) for name, value in wanted.items())
    if isinstance(wanted, list):
        return isinstance(found, list) and len(found) == len(wanted) and all(map(_holds, found, wanted))
    return bool(found == wanted)
