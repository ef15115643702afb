"""Every query of Prometheus on the boards, on a real one with the shipped rules that scraped all our metrics."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

import pytest

from dashboards.grafana.boards import BOARDS
from dashboards.grafana.model import PromQl
from dashboards.grafana.rules import RULES
from tests.dashboards.grafana.exporting import exporting
from tests.e2e.service import wait_for
from tests.prometheus.rule_files import alerts, metric_names
from tools.grafana_macros import expand_promql
from tools.servers.prometheus import PrometheusServer
from tools.servers.running import running

QUERIES = {
    f"{board.name}.{panel.name} {query.legend}".strip(): query
    for board in BOARDS
    for panel in board.panels()
    for query in panel.queries
    if isinstance(query, PromQl)
}


@pytest.fixture(scope="module")
def prometheus() -> Iterator[PrometheusServer]:
    with exporting() as processes, running(PrometheusServer) as server:
        server.scrape("processes", processes.addresses())

        def all_answer() -> bool:
            processes.count()
            return all(values(server, query) for query in QUERIES.values())

        wait_for(all_answer, "every query has an answer", seconds=60)
        yield server


def results(server: PrometheusServer, query: PromQl) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = server.ask("query", query=expand_promql(query.text, "10s"))["result"]
    return found


def values(server: PrometheusServer, query: PromQl) -> list[float]:
    return [value for one in results(server, query) if math.isfinite(value := float(one["value"][1]))]


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_has_an_answer_with_the_labels_that_its_legend_names(prometheus: PrometheusServer, name: str) -> None:
    query = QUERIES[name]
    found = results(prometheus, query)
    assert found
    named = set(re.findall(r"\{\{(\w+)\}\}", query.legend))
    assert all(named <= one["metric"].keys() for one in found)


@pytest.mark.parametrize(
    "name", [name for name, query in QUERIES.items() if not re.search(r"\{\{\w+\}\}", query.legend)]
)
def test_what_has_one_name_is_one_series(prometheus: PrometheusServer, name: str) -> None:
    assert len(results(prometheus, QUERIES[name])) == 1


def _rule(name: str) -> PromQl:
    (query,) = [rule.query for rule in RULES if rule.name == name]
    assert isinstance(query, PromQl)
    return query


def test_an_alert_that_prometheus_fires_is_passed_on_under_its_name(prometheus: PrometheusServer) -> None:
    passed = wait_for(lambda: results(prometheus, _rule("critical")), "one fires")
    firing = prometheus.ask("query", query='ALERTS{alertstate="firing", severity="critical"}')["result"]
    assert {one["metric"]["rule"] for one in passed} <= {one["metric"]["alertname"] for one in firing}
    assert "RightswatchFloodRefused" in {one["metric"]["rule"] for one in passed}
    assert all(float(one["value"][1]) > 0 for one in passed)


def test_every_shipped_alert_is_passed_on_by_one_of_the_rules() -> None:
    passed = {rule.severity for rule in RULES if rule.name in ("critical", "warning")}
    assert {rule["labels"]["severity"] for rule in alerts().values()} == passed
    assert all(name.startswith("Rightswatch") for name in alerts())


def test_rules_that_are_evaluated_are_not_missed(prometheus: PrometheusServer) -> None:
    assert results(prometheus, _rule("unruled")) == []


def test_rules_that_are_not_evaluated_are_missed(prometheus: PrometheusServer) -> None:
    query = _rule("unruled")
    without = PromQl(query.text.replace("rightswatch:lag_pages:sum", "rightswatch:lag_pages:away"))
    (one,) = results(prometheus, without)
    assert float(one["value"][1]) > 0


def test_what_an_alert_reads_is_on_a_board_too() -> None:
    """Whoever is called by an alert finds its figure over time."""
    shown = " ".join(query.text for query in QUERIES.values())
    assert {name for name in metric_names() if re.sub("_(bucket|count|sum)$", "", name) not in shown} <= {
        "rightswatch_received_total"  # of the stages; the boards show what was sent
    }


def test_a_query_of_what_is_not_exported_has_no_answer(prometheus: PrometheusServer) -> None:
    assert results(prometheus, PromQl("sum(rate(rightswatch_pagers_total[$__rate_interval]))")) == []
