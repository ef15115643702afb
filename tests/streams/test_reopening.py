"""A right changes, and the groups that it touches are open again with the reason: once, also after a kill."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import delete, update

from dashboards.triage.items import facts_of
from detectors.records import Page
from detectors.watchlist.builder import WatchlistBuilder
from sinks.clickhouse.migrate import migrate
from sinks.clickhouse.queue_groups import Group
from sinks.clickhouse.reader import AlertReader
from sinks.clickhouse.writer import TableWriter
from sinks.operational.reopening_store import Edits, ReopeningStore
from sinks.operational.reopening_tables import reopening_state
from sinks.operational.rights_store import RightsStore
from sinks.operational.schema import watchlist_log
from sinks.operational.triage_records import Actor, State
from sinks.operational.triage_store import TriageStore
from sinks.triage_policy import TriageSettings
from streams.pipeline import screen_page
from streams.reopening.reopener import Reopener
from tests.streams.world import World, until

NOW = datetime(2026, 11, 29, 10, tzinfo=UTC)
ANN = Actor("a1", "Ann")
RIGHT: dict[str, Any] = {"right_id": "R1", "kind": "trademark", "marks": ["ZORBEX"], "policy": "any_use"}
OTHER: dict[str, Any] = {**RIGHT, "right_id": "R2", "marks": ["QUVANT"]}
POLICY = TriageSettings(review_share=0.0)


class Desk:
    """Rights, alerts and judging of a test's own."""

    def __init__(self, world: World, stack: ExitStack) -> None:
        self.world = world
        migrate(world.settings.clickhouse)
        operational = world.settings.operational
        self.rights = stack.enter_context(closing(RightsStore(operational)))
        self.judging = stack.enter_context(closing(TriageStore(operational, POLICY)))
        self.store = stack.enter_context(closing(ReopeningStore(operational)))
        self.reopener = Reopener(
            store=self.store,
            rights=self.rights,
            judging=self.judging,
            clickhouse=world.settings.clickhouse,
            policy=POLICY,
            clock=lambda: NOW,
        )

    def put(self, *rights: dict[str, Any]) -> int:
        return self.rights.apply({"op": "put", "right": right} for right in rights)

    def seen(self, *titles: str, at: datetime = NOW - timedelta(days=1)) -> None:
        """Offers of the sellers s0, s1 ..., screened, and their alerts stored."""
        builder = WatchlistBuilder()
        for entry in self.rights.current():
            builder.apply(entry)
        lines = [
            {"platform": "taobao", "listing_id": title, "title": title, "seller": {"id": f"s{number}"}}
            for number, title in enumerate(titles)
        ]
        page = Page(b"\n".join(orjson.dumps(line) for line in lines), at, "listings", 0, 0)
        alerts = screen_page(page, builder.build()).alerts
        assert {alert.title for alert in alerts} == set(titles)
        with TableWriter(self.world.settings.clickhouse) as writer:
            writer.insert_pages([page])
            writer.insert_alerts(alerts)

    def groups(self) -> dict[str, Group]:
        """By the offer's title."""
        with closing(AlertReader(self.world.settings.clickhouse)) as reader:
            found = [
                group
                for right_id in ("R1", "R2")
                for group in reader.groups_of_right(right_id, NOW - timedelta(days=400))
            ]
        return {group.alert["title"]: group for group in found}

    def judge(self, title: str, verdict: str = "infringing", reason_code: str = "counterfeit") -> None:
        target = facts_of(self.groups()[title])
        done = self.judging.judge([target], ANN, NOW, verdict=verdict, reason_code=reason_code).done
        assert done[0].state == "closed"

    def states(self) -> dict[str, State]:
        """Of the groups that somebody touched, by the offer's title."""
        groups = self.groups()
        states = self.judging.states([group.group_id for group in groups.values()], NOW)
        return {title: states[group.group_id] for title, group in groups.items() if group.group_id in states}

    def follow(self) -> int:
        return self.reopener.follow(self.rights.revision())

    def because(self) -> dict[str, tuple[str, str | None, str | None]]:
        return {title: (one.state, one.verdict, one.reopened_because) for title, one in self.states().items()}


@pytest.fixture
def desk(world: World) -> Iterator[Desk]:
    with ExitStack() as stack:
        yield Desk(world, stack)


