"""Ways to judge over HTTP, and people of each role."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import orjson
from prometheus_client import CollectorRegistry

from dashboards.access.principal import Principal
from dashboards.access.roles import Role
from sinks.clickhouse.triage_rows import TriageWriter
from sinks.live import LiveStream
from sinks.operational.triage_store import TriageStore
from sinks.triage_policy import TriageSettings
from streams.triage.metrics import OutboxMetrics
from streams.triage.outbox import OutboxMover
from tests.dashboards.principals import acting_as, principal
from tests.dashboards.service import Answer, Stores, WebServer, ask, run_apart

JSON = {"Content-Type": "application/json"}
GUILTY = {"verdict": "infringing", "reason_code": "counterfeit"}
INNOCENT = {"verdict": "not_infringing", "reason_code": "licensed"}
EXPERT, REVIEWER = principal(Role.EXPERT), principal(Role.REVIEWER)
ALL_REVIEWED = TriageSettings(review_share=1.0)


def operator(name: str) -> Principal:
    return replace(principal(Role.OPERATOR), account_id=f"id-{name}", name=name)


ANN, BOB = operator("ann"), operator("bob")


def post(server: WebServer, path: str, **document: Any) -> Answer:
    return ask(server, f"/api/v1/{path}", method="POST", body=orjson.dumps(document), headers=JSON)


def get(server: WebServer, path: str) -> Any:
    answer = ask(server, f"/api/v1/{path}")
    assert answer.status == 200, answer.body
    return answer.json


def groups(server: WebServer, query: str = "") -> list[str]:
    """The titles of the groups in a list of the queue, in order."""
    return [item["alert"]["title"] for item in get(server, f"queue?{query}")["items"]]


@contextmanager
def served(stores: Stores, *people: Principal, policy: TriageSettings | None = None) -> Iterator[list[WebServer]]:
    """A server for each of the people, over the same stores."""
    servers = [WebServer(stores, identify=acting_as(who), policy=policy) for who in people]
    for server in servers:
        server.start()
    try:
        yield servers
    finally:
        for server in servers:
            server.stop()


def moved(stores: Stores) -> None:
    """Let ClickHouse have what was decided, as the web process does beside its answers."""
    with (
        closing(TriageStore(stores.operational, TriageSettings())) as judging,
        TriageWriter(stores.clickhouse) as writer,
    ):
        mover = OutboxMover(
            outbox=judging.outbox,
            writer=writer,
            live=LiveStream(stores.redis),
            metrics=OutboxMetrics(CollectorRegistry()),
            clock=lambda: datetime.now(UTC),
        )
        run_apart(mover.store)
