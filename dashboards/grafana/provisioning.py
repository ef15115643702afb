"""Provisioning files: what a Grafana reads when it starts, instead of being pushed to.

    FOLDER/datasources/rightswatch.yaml   dashboards/rightswatch.yaml   alerting/rightswatch.yaml   boards/*.json

FOLDER stands in the place of /etc/grafana/provisioning. No password is written: Grafana reads it from a file.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
import yaml

from dashboards.grafana.published import Published
from dashboards.grafana.rules import GROUP, INTERVAL_SECONDS
from dashboards.grafana.sources import CLICKHOUSE

PROVISIONING = "/etc/grafana/provisioning"
MADE = "# Made by `rightswatch grafana write`; change the code or the settings, not this file.\n"


class _Readable(yaml.SafeDumper):  # type: ignore[misc]  # yaml comes without types
    """Queries of several lines as such."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Readable.add_representer(str, _text)


def files(published: Published, password_file: str) -> Mapping[str, bytes]:
    """Their content by their path below FOLDER; `password_file` is ClickHouse's, on Grafana's machine."""
    boards = {f"boards/{board['uid']}.json": _json(board) for board in published.boards}
    return {
        "datasources/rightswatch.yaml": _yaml(_sources(published, password_file)),
        "dashboards/rightswatch.yaml": _yaml(_provider(published.folder)),
        "alerting/rightswatch.yaml": _yaml(_rules(published)),
        **boards,
    }


def write_files(folder: Path, content: Mapping[str, bytes]) -> None:
    """Raises OSError when the folder cannot be written."""
    for name, text in content.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)


def _sources(published: Published, password_file: str) -> dict[str, Any]:
    secret = {"secureJsonData": {"password": f"$__file{{{password_file}}}"}}
    sources = [
        source | {"editable": False} | (secret if source["uid"] == CLICKHOUSE.uid else {})
        for source in published.sources
    ]
    return {"apiVersion": 1, "prune": True, "datasources": sources}


def _provider(folder: str) -> dict[str, Any]:
    """The folder is found by its title: Grafana makes it for the alert rules before it comes to the boards."""
    provider = {
        "name": "rightswatch",
        "folder": folder,
        "type": "file",
        "disableDeletion": True,
        "allowUiUpdates": False,
        "updateIntervalSeconds": 60,
        "options": {"path": f"{PROVISIONING}/boards"},
    }
    return {"apiVersion": 1, "providers": [provider]}


def _rules(published: Published) -> dict[str, Any]:
    group = {
        "orgId": 1,
        "name": GROUP,
        "folder": published.folder,
        "interval": f"{INTERVAL_SECONDS}s",
        "rules": list(published.rules),
    }
    return {"apiVersion": 1, "groups": [group]}


def _yaml(document: Any) -> bytes:
    text: str = yaml.dump(document, Dumper=_Readable, sort_keys=False, allow_unicode=True, width=1000)
    return (MADE + text).encode()


def _json(document: Any) -> bytes:
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
