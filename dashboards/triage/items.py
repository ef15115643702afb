"""Groups and their states in the form that answers have. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from dashboards.live_frames import without_people
from dashboards.problems import Problem
from detectors.records import timestamp_text
from sinks.clickhouse.queue_groups import Group
from sinks.clickhouse.queue_query import MINE
from sinks.operational.triage_records import Facts, Outcome, Refusal, Shelf, State, untouched
from sinks.triage_policy import TriageSettings
from sinks.verdict_codes import OPEN, SHELVED
from sinks.visible import Visible, region_of

REFUSALS = {
    "stale": "somebody changed it meanwhile: look at the state that holds now, and decide again",
    "claimed": "somebody else is at work on it",
    "state": "not possible in the state that it is in",
    "four_eyes": "you gave the first verdict: another person reviews it",
    "not_yours": "its latest act is none of yours that can be taken back",
    "too_late": "it is too long ago to be taken back: ask a reviewer",
}


def facts_of(group: Group, alert: Mapping[str, Any] | None = None, screened: str = "") -> Facts:
    """What an act pins: the alert that was looked at, else the group's newest."""
    judged = group.alert if alert is None else alert
    return Facts(
        group_id=group.group_id,
        alert_id=judged["alert_id"],
        listing_digest=judged["listing_digest"],
        revision=judged["revision"],
        score=judged["score"],
        detector=judged["detector"],
        tier=judged["tier"],
        right_id=judged["right_id"],
        subject=judged["subject"],
        platform=judged["platform"],
        seller=group.seller,
        seller_region=group.seller_region or region_of(judged),
        group_tier=group.tier,
        first_seen=group.first_seen,
        versions=judged["versions"],
        screened=screened,
    )


def state_of(group: Group, states: Mapping[str, State], shelves: Sequence[Shelf], policy: TriageSettings) -> State:
    """A group's state now. An open one whose right or seller is shelved is shelved, too."""
    state = states.get(group.group_id) or untouched(facts_of(group), policy)
    state = replace(state, due_at=policy.due_at(group.tier, group.first_seen))
    if state.state != OPEN:
        return state
    holding = [shelf for shelf in shelves if shelf.holds(group.alert["right_id"], group.seller)]
    if not holding:
        return state
    shelf = max(holding, key=lambda one: one.until)
    return replace(state, state=SHELVED, shelved_until=shelf.until, note=shelf.note)


def is_of(list_name: str, state: State, account_id: str) -> bool:
    """Whether a group in this state stands in a list of the queue."""
    return state.claimed_by_id == account_id if list_name == MINE else state.state == list_name


def state_json(state: State, visible: Visible) -> dict[str, Any]:
    """Who was at work on it and what they noted for each other is for those who see everything; outsiders are shown
    what became of it."""
    shown = state.to_json()
    return shown if visible.is_everything else without_people(shown)


def history_json(history: Sequence[Mapping[str, Any]], visible: Visible) -> list[dict[str, Any]]:
    """What was done with a group, for outsiders without names and notes."""
    if visible.is_everything:
        return [dict(event) for event in history]
    return [{**event, "by": "", "note": ""} for event in history]


def item_json(group: Group, state: State, visible: Visible) -> dict[str, Any]:
    return {
        "group_id": group.group_id,
        "alert": group.alert,
        "alerts": group.alerts,
        "first_seen": timestamp_text(group.first_seen),
        "last_seen": timestamp_text(group.last_seen),
        "tier": group.tier,
        "triage": state_json(state, visible),
    }


def named_state(state: State) -> dict[str, Any]:
    return {"group_id": state.group_id, **state.to_json()}


def given_json(states: Iterable[State], undo: timedelta, now: Any) -> list[dict[str, Any]]:
    until = timestamp_text(now + undo)
    return [{**named_state(state), "undo_until": until} for state in states]


def refused_json(refusals: Iterable[Refusal], unknown: Iterable[str] = ()) -> list[dict[str, Any]]:
    """The groups that nothing was done to, and why; `unknown` ones are not there, or not to be seen."""
    found: list[dict[str, Any]] = [
        {"group_id": one.group_id, "code": one.code, "by": one.by, "state": named_state(one.state)} for one in refusals
    ]
    return found + [{"group_id": one, "code": "not_found", "by": None, "state": None} for one in unknown]


def only_state(outcome: Outcome) -> State:
    """The state that an act on one group led to.

    Raises:
        Problem: 409, it was refused; with the state that holds.
    """
    if outcome.refused:
        (refusal,) = outcome.refused
        by = {"by": refusal.by} if refusal.by else {}
        detail = f"group {refusal.group_id}: {REFUSALS[refusal.code]}"
        raise Problem(409, refusal.code, detail, state=named_state(refusal.state), **by)
    return outcome.done[0]
