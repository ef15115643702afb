"""An offer that was taken down and is there again, on PostgreSQL: told again at once if it is what was judged, judged
again if it is not, and never told twice while it stands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from detectors.routing.route import route_to_body
from sinks.clickhouse.connection import Connection as ClickHouse
from sinks.clickhouse.migrate import migrate
from sinks.clickhouse.queue_groups import Group
from sinks.lead_codes import AT_ONCE
from sinks.operational.lead_records import drafts_from
from sinks.settings import OperationalSettings
from streams.embedded import Endpoints
from tests.sinks.triage_world import GUILTY, INNOCENT
from tests.streams.lead_desk import ANN, UNSURE, Desk
from tests.streams.world import World, world_on
from tools.servers.postgresql import PostgreSQLServer

SENT = {"enforcement": "sent", "national_record": "sent"}
CLOSED = {"enforcement": "closed", "national_record": "closed"}
DAY = 24 * 60


@pytest.fixture(scope="module")
def clickhouse(stack: Endpoints, tmp_path_factory: pytest.TempPathFactory) -> World:
    """With the schema; made once."""
    world = world_on(stack, tmp_path_factory.mktemp("offered-again"))
    migrate(world.settings.clickhouse)
    return world


@pytest.fixture
def desk(clickhouse: World, postgresql_server: PostgreSQLServer, tmp_path: Path) -> Iterator[Desk]:
    with ClickHouse(clickhouse.settings.clickhouse) as connection:
        for table in ("alerts", "alerts_by_time", "listings"):
            connection.command(f"TRUNCATE TABLE {table}")
    with postgresql_server.database() as url, ExitStack() as stack:
        settings = replace(clickhouse.settings, operational=OperationalSettings(url))
        yield Desk(replace(clickhouse, settings=settings), stack)


def taken_down(desk: Desk, **fields: Any) -> Group:
    """An offer that was judged, told and is gone, some minutes ago."""
    group = desk.seen(**fields)
    desk.judged(group, **GUILTY)
    desk.later(1)
    desk.later(10)
    gone(desk)
    return group


def gone(desk: Desk) -> None:
    desk.now = desk.now.replace(microsecond=0)
    desk.gone()
    desk.later(2)


def there_again(desk: Desk, title: str = "ZORBEX shoes", **fields: Any) -> Group:
    """As a feed tells it: under the same number, listed at another time."""
    return desk.seen(title, listed_at=desk.now.isoformat(), **fields)


def told(desk: Desk) -> list[str]:
    return [f"{event.facts['recipient']} {'again' if 'offered_again_at' in event.facts else 'first'}"
            for event in desk.told.events]  # fmt: skip


def test_the_same_offer_is_told_again_at_once_on_the_verdict_that_stands(desk: Desk) -> None:
    taken_down(desk)
    assert desk.states() == CLOSED
    there_again(desk)
    desk.later(2)
    assert desk.states() == SENT
    assert told(desk) == ["enforcement first", "enforcement again"]
    lead = desk.found()["enforcement"]
    assert (lead.because, lead.takedown, lead.sent_at) == ("relisted", "not_submitted", desk.now)
    assert lead.facts["gone_at"] < lead.facts["offered_again_at"]
    assert len(lead.facts["offered_again_page"]) == 64


def test_while_it_stands_nothing_is_told_twice_also_by_another_process(desk: Desk) -> None:
    taken_down(desk)
    there_again(desk)
    desk.later(2)
    there_again(desk)
    desk.later(2)
    desk.leads = desk.started()
    desk.later(2)
    assert told(desk) == ["enforcement first", "enforcement again"]


def test_each_time_that_it_comes_back_is_told_once(desk: Desk) -> None:
    taken_down(desk)
    for _ in range(2):
        there_again(desk)
        desk.later(2)
        gone(desk)
        assert desk.states() == CLOSED
    assert told(desk) == ["enforcement first", "enforcement again", "enforcement again"]


def test_what_comes_back_changed_is_judged_again_before_anybody_is_told(desk: Desk) -> None:
    group = taken_down(desk)
    there_again(desk, "ZORBEX boots")
    desk.later(2)
    state = desk.judging.states([group.group_id], desk.now)[group.group_id]
    assert (state.state, state.verdict, (state.reopened_because or "").split()[0]) == ("open", None, "relisted")
    assert desk.states() == CLOSED
    desk.judged(desk.group(group.group_id), **GUILTY)
    desk.later(1)
    desk.later(10)
    assert desk.states() == SENT
    assert told(desk) == ["enforcement first", "enforcement first"]


def test_what_comes_back_with_nothing_in_it_that_is_found_is_told_nobody(desk: Desk) -> None:
    group = taken_down(desk)
    desk.seen_innocent("plain shoes")
    desk.later(2)
    assert desk.states() == CLOSED
    assert desk.judging.states([group.group_id], desk.now)[group.group_id].verdict == "infringing"


def test_what_was_overruled_meanwhile_is_told_nobody(desk: Desk) -> None:
    group = taken_down(desk)
    desk.overruled(group, **INNOCENT)
    there_again(desk)
    desk.later(2)
    assert desk.states() == CLOSED


def test_a_right_that_is_gone_keeps_it_from_being_told_again(desk: Desk) -> None:
    taken_down(desk)
    there_again(desk)
    desk.rights.apply([{"op": "withdraw", "right_id": "R1"}])
    desk.later(2)
    assert desk.states() == {"enforcement": "withdrawn", "national_record": "withdrawn"}
    assert told(desk) == ["enforcement first"]


def test_an_offer_that_a_person_says_is_removed_may_be_seen_for_a_day_yet(desk: Desk) -> None:
    desk.judged(desk.seen(), **GUILTY)
    desk.later(1)
    desk.later(10)
    for lead in desk.found().values():
        desk.store.takedown(lead.lead_id, "removed", ANN, desk.now, on=desk.now, note="", version=lead.version)
    desk.later(DAY / 2)
    there_again(desk)
    desk.later(2)
    assert desk.states() == CLOSED
    desk.later(DAY)
    there_again(desk)
    desk.later(2)
    assert told(desk) == ["enforcement first", "enforcement again"]


def test_where_policy_needs_no_verdict_its_coming_back_needs_none(desk: Desk) -> None:
    desk.store.policies.put("trademark", None, AT_ONCE, ANN, desk.now)
    desk.seen()
    desk.later(1)
    gone(desk)
    there_again(desk)
    desk.later(2)
    assert told(desk) == ["enforcement first", "enforcement again"]
    assert desk.found()["enforcement"].because == "alert"


def test_the_place_that_a_person_chose_is_told_again_without_being_asked(desk: Desk) -> None:
    desk.judged(desk.seen(seller=UNSURE), **GUILTY)
    desk.later(1)
    waiting = desk.found()["person"]
    drafts = drafts_from(route_to_body("440305", waiting.clause))
    desk.store.decide_place(waiting.lead_id, drafts, ANN, desk.now, note="", version=waiting.version)
    desk.later(1)
    gone(desk)
    there_again(desk, seller=UNSURE)
    desk.later(2)
    assert desk.states() == {"person": "decided", **SENT}
    assert desk.found()["enforcement"].place == "440305"


def test_after_half_a_year_it_is_a_matter_for_judging(desk: Desk) -> None:
    taken_down(desk)
    desk.later(181 * DAY)
    there_again(desk)
    desk.later(2)
    assert desk.states() == CLOSED
