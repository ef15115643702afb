"""Alert rules of Grafana: what Prometheus already says, sent on, and what only ClickHouse knows.

The conditions themselves stay in one place: deploy/prometheus evaluates them, and a rule here fires for each alert that
fires there, with its labels. So Grafana's contact points and policies serve where there is no Alertmanager.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dashboards.grafana.boards.sql import WAITS
from dashboards.grafana.classic import TABLE
from dashboards.grafana.model import PromQl, Query, Sql
from dashboards.grafana.sources import CLICKHOUSE, PLUGIN_VERSION, PROMETHEUS

GROUP = "rightswatch"
INTERVAL_SECONDS = 60
LONGEST_WAIT_SECONDS = 4 * 3600
LOOK_BACK_SECONDS = 600
RUNBOOKS = "docs/runbooks.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Fires while the query's number, or one of its series', is above `above` for so long.

    Its words are `rule.NAME` and `rule.NAME.summary`, which may name labels of the series.
    """

    name: str
    query: Query
    severity: str
    above: float = 0
    lasts: str = "0s"


def _firing(severity: str) -> PromQl:
    """Each alert of the shipped rules that fires; `alertname` is Grafana's own label, so ours is called `rule`."""
    firing = f'ALERTS{{alertname=~"Rightswatch.+", alertstate="firing", severity="{severity}"}}'
    kept = "rule, instance, role, stage, reason"
    return PromQl(f'max by ({kept}) (label_join({firing}, "rule", "", "alertname"))', is_now=True)


RULES = (
    Rule(name="critical", query=_firing("critical"), severity="critical"),
    Rule(name="warning", query=_firing("warning"), severity="warning"),
    Rule(
        name="unruled",
        query=PromQl("absent(rightswatch:lag_pages:sum) and on () (count(rightswatch_lag_pages) > 0)", is_now=True),
        severity="warning",
        lasts="5m",
    ),
    Rule(
        name="waiting",
        query=Sql(
            "SELECT if(count() = 0, 0, dateDiff('second', min(observed_at), now())) AS oldest_seconds\n"
            f"FROM alert_firsts\nWHERE tier = 'high' AND {WAITS}"
        ),
        severity="warning",
        above=LONGEST_WAIT_SECONDS,
    ),
    Rule(
        name="silent",
        query=Sql(
            "SELECT toUInt8(\n"
            "    (SELECT sum(listings) FROM screenings WHERE observed_at > now64(3) - INTERVAL 1 DAY) > 100000\n"
            "    AND (SELECT count() FROM alerts_by_time WHERE observed_at > now64(3) - INTERVAL 1 DAY) = 0\n"
            ") AS is_silent"
        ),
        severity="warning",
        lasts="30m",
    ),
)


def rule_documents(words: Mapping[str, str]) -> list[dict[str, Any]]:
    """The rules in the form that provisioning files and the provisioning API share."""
    return [_document(rule, words) for rule in RULES]


def _document(rule: Rule, words: Mapping[str, str]) -> dict[str, Any]:
    return {
        "uid": f"rightswatch-{rule.name}",
        "title": words[f"rule.{rule.name}"],
        "condition": "C",
        "data": [
            _step("A", (CLICKHOUSE if isinstance(rule.query, Sql) else PROMETHEUS).uid, _model(rule.query)),
            _step("B", "__expr__", {"type": "reduce", "expression": "A", "reducer": "last", "settings": {"mode": ""}}),
            _step("C", "__expr__", {"type": "threshold", "expression": "B", "conditions": [_above(rule.above)]}),
        ],
        # No series: nothing fires there. A query that fails is told: nobody would hear of anything otherwise.
        "noDataState": "OK",
        "execErrState": "Error",
        "for": rule.lasts,
        "annotations": {"summary": words[f"rule.{rule.name}.summary"], "runbook_url": RUNBOOKS},
        "labels": {"severity": rule.severity, "service": "rightswatch"},
        "isPaused": False,
    }


def _step(name: str, source: str, model: dict[str, Any]) -> dict[str, Any]:
    return {
        "refId": name,
        "relativeTimeRange": {"from": LOOK_BACK_SECONDS, "to": 0},
        "datasourceUid": source,
        "model": {"refId": name, **model},
    }


def _model(query: Query) -> dict[str, Any]:
    if isinstance(query, Sql):
        return {
            "editorType": "sql",
            "rawSql": query.text,
            "format": TABLE,
            "queryType": "table",
            "pluginVersion": PLUGIN_VERSION,
            "meta": {},
        }
    return {"expr": query.text, "editorMode": "code", "instant": query.is_now, "range": not query.is_now}


def _above(value: float) -> dict[str, Any]:
    return {"evaluator": {"type": "gt", "params": [value]}}
