"""Leads in the operational database, on SQLite and PostgreSQL: made once, checked when sent, closed in the end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete

from sinks.lead_codes import AFTER_VERDICT, AT_ONCE, LeadSettings
from sinks.operational.database import Database
from sinks.operational.holder_store import HolderStore
from sinks.operational.lead_records import Lead, LeadQuery, LeadRefused, Unsent
from sinks.operational.lead_store import LeadStore
from sinks.operational.metadata import metadata
from sinks.operational.rights_store import RightsStore
from sinks.operational.triage_store import TriageStore
from sinks.settings import OperationalSettings
from sinks.visible import EVERYTHING, Visible
from tests.sinks.lead_world import BODY, RECORD, RIGHT, UNSURE, about, alert, verdict
from tests.sinks.triage_world import ANN, BOB, GUILTY, INNOCENT, MINUTE, NO_REVIEWS, NOW, group
from tools.servers.postgresql import PostgreSQLServer

COMPANY = "91440300708461136T"


@dataclass(frozen=True)
class World:
    """A store of leads beside judging and rights, in one database."""

    leads: LeadStore
    judging: TriageStore
    rights: RightsStore
    settings: OperationalSettings

    def made(self, number: int = 1) -> Lead:
        """A lead to the body of Nanshan, of a verdict that was given."""
        self.judging.judge([group(number)], ANN, NOW, **GUILTY)
        (lead,) = self.leads.make(about(number), [BODY], verdict(number), NOW)
        return lead

    def log(self, lead: Lead) -> list[tuple[str, str | None]]:
        return [(entry["act"], entry["reason"]) for entry in self.leads.log(lead.lead_id)]

    def send(self, lead: Lead) -> Lead | None:
        return self.leads.send(lead.lead_id, NOW, lambda _connection, _lead: None)

    def now(self, lead: Lead) -> Lead:
        found = self.leads.get(lead.lead_id)
        assert found is not None
        return found


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def kept(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OperationalSettings]:
    """A database of either kind, made once: tables take longer to make than to empty."""
    if request.param == "sqlite":
        yield OperationalSettings.sqlite(tmp_path_factory.mktemp("leads") / "operational.db")
        return
    server: PostgreSQLServer = request.getfixturevalue("postgresql_server")
    with server.database() as url:
        yield OperationalSettings(url)


@pytest.fixture(scope="module")
def opened(kept: OperationalSettings) -> Iterator[World]:
    with ExitStack() as stack:
        rights = stack.enter_context(closing(RightsStore(kept)))
        judging = stack.enter_context(closing(TriageStore(kept, NO_REVIEWS)))
        leads = stack.enter_context(closing(LeadStore(kept, LeadSettings(at_once=("design",)))))
        yield World(leads, judging, rights, kept)


@pytest.fixture
def world(opened: World) -> World:
    """With the right, and nothing else in it."""
    with closing(Database(opened.settings)) as database, database.writing() as connection:
        for table in metadata.sorted_tables:
            if table.name.startswith(("triage_", "lead")):
                connection.execute(delete(table))
    opened.rights.apply([{"op": "put", "right": RIGHT}])
    return opened


def test_a_lead_carries_what_routing_said_and_begins_a_log(world: World) -> None:
    lead = world.made()
    assert (lead.recipient, lead.place, lead.state, lead.rule) == ("enforcement", "440305", "waiting", "trade_mark")
    assert (lead.clause, lead.routing_version, list(lead.why)) == ("art. 60", "1", ["place"])
    assert lead.takedown == "not_submitted"
    assert world.log(lead) == [("made", None)]


def test_of_one_cause_no_lead_is_made_twice(world: World) -> None:
    lead = world.made()
    assert world.leads.make(about(), [BODY], verdict(), NOW) == []
    world.judging.undo(group(1), ANN, NOW)
    world.leads.follow(lead.group_id, NOW)
    assert world.leads.make(about(), [BODY], verdict(), NOW) == []
    assert world.now(lead).state == "withdrawn"


def test_while_a_lead_is_under_way_another_cause_makes_none(world: World) -> None:
    world.made()
    assert world.leads.make(about(), [replace(BODY, place="110115")], verdict(version=2), NOW) == []


def test_a_lead_that_was_withdrawn_is_made_again_of_another_verdict(world: World) -> None:
    lead = world.made()
    world.judging.undo(group(1), ANN, NOW)
    world.leads.follow(lead.group_id, NOW)
    (again,) = world.leads.make(about(), [BODY], verdict(version=3), NOW)
    assert again.lead_id == lead.lead_id
    assert again.state == "waiting"
    assert world.log(lead) == [("made", None), ("withdrawn", "verdict_undone"), ("made", None)]


def test_a_lead_is_checked_and_sent(world: World) -> None:
    lead = world.made()
    sent = world.send(lead)
    assert sent is not None
    assert (sent.state, sent.sent_at) == ("sent", NOW)
    assert world.log(lead) == [("made", None), ("rechecked", None), ("sent", None)]


def test_a_lead_is_sent_once(world: World) -> None:
    lead = world.made()
    assert world.send(lead) is not None
    assert world.send(lead) is None


def test_whoever_is_told_is_told_in_the_transaction_that_sends(world: World) -> None:
    lead = world.made()

    def fail(_connection: object, _lead: Lead) -> None:
        raise RuntimeError("killed")

    with pytest.raises(RuntimeError):
        world.leads.send(lead.lead_id, NOW, fail)
    assert world.now(lead).state == "waiting"


def test_leads_are_due_when_their_time_has_come(world: World) -> None:
    world.judging.judge([group(1)], ANN, NOW, **GUILTY)
    (lead,) = world.leads.make(about(), [BODY], replace(verdict(), send_after=NOW + MINUTE), NOW)
    assert world.leads.due(NOW) == []
    assert world.leads.due(NOW + MINUTE) == [lead.lead_id]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"op": "withdraw", "right_id": "CN-TM-1"}, "right_withdrawn"),
        ({"op": "put", "right": {**RIGHT, "status": "invalidated"}}, "right_not_in_force"),
        ({"op": "put", "right": {**RIGHT, "expires_on": "2026-11-20"}}, "right_not_in_force"),
    ],
)
def test_what_became_of_the_right_keeps_a_lead_from_being_sent_and_the_log_says_so(
    world: World, change: dict[str, Any], reason: str
) -> None:
    lead = world.made()
    world.rights.apply([change])
    sent = world.send(lead)
    assert sent is not None
    assert (sent.state, sent.reason) == ("withdrawn", reason)
    assert world.log(lead) == [("made", None), ("rechecked", reason), ("withdrawn", reason)]


@pytest.mark.parametrize("now", [{"status": "invalidated"}, {"expires_on": "2026-11-20"}, {"status": "pending"}])
def test_a_false_claim_of_a_patent_is_told_though_the_patent_is_not_in_force(world: World, now: dict[str, str]) -> None:
    world.judging.judge([group(1)], ANN, NOW, **GUILTY)
    (lead,) = world.leads.make(about(facts={"detector": "patent_claim"}), [BODY], verdict(), NOW)
    world.rights.apply([{"op": "put", "right": {**RIGHT, **now}}])
    sent = world.send(lead)
    assert sent is not None
    assert (sent.state, world.leads.check(sent, NOW)) == ("sent", None)


def test_an_undone_verdict_keeps_a_lead_from_being_sent(world: World) -> None:
    lead = world.made()
    world.judging.undo(group(1), ANN, NOW)
    sent = world.send(lead)
    assert sent is not None
    assert (sent.state, sent.reason) == ("withdrawn", "verdict_undone")


@pytest.mark.parametrize("state", ["waiting", "person"])
def test_an_overruled_verdict_withdraws_what_was_not_sent(world: World, state: str) -> None:
    world.judging.judge([group(1)], ANN, NOW, **GUILTY)
    (lead,) = world.leads.make(about(), [BODY if state == "waiting" else UNSURE], verdict(), NOW)
    assert lead.state == state
    world.judging.review(group(1), BOB, NOW, **INNOCENT)
    assert [one.reason for one in world.leads.follow(lead.group_id, NOW)] == ["overruled"]


def test_a_group_that_is_open_again_withdraws_its_leads(world: World) -> None:
    lead = world.made()
    world.judging.reopen([group(1)], BOB, NOW, because="licensed 7")
    assert [one.reason for one in world.leads.follow(lead.group_id, NOW)] == ["reopened"]


def test_of_a_lead_that_was_sent_the_log_says_once_that_its_verdict_changed(world: World) -> None:
    lead = world.made()
    world.send(lead)
    world.judging.review(group(1), BOB, NOW, **INNOCENT)
    world.leads.follow(lead.group_id, NOW)
    assert world.leads.follow(lead.group_id, NOW) == []
    assert world.now(lead).state == "sent"
    assert world.log(lead)[3:] == [("overruled", "overruled")]


def test_what_nobody_heard_of_is_counted_from_when_the_oldest_could_have_been_told(world: World) -> None:
    world.judging.judge([group(1), group(2)], ANN, NOW, **GUILTY)
    world.leads.make(about(), [BODY], replace(verdict(), send_after=NOW + MINUTE), NOW)
    assert world.leads.unsent(NOW) == {"waiting": Unsent(1, None), "person": Unsent(0, None)}
    world.leads.make(about(2), [UNSURE], verdict(2), NOW + MINUTE)
    later = NOW + 2 * MINUTE
    assert world.leads.unsent(later) == {"waiting": Unsent(1, NOW + MINUTE), "person": Unsent(1, NOW + MINUTE)}


def test_a_lead_of_an_alert_waits_for_no_verdict_but_bows_to_one(world: World) -> None:
    (lead,) = world.leads.make(about(), [BODY], alert(), NOW)
    assert world.leads.follow(lead.group_id, NOW) == []
    world.judging.judge([group(1)], ANN, NOW, **INNOCENT)
    assert [one.reason for one in world.leads.follow(lead.group_id, NOW)] == ["overruled"]


def test_a_person_chooses_the_place_and_the_leads_go_there(world: World) -> None:
    world.judging.judge([group(1)], ANN, NOW, **GUILTY)
    (lead,) = world.leads.make(about(), [UNSURE], verdict(), NOW)
    made = world.leads.decide_place(lead.lead_id, [BODY, RECORD], ANN, NOW, note="seen the licence", version=1)
    assert made is not None
    assert [(one.recipient, one.place, one.state) for one in made] == [
        ("person", None, "decided"),
        ("enforcement", "440305", "waiting"),
        ("national_record", None, "waiting"),
    ]
    assert {one.case_id for one in made} == {lead.case_id}
    entry = world.leads.log(lead.lead_id)[-1]
    assert (entry["act"], entry["by"], entry["detail"]) == (
        "place",
        "ann",
        {"place": "440305", "note": "seen the licence"},
    )


def test_a_person_may_tell_nobody(world: World) -> None:
    world.judging.judge([group(1)], ANN, NOW, **GUILTY)
    (lead,) = world.leads.make(about(), [UNSURE], verdict(), NOW)
    assert world.leads.decide_place(lead.lead_id, [], ANN, NOW, note="", version=1) is not None
    assert (world.now(lead).state, world.now(lead).reason) == ("withdrawn", "no_body")


def test_a_place_is_chosen_once(world: World) -> None:
    world.judging.judge([group(1)], ANN, NOW, **GUILTY)
    (lead,) = world.leads.make(about(), [UNSURE], verdict(), NOW)
    world.leads.decide_place(lead.lead_id, [BODY], ANN, NOW, note="", version=1)
    with pytest.raises(LeadRefused) as refusal:
        world.leads.decide_place(lead.lead_id, [BODY], BOB, NOW, note="", version=1)
    assert refusal.value.code == "stale"
    with pytest.raises(LeadRefused) as refusal:
        world.leads.decide_place(lead.lead_id, [BODY], BOB, NOW, note="", version=2)
    assert refusal.value.code == "state"


def test_what_became_of_the_complaint_is_kept_with_its_date_and_who_said_it(world: World) -> None:
    lead = world.made()
    yesterday = NOW - timedelta(days=1)
    found = world.leads.takedown(lead.lead_id, "submitted", ANN, NOW, on=yesterday, note="no 7", version=1)
    assert found is not None
    assert (found.takedown, found.takedown_at, found.takedown_by) == ("submitted", yesterday, "ann")
    assert world.leads.log(lead.lead_id)[-1]["detail"]["from"] == "not_submitted"


def test_what_a_person_says_is_removed_closes_the_lead(world: World) -> None:
    lead = world.made()
    world.leads.takedown(lead.lead_id, "removed", ANN, NOW, on=NOW, note="", version=1)
    assert (world.now(lead).state, world.now(lead).reason) == ("closed", "removed")


def test_a_delisted_listing_closes_its_leads(world: World) -> None:
    lead, other = world.made(1), world.made(2)
    (closed,) = world.leads.delisted("taobao", "L1", NOW, NOW + MINUTE)
    assert (closed.lead_id, closed.state, closed.takedown, closed.takedown_at) == (
        lead.lead_id,
        "closed",
        "removed",
        NOW,
    )
    assert world.now(other).state == "waiting"
    assert world.log(lead)[-1] == ("closed", "delisted")


def test_a_listing_that_was_gone_before_the_alert_closes_nothing(world: World) -> None:
    lead = world.made()
    assert world.leads.delisted("taobao", "L1", lead.observed_at - MINUTE, NOW) == []


def test_a_listing_that_is_offered_again_after_it_was_gone_makes_a_lead_again(world: World) -> None:
    world.made()
    world.leads.delisted("taobao", "L1", NOW, NOW)
    back = about(observed_at=NOW + MINUTE)
    (again,) = world.leads.make(back, [BODY], verdict(version=2), NOW + MINUTE)
    assert (again.state, again.takedown) == ("waiting", "not_submitted")


def test_an_offer_is_gone_from_when_it_was_seen_to_be_or_a_day_after_a_person_said_so(world: World) -> None:
    seen, said = world.made(1), world.made(2)
    world.made(3)
    world.leads.delisted("taobao", "L1", NOW - MINUTE, NOW)
    earlier = NOW - timedelta(hours=5)
    world.leads.takedown(said.lead_id, "removed", ANN, NOW, on=earlier, note="", version=1)
    found, more = world.leads.gone(NOW - timedelta(days=1))
    assert {one.group_id: one.gone_at for one in found} == {
        seen.group_id: NOW - MINUTE,
        said.group_id: NOW + timedelta(days=1),
    }
    assert more is None
    assert world.leads.gone(NOW + MINUTE) == ([], None)


def test_an_offer_with_a_lead_under_way_is_not_gone(world: World) -> None:
    world.judging.judge([group(1)], ANN, NOW, **GUILTY)
    lead, _ = world.leads.make(about(), [BODY, RECORD], verdict(), NOW)
    world.leads.takedown(lead.lead_id, "removed", ANN, NOW, on=NOW, note="", version=1)
    assert world.leads.gone(NOW - MINUTE) == ([], None)


def test_a_place_that_was_chosen_keeps_no_later_verdict_from_its_leads(world: World) -> None:
    world.judging.judge([group(1)], ANN, NOW, **GUILTY)
    (lead,) = world.leads.make(about(), [UNSURE], verdict(), NOW)
    world.leads.decide_place(lead.lead_id, [BODY], ANN, NOW, note="", version=1)
    world.leads.delisted("taobao", "L1", NOW, NOW)
    (again,) = world.leads.make(about(observed_at=NOW + MINUTE), [BODY], verdict(version=2), NOW + MINUTE)
    assert (again.recipient, again.state) == ("enforcement", "waiting")


def test_contents_that_people_found_infringing_are_known_by_their_digests(world: World) -> None:
    world.judging.judge([group(1, listing_digest="ab" * 32), group(2, listing_digest="cd" * 32)], ANN, NOW, **GUILTY)
    assert world.leads.judged_digests(group(1).group_id) == {"ab" * 32}
    assert world.leads.judged_digests(group(3).group_id) == frozenset()


def test_listings_of_open_leads_are_told_once_each(world: World) -> None:
    world.judging.judge([group(1)], ANN, NOW, **GUILTY)
    world.leads.make(about(), [BODY, RECORD], verdict(), NOW)
    offers, more = world.leads.offers()
    assert offers == [("taobao", "L1")]
    assert more is None


def test_one_case_for_a_seller_and_a_right_by_company_code_where_there_is_one() -> None:
    assert about(1).case_id == about(2).case_id
    assert about(1).case_id != about(1, right_id="CN-TM-2").case_id
    assert about(1, seller="jd:s9", company_code=COMPANY).case_id == about(2, company_code=COMPANY).case_id
    assert about(1, company_code="91440300708461136X").case_id == about(1).case_id  # a wrong check digit
    assert about(1, seller="").case_id != about(2, seller="").case_id


def test_pages_of_leads_meet_without_gap_or_repeat(world: World) -> None:
    leads = {world.made(number).lead_id for number in range(1, 6)}
    first = world.leads.find(LeadQuery(limit=3))
    second = world.leads.find(LeadQuery(limit=3, before=first.next))
    assert [len(first.leads), len(second.leads), second.next] == [3, 2, None]
    assert {one.lead_id for one in (*first.leads, *second.leads)} == leads


@pytest.mark.parametrize(
    "filters",
    [{"state": "sent"}, {"recipient": "person"}, {"right_id": "CN-TM-9"}, {"seller": "taobao:s9"}, {"case_id": "0"}],
)
def test_filters_leave_out_what_is_something_else(world: World, filters: dict[str, Any]) -> None:
    world.made()
    assert world.leads.find(LeadQuery(**filters)).leads == ()


@pytest.mark.parametrize(
    ("visible", "count"),
    [
        (EVERYTHING, 1),
        (Visible(regions=("4403",)), 1),
        (Visible(regions=("11",)), 0),
        (Visible(regions=()), 0),
        (Visible(holders=frozenset({"h1"}), rights=frozenset({"CN-TM-1"})), 1),
        (Visible(holders=frozenset({"h2"}), rights=frozenset()), 0),
    ],
)
def test_a_list_and_its_counts_have_only_what_may_be_seen(world: World, visible: Visible, count: int) -> None:
    world.made()
    with closing(HolderStore(world.settings)) as holders:
        holders.rights_of(frozenset({"h1"}))  # who sees some rights only has asked for them
    assert len(world.leads.find(LeadQuery(visible=visible)).leads) == count
    assert sum(world.leads.counts(visible).values()) == count


def test_a_holders_policy_goes_before_a_kinds_and_that_before_the_settings(world: World) -> None:
    policies = world.leads.policies
    policies.put("trademark", "h1", AT_ONCE, ANN, NOW)
    policies.put("design", None, AFTER_VERDICT, ANN, NOW)
    known = policies.all()
    assert policies.sending(known, "trademark", "h1") == AT_ONCE
    assert policies.sending(known, "trademark", "h2") == AFTER_VERDICT
    assert policies.sending(known, "design", "h1") == AFTER_VERDICT
    policies.put("design", None, None, ANN, NOW)
    assert policies.sending(policies.all(), "design", "h1") == AT_ONCE


def test_what_is_read_for_the_first_time_is_read_from_now_on_and_a_cursor_never_goes_back(world: World) -> None:
    assert world.leads.cursor("verdicts", NOW) == NOW
    world.leads.move("verdicts", NOW + MINUTE)
    world.leads.move("verdicts", NOW)
    assert world.leads.cursor("verdicts", NOW + 2 * MINUTE) == NOW + MINUTE


def test_groups_that_were_judged_are_read_in_order_as_they_stand_now(world: World) -> None:
    world.judging.judge([group(1)], ANN, NOW, **GUILTY)
    world.judging.judge([group(2)], ANN, NOW + MINUTE, **INNOCENT)
    (first, one), (_, two) = world.leads.judged(NOW)
    assert (one.group_id, one.state, one.verdict, one.version) == (group(1).group_id, "closed", "infringing", 1)
    assert two.verdict == "not_infringing"
    assert [standing for _, standing in world.leads.judged(NOW, first)] == [two]


def test_one_at_a_time_makes_leads(world: World) -> None:
    with closing(LeadStore(world.settings, LeadSettings())) as other, world.leads.lock() as first, other.lock() as late:
        assert (first, late) == (True, False)
