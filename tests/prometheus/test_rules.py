"""The shipped alerting rules: valid, firing when they should and not otherwise, and each with its runbook."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from streams.cli import COMMANDS
from streams.configuration.fields import field_names
from streams.settings import SECTIONS
from tests.prometheus.cases import CASES, Case
from tests.prometheus.rule_files import PROJECT, RULE_FILES, SHIPPED, alerts, rules
from tools.servers.process import program

RUNBOOKS = (PROJECT / "docs" / "runbooks.md").read_text("utf-8")
PREFIX = "Rightswatch"


def promtool(*arguments: str | Path) -> str:
    """Its output.

    Raises:
        AssertionError: it says that something is wrong; with what.
    """
    done = subprocess.run([program("promtool"), *map(str, arguments)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def unit(name: str, series: dict[str, str], case: Case, expected: list[dict[str, Any]]) -> dict[str, Any]:
    """One world: which alerts of the case's name fire in it, whatever their own annotations say."""
    names = ", ".join(sorted({"severity", *case.labels}))
    firing = f'count by (alertname, {names}) (ALERTS{{alertname="{PREFIX}{case.alert}",alertstate="firing"}})'
    return {
        "name": f"{case.alert}: {name}",
        "interval": "1m",
        "input_series": [{"series": one, "values": values} for one, values in series.items()],
        "promql_expr_test": [{"expr": firing, "eval_time": f"{case.minutes}m", "exp_samples": expected}],
    }


def sample(case: Case) -> dict[str, Any]:
    labels = {"alertname": f"{PREFIX}{case.alert}", "severity": alerts()[PREFIX + case.alert]["labels"]["severity"]}
    named = ",".join(f'{name}="{value}"' for name, value in (labels | case.labels).items())
    return {"labels": f"{{{named}}}", "value": 1}


def write_test(folder: Path, case: Case) -> Path:
    """With the alert's own rule and the recording rules that it reads, since all of them take half a minute."""
    rule = alerts()[PREFIX + case.alert]
    read = [one for one in rules() if "record" in one and one["record"] in rule["expr"]]
    mine = folder / f"{case.alert}.rules.json"  # JSON is YAML
    mine.write_text(json.dumps({"groups": [{"name": "case", "rules": [*read, rule]}]}), "utf-8")
    worlds = [unit("fires", case.fires, case, [sample(case)]), unit("quiet", case.quiet, case, [])]
    path = folder / f"{case.alert}.json"
    path.write_text(json.dumps({"rule_files": [str(mine)], "tests": worlds}), "utf-8")
    return path


def test_every_alert_fires_when_it_should_and_not_otherwise(tmp_path: Path) -> None:
    promtool("test", "rules", *(write_test(tmp_path, case) for case in CASES))


def test_every_alert_has_a_case() -> None:
    assert sorted(PREFIX + case.alert for case in CASES) == sorted(alerts())


def test_annotations_are_filled_in(tmp_path: Path) -> None:
    """One as an example, whole, as the person who is woken reads it."""
    expected = {
        "exp_labels": {"severity": "warning", "stage": "alerts"},
        "exp_annotations": {
            "summary": "The writer is 1m 30s behind with alerts",
            "description": "More comes in than is stored, or proofs of screening wait for what they prove.",
            "impact": "Alerts and counts come late; nothing is lost within the topic's retention.",
            "runbook_url": "docs/runbooks.md#rightswatchwriterbehind",
        },
    }
    series = [{"series": 'rightswatch_writer_oldest_seconds{stage="alerts"}', "values": "90x20"}]
    asked = {"alertname": "RightswatchWriterBehind", "eval_time": "10m", "exp_alerts": [expected]}
    tests = tmp_path / "rules.json"
    tests.write_text(
        json.dumps(
            {
                "rule_files": [str(path) for path in RULE_FILES],
                "tests": [{"interval": "1m", "input_series": series, "alert_rule_test": [asked]}],
            }
        ),
        "utf-8",
    )
    promtool("test", "rules", tests)


def test_the_configuration_is_valid() -> None:
    assert f"{len(RULE_FILES)} rule files found" in promtool("check", "config", SHIPPED / "prometheus.yml")


@pytest.mark.parametrize("name", sorted(alerts()))
def test_an_alert_says_what_it_means_what_it_hurts_and_where_its_runbook_is(name: str) -> None:
    rule = alerts()[name]
    assert rule["labels"]["severity"] in ("critical", "warning")
    assert set(rule["annotations"]) == {"summary", "description", "impact", "runbook_url"}
    assert rule["annotations"]["runbook_url"] == f"docs/runbooks.md#{name.lower()}"


def test_every_alert_has_a_runbook_and_every_runbook_an_alert() -> None:
    assert sorted(re.findall(rf"^### ({PREFIX}\w+)$", RUNBOOKS, flags=re.MULTILINE)) == sorted(alerts())


@pytest.mark.parametrize("name", sorted(alerts()))
def test_a_runbook_says_how_to_see_it_what_to_do_and_when_it_is_over(name: str) -> None:
    section = RUNBOOKS.partition(f"### {name}\n")[2].partition("\n### ")[0]
    assert re.findall(r"^\*\*(\w[\w ]*)\.\*\*", section, flags=re.MULTILINE) == ["Means", "See", "Do", "Over"]


def test_every_command_and_setting_that_a_runbook_names_exists() -> None:
    named = set(re.findall(r"`rightswatch (\w+)", RUNBOOKS))
    assert named - {command.name for command in COMMANDS} == set()
    settings = set(re.findall(r"`\[(\w+)\] (\w+)", RUNBOOKS))
    assert {(section, key) for section, key in settings if key not in field_names(SECTIONS[section])} == set()
