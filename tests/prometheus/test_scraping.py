"""Every process of the service under a real Prometheus with the shipped configuration, and under `rightswatch run`."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator

import pytest

from streams.configuration.sections import KafkaSettings, WriterSettings
from streams.embedded import Endpoints
from streams.fetching import fetcher
from streams.metrics import LATENCY_SECONDS
from streams.worker import pulse, screener
from streams.worker.handling import SEND_STAGE
from streams.writer.lanes import plans
from tests.e2e.service import wait_for
from tests.prometheus.host import ROLES, Host, host_on
from tests.prometheus.rule_files import alerts, metric_names, rules
from tests.streams.world import page, right, world_on
from tools.servers.prometheus import PrometheusServer
from tools.servers.running import running

PROCESSES = len(ROLES) + 1  # and a feed


@pytest.fixture(scope="module")
def host(stack: Endpoints, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    folder = tmp_path_factory.mktemp("host")
    world = world_on(stack, folder)
    world.apply(right("CN-TM-1", "ZORBEX"))
    with host_on(world, folder) as host:
        yield host


@pytest.fixture(scope="module")
def prometheus(host: Host) -> Iterator[PrometheusServer]:
    with running(PrometheusServer) as server:
        server.scrape("run", host.addresses())
        server.scrape("feed", [host.feed])
        yield server


def test_every_process_is_scraped(prometheus: PrometheusServer) -> None:
    def up() -> int:
        return sum(target["health"] == "up" for target in prometheus.ask("targets")["activeTargets"])

    wait_for(lambda: up() == PROCESSES, "all are up")
    (roles,) = [{one["metric"]["role"] for one in prometheus.ask("query", query="rightswatch_build_info")["result"]}]
    assert roles == {*ROLES, "feed"}


def test_every_rule_is_loaded_and_can_be_evaluated(prometheus: PrometheusServer) -> None:
    def loaded() -> list[dict[str, str]]:
        return [rule for group in prometheus.ask("rules")["groups"] for rule in group["rules"]]

    wait_for(lambda: all(rule["health"] != "unknown" for rule in loaded()), "every rule is evaluated once")
    assert [rule["name"] for rule in loaded() if rule["health"] != "ok"] == []
    assert {rule["name"] for rule in loaded() if rule["type"] == "alerting"} == set(alerts())


def test_every_metric_that_a_rule_names_is_exported(prometheus: PrometheusServer) -> None:
    """A metric that is renamed, or that no process registers any more, would silence its alert for ever."""
    families = wait_for(lambda: prometheus.ask("metadata"), "metadata")
    exported = {
        name for name in metric_names() if re.sub("_(bucket|count|sum)$", "", name) in families or name in families
    }
    assert metric_names() - exported == set()


def test_every_stage_and_bucket_that_a_rule_names_exists() -> None:
    expressions = " ".join(rule["expr"] for rule in rules())
    named = {stage for text in re.findall(r'stage=~?"([\w|]+)"', expressions) for stage in text.split("|")}
    lanes = {plan.stage for plan in plans(KafkaSettings(), WriterSettings())}
    assert named <= lanes | {screener.STAGE, screener.PICTURES_STAGE, SEND_STAGE, pulse.STAGE, fetcher.STAGE}
    assert {float(bound) for bound in re.findall(r'le="([\d.]+)"', expressions)} <= set(LATENCY_SECONDS)


def test_a_feed_counts_what_the_broker_has_taken(prometheus: PrometheusServer) -> None:
    counted = "rightswatch_feed_listings_total == 1"
    wait_for(lambda: prometheus.ask("query", query=counted)["result"], "the one listing of the feed is counted")


@pytest.mark.asyncio
async def test_the_latency_from_listing_to_row_is_measured(host: Host, prometheus: PrometheusServer) -> None:
    await host.world.send_pages([page(0, 5, "ZORBEX")])
    measured = "sum(rightswatch_listing_to_row_seconds_count) > 0"
    wait_for(lambda: prometheus.ask("query", query=measured)["result"], "an alert's way is measured")


@pytest.mark.parametrize(
    "role", ["worker", *(pytest.param(role, marks=pytest.mark.long) for role in ROLES if role != "worker")]
)
def test_a_frozen_process_is_killed_and_started_again(host: Host, role: str) -> None:
    frozen = host.pid(role)
    os.kill(frozen, signal.SIGSTOP)
    wait_for(lambda: host.pid(role) not in (0, frozen), f"another {role} runs")
    assert re.search(rf"the {role}(-1)? makes no progress \(no answer within 0.5 s\) and is killed", host.log())
