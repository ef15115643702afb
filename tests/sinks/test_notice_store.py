"""The outbox of notices on SQLite and PostgreSQL: who hears what, once; limits, digests, and what no longer holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete

from sinks.notices.events import LEAD, VERDICT, Wanted
from sinks.notices.outgoing import Answer, Fate
from sinks.notices.schedule import Quiet
from sinks.notices.webhook import new_secret
from sinks.operational.database import Database
from sinks.operational.metadata import metadata
from sinks.operational.notice_destinations import StaleDestination
from sinks.operational.notice_records import DEAD, DINGTALK, EMAIL, FEISHU, HOLDER, SENT, WAITING, Owner
from sinks.operational.notice_store import MOST_TOLD, TRY_SECONDS, NoticeStore
from sinks.operational.rights_store import RightsStore
from sinks.operational.triage_store import TriageStore
from sinks.settings import OperationalSettings
from tests.sinks.notice_world import (
    FAILED,
    GONE,
    HOLDER_1,
    HOUR,
    MINUTE,
    NOW,
    OPERATOR,
    RIGHT,
    SECOND,
    TAKEN,
    draft,
    event,
    fates,
    take,
    tell,
)
from tests.sinks.triage_world import ANN, GUILTY, INNOCENT, NO_REVIEWS, group
from tools.servers.postgresql import PostgreSQLServer


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def kept(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OperationalSettings]:
    """Made once: a schema takes longer than any of these tests."""
    if request.param == "sqlite":
        yield OperationalSettings.sqlite(tmp_path_factory.mktemp("notices") / "operational.db")
        return
    server: PostgreSQLServer = request.getfixturevalue("postgresql_server")
    with server.database() as url:
        yield OperationalSettings(url)


@pytest.fixture
def operational(kept: OperationalSettings) -> OperationalSettings:
    """An operational database of either kind without destinations, notices, verdicts or rights."""
    with closing(NoticeStore(kept)), closing(Database(kept)) as database, database.writing() as connection:
        for table in metadata.sorted_tables:
            if table.name.startswith(("notice", "triage_")) or table.name == "watchlist_log":
                connection.execute(delete(table))
    return kept


@pytest.fixture
def store(operational: OperationalSettings, rights: RightsStore) -> Iterator[NoticeStore]:
    rights.apply([{"op": "put", "right": RIGHT}])
    with closing(NoticeStore(operational)) as store:
        yield store


@pytest.fixture
def judging(operational: OperationalSettings) -> Iterator[TriageStore]:
    with closing(TriageStore(operational, NO_REVIEWS)) as store:
        yield store


def test_an_event_is_told_each_destination_once_however_often_it_is_enqueued(store: NoticeStore) -> None:
    store.destinations.add(draft(name="one"), "ann", NOW)
    store.destinations.add(draft(name="two"), "ann", NOW)
    assert tell(store, event()) == 2
    assert tell(store, event()) == 0


def test_what_is_enqueued_in_a_transaction_that_fails_is_told_nobody(
    store: NoticeStore, operational: OperationalSettings
) -> None:
    store.destinations.add(draft(), "ann", NOW)
    with (
        closing(Database(operational)) as database,
        pytest.raises(ZeroDivisionError),
        database.writing() as connection,
    ):
        assert store.enqueue(connection, event()) == 1
        raise ZeroDivisionError
    assert store.notices(None) == []


@pytest.mark.parametrize(
    ("wanted", "hears"),
    [
        (Wanted(), True),
        (Wanted(events=(VERDICT,)), False),
        (Wanted(kinds=("design",)), False),
        (Wanted(kinds=("trademark",), tiers=("high",), detectors=("mark",), right_ids=("CN-TM-1",)), True),
        (Wanted(tiers=("low",)), False),
        (Wanted(detectors=("logo",)), False),
        (Wanted(right_ids=("CN-TM-2",)), False),
    ],
)
def test_a_destination_hears_of_what_it_asked_for(store: NoticeStore, wanted: Wanted, hears: bool) -> None:
    store.destinations.add(draft(wanted=wanted), "ann", NOW)
    assert tell(store, event()) == int(hears)


def test_a_holder_hears_of_own_rights_only(store: NoticeStore) -> None:
    store.destinations.add(draft(owner=HOLDER_1), "ann", NOW)
    store.destinations.add(draft(owner=Owner(HOLDER, "h2")), "bob", NOW)
    tell(store, event())
    tell(store, event(2, right_id=None))
    assert [notice["destination_kind"] for notice in store.notices([HOLDER_1])] == ["webhook"]
    assert store.notices([Owner(HOLDER, "h2")]) == []


@pytest.mark.parametrize("holder_id", ["h\0", "h" * 900])
def test_a_holders_id_of_any_form_keeps_nobody_from_hearing(
    store: NoticeStore, rights: RightsStore, holder_id: str
) -> None:
    store.destinations.add(draft(), "ann", NOW)
    rights.apply([{"op": "put", "right": {**RIGHT, "holder": {"id": holder_id, "name": "Odd"}}}])
    assert tell(store, event()) == 1


def test_an_enforcement_body_hears_of_its_own_region_only(store: NoticeStore) -> None:
    store.destinations.add(draft(regions=("44",)), "ann", NOW)
    assert tell(store, event(1), event(2, seller_region="350300"), event(3, seller_region="")) == 1


@pytest.mark.parametrize(
    ("recipient", "told"),
    [("right_holder", ["all", "holder"]), ("enforcement", ["all", "body"]), ("aid_centre", ["all"])],
)
def test_a_lead_is_told_its_recipient_and_who_sees_everything(
    store: NoticeStore, recipient: str, told: list[str]
) -> None:
    store.destinations.add(draft(name="holder", owner=HOLDER_1), "x", NOW)
    store.destinations.add(draft(name="body", regions=("44",)), "x", NOW)
    store.destinations.add(draft(name="all"), "x", NOW)
    tell(store, event(event=LEAD, key="lead:1", facts={"recipient": recipient}))
    assert sorted(notice["destination"] for notice in store.notices(None)) == told


def test_who_came_later_hears_nothing_of_before(store: NoticeStore) -> None:
    store.destinations.add(draft(), "ann", NOW + SECOND)
    assert tell(store, event()) == 0


def test_a_notice_keeps_its_id_over_tries_and_is_dead_after_a_day(store: NoticeStore) -> None:
    to = store.destinations.add(draft(), "ann", NOW)
    tell(store, event())
    now, ids, waits = NOW, set(), list[float]()
    state = WAITING
    while state == WAITING:
        taken = take(store, to, now)
        ids.add(taken.webhook_id)
        waits.append((now - NOW).total_seconds())
        state = store.settle(taken, FAILED, now, random=0.0)
        assert store.take(to.destination_id, now) is None, "not before its time"
        [notice] = store.notices(None)
        now = now + 48 * HOUR if notice["next_at"] is None else _moment(notice["next_at"])
    assert waits == [0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]
    assert (state, len(ids)) == (DEAD, 1)


def test_a_dead_notice_is_sent_again_when_a_person_says_so(store: NoticeStore) -> None:
    to = store.destinations.add(draft(), "ann", NOW)
    tell(store, event())
    first = take(store, to, NOW)
    refused = Answer(fate=Fate.REFUSED, reason="HTTP 422")
    assert store.settle(first, refused, NOW, 0.0) == DEAD
    assert store.replay(first.notice_id, [HOLDER_1], NOW) is None, "another's"
    assert store.replay(first.notice_id, [OPERATOR], NOW + HOUR) is True
    again = take(store, to, NOW + HOUR)
    assert again.webhook_id == first.webhook_id
    store.settle(again, TAKEN, NOW + HOUR, 0.0)
    found = store.notice(first.notice_id, None)
    assert found is not None
    assert [one["reason"] for one in found["log"]] == ["HTTP 422", "HTTP 200"]
    assert store.replay(first.notice_id, None, NOW + HOUR) is False, "it is not dead"


def test_a_try_whose_sender_was_killed_is_made_again_with_the_same_id(store: NoticeStore) -> None:
    to = store.destinations.add(draft(), "ann", NOW)
    tell(store, event())
    killed = take(store, to, NOW)
    assert store.take(to.destination_id, NOW + SECOND) is None, "it may still be under way"
    again = take(store, to, NOW + TRY_SECONDS * SECOND)
    assert (again.webhook_id, again.tries) == (killed.webhook_id, 2)


def test_410_disables_the_destination_and_says_why(store: NoticeStore) -> None:
    to = store.destinations.add(draft(), "ann", NOW)
    tell(store, event(1), event(2))
    store.settle(take(store, to, NOW), GONE, NOW, 0.0)
    [shown] = store.destinations.all([OPERATOR], NOW)
    assert (shown.is_enabled, shown.disabled_because) == (False, "gone: HTTP 410")
    assert store.due(NOW) == []
    assert store.take(to.destination_id, NOW) is None
    assert tell(store, event(3)) == 0


def test_what_waited_for_a_disabled_destination_for_a_day_is_dead(store: NoticeStore) -> None:
    to = store.destinations.add(draft(), "ann", NOW)
    tell(store, event(1), event(2))
    store.settle(take(store, to, NOW), GONE, NOW, 0.0)
    assert store.expire(NOW + 24 * HOUR) == 0
    assert store.expire(NOW + 26 * HOUR) == 1
    assert sorted(fates(store).values()) == ["dead HTTP 410", "dead destination_disabled"]


def test_what_a_destination_asks_to_wait_holds_for_all_its_notices(store: NoticeStore) -> None:
    to = store.destinations.add(draft(), "ann", NOW)
    tell(store, event(1), event(2))
    busy = Answer(fate=Fate.AGAIN, reason="HTTP 429", after_seconds=600)
    store.settle(take(store, to, NOW), busy, NOW, 0.0)
    assert store.take(to.destination_id, NOW + 599 * SECOND) is None
    assert store.take(to.destination_id, NOW + 600 * SECOND) is not None


def test_more_than_a_robot_takes_in_a_minute_becomes_a_digest(store: NoticeStore) -> None:
    to = store.destinations.add(draft(kind=DINGTALK, secret=None), "ann", NOW)
    tell(store, *(event(number) for number in range(1, 31)))
    told = []
    while taken := store.take(to.destination_id, NOW):
        told.append(len(taken.told))
        store.settle(taken, TAKEN, NOW, 0.0)
    assert told == [1] * 19 + [11]
    assert {notice["state"] for notice in store.notices(None)} == {SENT}
    assert store.take(to.destination_id, NOW + MINUTE) is None


def test_destinations_of_one_robot_share_its_limit(store: NoticeStore) -> None:
    both = [store.destinations.add(draft(kind=DINGTALK, owner=owner), "x", NOW) for owner in (OPERATOR, HOLDER_1)]
    tell(store, *(event(number) for number in range(1, 31)))
    taken = 0
    for to in both:
        while one := store.take(to.destination_id, NOW):
            store.settle(one, TAKEN, NOW, 0.0)
            taken += 1
    assert taken == 20


def test_a_robot_of_feishu_takes_five_in_a_second(store: NoticeStore) -> None:
    to = store.destinations.add(draft(kind=FEISHU), "ann", NOW)
    tell(store, *(event(number) for number in range(1, 11)))
    assert store.take(to.destination_id, NOW) is None, "on the full hour it refuses what it takes at any other time"
    now = NOW + MINUTE
    for _ in range(5):
        store.settle(take(store, to, now), TAKEN, now, 0.0)
    assert store.take(to.destination_id, now + 0.9 * SECOND) is None
    assert store.take(to.destination_id, now + SECOND) is not None


def test_a_daily_digest_is_one_message_at_its_local_hour(store: NoticeStore) -> None:
    to = store.destinations.add(draft(kind=EMAIL, address="a@b.example", secret=None, digest_hour=9), "ann", NOW)
    tell(store, event(1), event(2, at=NOW + MINUTE))
    morning = NOW.replace(day=22, hour=1)  # 9 in Shanghai
    assert store.due(morning - SECOND) == []
    taken = take(store, to, morning)
    assert [one.facts["listing_id"] for one in taken.told] == ["L1", "L2"]


def test_a_digest_holds_no_more_than_a_message_may(store: NoticeStore) -> None:
    to = store.destinations.add(draft(digest_hour=9), "ann", NOW)
    tell(store, *(event(number) for number in range(1, MOST_TOLD + 3)))
    morning = NOW.replace(day=22, hour=1)
    assert [len(take(store, to, morning).told) for _ in range(2)] == [MOST_TOLD, 2]


def test_in_quiet_hours_nothing_is_told_but_a_test(store: NoticeStore) -> None:
    to = store.destinations.add(draft(quiet=Quiet(17 * 60, 9 * 60)), "ann", NOW)  # NOW is 18:00 in Shanghai
    tell(store, event())
    store.test(to, NOW)
    asked = take(store, to, NOW)
    assert asked.event == "test"
    store.settle(asked, TAKEN, NOW, 0.0)
    assert store.take(to.destination_id, NOW) is None
    assert store.due(NOW.replace(day=22, hour=0, minute=59)) == []
    assert take(store, to, NOW.replace(day=22, hour=1)).event == "alert"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"op": "withdraw", "right_id": "CN-TM-1"}, "right_withdrawn"),
        (
            {"op": "put", "right": {**RIGHT, "status": "invalidated", "status_since": "2026-11-20"}},
            "right_not_in_force",
        ),
        ({"op": "put", "right": {**RIGHT, "expires_on": "2026-11-20"}}, "right_not_in_force"),
        ({"op": "put", "right": {**RIGHT, "holder": {"id": "h2"}}}, "not_yours"),
    ],
)
def test_a_right_that_changed_before_the_sending_is_not_told_and_the_log_says_why(
    store: NoticeStore, rights: RightsStore, change: dict[str, Any], reason: str
) -> None:
    to = store.destinations.add(draft(owner=HOLDER_1), "ann", NOW)
    tell(store, event())
    rights.apply([change])
    assert store.take(to.destination_id, NOW) is None
    assert fates(store) == {"L1": f"withdrawn {reason}"}


def test_a_false_claim_of_a_patent_is_told_though_the_patent_is_not_in_force(
    store: NoticeStore, rights: RightsStore
) -> None:
    to = store.destinations.add(draft(owner=HOLDER_1), "ann", NOW)
    tell(store, event(detector="patent_claim"))
    rights.apply([{"op": "put", "right": {**RIGHT, "status": "invalidated", "status_since": "2026-11-20"}}])
    assert take(store, to, NOW).event == "alert"


def test_a_verdict_that_was_undone_is_not_told(store: NoticeStore, judging: TriageStore) -> None:
    to = store.destinations.add(draft(), "ann", NOW)
    judging.judge([group(1)], ANN, NOW, versions={group(1).group_id: 0}, **GUILTY)
    given = judging.history(group(1).group_id)[0]
    facts = {"listing_id": "L1", "verdict": "infringing", "verdict_id": given["event_id"]}
    tell(store, event(1, event=VERDICT, key="verdict:1", facts=facts))
    judging.undo(group(1), ANN, NOW + SECOND, version=1)
    assert store.take(to.destination_id, NOW + SECOND) is None
    assert fates(store) == {"L1": "withdrawn verdict_undone"}


def test_an_alert_that_was_judged_innocent_meanwhile_is_not_told(store: NoticeStore, judging: TriageStore) -> None:
    to = store.destinations.add(draft(), "ann", NOW)
    tell(store, event(1), event(2, event=LEAD, key="lead:2"))
    for number in (1, 2):
        judging.judge([group(number)], ANN, NOW, versions={group(number).group_id: 0}, **INNOCENT)
    assert store.take(to.destination_id, NOW) is None
    assert set(fates(store).values()) == {"withdrawn judged_not_infringing"}


def test_addresses_and_secrets_are_never_shown_again(store: NoticeStore) -> None:
    made = store.destinations.add(draft(), "ann", NOW)
    secret = made.secrets[0]
    for shown in (repr(made), str(made.to_json()), repr(store.destinations.get(made.destination_id, None, NOW))):
        assert secret not in shown
        assert "s3cret-word" not in shown
        assert made.token not in shown


def test_a_new_secret_and_the_one_before_sign_for_a_day(store: NoticeStore) -> None:
    made = store.destinations.add(draft(), "ann", NOW)
    new = new_secret()
    changed = store.destinations.change(
        made.destination_id, draft(secret=new, address=""), version=1, owners=[OPERATOR], now=NOW
    )
    assert changed is not None
    assert changed.address == made.address, "left out: it stays"
    assert changed.secrets == (new, *made.secrets)
    later = store.destinations.get(made.destination_id, None, NOW + timedelta(days=1))
    assert later is not None
    assert later.secrets == (new,)


def test_what_another_changed_is_not_overwritten(store: NoticeStore) -> None:
    made = store.destinations.add(draft(), "ann", NOW)
    store.destinations.change(made.destination_id, draft(name="a"), version=1, owners=None, now=NOW)
    with pytest.raises(StaleDestination, match="read it again"):
        store.destinations.change(made.destination_id, draft(name="b"), version=1, owners=None, now=NOW)


def test_anothers_destination_is_not_there(store: NoticeStore) -> None:
    made = store.destinations.add(draft(), "ann", NOW)
    assert store.destinations.get(made.destination_id, [HOLDER_1], NOW) is None
    assert store.destinations.change(made.destination_id, draft(), version=1, owners=[HOLDER_1], now=NOW) is None
    assert store.destinations.remove(made.destination_id, owners=[HOLDER_1], now=NOW) is False
    assert store.destinations.all([], NOW) == []


def test_a_removed_destination_keeps_no_address_and_gets_nothing_more(store: NoticeStore) -> None:
    made = store.destinations.add(draft(), "ann", NOW)
    tell(store, event())
    assert store.destinations.remove(made.destination_id, owners=[OPERATOR], now=NOW)
    assert store.due(NOW) == []
    assert fates(store) == {"L1": "withdrawn destination_removed"}
    assert store.destinations.unsubscribe(made.token, NOW) is False


def test_whoever_has_the_token_of_a_letter_ends_it(store: NoticeStore) -> None:
    made = store.destinations.add(draft(), "ann", NOW)
    assert store.destinations.unsubscribe("guessed", NOW) is False
    assert store.destinations.unsubscribe(made.token, NOW) is True
    assert store.destinations.unsubscribe(made.token, NOW) is True, "asked again by a mail program"
    [shown] = store.destinations.all(None, NOW)
    assert shown.disabled_because == "unsubscribed"


def test_figures_tell_what_waits_and_what_nobody_took(store: NoticeStore) -> None:
    to = store.destinations.add(draft(), "ann", NOW)
    tell(store, event(1), event(2), event(3))
    store.settle(take(store, to, NOW), Answer(fate=Fate.REFUSED, reason="HTTP 400"), NOW, 0.0)
    figures = store.figures(NOW + MINUTE)
    assert (figures.waiting, figures.dead, figures.oldest_due) == ({"webhook": 2}, {"webhook": 1}, NOW)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
