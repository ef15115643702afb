"""Leads in the operational database: made once for each cause, checked again when they are sent, closed in the end.

All that happens to a lead is one transaction of its row and a line in its log (`lead_event`, never changed). What
judging and the rights say is read in the same transaction, from the same database. The clock is handed in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, func, select, tuple_, update

from sinks.lead_codes import (
    CLOSED,
    DECIDED,
    OPEN,
    PERSON,
    REMOVED,
    SENT,
    WAITING,
    WITHDRAWN,
    LeadSettings,
)
from sinks.lead_figures import LeadMonth
from sinks.operational.database import Database
from sinks.operational.lead_checks import judged_otherwise, standing_of, standings_of, withheld
from sinks.operational.lead_months import read_month
from sinks.operational.lead_policies import LeadPolicies
from sinks.operational.lead_records import (
    About,
    Cause,
    Draft,
    Gone,
    Lead,
    LeadPage,
    LeadQuery,
    LeadRefused,
    Standing,
    Unsent,
    stable_id,
)
from sinks.operational.lead_returns import gone_offers, judged_digests
from sinks.operational.lead_rows import change, conditions_of, event_json, first_row, lead_id_of, lead_of, values_of
from sinks.operational.lead_tables import lead, lead_cursor, lead_event
from sinks.operational.schema import prepare
from sinks.operational.triage_records import Actor, from_ms, to_ms
from sinks.operational.triage_tables import triage_event
from sinks.settings import OperationalSettings
from sinks.visible import Visible

BATCH = 500
UNSENT = (WAITING, PERSON)
_lead, _event, _triage = lead.c, lead_event.c, triage_event.c


Offer = tuple[str, str]
"""Platform and listing id."""
Tell = Callable[[Connection, Lead], object]
"""Lets people hear of a lead, in the transaction that sends it."""


class LeadStore:
    """Usable from any thread. The tables are created on construction.

    Raises (every method): StoreUnavailable (try again later), StoreRefused (nothing was changed).
    """

    def __init__(self, settings: OperationalSettings, leads: LeadSettings) -> None:
        self._database = Database(settings)
        prepare(self._database)
        self.policies = LeadPolicies(self._database, leads)

    def close(self) -> None:
        self._database.close()

    @contextmanager
    def lock(self) -> Iterator[bool]:
        """Whether this caller alone makes and sends leads now. Never waits; a holder that dies lets go."""
        with self._database.leads_lock() as held:
            yield held

    def cursor(self, source: str, now: datetime) -> datetime:
        """How far a source was read. One that never was is read from now on: what is older needed no leads."""
        with self._database.writing() as connection:
            self._database.insert_missing(connection, lead_cursor, [{"source": source, "read_ms": to_ms(now)}])
            wanted = select(lead_cursor.c.read_ms).where(lead_cursor.c.source == source)
            return from_ms(connection.execute(wanted).scalar_one())

    def move(self, source: str, read_up_to: datetime) -> None:
        """All of a source up to that moment was followed."""
        later = lead_cursor.c.read_ms < to_ms(read_up_to)
        with self._database.writing() as connection:
            connection.execute(
                update(lead_cursor).where(lead_cursor.c.source == source, later).values(read_ms=to_ms(read_up_to))
            )

    def judged(self, since: datetime, after: tuple[int, str] | None = None) -> list[tuple[tuple[int, str], Standing]]:
        """The groups that people did something with since then, as they stand now: at most 500, each with its place,
        from behind the place `after`."""
        behind = _triage.at_ms >= to_ms(since)
        if after is not None:
            behind = tuple_(_triage.at_ms, _triage.event_id) > after
        wanted = select(_triage.at_ms, _triage.event_id, _triage.group_id).where(behind, _triage.act != "screened")
        with self._database.reading() as connection:
            rows = connection.execute(wanted.order_by(_triage.at_ms, _triage.event_id).limit(BATCH)).all()
            standings = standings_of(connection, {row.group_id for row in rows})
        return [((row.at_ms, row.event_id), standings[row.group_id]) for row in rows]

    def standing(self, group_id: str) -> Standing:
        """How a group is judged now."""
        with self._database.reading() as connection:
            return standing_of(connection, group_id)

    def make(self, about: About, drafts: Sequence[Draft], cause: Cause, now: datetime) -> list[Lead]:
        """The leads of a group, unless they were made of this cause before, or earlier ones are still under way."""
        with self._database.writing() as connection:
            locked = select(lead).where(_lead.group_id == about.group_id).order_by(_lead.lead_id).with_for_update()
            if any(not _is_over(row, about) for row in connection.execute(locked).all()):
                return []
            return [
                made for draft in drafts if (made := self._put(connection, about, draft, cause, now, None)) is not None
            ]

    def follow(self, group_id: str, now: datetime) -> list[Lead]:
        """Withdraw what judging no longer lets through; what was sent already gets a line in its log. The withdrawn."""
        with self._database.writing() as connection:
            locked = select(lead).where(_lead.group_id == group_id, _lead.state.in_(OPEN)).order_by(_lead.lead_id)
            rows = connection.execute(locked.with_for_update()).all()
            standing = standing_of(connection, group_id)
            withdrawn = []
            for row in rows:
                reason = judged_otherwise(standing, row.because)
                if reason is None:
                    continue
                if row.state in UNSENT:
                    values = {"state": WITHDRAWN, "reason": reason}
                    row = change(connection, row, now, act="withdrawn", values=values, reason=reason)
                    withdrawn.append(lead_of(row))
                    continue
                event_id = stable_id(row.lead_id, "overruled", standing.cause)
                if not self._is_known(connection, event_id):
                    change(connection, row, now, act="overruled", reason=reason, event_id=event_id)
        return withdrawn

    def due(self, now: datetime) -> list[str]:
        """The leads that are to be sent now, at most 500, those that wait longest first."""
        wanted = select(_lead.lead_id).where(_lead.state == WAITING, _lead.send_after_ms <= to_ms(now))
        with self._database.reading() as connection:
            return list(connection.scalars(wanted.order_by(_lead.send_after_ms, _lead.lead_id).limit(BATCH)))

    def send(self, lead_id: str, now: datetime, tell: Tell) -> Lead | None:
        """Check a lead again and let its recipient hear of it, or withdraw it and say why. None: it waits no more."""
        with self._database.writing() as connection:
            row = self._locked(connection, lead_id)
            if row is None or row.state != WAITING:
                return None
            reason = withheld(connection, row, now)
            row = change(connection, row, now, act="rechecked", reason=reason)
            if reason is not None:
                over = {"state": WITHDRAWN, "reason": reason}
                return lead_of(change(connection, row, now, act="withdrawn", values=over, reason=reason))
            done = {"state": SENT, "sent_at_ms": to_ms(now)}
            sent = lead_of(change(connection, row, now, act="sent", values=done))
            tell(connection, sent)
            return sent

    def offers(self, after: str = "") -> tuple[list[Offer], str | None]:
        """The listings of open leads, some at a time in the order of the leads' ids, and where to go on (None: begin
        again)."""
        open_ones = select(_lead.lead_id, _lead.platform, _lead.listing_id).where(
            _lead.state.in_(OPEN), _lead.lead_id > after
        )
        with self._database.reading() as connection:
            rows = connection.execute(open_ones.order_by(_lead.lead_id).limit(BATCH)).all()
        offers = dict.fromkeys((row.platform, row.listing_id) for row in rows)
        return list(offers), rows[-1].lead_id if len(rows) == BATCH else None

    def gone(self, since: datetime, after: str = "") -> tuple[list[Gone], str | None]:
        """The offers that were taken down since then and have no open lead, some at a time in the order of their
        groups' ids, and where to go on (None: begin again)."""
        with self._database.reading() as connection:
            return gone_offers(connection, since, after)

    def judged_digests(self, group_id: str) -> frozenset[str]:
        """The contents of a group's offer, as digests, that people found infringing."""
        with self._database.reading() as connection:
            return judged_digests(connection, group_id)

    def delisted(self, platform: str, listing_id: str, observed_at: datetime, now: datetime) -> list[Lead]:
        """A listing was seen to be gone: its open leads whose alert is older are closed. The closed."""
        chosen = and_(
            _lead.platform == platform,
            _lead.listing_id == listing_id,
            _lead.state.in_(OPEN),
            _lead.observed_at_ms <= to_ms(observed_at),
        )
        values = {
            "state": CLOSED,
            "reason": "delisted",
            "takedown": REMOVED,
            "takedown_at_ms": to_ms(observed_at),
            "takedown_by": None,
        }
        with self._database.writing() as connection:
            rows = connection.execute(select(lead).where(chosen).order_by(_lead.lead_id).with_for_update()).all()
            return [
                lead_of(
                    change(
                        connection,
                        row,
                        now,
                        act="closed",
                        values=values,
                        reason="delisted",
                        detail={"from": row.takedown, "on_ms": to_ms(observed_at)},
                    )
                )
                for row in rows
            ]

    def find(self, query: LeadQuery) -> LeadPage:
        """The leads that pass the filters, newest first."""
        wanted = select(lead).where(conditions_of(query)).order_by(_lead.made_at_ms.desc(), _lead.lead_id.desc())
        with self._database.reading() as connection:
            rows = connection.execute(wanted.limit(query.limit)).all()
        more = (rows[-1].made_at_ms, rows[-1].lead_id) if len(rows) == query.limit else None
        return LeadPage(tuple(lead_of(row) for row in rows), more)

    def counts(self, visible: Visible) -> dict[str, int]:
        """How many leads that may be seen are in each state."""
        wanted = select(_lead.state, func.count()).where(conditions_of(LeadQuery(visible=visible)))
        with self._database.reading() as connection:
            return {row[0]: row[1] for row in connection.execute(wanted.group_by(_lead.state))}

    def month(self, after: datetime, before: datetime, visible: Visible) -> LeadMonth:
        """What came of leads from `after` on until before `before`, of those that may be seen."""
        with self._database.reading() as connection:
            return read_month(connection, after, before, visible)

    def unsent(self, now: datetime) -> dict[str, Unsent]:
        """Those that wait to be sent, and those that wait for a person."""
        begins = {WAITING: _lead.send_after_ms, PERSON: _lead.made_at_ms}
        with self._database.reading() as connection:
            found = {
                state: connection.execute(select(func.count(), func.min(at)).where(_lead.state == state)).one()
                for state, at in begins.items()
            }
        return {
            state: Unsent(count, None if at is None or at > to_ms(now) else from_ms(at))
            for state, (count, at) in found.items()
        }

    def get(self, lead_id: str) -> Lead | None:
        with self._database.reading() as connection:
            row = connection.execute(select(lead).where(_lead.lead_id == lead_id)).one_or_none()
        return None if row is None else lead_of(row)

    def check(self, lead: Lead, now: datetime) -> str | None:
        """Why it would not be sent now, as a code; None: it holds. What is asked right before sending, beside it."""
        with self._database.reading() as connection:
            return withheld(connection, lead, now)

    def log(self, lead_id: str) -> list[dict[str, Any]]:
        """What happened to a lead, oldest first."""
        wanted = select(lead_event).where(_event.lead_id == lead_id).order_by(_event.version)
        with self._database.reading() as connection:
            return [event_json(row) for row in connection.execute(wanted)]

    def takedown(
        self, lead_id: str, state: str, who: Actor, now: datetime, *, on: datetime, note: str, version: int
    ) -> Lead | None:
        """What became of the complaint at the platform, and when (`on`). None: there is no such lead.

        Raises:
            LeadRefused: it is over, or its version is another.
        """
        with self._database.writing() as connection:
            row = self._checked(connection, lead_id, version, OPEN)
            if row is None:
                return None
            values = {"takedown": state, "takedown_at_ms": to_ms(on), "takedown_by": who.name}
            detail = {"from": row.takedown, "to": state, "on_ms": to_ms(on), "note": note}
            row = change(connection, row, now, act="takedown", values=values, who=who, detail=detail)
            if state == REMOVED:
                over = {"state": CLOSED, "reason": "removed"}
                row = change(connection, row, now, act="closed", values=over, reason="removed", who=who)
            return lead_of(row)

    def decide_place(
        self, lead_id: str, drafts: Sequence[Draft], who: Actor, now: datetime, *, note: str, version: int
    ) -> list[Lead] | None:
        """A person says whom a lead that waits for one goes to; no drafts: to nobody. The lead and those that were made
        instead of it. None: there is no such lead.

        Raises:
            LeadRefused: it waits for nobody, or its version is another.
        """
        with self._database.writing() as connection:
            row = self._checked(connection, lead_id, version, (PERSON,))
            if row is None:
                return None
            place = next((draft.place for draft in drafts if draft.place), None)
            detail = {"place": place, "note": note}
            if not drafts:
                values = {"state": WITHDRAWN, "reason": "no_body"}
                return [
                    lead_of(
                        change(
                            connection,
                            row,
                            now,
                            act="withdrawn",
                            values=values,
                            reason="no_body",
                            who=who,
                            detail=detail,
                        )
                    )
                ]
            decided = change(connection, row, now, act="place", values={"state": DECIDED}, who=who, detail=detail)
            cause = Cause(because=row.because, key=f"person:{row.lead_id}:{row.version}", send_after=now)
            about = _about_again(row)
            made = [self._put(connection, about, draft, cause, now, who) for draft in drafts]
            return [lead_of(decided), *(one for one in made if one is not None)]

    def _put(
        self, connection: Connection, about: About, draft: Draft, cause: Cause, now: datetime, who: Actor | None
    ) -> Lead | None:
        """Make a lead, or make one that is over again. None: it is under way, or was made of this cause before."""
        lead_id = lead_id_of(about, draft)
        event_id = stable_id(lead_id, "made", cause.key)
        if self._is_known(connection, event_id):
            return None
        values = values_of(about, draft, cause, now)
        self._database.insert_missing(connection, lead, [first_row(lead_id, about, draft, values)])
        row = self._locked(connection, lead_id)
        if row is None or (row.version > 0 and not _is_over(row, about)):
            return None
        detail = {
            "because": cause.because,
            "rule": draft.rule,
            "place": draft.place,
            "observed_ms": to_ms(about.observed_at),
        }
        made = change(connection, row, now, act="made", values=values, who=who, detail=detail, event_id=event_id)
        return lead_of(made)

    def _checked(self, connection: Connection, lead_id: str, version: int, states: Sequence[str]) -> Any:
        row = self._locked(connection, lead_id)
        if row is None:
            return None
        if row.version != version:
            raise LeadRefused("stale", lead_of(row))
        if row.state not in states:
            raise LeadRefused("state", lead_of(row))
        return row

    @staticmethod
    def _locked(connection: Connection, lead_id: str) -> Any:
        return connection.execute(select(lead).where(_lead.lead_id == lead_id).with_for_update()).one_or_none()

    @staticmethod
    def _is_known(connection: Connection, event_id: str) -> bool:
        return connection.scalar(select(_event.event_id).where(_event.event_id == event_id)) is not None


def _is_over(row: Any, about: About) -> bool:
    """Whether a lead stands in the way of no other: it was withdrawn, others stand for it, or its listing was gone and
    is offered again."""
    came_back = row.state == CLOSED and (row.takedown_at_ms or 0) < to_ms(about.observed_at)
    return row.state in (WITHDRAWN, DECIDED) or came_back


def _about_again(row: Any) -> About:
    """What a lead is about, for those that take its place. They share its case."""
    was = lead_of(row)
    return About(
        group_id=was.group_id,
        alert_id=was.alert_id,
        right_id=was.right_id,
        subject=was.facts.get("subject", ""),
        kind=was.kind,
        platform=was.platform,
        listing_id=was.listing_id,
        seller=was.seller,
        company_code=None,
        region=was.region,
        observed_at=was.observed_at,
        facts=was.facts,
        of_case=was.case_id,
    )
