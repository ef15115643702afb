"""What is still to be swept, and how far the sweeps over the stored listings are.

The watchlist's log says what changed; whether a change needs a sweep is asked of the caller. A right waits at the
revision of its newest change, goes into a sweep with all others that wait, and is forgotten when that sweep is done. A
right that is changed meanwhile leaves its sweep and waits again; one that is withdrawn is forgotten at once. A picture
that is quarantined no longer makes the rights wait that it fired for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection, Row, Select, and_, delete, func, insert, or_, select, update

from detectors.watchlist.allowed import parse_allowed
from detectors.widening import alerts_more
from sinks.operational.database import Database
from sinks.operational.schema import prepare, retro_right, retro_state, retro_sweep, watchlist_log, watchlist_state
from sinks.settings import OperationalSettings

CHUNK = 500  # changes to a transaction, so that no import waits for long
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
_log, _right, _sweep = watchlist_log.c, retro_right.c, retro_sweep.c
NeedsSweep = Callable[[Mapping[str, Any] | None, Mapping[str, Any]], bool]
"""Given a right's JSON before (None: it was not there) and after a change."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of reading the log: how many changes were read, and whether rights left sweeps that run."""

    changes: int
    left_sweeps: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """One sweep. `cursor` is the second and the page's digest up to which proofs were swept."""

    id: int
    revision: int
    rights: int
    begun_at: datetime
    cursor: tuple[int, str]
    pages: int
    alerts: int
    finished_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RetroState:
    """How far sweeping is. `oldest_change` is when the oldest change was made that is not swept for yet."""

    revision: int
    read_revision: int
    waiting: int  # rights that no sweep has taken yet
    oldest_change: datetime | None
    open: tuple[Sweep, ...]
    last_finished: Sweep | None