def test_a_new_licence_opens_the_groups_of_that_seller_again_whether_decided_or_not(desk: Desk) -> None:
    desk.put(RIGHT, OTHER)
    desk.seen("ZORBEX 0", "ZORBEX 1", "ZORBEX 2", "QUVANT 3")
    for title in ("ZORBEX 0", "ZORBEX 1", "QUVANT 3"):
        desk.judge(title)
    licensees = [{"seller_id": "s0"}, {"seller_id": "s2"}, {"seller_id": "s3"}]
    revision = desk.put({**RIGHT, "licensees": licensees})
    assert desk.follow() == 2
    assert desk.because() == {
        "ZORBEX 0": ("open", None, f"licence {revision}"),
        "ZORBEX 1": ("closed", "infringing", None),
        "ZORBEX 2": ("open", None, f"licence {revision}"),
        "QUVANT 3": ("closed", "infringing", None),
    }
    assert desk.follow() == 0


def test_a_withdrawal_touches_all_but_the_innocent(desk: Desk) -> None:
    desk.put(RIGHT)
    desk.seen("ZORBEX 0", "ZORBEX 1", "ZORBEX 2")
    desk.judge("ZORBEX 0")
    desk.judge("ZORBEX 1", "not_infringing", "genuine_resale")
    revision = desk.rights.apply([{"op": "withdraw", "right_id": "R1"}])
    assert desk.follow() == 2
    assert desk.because() == {
        "ZORBEX 0": ("open", None, f"withdrawn {revision}"),
        "ZORBEX 1": ("closed", "not_infringing", None),
        "ZORBEX 2": ("open", None, f"withdrawn {revision}"),
    }


def test_what_only_the_pipeline_can_tell_is_asked_of_it(desk: Desk) -> None:
    desk.put({**RIGHT, "aliases": ["QUVANT"]})
    desk.seen("ZORBEX 0", "QUVANT 1")
    desk.judge("ZORBEX 0")
    desk.judge("QUVANT 1")
    revision = desk.put(RIGHT)
    assert desk.follow() == 1
    assert desk.because()["QUVANT 1"] == ("open", None, f"narrower {revision}")


def test_a_calibration_that_raises_a_threshold_opens_what_it_silences(desk: Desk) -> None:
    desk.put(RIGHT, OTHER)
    desk.seen("ZORBEX 0", "replica ZORBEX 1", "QUVANT 2")
    score = desk.groups()["ZORBEX 0"].alert["score"]
    desk.put({**RIGHT, "threshold": {"score": score - 0.01}}, {**OTHER, "threshold": {"score": score - 0.01}})
    assert desk.follow() == 0
    thresholds = {"R1": {"shift": 0.02}, "R2": {"shift": -0.02}}
    document = {"form": 1, "made_at": "2026-11-29T09:00:00.000Z", "scores": {}, "thresholds": thresholds}
    revision = desk.rights.apply([{"op": "calibrate", "calibration": document}])
    assert desk.follow() == 1
    assert desk.because() == {"ZORBEX 0": ("open", None, f"threshold {revision}")}


def test_an_innocent_group_is_open_again_once_its_reason_is_gone(desk: Desk) -> None:
    desk.put({**RIGHT, "licensees": [{"seller_id": "s0", "from": "2026-12-01"}]})
    desk.seen("ZORBEX 0", "ZORBEX 1")
    desk.put({**RIGHT, "licensees": [{"seller_id": "s0"}]})
    desk.follow()
    desk.judge("ZORBEX 0", "not_infringing", "licensed")
    desk.judge("ZORBEX 1", "not_infringing", "licensed")
    revision = desk.put(RIGHT)
    assert desk.follow() == 1
    assert desk.because()["ZORBEX 0"] == ("open", None, f"licence_ended {revision}")


def test_a_change_that_touches_nothing_opens_nothing(desk: Desk) -> None:
    desk.put(RIGHT)
    desk.seen("ZORBEX 0")
    desk.judge("ZORBEX 0")
    desk.put({**RIGHT, "title": "renamed", "marks": ["ZORBEX", "QUVANT"]}, OTHER)
    assert desk.follow() == 0


def test_what_was_taken_back_before_anybody_followed_opens_nothing(desk: Desk) -> None:
    desk.put(RIGHT)
    desk.seen("ZORBEX 0")
    desk.rights.apply([{"op": "withdraw", "right_id": "R1"}, {"op": "put", "right": RIGHT}])
    assert desk.follow() == 0


