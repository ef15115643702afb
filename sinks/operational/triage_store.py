"""Judging in the operational database: claims, verdicts, second reviews, opinions, shelving and undo.

Every act on a group locks its row, so of two that happen at once one is first and the other is refused. An act writes
the state, what was done (`triage_event`, never changed) and what others are to hear of it (`triage_outbox`) in one
transaction. The clock is handed in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection, select, update

from sinks.operational.database import Database
from sinks.operational.schema import prepare
from sinks.operational.triage_outbox import CLAIM, STATE, TriageOutbox, announce, announce_verdicts
from sinks.operational.triage_records import Actor, Facts, Outcome, Refusal, State, to_ms
from sinks.operational.triage_rows import (
    NO_CLAIM,
    WITH_LEASE,
    Values,
    event_json,
    event_row,
    first_row,
    is_claimed,
    state_of,
    undoing_row,
    values_of,
    write_events,
    write_groups,
)
from sinks.operational.triage_shelves import TriageShelves
from sinks.operational.triage_tables import triage_event, triage_group, triage_lease
from sinks.operational.triage_views import TriageViews
from sinks.settings import OperationalSettings
from sinks.text import json_text
from sinks.triage_policy import TriageSettings
from sinks.verdict_codes import CLOSED, EXPERT, JUDGE, OPEN, REVIEW, SCREENED, SHELVED

AT_WORK = timedelta(minutes=10)  # whoever acted within it counts as at work
CHUNK = 500  # ids in one statement
UNDOABLE = (JUDGE, REVIEW, "ask_expert", "opinion", "shelve", "unshelve")
_group, _lease, _event = triage_group.c, triage_lease.c, triage_event.c
_VERDICT = ("verdict", "reason_code", "note", "judged_by", "judged_by_id", "judged_at_ms", "stage")
_AWAKE: Values = {"resume_state": None, "shelved_until_ms": None}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Decided:
    """What an act makes of a group."""

    act: str
    values: Values
    verdict: str | None = None
    reason_code: str | None = None
    note: str = ""


_Decide = Callable[[Facts, Values], _Decided | str]
"""What to make of a group that is as these values say, or the code of a refusal."""


class TriageStore:
    """Usable from any thread. The tables are created on construction.

    Raises (every method): StoreUnavailable (try again later), StoreRefused (bad input; nothing was changed).
    """

    def __init__(self, settings: OperationalSettings, policy: TriageSettings) -> None:
        self._database = Database(settings)
        self._policy = policy
        prepare(self._database)
        self.outbox = TriageOutbox(self._database)
        self.shelves = TriageShelves(self._database)
        self.views = TriageViews(self._database)

    def close(self) -> None:
        self._database.close()

    def states(self, group_ids: Iterable[str], now: datetime) -> dict[str, State]:
        """The states of those groups that somebody touched, by group id."""
        with self._database.reading() as connection:
            return self._states(connection, sorted(set(group_ids)), now)

    def claimed(self, now: datetime) -> dict[str, str]:
        """The groups that are claimed now, and by which account."""
        with self._database.reading() as connection:
            rows = connection.execute(WITH_LEASE.where(_lease.until_ms > to_ms(now))).all()
        return {row.group_id: row.claimed_by_id for row in rows}

    def groups_of_right(self, right_id: str, now: datetime) -> list[State]:
        """The groups of a right that somebody touched, by their ids."""
        with self._database.reading() as connection:
            rows = connection.execute(WITH_LEASE.where(_group.right_id == right_id).order_by(_group.group_id)).all()
        return [state_of(row, now, self._policy) for row in rows]

    def history(self, group_id: str) -> list[dict[str, Any]]:
        """What people did with a group, oldest first."""
        wanted = select(triage_event).where(_event.group_id == group_id).order_by(_event.version, _event.at_ms)
        with self._database.reading() as connection:
            return [event_json(dict(row)) for row in connection.execute(wanted).mappings()]

    def at_work(self, now: datetime) -> int:
        """How many people did something within the last ten minutes, or hold a lease."""
        acted = select(_event.by_id).where(_event.at_ms > to_ms(now - AT_WORK)).distinct()
        leased = select(_lease.account_id).where(_lease.until_ms > to_ms(now))
        with self._database.reading() as connection:
            return len({*connection.scalars(acted), *connection.scalars(leased)})

    def claim(self, targets: Sequence[Facts], who: Actor, now: datetime) -> Outcome:
        """Take groups for oneself: until they are released or judged, or the lease runs out."""
        done, refused = [], []
        with self._database.writing() as connection:
            rows = self._locked(connection, targets, now)
            epoch = self._renewed(connection, who, now)
            for group_id, row in rows.items():
                code = "state" if row.state == CLOSED else _hindrance(row, who, now)
                if code:
                    refused.append(self._refusal(row, code, now))
                else:
                    done.append(group_id)
            mine = {"claimed_by": who.name, "claimed_by_id": who.account_id, "claim_epoch": epoch}
            states = self._claims(connection, done, mine, now)
        return Outcome(states, tuple(refused))

    def release(self, group_ids: Iterable[str], who: Actor, now: datetime) -> Outcome:
        """Give own claims back; other groups are passed over."""
        with self._database.writing() as connection:
            mine = _group.group_id.in_(sorted(set(group_ids))), _group.claimed_by_id == who.account_id
            locking = select(_group.group_id).where(*mine).order_by(_group.group_id).with_for_update()
            done = list(connection.scalars(locking))
            states = self._claims(connection, done, NO_CLAIM, now)
            self._renewed(connection, who, now)
        return Outcome(states)

    def judge(
        self,
        targets: Sequence[Facts],
        who: Actor,
        now: datetime,
        *,
        verdict: str,
        reason_code: str,
        note: str = "",
        versions: Mapping[str, int] | None = None,
        may_be_reviewed: bool = True,
    ) -> Outcome:
        """A person's verdict on open groups: they are closed, or wait for a second person where policy says so.

        `versions`: what each group's version was when it was looked at; one that is left out is not compared.
        `may_be_reviewed`: there is a second person who could.
        """

        def decide(facts: Facts, values: Values) -> _Decided | str:
            if values["state"] not in (OPEN, SHELVED):
                return "state"
            return self._first(facts, who, now, verdict, reason_code, note, may_be_reviewed)

        return self._act(targets, who, now, decide, versions or {})

    def review(
        self,
        target: Facts,
        who: Actor,
        now: datetime,
        *,
        verdict: str,
        reason_code: str,
        note: str = "",
        version: int | None = None,
        may_be_reviewed: bool = True,
    ) -> Outcome:
        """A second person's verdict, which holds: on what waits for review or for an expert, or was closed.

        On what an expert was asked about before anybody judged it, it is the first: as `judge`.
        """

        def decide(facts: Facts, values: Values) -> _Decided | str:
            if values["state"] not in (REVIEW, EXPERT, CLOSED):
                return "state"
            if values["judged_by_id"] is None:
                return self._first(facts, who, now, verdict, reason_code, note, may_be_reviewed)
            if values["judged_by_id"] == who.account_id:
                return "four_eyes"
            judged = _judged(who, now, verdict, reason_code, note, REVIEW) | {"state": CLOSED}
            return _Decided(act=REVIEW, values=judged, verdict=verdict, reason_code=reason_code, note=note)

        return self._act([target], who, now, decide, _versions(target, version))

    def ask_expert(self, target: Facts, who: Actor, now: datetime, *, note: str, version: int | None = None) -> Outcome:
        """Send an open group, or one that waits for review, to an expert."""

        def decide(_facts: Facts, values: Values) -> _Decided | str:
            if values["state"] not in (OPEN, SHELVED, REVIEW):
                return "state"
            back_to = REVIEW if values["state"] == REVIEW else OPEN
            asked = {**_AWAKE, "state": EXPERT, "resume_state": back_to}
            return _Decided(act="ask_expert", values=asked, note=note)

        return self._act([target], who, now, decide, _versions(target, version))

    def opinion(
        self,
        target: Facts,
        who: Actor,
        now: datetime,
        *,
        note: str,
        verdict: str | None = None,
        reason_code: str | None = None,
        version: int | None = None,
    ) -> Outcome:
        """An expert's answer. It decides nothing: the group goes back to where it was asked from."""

        def decide(_facts: Facts, values: Values) -> _Decided | str:
            if values["state"] != EXPERT:
                return "state"
            back = {**_AWAKE, "state": values["resume_state"] or OPEN, "stage": EXPERT}
            return _Decided(act="opinion", values=back, verdict=verdict, reason_code=reason_code, note=note)

        return self._act([target], who, now, decide, _versions(target, version))

    def _first(
        self, facts: Facts, who: Actor, now: datetime, verdict: str, reason_code: str, note: str, may_be_reviewed: bool
    ) -> _Decided:
        """The first person's verdict on a group."""
        waits = may_be_reviewed and self._policy.asks_review(facts.group_id, facts.group_tier)
        judged = _judged(who, now, verdict, reason_code, note, JUDGE) | {"state": REVIEW if waits else CLOSED}
        return _Decided(act=JUDGE, values=judged, verdict=verdict, reason_code=reason_code, note=note)

    def judge_screened(
        self, target: Facts, who: Actor, now: datetime, *, verdict: str, reason_code: str, note: str = ""
    ) -> dict[str, Any]:
        """A verdict on a match that did not alert: what was done, as a history shows it. No group changes by it."""
        event = event_row(
            target, who, now, act=SCREENED, version=0, verdict=verdict, reason_code=reason_code, note=note
        )
        with self._database.writing() as connection:
            write_events(connection, [event])
            announce_verdicts(connection, [event], now)
            self._renewed(connection, who, now)
        return event_json(event)

    def shelve(
        self,
        targets: Sequence[Facts],
        who: Actor,
        now: datetime,
        *,
        until: datetime,
        note: str,
        versions: Mapping[str, int] | None = None,
    ) -> Outcome:
        """Put open groups aside until a moment; then they are open again by themselves."""

        def decide(_facts: Facts, values: Values) -> _Decided | str:
            if values["state"] not in (OPEN, SHELVED):
                return "state"
            aside = {"state": SHELVED, "resume_state": OPEN, "shelved_until_ms": to_ms(until), "note": note}
            return _Decided(act="shelve", values=aside, note=note)

        return self._act(targets, who, now, decide, versions or {})

    def unshelve(self, targets: Sequence[Facts], who: Actor, now: datetime) -> Outcome:
        """Take groups back from the shelf before their time."""

        def decide(_facts: Facts, values: Values) -> _Decided | str:
            if values["state"] != SHELVED:
                return "state"
            return _Decided(act="unshelve", values={**_AWAKE, "state": OPEN, "note": None})

        return self._act(targets, who, now, decide, {})

    def reopen(self, targets: Sequence[Facts], who: Actor, now: datetime, *, because: str) -> Outcome:
        """Open groups again whose right changed; `because` says how. No claim hinders it, and no claim ends by it."""

        def decide(_facts: Facts, _values: Values) -> _Decided | str:
            fresh = {**dict.fromkeys(_VERDICT), **_AWAKE, "state": OPEN, "reopened_because": because}
            return _Decided(act="reopen", values=fresh, note=because)

        return self._act(targets, who, now, decide, {}, by_a_person=False)

    def undo(self, target: Facts, who: Actor, now: datetime, *, version: int | None = None) -> Outcome:
        """Take back one's own act if it is the group's latest and not too old; the group is claimed again."""
        with self._database.writing() as connection:
            row = self._locked(connection, [target], now)[target.group_id]
            epoch = self._renewed(connection, who, now)
            found = select(triage_event).where(_event.group_id == target.group_id, _event.version == row.version)
            latest = connection.execute(found.order_by(_event.at_ms.desc())).mappings().first()
            code = self._undo_hindrance(row, latest, who, now, version)
            if code or latest is None:
                return Outcome((), (self._refusal(row, code or "not_yours", now),))
            mine = {"claimed_by": who.name, "claimed_by_id": who.account_id, "claim_epoch": epoch}
            event = undoing_row(dict(latest), who, now, row.version + 1)
            write_groups(connection, [(row, {**orjson.loads(latest["before"]), **mine})], now)
            write_events(connection, [event])
            announce_verdicts(connection, [event], now)
            return Outcome(self._announced(connection, STATE, [target.group_id], now))

    def _act(
        self,
        targets: Sequence[Facts],
        who: Actor,
        now: datetime,
        decide: _Decide,
        versions: Mapping[str, int],
        *,
        by_a_person: bool = True,
    ) -> Outcome:
        changes, events, refused = [], [], []
        with self._database.writing() as connection:
            rows = self._locked(connection, targets, now)
            for facts in {facts.group_id: facts for facts in targets}.values():
                row = rows[facts.group_id]
                before = values_of(row, now)
                code = self._checked(row, who, now, versions) if by_a_person else None
                decided = code or decide(facts, before)
                if isinstance(decided, str):
                    refused.append(self._refusal(row, decided, now))
                    continue
                changes.append((row, before | decided.values | (NO_CLAIM if by_a_person else {})))
                told = {"verdict": decided.verdict, "reason_code": decided.reason_code, "note": decided.note}
                events.append(
                    event_row(
                        facts, who, now, act=decided.act, version=row.version + 1, before=json_text(before), **told
                    )
                )
            write_groups(connection, changes, now)
            write_events(connection, events)
            announce_verdicts(connection, events, now)
            if by_a_person:
                self._renewed(connection, who, now)
            states = self._announced(connection, STATE, [row.group_id for row, _ in changes], now)
        return Outcome(states, tuple(refused))

    @staticmethod
    def _checked(row: Any, who: Actor, now: datetime, versions: Mapping[str, int]) -> str | None:
        """Why a person may not act on the group now."""
        if versions.get(row.group_id, row.version) != row.version:
            return "stale"
        return _hindrance(row, who, now)

    def _undo_hindrance(self, row: Any, latest: Any, who: Actor, now: datetime, version: int | None) -> str | None:
        if version not in (None, row.version):
            return "stale"
        if latest is None or latest["by_id"] != who.account_id or latest["act"] not in UNDOABLE:
            return "not_yours"
        if latest["at_ms"] < to_ms(now - self._policy.undo):
            return "too_late"
        return _hindrance(row, who, now)

    def _locked(self, connection: Connection, targets: Sequence[Facts], now: datetime) -> dict[str, Any]:
        """The groups' rows, which nobody else can change now; a group that was never touched gets one first."""
        chosen = {facts.group_id: facts for facts in targets}
        ordered = sorted(chosen)  # everybody locks in one order, so nobody waits for who waits for him
        self._database.insert_missing(connection, triage_group, [first_row(chosen[one], now) for one in ordered])
        found = dict[str, Any]()
        for start in range(0, len(ordered), CHUNK):
            those = _group.group_id.in_(ordered[start : start + CHUNK])
            connection.execute(select(_group.group_id).where(those).order_by(_group.group_id).with_for_update()).all()
            found |= {row.group_id: row for row in connection.execute(WITH_LEASE.where(those))}
        return found

    def _renewed(self, connection: Connection, who: Actor, now: datetime) -> int:
        """The account's lease runs from now; its epoch. The last lock that an act takes."""
        first = {"account_id": who.account_id, "epoch": 0, "until_ms": 0}
        self._database.insert_missing(connection, triage_lease, [first])
        mine = _lease.account_id == who.account_id
        lease = connection.execute(select(triage_lease).where(mine).with_for_update()).one()
        epoch: int = lease.epoch if lease.until_ms > to_ms(now) else lease.epoch + 1
        until = to_ms(now + self._policy.lease)
        connection.execute(update(triage_lease).where(mine).values(epoch=epoch, until_ms=until))
        return epoch

    def _claims(
        self, connection: Connection, group_ids: Sequence[str], claim: Values, now: datetime
    ) -> tuple[State, ...]:
        for start in range(0, len(group_ids), CHUNK):
            those = _group.group_id.in_(group_ids[start : start + CHUNK])
            connection.execute(update(triage_group).where(those).values(claim))
        return self._announced(connection, CLAIM, group_ids, now)

    def _announced(
        self, connection: Connection, kind: str, group_ids: Sequence[str], now: datetime
    ) -> tuple[State, ...]:
        """The states as they are now, which others are to hear of."""
        found = self._states(connection, group_ids, now)
        states = tuple(found[group_id] for group_id in group_ids)
        announce(connection, kind, states, now)
        return states

    def _states(self, connection: Connection, group_ids: Sequence[str], now: datetime) -> dict[str, State]:
        found = dict[str, State]()
        for start in range(0, len(group_ids), CHUNK):
            chosen = WITH_LEASE.where(_group.group_id.in_(group_ids[start : start + CHUNK]))
            found |= {row.group_id: state_of(row, now, self._policy) for row in connection.execute(chosen)}
        return found

    def _refusal(self, row: Any, code: str, now: datetime) -> Refusal:
        by = row.claimed_by if code == "claimed" else None
        return Refusal(group_id=row.group_id, code=code, state=state_of(row, now, self._policy), by=by)


def _hindrance(row: Any, who: Actor, now: datetime) -> str | None:
    return "claimed" if is_claimed(row, now) and row.claimed_by_id != who.account_id else None


def _judged(who: Actor, now: datetime, verdict: str, reason_code: str, note: str, stage: str) -> Values:
    return {
        **_AWAKE,
        "verdict": verdict,
        "reason_code": reason_code,
        "note": note,
        "judged_by": who.name,
        "judged_by_id": who.account_id,
        "judged_at_ms": to_ms(now),
        "stage": stage,
        "reopened_because": None,
    }


def _versions(target: Facts, version: int | None) -> dict[str, int]:
    return {} if version is None else {target.group_id: version}
