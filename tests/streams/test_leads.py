"""Verdicts and alerts become leads, leads are sent or withdrawn, and close when their listing is gone: once, whatever
dies meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from dashboards.triage.items import facts_of
from sinks.clickhouse.connection import Connection as ClickHouse
from sinks.clickhouse.migrate import migrate
from sinks.errors import StoreNotReady
from sinks.lead_codes import AT_ONCE
from sinks.operational.lead_records import LeadQuery
from streams.embedded import Endpoints
from streams.leads import drafting, leads
from tests.sinks.triage_world import GUILTY, INNOCENT
from tests.streams.lead_desk import ANN, BOB, UNSURE, Desk
from tests.streams.world import World, until, world_on


@pytest.fixture(scope="module")
def clickhouse(stack: Endpoints, tmp_path_factory: pytest.TempPathFactory) -> World:
    """With the schema; made once."""
    world = world_on(stack, tmp_path_factory.mktemp("leads"))
    migrate(world.settings.clickhouse)
    return world


@pytest.fixture
def desk(clickhouse: World, tmp_path: Path) -> Iterator[Desk]:
    with ClickHouse(clickhouse.settings.clickhouse) as connection:
        for table in ("alerts", "alerts_by_time", "listings"):
            connection.command(f"TRUNCATE TABLE {table}")
    operational = replace(clickhouse.settings.operational, url=f"sqlite:///{tmp_path}/operational.db")
    with ExitStack() as stack:
        yield Desk(replace(clickhouse, settings=replace(clickhouse.settings, operational=operational)), stack)


def test_a_verdict_makes_leads_that_are_sent_when_it_can_be_taken_back_no_more(desk: Desk) -> None:
    desk.judged(desk.seen(), **GUILTY)
    desk.later(0.1)
    assert desk.states() == {"enforcement": "waiting", "national_record": "waiting"}
    assert desk.found()["enforcement"].place == "440305"
    desk.later(9)
    assert desk.states()["enforcement"] == "waiting"
    desk.later(1)
    assert desk.states() == {"enforcement": "sent", "national_record": "sent"}


def test_who_wants_to_hear_is_told_of_what_is_sent_and_not_of_what_goes_on_record(desk: Desk) -> None:
    desk.judged(desk.seen(), **GUILTY)
    desk.later(0.1)
    desk.later(10)
    (event,) = desk.told.events
    assert (event.event, event.seller_region, event.facts["recipient"]) == ("lead", "440305", "enforcement")
    assert event.facts["title"] == "ZORBEX shoes"


def test_a_group_that_no_lead_can_be_made_of_keeps_no_other_from_its_own(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    odd, other = desk.seen(listing_id="L1"), desk.seen(listing_id="L2")
    make = drafting.drafts_of

    def failing(alerts: Any, *rest: Any) -> Any:
        if alerts[0]["listing_id"] == "L1":
            raise ValueError("a form that nobody thought of")
        return make(alerts, *rest)

    monkeypatch.setattr(leads, "drafts_of", failing)
    desk.judged(odd, **GUILTY)
    desk.judged(other, **GUILTY)
    desk.later(0.1)
    assert {lead.group_id for lead in desk.store.find(LeadQuery()).leads} == {other.group_id}
    assert odd.group_id in caplog.text


def test_tables_that_are_away_for_all_pass_over_no_group(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: Any) -> Any:
        raise StoreNotReady("Unknown table")

    with monkeypatch.context() as patch:
        patch.setattr(leads, "drafts_of", failing)
        desk.judged(desk.seen(), **GUILTY)
        with pytest.raises(StoreNotReady):
            desk.later(0.1)
    desk.later(0.1)
    assert desk.states()["enforcement"] == "waiting"


def test_no_verdict_and_an_innocent_one_make_no_lead(desk: Desk) -> None:
    group = desk.seen()
    desk.later(1)
    desk.judged(group, **INNOCENT)
    desk.later(1)
    assert desk.states() == {}


def test_a_verdict_that_is_taken_back_in_time_is_never_sent(desk: Desk) -> None:
    group = desk.seen()
    desk.judged(group, **GUILTY)
    desk.later(1)
    desk.judging.undo(facts_of(group), ANN, desk.now)
    desk.later(1)
    desk.later(20)
    assert desk.states() == {"enforcement": "withdrawn", "national_record": "withdrawn"}
    assert desk.told.events == []


def test_a_verdict_that_is_given_again_makes_the_leads_again(desk: Desk) -> None:
    group = desk.seen()
    desk.judged(group, **GUILTY)
    desk.later(1)
    desk.judging.undo(facts_of(group), ANN, desk.now)
    desk.later(1)
    desk.judged(group, **GUILTY)
    desk.later(1)
    assert desk.states()["enforcement"] == "waiting"


def test_a_right_that_is_withdrawn_meanwhile_keeps_its_leads_from_being_sent_and_the_log_says_why(desk: Desk) -> None:
    desk.judged(desk.seen(), **GUILTY)
    desk.later(1)
    desk.rights.apply([{"op": "withdraw", "right_id": "R1"}])
    desk.later(10)
    lead = desk.found()["enforcement"]
    assert (lead.state, lead.reason) == ("withdrawn", "right_withdrawn")
    assert [(one["act"], one["reason"]) for one in desk.store.log(lead.lead_id)] == [
        ("made", None),
        ("rechecked", "right_withdrawn"),
        ("withdrawn", "right_withdrawn"),
    ]
    assert desk.told.events == []


def test_a_process_that_takes_over_makes_and_sends_nothing_twice(desk: Desk) -> None:
    desk.judged(desk.seen(), **GUILTY)
    desk.later(0.5)
    desk.leads = desk.started()
    desk.later(10)
    desk.leads = desk.started()
    desk.later(0.5)
    assert len(desk.told.events) == 1
    assert [one["act"] for one in desk.store.log(desk.found()["enforcement"].lead_id)] == ["made", "rechecked", "sent"]


def test_a_verdict_whose_transaction_ended_late_is_not_missed(desk: Desk) -> None:
    first, late = desk.seen(), desk.seen(listing_id="L2")
    desk.judged(first, **GUILTY)
    began = desk.now
    desk.later(0.5)
    desk.judging.judge([facts_of(late)], BOB, began, **GUILTY)
    desk.later(0.1)
    assert {lead.group_id for lead in desk.store.find(LeadQuery()).leads} == {first.group_id, late.group_id}


def test_a_seller_without_a_certain_place_waits_for_a_person(desk: Desk) -> None:
    desk.judged(desk.seen(seller=UNSURE), **GUILTY)
    desk.later(1)
    desk.later(20)
    assert desk.states() == {"person": "person"}
    lead = desk.found()["person"]
    assert "place_too_wide" in lead.why
    assert [one["basis"] for one in lead.candidates] == ["actual_place", "platform_domicile"]


def test_how_long_the_oldest_waits_for_a_person_is_told(desk: Desk) -> None:
    registry = CollectorRegistry()
    desk.leads = desk.started(registry)
    desk.judged(desk.seen(seller=UNSURE), **GUILTY)
    desk.later(0)
    desk.later(90)
    waited = registry.get_sample_value("rightswatch_leads_oldest_seconds", {"state": "person"})
    assert waited == 90 * 60
    assert registry.get_sample_value("rightswatch_leads_oldest_seconds", {"state": "waiting"}) == 0


def test_what_is_offered_abroad_goes_to_no_body_at_home(desk: Desk) -> None:
    desk.judged(desk.seen(market="US"), **GUILTY)
    desk.later(1)
    assert "enforcement" not in desk.states()
    assert "right_holder" in desk.states()


def test_where_policy_says_at_once_an_alert_is_enough(desk: Desk) -> None:
    desk.store.policies.put("trademark", "h1", AT_ONCE, ANN, desk.now)
    desk.seen()
    desk.later(0.1)
    assert desk.states() == {"enforcement": "sent", "national_record": "sent"}


def test_of_another_holder_policy_says_nothing(desk: Desk) -> None:
    desk.store.policies.put("trademark", "h2", AT_ONCE, ANN, desk.now)
    desk.seen()
    desk.later(0.1)
    assert desk.states() == {}


def test_an_alert_that_was_stored_before_policy_let_it_through_waits_for_a_verdict(desk: Desk) -> None:
    desk.seen()
    desk.later(5)
    desk.store.policies.put("trademark", None, AT_ONCE, ANN, desk.now)
    desk.later(0.1)
    assert desk.states() == {}


def test_what_a_person_found_innocent_is_not_sent_at_once_either(desk: Desk) -> None:
    desk.store.policies.put("trademark", None, AT_ONCE, ANN, desk.now)
    desk.judged(desk.seen(), **INNOCENT)
    desk.later(0.1)
    assert desk.states() == {}


def test_a_listing_that_is_gone_closes_its_leads(desk: Desk) -> None:
    desk.judged(desk.seen(), **GUILTY)
    desk.later(1)
    desk.later(10)
    desk.gone()
    desk.later(2)
    lead = desk.found()["enforcement"]
    assert (lead.state, lead.reason, lead.takedown) == ("closed", "delisted", "removed")


def test_a_listing_that_is_offered_again_by_now_closes_nothing(desk: Desk) -> None:
    group = desk.seen()
    desk.judged(group, **GUILTY)
    desk.later(0.5)
    desk.gone()
    desk.now += timedelta(seconds=1)
    desk.seen("ZORBEX shoes again")
    desk.later(2)
    assert desk.states()["enforcement"] == "waiting"


@pytest.mark.asyncio
async def test_the_task_works_by_itself(desk: Desk) -> None:
    desk.judged(desk.seen(), **GUILTY)
    task = asyncio.create_task(desk.leads.run(1.0))
    try:
        await until(lambda: bool(desk.states()))
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert desk.states()["enforcement"] == "waiting"
