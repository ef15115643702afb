"""deploy/grafana as a Grafana reads it when it starts: what the code makes, with the accounts that compose has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from click.testing import CliRunner

from dashboards.grafana.rules import RULES
from dashboards.grafana.sources import PLUGIN_VERSION, SOURCES
from streams.cli import cli
from tests.deploy.composed import compose_file
from tests.deploy.conftest import DEPLOY

SHIPPED = DEPLOY / "grafana" / "provisioning"
COMPOSE = DEPLOY / "compose" / "rightswatch.toml"
RULE = {  # of the documentation of file provisioning
    "type": "object",
    "required": ["uid", "title", "condition", "data", "noDataState", "execErrState", "for"],
    "properties": {
        "uid": {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,40}$"},
        "title": {"type": "string", "maxLength": 190},
        "noDataState": {"enum": ["Alerting", "NoData", "OK", "KeepLast"]},
        "execErrState": {"enum": ["Alerting", "Error", "OK", "KeepLast"]},
        "for": {"type": "string", "pattern": r"^\d+[smhd]$"},
        "data": {
            "type": "array",
            "items": {"required": ["refId", "relativeTimeRange", "datasourceUid", "model"]},
        },
    },
}


def written(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def shipped(name: str) -> Any:
    return yaml.safe_load((SHIPPED / name).read_text("utf-8"))


def test_the_files_are_what_the_code_makes(tmp_path: Path) -> None:
    """`rightswatch --config deploy/compose/rightswatch.toml grafana write deploy/grafana/provisioning`."""
    done = CliRunner().invoke(cli, ["--config", str(COMPOSE), "grafana", "write", str(tmp_path)])
    assert done.exit_code == 0, done.output
    assert written(tmp_path) == written(SHIPPED)


def test_the_data_sources_are_the_servers_of_compose() -> None:
    clickhouse, prometheus = shipped("datasources/rightswatch.yaml")["datasources"]
    services = compose_file()["services"]
    assert [source["uid"] for source in (clickhouse, prometheus)] == [source.uid for source in SOURCES]
    assert clickhouse["jsonData"]["host"] in services
    assert clickhouse["jsonData"]["username"] == "rightswatch_reader"
    assert prometheus["url"] == "http://prometheus:9090"


def test_the_password_is_read_from_a_secret_that_grafana_has() -> None:
    (secret,) = [
        one["secureJsonData"]
        for one in shipped("datasources/rightswatch.yaml")["datasources"]
        if "secureJsonData" in one
    ]
    assert secret == {"password": "$__file{/run/secrets/clickhouse_reader}"}
    assert "clickhouse_reader" in compose_file()["services"]["grafana"]["secrets"]


def test_grafana_gets_the_plugin_that_the_boards_are_made_for() -> None:
    environment = compose_file()["services"]["grafana"]["environment"]
    assert environment["GF_PLUGINS_PREINSTALL_SYNC"] == f"grafana-clickhouse-datasource@{PLUGIN_VERSION}"


def test_the_boards_are_where_their_provider_looks() -> None:
    (provider,) = shipped("dashboards/rightswatch.yaml")["providers"]
    (mount,) = [one for one in compose_file()["services"]["grafana"]["volumes"] if "provisioning" in one]
    source, target, _ = mount.split(":")
    assert provider["options"]["path"] == f"{target}/boards"
    assert list((DEPLOY / source / "boards").glob("*.json"))


@pytest.mark.parametrize(
    "rule", shipped("alerting/rightswatch.yaml")["groups"][0]["rules"], ids=lambda rule: str(rule["uid"])
)
def test_a_rule_asks_reduces_and_compares(rule: dict[str, Any]) -> None:
    jsonschema.validate(rule, RULE)
    asks, reduces, compares = rule["data"]
    assert asks["datasourceUid"] in {source.uid for source in SOURCES}
    assert (reduces["model"]["type"], reduces["model"]["expression"]) == ("reduce", asks["refId"])
    assert (compares["model"]["type"], compares["model"]["expression"]) == ("threshold", reduces["refId"])
    assert rule["condition"] == compares["refId"]


def test_no_rule_is_left_out_and_none_is_named_twice() -> None:
    (group,) = shipped("alerting/rightswatch.yaml")["groups"]
    assert len({rule["uid"] for rule in group["rules"]} | {rule["title"] for rule in group["rules"]}) == 2 * len(RULES)


def test_the_config_maps_hold_every_board() -> None:
    kustomization = yaml.safe_load((DEPLOY / "grafana" / "kustomization.yaml").read_text("utf-8"))
    named = {file for one in kustomization["configMapGenerator"] for file in one["files"]}
    made = {str(path.relative_to(DEPLOY / "grafana")) for path in SHIPPED.rglob("*") if path.is_file()}
    assert named == {name for name in made if "/boards/" in name or "/alerting/" in name}


def test_without_a_clickhouse_of_its_own_nothing_is_written(tmp_path: Path) -> None:
    done = CliRunner().invoke(cli, ["grafana", "write", str(tmp_path)])
    assert "[grafana] clickhouse_host is empty" in str(done.exception)
    assert list(tmp_path.iterdir()) == []
