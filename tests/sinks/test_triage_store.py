"""Judging in the operational database, on SQLite and PostgreSQL: who may do what to a group, and what comes of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import delete

from sinks.operational.database import Database
from sinks.operational.metadata import metadata
from sinks.operational.triage_records import Actor, Outcome
from sinks.operational.triage_store import TriageStore
from sinks.settings import OperationalSettings
from sinks.triage_policy import TriageSettings
from tests.sinks.triage_world import ALL_REVIEWED, ANN, BOB, EVE, GUILTY, INNOCENT, MINUTE, NO_REVIEWS, NOW, group
from tools.servers.postgresql import PostgreSQLServer

MakeStore = Callable[[TriageSettings], TriageStore]
ONE, TWO = group(1), group(2)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def kept(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OperationalSettings]:
    """A database of either kind, made once: tables take longer to make than to empty."""
    if request.param == "sqlite":
        yield OperationalSettings.sqlite(tmp_path_factory.mktemp("triage") / "operational.db")
        return
    server: PostgreSQLServer = request.getfixturevalue("postgresql_server")
    with server.database() as url:
        yield OperationalSettings(url)


@pytest.fixture
def opened(kept: OperationalSettings) -> Iterator[MakeStore]:
    """Makes stores, with nothing in them at first."""
    stores = []

    def make(policy: TriageSettings) -> TriageStore:
        stores.append(TriageStore(kept, policy))
        return stores[-1]

    make(NO_REVIEWS)
    with closing(Database(kept)) as database, database.writing() as connection:
        for table in metadata.sorted_tables:
            if table.name.startswith("triage_"):
                connection.execute(delete(table))
    yield make
    for store in stores:
        store.close()


@pytest.fixture
def store(opened: MakeStore) -> TriageStore:
    return opened(NO_REVIEWS)


def codes(outcome: Outcome) -> list[str]:
    return [refusal.code for refusal in outcome.refused]


def state(store: TriageStore, at: Any = NOW, facts: Any = ONE) -> Any:
    return store.states([facts.group_id], at)[facts.group_id]


def test_a_verdict_closes_a_group_and_pins_the_alert_that_was_judged(store: TriageStore) -> None:
    (given,) = store.judge([ONE], ANN, NOW, **GUILTY, note="a copy", versions={ONE.group_id: 0}).done
    assert (given.state, given.version, given.verdict, given.judged_by) == ("closed", 1, "infringing", "ann")
    (event,) = store.history(ONE.group_id)
    pinned = (event["alert_id"], event["listing_digest"], event["revision"], event["score"], event["version"])
    assert pinned == (ONE.alert_id, ONE.listing_digest, 7, 0.93, 1)
    assert (event["act"], event["note"], event["by"], event["detector"]) == ("judge", "a copy", "ann", "mark")


def test_a_group_is_due_so_long_after_it_was_first_seen_as_its_tier_allows(store: TriageStore) -> None:
    store.claim([ONE, group(2, group_tier="medium")], ANN, NOW)
    assert state(store).due_at == ONE.first_seen + timedelta(hours=4)
    assert state(store, facts=TWO).due_at == ONE.first_seen + timedelta(hours=24)


def test_a_stale_version_is_refused_with_the_state_that_holds(store: TriageStore) -> None:
    store.judge([ONE], ANN, NOW, **GUILTY)
    outcome = store.judge([ONE, TWO], BOB, NOW, **INNOCENT, versions={ONE.group_id: 0, TWO.group_id: 0})
    assert codes(outcome) == ["stale"]
    assert (outcome.refused[0].state.version, outcome.refused[0].state.judged_by) == (1, "ann")
    assert [done.group_id for done in outcome.done] == [TWO.group_id]


def at_once(*acts: Callable[[], Outcome]) -> list[Outcome]:
    """All acts, begun at the same moment."""
    barrier = threading.Barrier(len(acts))

    def run(act: Callable[[], Outcome]) -> Outcome:
        barrier.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_of_two_verdicts_at_once_exactly_one_holds(store: TriageStore) -> None:
    for number in range(10, 20):
        facts = group(number)
        judged = partial(store.judge, [facts], now=NOW, versions={facts.group_id: 0})
        outcomes = at_once(partial(judged, who=ANN, **GUILTY), partial(judged, who=BOB, **INNOCENT))
        assert sorted(len(outcome.done) for outcome in outcomes) == [0, 1]
        assert [code for outcome in outcomes for code in codes(outcome)] == ["stale"]
        assert len(store.history(facts.group_id)) == 1


def test_of_two_claims_at_once_exactly_one_holds(store: TriageStore) -> None:
    groups = [group(number) for number in range(20, 60)]
    ann, bob = at_once(
        lambda: store.claim(groups, ANN, NOW),
        lambda: store.claim(groups[::-1], BOB, NOW),
    )
    won = [{done.group_id for done in outcome.done} for outcome in (ann, bob)]
    assert won[0] | won[1] == {facts.group_id for facts in groups}
    assert not won[0] & won[1]
    assert set(codes(ann) + codes(bob)) == {"claimed"}


def test_what_somebody_claimed_nobody_else_judges_until_it_is_released(store: TriageStore) -> None:
    (claimed,) = store.claim([ONE], ANN, NOW).done
    assert (claimed.claimed_by, claimed.version, claimed.claimed_until) == ("ann", 0, NOW + 10 * MINUTE)
    refused = store.judge([ONE], BOB, NOW, **GUILTY)
    assert (codes(refused), refused.refused[0].by) == (["claimed"], "ann")
    assert store.release([ONE.group_id], BOB, NOW).done == ()
    store.release([ONE.group_id], ANN, NOW)
    assert store.judge([ONE], BOB, NOW, **GUILTY).done


def test_a_claim_ends_ten_minutes_after_its_owners_last_act(store: TriageStore) -> None:
    store.claim([ONE], ANN, NOW)
    store.judge([TWO], ANN, NOW + 9 * MINUTE, **GUILTY)
    assert store.claimed(NOW + 18 * MINUTE) == {ONE.group_id: "id-ann"}
    assert codes(store.claim([ONE], BOB, NOW + 18 * MINUTE)) == ["claimed"]
    assert store.claimed(NOW + 19 * MINUTE) == {}
    assert store.claim([ONE], BOB, NOW + 19 * MINUTE).done


def test_a_claim_that_ended_does_not_come_back_with_its_owner(store: TriageStore) -> None:
    store.claim([ONE], ANN, NOW)
    store.claim([TWO], ANN, NOW + 20 * MINUTE)
    assert store.claimed(NOW + 21 * MINUTE) == {TWO.group_id: "id-ann"}


def test_a_judged_group_is_nobodys_claim_any_more(store: TriageStore) -> None:
    store.claim([ONE], ANN, NOW)
    store.judge([ONE], ANN, NOW, **GUILTY)
    assert store.claimed(NOW) == {}
    assert codes(store.claim([ONE], BOB, NOW)) == ["state"]


def test_an_undo_brings_back_what_was_and_is_an_event_of_its_own(store: TriageStore) -> None:
    store.judge([ONE], ANN, NOW, **GUILTY)
    (back,) = store.undo(ONE, ANN, NOW + 9 * MINUTE, version=1).done
    assert (back.state, back.version, back.verdict, back.claimed_by) == ("open", 2, None, "ann")
    judged, undone = store.history(ONE.group_id)
    assert (undone["act"], undone["undoes"], undone["verdict"]) == ("undo", judged["event_id"], "infringing")
    assert judged["note"] == "", "what was done stays as it was"


@pytest.mark.parametrize(
    ("who", "after", "version", "code"),
    [(BOB, 1, 1, "not_yours"), (ANN, 11, 1, "too_late"), (ANN, 1, 0, "stale")],
)
def test_only_ones_own_latest_act_is_taken_back_and_not_for_long(
    store: TriageStore, who: Actor, after: int, version: int, code: str
) -> None:
    store.judge([ONE], ANN, NOW, **GUILTY)
    assert codes(store.undo(ONE, who, NOW + after * MINUTE, version=version)) == [code]
    assert state(store).state == "closed"


def test_an_undo_is_not_undone_and_an_untouched_group_has_nothing_to_undo(store: TriageStore) -> None:
    assert codes(store.undo(ONE, ANN, NOW)) == ["not_yours"]
    store.judge([ONE], ANN, NOW, **GUILTY)
    store.undo(ONE, ANN, NOW)
    assert codes(store.undo(ONE, ANN, NOW)) == ["not_yours"]


def test_a_second_review_needs_a_second_person_whose_word_holds(opened: MakeStore) -> None:
    store = opened(ALL_REVIEWED)
    (waits,) = store.judge([ONE], ANN, NOW, **GUILTY).done
    assert (waits.state, waits.verdict) == ("review", "infringing")
    assert codes(store.review(ONE, ANN, NOW, **GUILTY)) == ["four_eyes"]
    (overruled,) = store.review(ONE, BOB, NOW, **INNOCENT, version=1).done
    assert (overruled.state, overruled.verdict, overruled.judged_by, overruled.stage) == (
        "closed",
        "not_infringing",
        "bob",
        "review",
    )


def test_nobody_reviews_what_was_not_judged_or_judges_what_waits_for_review(opened: MakeStore) -> None:
    store = opened(ALL_REVIEWED)
    assert codes(store.review(ONE, BOB, NOW, **GUILTY)) == ["state"]
    store.judge([ONE], ANN, NOW, **GUILTY)
    assert codes(store.judge([ONE], BOB, NOW, **GUILTY)) == ["state"]


def test_nobody_decides_alone_by_way_of_an_expert(opened: MakeStore) -> None:
    store = opened(ALL_REVIEWED)
    store.ask_expert(ONE, BOB, NOW, note="is it theirs?")
    (first,) = store.review(ONE, BOB, NOW, **GUILTY).done
    assert (first.state, first.stage, first.judged_by) == ("review", "judge", "bob")
    assert store.history(ONE.group_id)[-1]["act"] == "judge"
    assert codes(store.review(ONE, BOB, NOW, **GUILTY)) == ["four_eyes"]
    assert store.review(ONE, ANN, NOW, **GUILTY).done[0].state == "closed"


def test_where_there_is_no_second_person_no_review_is_waited_for(opened: MakeStore) -> None:
    (closed,) = opened(ALL_REVIEWED).judge([ONE], ANN, NOW, **GUILTY, may_be_reviewed=False).done
    assert closed.state == "closed"


def test_a_reviewer_may_overrule_what_was_closed(store: TriageStore) -> None:
    store.judge([ONE], ANN, NOW, **GUILTY)
    assert store.review(ONE, BOB, NOW, **INNOCENT).done[0].verdict == "not_infringing"


@pytest.mark.parametrize(("policy", "back_to"), [(NO_REVIEWS, "open"), (ALL_REVIEWED, "review")])
def test_an_opinion_decides_nothing_and_leads_back_to_where_it_was_asked_for(
    opened: MakeStore, policy: TriageSettings, back_to: str
) -> None:
    store = opened(policy)
    if back_to == "review":
        store.judge([ONE], ANN, NOW, **GUILTY)
    assert codes(store.opinion(ONE, EVE, NOW, note="?")) == ["state"]
    (asked,) = store.ask_expert(ONE, ANN, NOW, note="is this weave theirs?").done
    assert (asked.state, asked.claimed_by) == ("expert", None)
    (answered,) = store.opinion(ONE, EVE, NOW, note="it is not", **INNOCENT, version=asked.version).done
    assert (answered.state, answered.stage) == (back_to, "expert")
    assert answered.verdict == (None if back_to == "open" else "infringing")
    opinion = store.history(ONE.group_id)[-1]
    assert (opinion["act"], opinion["verdict"], opinion["note"]) == ("opinion", "not_infringing", "it is not")


def test_what_is_shelved_comes_back_by_itself(store: TriageStore) -> None:
    until = NOW + timedelta(hours=2)
    (shelved,) = store.shelve([ONE], ANN, NOW, until=until, note="a known flood").done
    assert (shelved.state, shelved.shelved_until, shelved.note) == ("shelved", until, "a known flood")
    assert state(store, until - MINUTE).state == "shelved"
    back = state(store, until)
    assert (back.state, back.shelved_until, back.version) == ("open", None, 1)
    assert store.judge([ONE], BOB, until, **GUILTY, versions={ONE.group_id: 1}).done


def test_what_is_shelved_may_be_taken_back_before_its_time(store: TriageStore) -> None:
    store.shelve([ONE], ANN, NOW, until=NOW + timedelta(hours=2), note="later")
    assert store.unshelve([ONE], BOB, NOW).done[0].state == "open"
    assert codes(store.unshelve([ONE], BOB, NOW)) == ["state"]


def test_a_closed_group_is_reopened_with_the_reason_and_without_its_verdict(store: TriageStore) -> None:
    store.judge([ONE], ANN, NOW, **GUILTY)
    store.claim([TWO], BOB, NOW)
    reopened = store.reopen([ONE, TWO], Actor("desk", "desk"), NOW, because="licence: revision 9").done
    assert [(one.state, one.verdict, one.reopened_because) for one in reopened] == [
        ("open", None, "licence: revision 9")
    ] * 2
    assert state(store, facts=TWO).claimed_by == "bob"
    assert store.judge([ONE], ANN, NOW, **INNOCENT).done[0].reopened_because is None
    assert [one.group_id for one in store.groups_of_right("CN-TM-1", NOW)] == [ONE.group_id, TWO.group_id]


def test_a_judged_screened_match_is_kept_and_changes_no_group(store: TriageStore) -> None:
    event = store.judge_screened(group(3, screened="mention"), ANN, NOW, **GUILTY)
    assert (event["act"], event["verdict"], event["version"]) == ("screened", "infringing", 0)
    assert store.states([group(3).group_id], NOW) == {}


def test_many_are_judged_in_one_act(store: TriageStore) -> None:
    groups = [group(number) for number in range(100, 300)]
    outcome = store.judge(groups, ANN, NOW, **GUILTY)
    assert {(done.state, done.version) for done in outcome.done} == {("closed", 1)}
    assert len(outcome.done) == 200


def test_people_count_as_at_work_for_ten_minutes_after_their_last_act(store: TriageStore) -> None:
    store.judge([ONE], ANN, NOW, **GUILTY)
    store.claim([TWO], BOB, NOW + 5 * MINUTE)
    assert [store.at_work(NOW + minutes * MINUTE) for minutes in (6, 11, 16)] == [2, 1, 0]


def test_hostile_text_is_kept_as_both_databases_can(store: TriageStore) -> None:
    hostile = group(4, seller="taobao:\0\ud800", subject="'; DROP TABLE triage_group; --", right_id=None)
    assert store.judge([hostile], ANN, NOW, **GUILTY, note="\0<script>\ud800").done
    assert store.history(hostile.group_id)[0]["note"] == "\ufffd<script>\ufffd"


def test_what_an_act_tells_is_written_with_it_and_told_until_both_have_it(store: TriageStore) -> None:
    store.claim([ONE], ANN, NOW)
    store.judge([ONE], ANN, NOW + MINUTE, **GUILTY)
    assert sorted(entry.kind for entry in store.outbox.to_store()) == ["state", "verdict"]
    assert [entry.kind for entry in store.outbox.to_show()] == ["claim", "state"]
    assert [one["state"]["state"] for one in store.outbox.pending()] == ["closed"]
    assert (store.outbox.waiting().rows, store.outbox.waiting().oldest) == (2, NOW + MINUTE)
    store.outbox.stored(store.outbox.to_store(), NOW)
    assert store.outbox.to_store() == []
    assert store.outbox.pending() == []
    store.outbox.shown(store.outbox.to_show(), NOW)
    assert store.outbox.to_show() == []


def test_what_was_refused_is_not_told(store: TriageStore) -> None:
    store.claim([ONE], ANN, NOW)
    store.outbox.shown(store.outbox.to_show(), NOW)
    store.judge([ONE], BOB, NOW, **GUILTY)
    assert store.outbox.to_show() == store.outbox.to_store() == []


def test_one_process_at_a_time_moves_what_is_to_be_told(store: TriageStore) -> None:
    with store.outbox.moving("store") as first, store.outbox.moving("store") as second:
        assert (first, second) == (True, False)
        with store.outbox.moving("show") as other:
            assert other
    with store.outbox.moving("store") as held:
        assert held


def test_a_shelf_holds_a_right_or_a_seller_until_its_end_or_until_it_is_taken_away(store: TriageStore) -> None:
    end = NOW + timedelta(hours=1)
    store.shelves.put("seller", "taobao:s1", ANN, NOW, until=end, note="flood")
    (shelf,) = store.shelves.at(NOW)
    assert (shelf.holds("R", "taobao:s1"), shelf.holds("R", "taobao:s2"), shelf.by) == (True, False, "ann")
    assert store.shelves.at(end) == []
    assert store.shelves.end("seller", "taobao:s1", NOW + MINUTE) == 1
    assert store.shelves.at(NOW + MINUTE) == []


def test_views_belong_to_their_account(store: TriageStore) -> None:
    store.views.put("id-ann", "high", "tier=high", NOW)
    store.views.put("id-ann", "high", "tier=high&sort=newest", NOW)
    store.views.put("id-bob", "mine", "state=mine", NOW)
    assert store.views.of("id-ann") == {"high": "tier=high&sort=newest"}
    assert (store.views.remove("id-ann", "mine"), store.views.remove("id-ann", "high")) == (False, True)
    assert store.views.of("id-bob") == {"mine": "state=mine"}