class RetroStore:
    """Usable from any thread; all but `state` and `lock` are for the one who holds the lock.

    Raises (every method): StoreUnavailable (try again later), StoreRefused.
    """

    def __init__(self, settings: OperationalSettings) -> None:
        self._database = Database(settings)
        prepare(self._database)

    @contextmanager
    def lock(self) -> Iterator[bool]:
        """Whether this caller may sweep now. Never waits; a holder that dies lets go."""
        with self._database.sweeper_lock() as held:
            yield held

    def take_changes(self, needs_sweep: NeedsSweep) -> Taken:
        """Read on in the log and note which rights wait for a sweep now; call it until no changes are left."""
        with self._database.reading() as connection:
            if not connection.execute(_changes_after(_read_revision(connection)).limit(1)).first():
                return Taken(0, left_sweeps=False)
        with self._database.writing() as connection:
            changes = connection.execute(_changes_after(_read_revision(connection)).limit(CHUNK)).all()
            noted = _noted(
                connection, {subject for change in changes for subject in (change.subject, *_heard_again(change))}
            )
            wanted = _wanted(changes, noted.keys(), needs_sweep)
            connection.execute(delete(retro_right).where(_right.subject.in_(sorted(wanted))))
            rows = [{"subject": subject, "revision": revision} for subject, revision in wanted.items() if revision]
            if rows:
                connection.execute(insert(retro_right), rows)
            connection.execute(update(retro_state).values(read_revision=changes[-1].revision))
        return Taken(len(changes), any(noted.get(subject) is not None for subject in wanted))

    def begin(self, now: datetime, days: int) -> Sweep | None:
        """A sweep for all rights that wait, over what was stored in the last `days`; None when none waits."""
        with self._database.writing() as connection:
            waiting = connection.scalar(select(func.count()).where(_right.sweep.is_(None))) or 0
            if not waiting:
                return None
            number = (connection.scalar(select(func.max(_sweep.id))) or 0) + 1
            connection.execute(update(retro_right).where(_right.sweep.is_(None)).values(sweep=number))
            start = now - timedelta(days=days)
            values = {
                "id": number,
                "revision": _read_revision(connection),
                "rights": waiting,
                "begun_at_ms": _milliseconds(now),
                "cursor_second": max(0, _milliseconds(start) // 1000),
                "cursor_page": "",
                "pages": 0,
                "alerts": 0,
            }
            connection.execute(insert(retro_sweep).values(values))
            return _sweep_of(connection.execute(select(retro_sweep).where(_sweep.id == number)).one())

    def open_sweeps(self) -> tuple[Sweep, ...]:
        """Sweeps that are not done, the oldest first."""
        with self._database.reading() as connection:
            return _open_sweeps(connection)

    def rights_of(self, sweep: Sweep) -> dict[str, int]:
        """The ids of the rights still in a sweep, each with the revision of its change."""
        wanted = select(_right.subject, _right.revision).where(_right.sweep == sweep.id)
        with self._database.reading() as connection:
            return {row.subject.removeprefix("right:"): row.revision for row in connection.execute(wanted)}

    def begin_batch(self, sweep: Sweep, now: datetime) -> datetime:
        """The moment of the batch in hand: `now`, or that of a try before, so that its alerts are the same again."""
        mine = _sweep.id == sweep.id
        with self._database.writing() as connection:
            connection.execute(
                update(retro_sweep).where(mine, _sweep.batch_at_ms.is_(None)).values(batch_at_ms=_milliseconds(now))
            )
            return _moment(connection.execute(select(_sweep.batch_at_ms).where(mine)).scalar_one())

    def end_batch(self, sweep: Sweep, cursor: tuple[int, str], *, pages: int, alerts: int) -> None:
        """The batch in hand is through, its alerts are stored."""
        done = update(retro_sweep).where(_sweep.id == sweep.id)
        values = {
            "cursor_second": cursor[0],
            "cursor_page": cursor[1],
            "batch_at_ms": None,
            "pages": _sweep.pages + pages,
            "alerts": _sweep.alerts + alerts,
        }
        with self._database.writing() as connection:
            connection.execute(done.values(values))

    def finish(self, sweep: Sweep, now: datetime) -> None:
        """Everything stored was swept for its rights."""
        with self._database.writing() as connection:
            connection.execute(delete(retro_right).where(_right.sweep == sweep.id))
            done = update(retro_sweep).where(_sweep.id == sweep.id)
            connection.execute(done.values(finished_at_ms=_milliseconds(now), batch_at_ms=None))

    def state(self) -> RetroState:
        with self._database.reading() as connection:
            read = _read_revision(connection)
            unswept = or_(_log.revision > read, _log.revision.in_(select(_right.revision)))
            finished = select(retro_sweep).where(_sweep.finished_at_ms.is_not(None)).order_by(_sweep.id.desc()).limit(1)
            last = connection.execute(finished).first()
            return RetroState(
                revision=connection.execute(select(watchlist_state.c.revision)).scalar_one(),
                read_revision=read,
                waiting=connection.scalar(select(func.count()).where(_right.sweep.is_(None))) or 0,
                oldest_change=_in_utc(connection.scalar(select(func.min(_log.recorded_at)).where(unswept))),
                open=_open_sweeps(connection),
                last_finished=None if last is None else _sweep_of(last),
            )

    def close(self) -> None:
        self._database.close()


def _read_revision(connection: Connection) -> int:
    revision: int = connection.execute(select(retro_state.c.read_revision)).scalar_one()
    return revision


def _changes_after(revision: int) -> Select[Any]:
    """Changes in their order, each with what it replaced."""
    before = watchlist_log.alias()
    replaced = and_(before.c.superseded_by == _log.revision, before.c.op.in_(("put", "allow")))
    return (
        select(_log.revision, _log.op, _log.subject, _log.document, before.c.document.label("before"))
        .select_from(watchlist_log.outerjoin(before, replaced))
        .where(_log.revision > revision)
        .order_by(_log.revision)
    )


def _noted(connection: Connection, subjects: set[str]) -> dict[str, int | None]:
    """Of these rights those that are to be swept for, and the sweep they are in."""
    rows = connection.execute(select(_right.subject, _right.sweep).where(_right.subject.in_(sorted(subjects))))
    return {row.subject: row.sweep for row in rows}


def _wanted(changes: Any, noted: Any, needs_sweep: NeedsSweep) -> dict[str, int | None]:
    """For each changed right the revision at which it waits from now on; None: there is nothing to sweep for."""
    wanted: dict[str, int | None] = {}
    for change in changes:
        subject, before = change.subject, change.before and orjson.loads(change.before)
        if change.op == "withdraw":
            wanted[subject] = None
        elif change.op == "put":
            is_waiting = wanted[subject] is not None if subject in wanted else subject in noted
            if is_waiting or needs_sweep(before, orjson.loads(change.document)):
                wanted[subject] = change.revision
        wanted.update(dict.fromkeys(_heard_again(change), change.revision))
    return wanted


def _heard_again(change: Any) -> list[str]:
    """The rights that a picture fired for before it was quarantined, once it may alert again."""
    if change.op not in ("allow", "disallow") or not change.before:
        return []
    before = orjson.loads(change.before)
    after = parse_allowed(orjson.loads(change.document)) if change.op == "allow" else None
    if not alerts_more(parse_allowed(before), after):
        return []
    return [f"right:{right_id}" for right_id in before.get("fired", {}).get("rights", ())]


def _open_sweeps(connection: Connection) -> tuple[Sweep, ...]:
    rows = connection.execute(select(retro_sweep).where(_sweep.finished_at_ms.is_(None)).order_by(_sweep.id))
    return tuple(_sweep_of(row) for row in rows)


def _sweep_of(row: Row[Any]) -> Sweep:
    return Sweep(
        id=row.id,
        revision=row.revision,
        rights=row.rights,
        begun_at=_moment(row.begun_at_ms),
        cursor=(row.cursor_second, row.cursor_page),
        pages=row.pages,
        alerts=row.alerts,
        finished_at=None if row.finished_at_ms is None else _moment(row.finished_at_ms),
    )


def _milliseconds(moment: datetime) -> int:
    return (moment - EPOCH) // MILLISECOND


def _moment(milliseconds: int) -> datetime:
    return EPOCH + milliseconds * MILLISECOND


def _in_utc(moment: datetime | None) -> datetime | None:
    """SQLite keeps no zone; what it says is UTC."""
    return moment if moment is None or moment.tzinfo else moment.replace(tzinfo=UTC)
