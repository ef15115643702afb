"""The very first start: the web's tasks begin before ClickHouse has a database, and nothing in the log looks like a
fault."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from detectors.calibration.evidence import Judged
from sinks.clickhouse.migrate import migrate
from sinks.clickhouse.notice_source import NoticeSource
from sinks.clickhouse.reader import AlertReader
from sinks.lead_codes import LeadSettings
from sinks.operational.audit_store import AuditStore
from sinks.operational.calibration_store import CalibrationStore
from sinks.operational.lead_store import LeadStore
from sinks.operational.notice_store import NoticeStore
from sinks.operational.rights_store import RightsStore
from sinks.operational.triage_store import TriageStore
from sinks.triage_policy import TriageSettings
from streams.calibration.evidence import Judgements
from streams.calibration.task import Calibrating, keep_calibrating
from streams.configuration.sections import CalibrationSettings
from streams.leads.leads import Leads
from streams.leads.metrics import LeadMetrics
from streams.notices.collecting import Collector
from streams.triage.metrics import QueueMetrics
from streams.triage.queue_figures import report_queue
from tests.streams.world import World, until

Begun = tuple[Coroutine[Any, Any, None], Callable[[], bool]]
"""A task, and whether it has done its work once."""
PAUSE = 0.1  # seconds


def _now() -> datetime:
    return datetime.now(UTC)


def _collecting(world: World, stack: ExitStack) -> Begun:
    store = stack.enter_context(closing(NoticeStore(world.settings.operational)))
    collector = Collector(store=store, source=NoticeSource(world.settings.clickhouse), clock=_now)
    return collector.run(PAUSE, PAUSE), lambda: store.cursor("delisted") is not None


def _leads(world: World, stack: ExitStack) -> Begun:
    """Where policy lets alerts through: else it asks ClickHouse for nothing."""
    settings = LeadSettings(at_once=("trademark",), every_seconds=PAUSE)
    registry = CollectorRegistry()
    operational = world.settings.operational
    task = Leads(
        store=stack.enter_context(closing(LeadStore(operational, settings))),
        rights=stack.enter_context(closing(RightsStore(operational))),
        judging=stack.enter_context(closing(TriageStore(operational, TriageSettings()))),
        notices=stack.enter_context(closing(NoticeStore(operational))),
        clickhouse=world.settings.clickhouse,
        settings=settings,
        metrics=LeadMetrics(registry),
        clock=_now,
    )
    return task.run(PAUSE), lambda: registry.get_sample_value("rightswatch_leads_waiting", {"state": "person"}) == 0


def _calibrating(world: World, stack: ExitStack) -> Begun:
    judgements, looked = Judgements(world.settings.clickhouse), list[int]()

    def evidence(after: datetime, before: datetime) -> list[Judged]:
        found = list(judgements.evidence(after, before))
        looked.append(len(found))
        return found

    operational = world.settings.operational
    calibrating = Calibrating(
        settings=CalibrationSettings(),
        store=stack.enter_context(closing(CalibrationStore(operational))),
        watched=stack.enter_context(closing(RightsStore(operational))),
        evidence=evidence,
        audit=stack.enter_context(closing(AuditStore(operational))),
        clock=_now,
    )
    return keep_calibrating(calibrating, PAUSE), lambda: bool(looked)


def _queue(world: World, stack: ExitStack) -> Begun:
    registry = CollectorRegistry()
    reader = AlertReader(world.settings.clickhouse)
    task = report_queue(reader, TriageSettings(), QueueMetrics(registry), _now)
    return task, lambda: registry.get_sample_value("rightswatch_queue_open_groups", {"tier": "high"}) == 0


@pytest.fixture
def stores() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.mark.asyncio
@pytest.mark.parametrize("begin", [_collecting, _leads, _calibrating, _queue])
async def test_a_task_waits_for_the_tables_quietly_and_then_works(
    begin: Callable[[World, ExitStack], Begun], world: World, stores: ExitStack, caplog: pytest.LogCaptureFixture
) -> None:
    work, is_done = begin(world, stores)
    with caplog.at_level(logging.INFO, "streams"):
        task = asyncio.create_task(work)
        try:
            await until(lambda: bool(caplog.records))
            assert not is_done()
            await asyncio.to_thread(migrate, world.settings.clickhouse)
            await until(is_done)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
    assert [
        one.getMessage() for one in caplog.records if "waits for the tables to be made" not in one.getMessage()
    ] == []
    assert {one.levelname for one in caplog.records} == {"INFO"}