def test_a_process_that_dies_before_the_cursor_moves_opens_nothing_twice(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.put(RIGHT)
    desk.seen("ZORBEX 0", "ZORBEX 1")
    desk.judge("ZORBEX 0")
    desk.rights.apply([{"op": "withdraw", "right_id": "R1"}])

    class Killed(BaseException):
        pass

    def dies(_self: ReopeningStore, _edits: Edits) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(ReopeningStore, "done", dies)
        with pytest.raises(Killed):
            desk.follow()
    opened = desk.states()
    desk.judge("ZORBEX 0")  # a person was faster than the process that came back
    assert desk.follow() == 0
    after = desk.states()
    assert after["ZORBEX 1"] == opened["ZORBEX 1"]
    assert (after["ZORBEX 0"].state, after["ZORBEX 0"].verdict) == ("closed", "infringing")


def test_a_right_that_cannot_be_followed_keeps_no_other_from_it(desk: Desk) -> None:
    desk.put(RIGHT, OTHER)
    desk.seen("ZORBEX 0", "QUVANT 1")
    desk.put({**RIGHT, "title": "x"})
    with desk.rights._database.writing() as connection:  # as an older program may have taken it
        spoiled = update(watchlist_log).where(watchlist_log.c.revision == 3)
        connection.execute(spoiled.values(document='{"right_id":"R1","kind":"recipe"}'))
    desk.rights.apply([{"op": "withdraw", "right_id": "R2"}])
    assert desk.follow() == 1
    assert set(desk.because()) == {"QUVANT 1"}


def test_only_one_process_opens_groups_again(desk: Desk) -> None:
    desk.put(RIGHT)
    desk.seen("ZORBEX 0")
    desk.rights.apply([{"op": "withdraw", "right_id": "R1"}])
    with closing(ReopeningStore(desk.world.settings.operational)) as other, other.lock() as held:
        assert held
        assert desk.follow() == 0
    assert desk.follow() == 1


def test_a_change_waits_until_it_has_settled_and_old_groups_are_left_alone(desk: Desk) -> None:
    before = desk.put(RIGHT)
    desk.seen("ZORBEX 0")
    desk.seen("ZORBEX old", at=NOW - timedelta(days=POLICY.horizon_days + 1))
    desk.rights.apply([{"op": "withdraw", "right_id": "R1"}])
    assert desk.reopener.follow(before) == 0
    assert desk.follow() == 1
    assert set(desk.because()) == {"ZORBEX 0"}


@pytest.mark.asyncio
async def test_the_task_follows_what_is_published_until_it_is_cancelled(desk: Desk) -> None:
    desk.put(RIGHT)
    desk.seen("ZORBEX 0")
    task = asyncio.create_task(replace(desk.reopener, settle_seconds=0.01).run(max_pause_seconds=0.1))
    desk.rights.apply([{"op": "withdraw", "right_id": "R1"}])
    await asyncio.sleep(0.1)
    assert desk.because() == {}
    with desk.rights.publishing() as publication:
        assert len(list(publication.entries)) == 2
    await until(lambda: bool(desk.because()))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def test_many_groups_are_opened_in_parts(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streams.reopening.reopener.GROUPS_AT_ONCE", 2)
    desk.put(RIGHT)
    desk.seen(*(f"ZORBEX {number}" for number in range(5)))
    desk.rights.apply([{"op": "withdraw", "right_id": "R1"}])
    assert desk.follow() == 5


def test_a_database_of_an_older_program_begins_with_what_changes_from_now_on(world: World) -> None:
    with closing(RightsStore(world.settings.operational)) as rights:
        rights.apply([{"op": "put", "right": RIGHT}])
        rights.apply([{"op": "withdraw", "right_id": "R1"}])
        with rights._database.writing() as connection:
            connection.execute(delete(reopening_state))
        with closing(ReopeningStore(world.settings.operational)) as store:
            assert store.next_edits(rights.revision()) is None
            rights.apply([{"op": "put", "right": RIGHT}, {"op": "put", "right": {**RIGHT, "title": "x"}}])
            edits = store.next_edits(rights.revision())
            assert edits is not None
            assert [(edit.before, edit.after) for edit in edits.edits] == [(RIGHT, {**RIGHT, "title": "x"})]
