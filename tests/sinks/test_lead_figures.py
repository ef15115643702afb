"""What came of leads in a month: folded from logs by hand, and read from SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sinks.lead_codes import LeadSettings
from sinks.lead_figures import HORIZON_MS, LeadCounts, LeadMonth, LogLine, Waited, month_of_leads
from sinks.operational.holder_store import HolderStore
from sinks.operational.lead_store import LeadStore
from sinks.operational.rights_store import RightsStore
from sinks.operational.triage_store import TriageStore
from sinks.settings import OperationalSettings
from sinks.visible import EVERYTHING, Visible
from tests.sinks.lead_world import BODY, RECORD, RIGHT, UNSURE, about, verdict
from tests.sinks.triage_world import ANN, GUILTY, NO_REVIEWS, NOW, group

DAY_MS, AFTER = 86_400_000, 1_000 * 86_400_000
NOVEMBER = (datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC))
NOTHING = LeadCounts(key="enforcement", made=0, sent=0, dropped=0, withdrawn=0, closed=0, waiting=0, person=0)


def line(act: str, day: float, lead: str = "a", **changes: Any) -> LogLine:
    """A line of a lead to a body, so many days into the month."""
    plain = LogLine(group_id="g", lead_id=lead, recipient="enforcement", place="440305", act=act, reason=None,
                    at_ms=AFTER + round(day * DAY_MS))  # fmt: skip
    return replace(plain, **changes)


def made(day: float, lead: str = "a", **changes: Any) -> LogLine:
    return line("made", day, lead, alerted_ms=AFTER + round(day * DAY_MS) - 600_000, **changes)


def complained(state: str, day: float, on: float, **changes: Any) -> LogLine:
    return line("takedown", day, takedown=state, on_ms=AFTER + round(on * DAY_MS), **changes)


def gone(day: float, **changes: Any) -> LogLine:
    return line("closed", day, reason="delisted", takedown="removed", on_ms=AFTER + round(day * DAY_MS), **changes)


def folded(*lines: LogLine) -> LeadMonth:
    return month_of_leads(lines, AFTER)


def counts(**changes: Any) -> tuple[LeadCounts, ...]:
    return (replace(NOTHING, **changes),)


def test_what_happened_before_the_month_counts_only_for_where_a_lead_stands() -> None:
    assert folded(made(-3)).by_recipient == counts(waiting=1)
    assert folded(made(-3), line("sent", 1)).by_recipient == counts(sent=1)


def test_a_lead_that_was_dropped_by_the_last_check_is_told_apart_from_one_withdrawn_earlier() -> None:
    why = "right_withdrawn"
    dropped = folded(made(1), line("rechecked", 2, reason=why), line("withdrawn", 2, reason=why))
    assert dropped.by_recipient == counts(made=1, dropped=1)
    assert dropped.dropped == ((why, 1),)
    assert folded(made(1), line("withdrawn", 2, reason="reopened")).by_recipient == counts(made=1, withdrawn=1)


def test_who_waits_for_a_person_at_the_months_end_is_counted_until_the_place_is_chosen() -> None:
    waits = made(1, recipient="person", place="")
    assert [one.person for one in folded(waits).by_recipient] == [1]
    decided = folded(waits, line("place", 2, recipient="person", place=""))
    assert [one.person for one in decided.by_recipient] == [0]


def test_bodies_are_counted_by_their_division_the_most_leads_first() -> None:
    month = folded(made(1), made(1, "b", place="110115"), made(2, "c", place="110115"))
    assert [(one.key, one.made) for one in month.by_body] == [("110115", 2), ("440305", 1)]


def test_the_time_to_sending_is_from_the_alert_and_has_median_and_ninetieth_per_cent() -> None:
    lines = [one for n in range(10) for one in (made(1, f"{n}"), line("sent", 1 + n / 24, f"{n}"))]
    (waited,) = folded(*lines).to_sent
    assert waited == Waited("enforcement", 10, 5 * 3600 + 600, 9 * 3600 + 600)


@pytest.mark.parametrize(
    ("lines", "state"),
    [
        ((), "not_submitted"),
        ((complained("submitted", 2, 2),), "submitted"),
        ((complained("submitted", 2, 2), complained("waiting", 3, 3)), "waiting"),
        ((complained("submitted", 2, 2), complained("refused", 3, 3)), "refused"),
        ((complained("submitted", 2, 2), gone(4)), "removed"),
        ((gone(4),), "gone"),
    ],
)
def test_an_offers_complaint_stands_as_it_was_last_noted(lines: tuple[LogLine, ...], state: str) -> None:
    assert folded(made(1), line("sent", 1), *lines).takedowns == ((state, 1),)


def test_the_time_to_removal_is_from_the_day_of_the_complaint_to_that_of_the_removal() -> None:
    month = folded(made(1), complained("submitted", 6, 2), complained("submitted", 7, 7), gone(9))
    assert month.to_removed == Waited("", 1, 7 * 86_400, 7 * 86_400)


def test_a_removal_that_is_noted_for_a_day_before_the_complaint_took_no_time_that_could_be_told() -> None:
    month = folded(made(1), complained("submitted", 6, 6), complained("removed", 7, 3), line("closed", 7))
    assert (month.takedowns, month.to_removed.count) == ((("removed", 1),), 0)


def test_a_case_with_several_leads_is_one_complaint() -> None:
    month = folded(made(1), complained("submitted", 2, 2), gone(5), made(1, "b"), gone(5, lead_id="b"))
    assert (month.takedowns, month.to_removed.count) == ((("removed", 1),), 1)


def test_a_lead_that_is_made_again_begins_with_no_complaint() -> None:
    assert folded(made(-9), complained("submitted", -8, -8), gone(-7), made(1)).takedowns == (("not_submitted", 1),)


def test_what_was_over_before_the_month_and_what_is_older_than_a_year_is_not_told() -> None:
    assert folded(made(-9), gone(-7)) == LeadMonth()
    assert folded(made(-HORIZON_MS / DAY_MS - 1), gone(2)) == LeadMonth()


@pytest.fixture
def leads(operational: OperationalSettings) -> Iterator[LeadStore]:
    """Three cases in one database: sent, complained of and gone; for a person; dropped as its right was withdrawn."""
    with ExitStack() as stack:
        rights = stack.enter_context(closing(RightsStore(operational)))
        judging = stack.enter_context(closing(TriageStore(operational, NO_REVIEWS)))
        store = stack.enter_context(closing(LeadStore(operational, LeadSettings())))
        holders = stack.enter_context(closing(HolderStore(operational)))
        rights.apply([{"op": "put", "right": RIGHT}, {"op": "put", "right": {**RIGHT, "right_id": "CN-TM-2"}}])
        judging.judge([group(number) for number in (1, 2, 3)], ANN, NOW, **GUILTY)
        sent, _ = store.make(about(1), [BODY, RECORD], verdict(1), NOW)
        store.make(about(2, region="110000"), [UNSURE], verdict(2), NOW)
        (dropped,) = store.make(about(3, right_id="CN-TM-2"), [BODY], verdict(3), NOW)
        rights.apply([{"op": "withdraw", "right_id": "CN-TM-2"}])
        for lead in (sent, dropped):
            store.send(lead.lead_id, NOW, lambda _connection, _lead: None)
        store.takedown(sent.lead_id, "submitted", ANN, NOW, on=NOW, note='"to":"refused"', version=3)
        store.delisted("taobao", "L1", NOW + timedelta(days=2), NOW + timedelta(days=3))
        holders.rights_of(frozenset({"h1"}))  # who sees some rights only has asked for them
        yield store


def test_a_month_is_read_from_the_logs_as_counted_by_hand(leads: LeadStore) -> None:
    month = leads.month(*NOVEMBER, EVERYTHING)
    assert month.by_recipient == (
        replace(NOTHING, made=2, sent=1, dropped=1, closed=1),
        replace(NOTHING, key="national_record", made=1, closed=1),
        replace(NOTHING, key="person", made=1, person=1),
    )
    assert month.by_body == (replace(NOTHING, key="440305", made=2, sent=1, dropped=1, closed=1),)
    assert month.dropped == (("right_withdrawn", 1),)
    assert month.takedowns == (("not_submitted", 1), ("removed", 1))
    assert month.to_sent == (Waited("enforcement", 1, 3_600.0, 3_600.0),)
    assert month.to_removed == Waited("", 1, 2 * 86_400.0, 2 * 86_400.0)


def test_a_month_that_is_over_stays_as_it_was_told_when_its_leads_go_on(leads: LeadStore) -> None:
    before = leads.month(*NOVEMBER, EVERYTHING)
    later = NOW + timedelta(days=20)
    leads.make(about(1, observed_at=later), [BODY, RECORD], verdict(1, version=9), later)
    leads.delisted("taobao", "L2", later, later)
    assert leads.month(*NOVEMBER, EVERYTHING) == before
    december = leads.month(NOVEMBER[1], NOVEMBER[1] + timedelta(days=31), EVERYTHING)
    assert [(one.key, one.made, one.closed) for one in december.by_recipient][:2] == [
        ("enforcement", 1, 0),
        ("national_record", 1, 0),
    ]
    assert ("gone", 1) in december.takedowns


@pytest.mark.parametrize(
    ("visible", "recipients"),
    [
        (Visible(regions=("11",)), ["person"]),
        (Visible(holders=frozenset({"h1"}), rights=frozenset({"CN-TM-1", "CN-TM-2"})),
         ["enforcement", "national_record", "person"]),
        (Visible(holders=frozenset({"h2"}), rights=frozenset()), []),
    ],
)  # fmt: skip
def test_who_sees_a_part_is_told_of_that(leads: LeadStore, visible: Visible, recipients: list[str]) -> None:
    assert [one.key for one in leads.month(*NOVEMBER, visible).by_recipient] == recipients
