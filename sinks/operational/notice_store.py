"""Notices in the operational database: a transactional outbox with a row for each thing and destination.

`enqueue` writes in the transaction of whoever has something to tell. The sender asks `take` for one notice at a time:
in one transaction it is checked that it still holds, that the destination's limit lets it through, and the try is
noted. `settle` says what came of it. A sender that is killed in between leaves a try under way; when that has surely
ended, the notice is taken again, with the same id. The clock is handed in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    exists,
    func,
    insert,
    or_,
    select,
    tuple_,
    union_all,
    update,
)

from sinks.errors import StoreRefused
from sinks.notices.bots import Limit
from sinks.notices.events import DIGEST, LEAD, TEST, NoticeEvent
from sinks.notices.outgoing import Answer, Fate
from sinks.notices.schedule import LATEST_SECONDS, next_try, quiet_until
from sinks.operational.database import Database
from sinks.operational.notice_checks import Standing
from sinks.operational.notice_destinations import Destinations, Owners, disable, owned_by
from sinks.operational.notice_records import (
    ACCOUNT,
    DEAD,
    FEISHU,
    HOLDER,
    SENT,
    WAITING,
    WITHDRAWN,
    Destination,
    Figures,
    Owner,
    Taken,
    Verdict,
)
from sinks.operational.notice_rows import (
    Values,
    destination_of,
    empty_notice,
    notice_json,
    notice_values,
    told_of,
    try_json,
)
from sinks.operational.notice_tables import notice, notice_cursor, notice_destination, notice_try
from sinks.operational.schema import prepare
from sinks.operational.triage_records import from_ms, to_ms
from sinks.operational.triage_tables import triage_event, triage_group
from sinks.settings import OperationalSettings
from sinks.verdict_codes import CLOSED

TRY_SECONDS = 60  # no try takes longer: one that has not ended by then was killed
MOST_TOLD = 20  # things in one digest
MOST_LOOKED_AT = 2 * MOST_TOLD  # notices of a destination in one look: each is checked anew at every claim
MOST_SHOWN = 500
MOST_ASKED_ONE_BY_ONE = 300  # destinations; SQLite joins 500 questions at most
UNDER_WAY = "under_way"
_to, _row, _try, _given = notice_destination.c, notice.c, notice_try.c, triage_event.c
_NEWEST = (_row.at_ms.desc(), _row.notice_id.desc())
_DAY = timedelta(seconds=LATEST_SECONDS)


class NoticeStore:
    """Usable from any thread. The tables are created on construction.

    Raises (every method): StoreUnavailable (try again later), StoreRefused.
    """

    def __init__(self, settings: OperationalSettings) -> None:
        self._database = Database(settings)
        prepare(self._database)
        self.destinations = Destinations(self._database)

    def close(self) -> None:
        self._database.close()

    @contextmanager
    def alone(self, lane: str) -> Iterator[bool]:
        """Whether this caller now alone may `collect` or `send`. Never waits; a holder that dies lets go."""
        with self._database.notices_lock(lane) as held:
            yield held

    def enqueue(self, connection: Connection, event: NoticeEvent) -> int:
        """Let everybody hear of an event who wants to and may, in the caller's transaction; how many notices that is.

        An event that was told before, by its key, is told nobody again.
        """
        return self._enqueue(connection, event, Standing(connection, event.at))

    def collected(self, source: str, events: Iterable[NoticeEvent], read_up_to: datetime) -> int:
        """The same for events that were read from a source, and how far it is read now, in one transaction."""
        with self._database.writing() as connection:
            standing = Standing(connection, read_up_to)
            count = sum(self._enqueue(connection, event, standing) for event in events)
            row = {"source": source, "read_ms": to_ms(read_up_to)}
            self._database.insert_missing(connection, notice_cursor, [row])
            connection.execute(update(notice_cursor).where(notice_cursor.c.source == source).values(row))
        return count

    def cursor(self, source: str) -> datetime | None:
        """How far a source was read; None: never."""
        wanted = select(notice_cursor.c.read_ms).where(notice_cursor.c.source == source)
        with self._database.reading() as connection:
            read = connection.scalar(wanted)
        return None if read is None else from_ms(read)

    def test(self, destination: Destination, now: datetime) -> str:
        """Have a test sent, as soon as its limit lets it; the notice's id."""
        key = f"test:{to_ms(now)}"
        with self._database.writing() as connection:
            self._add(connection, [empty_notice(destination.destination_id, key, TEST, now)])
            chosen = and_(_row.destination_id == destination.destination_id, _row.event_key == key)
            return str(connection.execute(select(_row.notice_id).where(chosen)).scalar_one())

    def due(self, now: datetime) -> list[str]:
        """The destinations that something is to be sent to."""
        some = exists().where(_is_due(now), _row.destination_id == _to.destination_id)
        wanted = select(_to.destination_id).where(_to.is_enabled, _to.paused_until_ms <= to_ms(now), some)
        with self._database.reading() as connection:
            return list(connection.scalars(wanted))

    def take(self, destination_id: str, now: datetime) -> Taken | None:
        """The next notice for a destination, its try noted; None: nothing may be sent there now.

        What no longer holds is withdrawn here. Where more waits than the limit lets through, the rest becomes a digest.
        """
        with self._database.writing() as connection:
            destination = self._locked(connection, destination_id, now)
            if not destination.is_enabled or destination.paused_until > now:
                return None
            if destination.kind == FEISHU and now.minute % 30 == 0:
                return None  # when everybody's timers go off it refuses what it takes at any other time
            room, moment_room = self._room(connection, destination, now)
            if min(room, moment_room) <= 0:
                return None
            rows = self._holding(connection, destination, now)
            if quiet := quiet_until(destination.quiet, destination.time_zone, now):
                self._delay(connection, [row for row in rows if row.event != TEST], quiet)
                rows = [row for row in rows if row.event == TEST]
            if not rows:
                return None
            fresh = [row for row in rows if not row.tries and row.event not in (TEST, DIGEST)]
            gathers = destination.digest_hour is not None or room == 1
            if gathers and len(fresh) > 1 and rows[0] in fresh:
                return self._begin(connection, destination, self._gathered(connection, fresh, now), now)
            return self._begin(connection, destination, rows[0], now)

    def settle(self, taken: Taken, answer: Answer, now: datetime, random: float) -> str:
        """What came of a try; the notice's state now. `random` in [0, 1) spreads the next try."""
        state, reason, again = SENT, answer.reason, None
        if answer.fate is Fate.AGAIN:
            again = next_try(taken.tries, taken.first_try, now, random, answer.after_seconds)
            state = DEAD if again is None else WAITING
        elif answer.fate is not Fate.SENT:
            state = DEAD
        with self._database.writing() as connection:
            self._end_try(connection, taken, answer.fate, reason, now)
            destination_id = taken.destination.destination_id
            if answer.fate is Fate.GONE:
                disable(connection, destination_id, f"gone: {reason}", now)
            if answer.after_seconds:
                until = to_ms(now + timedelta(seconds=answer.after_seconds))
                chosen = _to.destination_id == destination_id
                connection.execute(update(notice_destination).where(chosen).values(paused_until_ms=until))
            values: Values = {"state": state, "reason": reason}
            values |= {"settled_at_ms": to_ms(now)} if again is None else {"next_at_ms": to_ms(again)}
            self._settle(connection, [taken.notice_id], values)
        return state

    def replay(self, notice_id: str, owners: Owners, now: datetime) -> bool | None:
        """Try a dead notice again, from the start of the schedule, under its own id. None: it is not there; False: it
        is not dead, or its destination is disabled or removed."""
        with self._database.writing() as connection:
            found = connection.execute(self._shown(owners).where(_row.notice_id == notice_id)).one_or_none()
            if found is None:
                return None
            if found.state != DEAD or not found.destination_enabled or found.digest_id is not None:
                return False
            values = {"state": WAITING, "reason": "replayed", "first_try_ms": None, "settled_at_ms": None}
            self._settle(connection, [notice_id], values | {"next_at_ms": to_ms(now)})
            connection.execute(update(notice).where(_row.notice_id == notice_id).values(tries=0))
            # Its tries stay as they were, under numbers below zero, and the new ones count from one.
            past = select(func.min(_try.number)).where(_try.notice_id == notice_id)
            lowest = connection.scalar(past) or 0
            shift = min(lowest, 0) - found.tries - 1
            own = and_(_try.notice_id == notice_id, _try.number > 0)
            connection.execute(update(notice_try).where(own).values(number=_try.number + shift))
        return True

    def expire(self, now: datetime) -> int:
        """What waited for a disabled destination for over a day is dead: a person may have it sent again. How many."""
        disabled = select(_to.destination_id).where(_to.is_enabled.is_(False))
        chosen = and_(_row.state == WAITING, _row.next_at_ms <= to_ms(now - _DAY), _row.destination_id.in_(disabled))
        values = {"state": DEAD, "reason": "destination_disabled", "settled_at_ms": to_ms(now)}
        with self._database.writing() as connection:
            return connection.execute(update(notice).where(chosen).values(values)).rowcount

    def verdicts(self, since: datetime) -> list[Verdict]:
        """Verdicts that were given at that moment or later and hold, oldest first: their groups are closed by them."""
        wanted = (
            select(_given.event_id, _given.alert_id, _given.verdict, _given.reason_code, _given.at_ms)
            .join(triage_group, triage_group.c.group_id == _given.group_id)
            .where(
                _given.at_ms >= to_ms(since),
                _given.version == triage_group.c.version,
                _given.alert_id.is_not(None),
                triage_group.c.state == CLOSED,
                triage_group.c.verdict == _given.verdict,
            )
            .order_by(_given.at_ms, _given.event_id)
        )
        with self._database.reading() as connection:
            rows = connection.execute(wanted).all()
        return [
            Verdict(
                event_id=row.event_id,
                alert_id=row.alert_id,
                verdict=row.verdict,
                reason_code=row.reason_code,
                at=from_ms(row.at_ms),
            )
            for row in rows
        ]

    def notices(
        self,
        owners: Owners,
        *,
        state: str | None = None,
        destination_id: str | None = None,
        alert_id: str | None = None,
        group_id: str | None = None,
        before: tuple[datetime, str] | None = None,
        limit: int = 100,
    ) -> list[Values]:
        """Notices and their fates, newest first, before a position if one is given."""
        asked = (
            (_row.state, state),
            (_row.destination_id, destination_id),
            (_row.alert_id, alert_id),
            (_row.group_id, group_id),
        )
        filters = [column == value for column, value in asked if value is not None]
        if before is not None:
            filters.append(tuple_(_row.at_ms, _row.notice_id) < (to_ms(before[0]), before[1]))
        wanted = self._shown(owners).where(*filters).order_by(*_NEWEST).limit(min(limit, MOST_SHOWN))
        with self._database.reading() as connection:
            if owners is not None and destination_id is None and alert_id is None and group_id is None:
                mine = connection.scalars(select(_to.destination_id).where(owned_by(owners))).all()
                if 0 < len(mine) <= MOST_ASKED_ONE_BY_ONE:
                    wanted = wanted.where(_row.notice_id.in_(_newest_of_each(mine, filters, min(limit, MOST_SHOWN))))
            return [notice_json(row) for row in connection.execute(wanted)]

    def notice(self, notice_id: str, owners: Owners) -> Values | None:
        """One notice with each try."""
        tries = select(notice_try).where(_try.notice_id == notice_id).order_by(_try.at_ms, _try.number)
        with self._database.reading() as connection:
            row = connection.execute(self._shown(owners).where(_row.notice_id == notice_id)).one_or_none()
            if row is None:
                return None
            return {**notice_json(row), "log": [try_json(one) for one in connection.execute(tries)]}

    def figures(self, now: datetime) -> Figures:
        """What waits and what nobody took, by kind of destination."""
        counting = (
            select(_to.kind, _row.state, func.count())
            .join(notice_destination, _to.destination_id == _row.destination_id)
            .where(_row.state.in_((WAITING, DEAD)), _row.digest_id.is_(None))
            .group_by(_to.kind, _row.state)
        )
        first = select(func.min(_row.next_at_ms)).where(_is_due(now), _row.destination_id == _to.destination_id)
        firsts = select(first.scalar_subquery().label("at")).where(_to.is_enabled, _to.paused_until_ms <= to_ms(now))
        oldest = select(func.min(firsts.subquery().c.at))
        with self._database.reading() as connection:
            counts = connection.execute(counting).all()
            due = connection.scalar(oldest)
        by_state = {
            state: {kind: count for kind, found, count in counts if found == state} for state in (WAITING, DEAD)
        }
        return Figures(waiting=by_state[WAITING], dead=by_state[DEAD], oldest_due=None if due is None else from_ms(due))

    def _enqueue(self, connection: Connection, event: NoticeEvent, standing: Standing) -> int:
        """Of thousands of destinations only those are read that may be meant: accounts', and the right's holder's."""
        holder = None if event.right_id is None else standing.holder_of(event.right_id)
        theirs = [owned_by([Owner(HOLDER, holder)])] if holder is not None else []
        wanted = select(notice_destination).where(
            _to.is_enabled,
            _to.removed_at_ms.is_(None),
            _to.created_at_ms <= to_ms(event.at),
            or_(_to.owner_kind == ACCOUNT, *theirs),
        )
        destinations = [destination_of(row, event.at) for row in connection.execute(wanted)]
        standing.read_accounts({one.owner.id for one in destinations if one.owner.kind == ACCOUNT})
        rows = [
            notice_values(destination, event)
            for destination in destinations
            if destination.wanted.takes(event)
            and _is_for(destination, event)
            and standing.belongs(destination, event.right_id, event.seller_region)
        ]
        return self._add(connection, rows)

    def _add(self, connection: Connection, rows: Sequence[Values]) -> int:
        """Those that are not there yet; how many."""
        self._database.insert_missing(connection, notice, rows)
        added = select(func.count()).select_from(notice).where(_row.notice_id.in_([row["notice_id"] for row in rows]))
        return connection.scalar(added) or 0 if rows else 0

    @staticmethod
    def _locked(connection: Connection, destination_id: str, now: datetime) -> Destination:
        """The destination; all that share its limit are locked, so that two cannot take the same room."""
        key = select(_to.limit_key).where(_to.destination_id == destination_id).scalar_subquery()
        sharing = select(notice_destination).where(_to.limit_key == key).order_by(_to.destination_id).with_for_update()
        rows = {row.destination_id: row for row in connection.execute(sharing)}
        return destination_of(rows[destination_id], now)

    def _room(self, connection: Connection, destination: Destination, now: datetime) -> tuple[int, int]:
        """How many messages it takes yet, in this minute and in this second. A try counts from its end on: whenever it
        arrived, it was before that."""
        limit: Limit = destination.limit
        minute = limit.per_minute - self._tries_since(connection, destination.limit_key, now - timedelta(minutes=1))
        if limit.per_second is None:
            return minute, minute
        second = self._tries_since(connection, destination.limit_key, now - timedelta(seconds=1))
        return minute, limit.per_second - second

    @staticmethod
    def _tries_since(connection: Connection, key: str, moment: datetime) -> int:
        chosen = and_(_try.limit_key == key, _try.ended_at_ms > to_ms(moment))
        return connection.scalar(select(func.count()).select_from(notice_try).where(chosen)) or 0

    def _holding(self, connection: Connection, destination: Destination, now: datetime) -> list[Any]:
        """What is due and still holds, those that were tried before first; the rest is withdrawn, and says why."""
        wanted = select(notice).where(_is_due(now), _row.destination_id == destination.destination_id)
        wanted = wanted.order_by(_row.next_at_ms, _row.notice_id).limit(MOST_LOOKED_AT)
        rows = connection.execute(wanted).all()
        standing, kept, because = Standing(connection, now), [], dict[str, list[str]]()
        standing.read_for(rows)
        for row in rows:
            if row.event == DIGEST:
                if self._of_digest(connection, row.notice_id, standing, destination, now):
                    kept.append(row)
                else:
                    because.setdefault("nothing_left", []).append(row.notice_id)
            elif reason := standing.withheld(destination, row):
                because.setdefault(reason, []).append(row.notice_id)
            else:
                kept.append(row)
        self._withdraw(connection, because, now)
        return kept

    def _of_digest(
        self, connection: Connection, digest_id: str, standing: Standing, destination: Destination, now: datetime
    ) -> list[Any]:
        """What a digest tells by now."""
        wanted = select(notice).where(_row.digest_id == digest_id, _row.state == WAITING).order_by(_row.at_ms)
        rows = connection.execute(wanted).all()
        standing.read_for(rows)
        kept, because = [], dict[str, list[str]]()
        for row in rows:
            if reason := standing.withheld(destination, row):
                because.setdefault(reason, []).append(row.notice_id)
            else:
                kept.append(row)
        self._withdraw(connection, because, now)
        return kept

    def _gathered(self, connection: Connection, rows: Sequence[Any], now: datetime) -> Any:
        """A new digest of the oldest of these."""
        members = [row.notice_id for row in rows[:MOST_TOLD]]
        digest = empty_notice(rows[0].destination_id, f"digest:{members[0]}", DIGEST, now)
        connection.execute(insert(notice).values(digest))
        connection.execute(update(notice).where(_row.notice_id.in_(members)).values(digest_id=digest["notice_id"]))
        return connection.execute(select(notice).where(_row.notice_id == digest["notice_id"])).one()

    def _begin(self, connection: Connection, destination: Destination, row: Any, now: datetime) -> Taken:
        number, ends = row.tries + 1, now + timedelta(seconds=TRY_SECONDS)
        first = to_ms(now) if row.first_try_ms is None else row.first_try_ms
        values = {"tries": number, "first_try_ms": first, "next_at_ms": to_ms(ends)}
        connection.execute(update(notice).where(_row.notice_id == row.notice_id).values(values))
        connection.execute(
            insert(notice_try).values(
                notice_id=row.notice_id,
                number=number,
                limit_key=destination.limit_key,
                at_ms=to_ms(now),
                ended_at_ms=to_ms(ends),
                fate=UNDER_WAY,
                reason="",
            )
        )
        members = [row]
        if row.event == DIGEST:
            told = select(notice).where(_row.digest_id == row.notice_id, _row.state == WAITING).order_by(_row.at_ms)
            members = list(connection.execute(told))
        return Taken(
            notice_id=row.notice_id,
            event=row.event,
            destination=destination,
            tries=number,
            first_try=from_ms(first),
            told=tuple(told_of(member) for member in members),
            at=from_ms(row.at_ms),
        )

    @staticmethod
    def _end_try(connection: Connection, taken: Taken, fate: Fate, reason: str, now: datetime) -> None:
        own = and_(_try.notice_id == taken.notice_id, _try.number == taken.tries)
        ended = {"ended_at_ms": to_ms(now), "fate": fate.value, "reason": reason}
        if not connection.execute(update(notice_try).where(own).values(ended)).rowcount:
            raise StoreRefused(f"notice {taken.notice_id}: try {taken.tries} was never begun")

    @staticmethod
    def _settle(connection: Connection, notice_ids: Sequence[str], values: Values) -> None:
        """Of a digest its members, too, that were not withdrawn."""
        shared = {key: value for key, value in values.items() if key in ("state", "reason", "settled_at_ms")}
        connection.execute(update(notice).where(_row.notice_id.in_(notice_ids)).values(values))
        members = and_(_row.digest_id.in_(notice_ids), _row.state != WITHDRAWN)
        connection.execute(update(notice).where(members).values(shared))

    def _withdraw(self, connection: Connection, because: dict[str, list[str]], now: datetime) -> None:
        for reason, ids in because.items():
            values = {"state": WITHDRAWN, "reason": reason, "settled_at_ms": to_ms(now)}
            connection.execute(update(notice).where(_row.notice_id.in_(ids)).values(values))

    @staticmethod
    def _delay(connection: Connection, rows: Sequence[Any], until: datetime) -> None:
        if ids := [row.notice_id for row in rows]:
            connection.execute(update(notice).where(_row.notice_id.in_(ids)).values(next_at_ms=to_ms(until)))

    @staticmethod
    def _shown(owners: Owners) -> Any:
        return (
            select(
                notice,
                _to.name.label("destination_name"),
                _to.kind.label("destination_kind"),
                _to.is_enabled.label("destination_enabled"),
            )
            .join(notice_destination, _to.destination_id == _row.destination_id)
            .where(owned_by(owners))
        )


def _newest_of_each(destinations: Sequence[str], filters: Sequence[ColumnElement[bool]], limit: int) -> Any:
    """The ids of the newest of each destination: few rows, where all of theirs may be millions."""
    newest = (
        select(_row.notice_id).where(_row.destination_id == one, *filters).order_by(*_NEWEST).limit(limit).subquery()
        for one in destinations
    )
    return union_all(*(select(one.c.notice_id) for one in newest))


def _is_for(destination: Destination, event: NoticeEvent) -> bool:
    """A lead is for its recipient: a right holder's destinations hear of theirs, those limited to regions of what goes
    to enforcement. Whoever is limited to neither hears of all."""
    recipient = event.facts.get("recipient")
    if event.event != LEAD or recipient is None:
        return True
    if destination.owner.kind == HOLDER:
        return bool(recipient == "right_holder")
    return destination.regions is None or bool(recipient == "enforcement")


def _is_due(now: datetime) -> Any:
    return and_(_row.state == WAITING, _row.digest_id.is_(None), _row.next_at_ms <= to_ms(now))
