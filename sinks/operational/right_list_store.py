"""The rights as a list that people search: by text, holder, kind and status, in the order of their ids.

The list is made from the watchlist's log, whoever wrote to it, and follows it: `catch_up` takes what is new. So an
import of a million rights is not slowed down, and a database of an older program needs no other upgrade.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, Select, delete, insert, select, update

from detectors.errors import RightError
from detectors.rights import parse_right
from sinks.operational.changes import right_subject
from sinks.operational.database import Database
from sinks.operational.right_history_store import IMPORT
from sinks.operational.right_history_tables import right_history
from sinks.operational.right_list_tables import right_list, right_list_state
from sinks.operational.schema import prepare, watchlist_log, watchlist_state
from sinks.settings import OperationalSettings

CHUNK = 500  # changes taken in one transaction; SQLite takes 999 bound values in old builds
MOST_WORDS = 4_000  # code points of a right that a search looks into
MOST_ROWS = 200
_LONGEST_KEY = 200
_row, _log = right_list.c, watchlist_log.c
_form = watchlist_log.alias("form")  # the entry that holds the right's last form


@dataclass(frozen=True, slots=True, kw_only=True)
class RightQuery:
    """Which rights. None: no condition.

    text : every word of it, whatever its case, in id, number, title, holder, marks or aliases.
    holders : only rights of these holders (ids); what somebody may see.
    withdrawn : those that were taken off the watchlist instead of those that are on it.
    ids : only these, at most MOST_ROWS.
    after : only ids behind this one.
    """

    text: str | None = None
    holder_id: str | None = None
    kind: str | None = None
    status: str | None = None
    holders: frozenset[str] | None = None
    withdrawn: bool = False
    ids: Sequence[str] | None = None
    after: str | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class ListedRight:
    """A right with its last form, and its last change."""

    revision: int
    document: dict[str, Any]
    is_held: bool
    changed_by: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class RightPage:
    """Rights in the order of their ids. `behind`: so many of the watchlist's changes are not in the list yet."""

    rights: tuple[ListedRight, ...]
    behind: int
    next: str | None = field(default=None)  # give it as `after` for more


class RightListStore:
    """Usable from any thread. The tables are created on construction.

    Raises (every method): StoreUnavailable (try again later), StoreRefused.
    """

    def __init__(self, settings: OperationalSettings) -> None:
        self._database = Database(settings)
        prepare(self._database)

    def catch_up(self) -> int:
        """Take the oldest changes that are not in the list yet, at most `CHUNK`; how many are left."""
        with self._database.reading() as connection:  # most often there is nothing to do, and nobody to lock out
            if not _behind(connection):
                return 0
        with self._database.writing() as connection:
            state = select(right_list_state.c.read_revision).with_for_update()
            last: int = connection.execute(state).scalar_one()
            newest = connection.scalar(select(watchlist_state.c.revision)) or 0
            entries = _entries(connection, last, newest)
            read = entries[-1].revision if len(entries) == CHUNK else newest
            _take(connection, [entry for entry in entries if entry.subject.startswith("right:")])
            connection.execute(update(right_list_state).values(read_revision=read))
            return int(newest - read)

    def find(self, query: RightQuery) -> RightPage:
        """The rights that fit, as far as the list has followed the log."""
        with self._database.reading() as connection:
            rows = connection.execute(_select(query)).all()
            behind = _behind(connection)
        rights = tuple(_listed(row) for row in rows[: query.limit])
        more = len(rows) > query.limit
        return RightPage(rights, behind, rows[query.limit - 1].subject.partition(":")[2] if more else None)

    def close(self) -> None:
        self._database.close()


def holder_key(holder_id: str) -> str:
    """A holder's id as the list keeps it: one of any length, and with any character."""
    if len(holder_id) <= _LONGEST_KEY and holder_id.isprintable():
        return holder_id
    return hashlib.sha256(holder_id.encode("utf-8", "surrogatepass")).hexdigest()


def _behind(connection: Connection) -> int:
    read = select(right_list_state.c.read_revision).scalar_subquery()
    return int(connection.scalar(select(watchlist_state.c.revision - read)) or 0)


def _entries(connection: Connection, after: int, up_to: int) -> list[Any]:
    wanted = (
        select(_log.revision, _log.op, _log.subject, _log.document)
        .where(_log.revision > after, _log.revision <= up_to)
        .order_by(_log.revision)
        .limit(CHUNK)
    )
    return list(connection.execute(wanted).all())


def _take(connection: Connection, entries: list[Any]) -> None:
    rows: dict[str, dict[str, Any]] = {}
    withdrawn: dict[str, int] = {}
    for entry in entries:
        if entry.op == "put":
            rows[entry.subject] = _row_of(entry)
            withdrawn.pop(entry.subject, None)
        elif entry.subject in rows:
            rows[entry.subject] |= {"revision": entry.revision, "is_held": False}
        else:
            withdrawn[entry.subject] = entry.revision
    for subject, revision in withdrawn.items():
        gone = {"revision": revision, "is_held": False}
        connection.execute(update(right_list).where(_row.subject == subject).values(gone))
    if rows:
        connection.execute(delete(right_list).where(_row.subject.in_(list(rows))))
        connection.execute(insert(right_list), list(rows.values()))


def _row_of(entry: Any) -> dict[str, Any]:
    """What an older program took and this one does not is listed too: somebody must be able to correct it."""
    document = orjson.loads(entry.document)
    row = {"subject": entry.subject, "revision": entry.revision, "document_revision": entry.revision, "is_held": True}
    name = entry.subject.partition(":")[2]
    try:
        right = parse_right(document)
    except RightError:
        return {**row, "holder_id": None, "kind": "", "status": "", "words": _fold(name)}
    texts = (name, right.number, right.title, right.holder.name, right.holder.id, *right.marks, *right.aliases)
    return {
        **row,
        "holder_id": holder_key(right.holder.id) if right.holder.id else None,
        "kind": right.kind,
        "status": right.status,
        "words": _fold("\n".join(text for text in texts if text)),
    }


def _fold(text: str) -> str:
    """PostgreSQL keeps no NUL in a text."""
    return unicodedata.normalize("NFKC", text[:MOST_WORDS]).casefold().replace("\0", " ")


def _select(query: RightQuery) -> Select[Any]:
    conditions: list[ColumnElement[bool]] = [_row.is_held.is_(not query.withdrawn)]
    conditions += [_row.words.contains(word, autoescape=True) for word in _fold(query.text or "").split()]
    if query.holder_id is not None:
        conditions.append(_row.holder_id == holder_key(query.holder_id))
    if query.holders is not None:
        conditions.append(_row.holder_id.in_([holder_key(holder) for holder in sorted(query.holders)]))
    if query.kind is not None:
        conditions.append(_row.kind == query.kind)
    if query.status is not None:
        conditions.append(_row.status == query.status)
    if query.ids is not None:
        conditions.append(_row.subject.in_([right_subject(right_id) for right_id in query.ids]))
    if query.after is not None:
        conditions.append(_row.subject > right_subject(query.after))
    return (
        select(
            _row.subject,
            _row.revision,
            _row.is_held,
            _form.c.document,
            _log.recorded_at,
            right_history.c.by_name,
            right_history.c.at_ms,
        )
        .join(_form, _form.c.revision == _row.document_revision)
        .join(watchlist_log, _log.revision == _row.revision)
        .outerjoin(right_history, right_history.c.revision == _row.revision)
        .where(*conditions)
        .order_by(_row.subject)
        .limit(query.limit + 1)
    )


def _listed(row: Any) -> ListedRight:
    is_named = row.by_name is not None
    return ListedRight(
        revision=row.revision,
        document=orjson.loads(row.document),
        is_held=row.is_held,
        changed_by=row.by_name if is_named else IMPORT,
        changed_at=datetime.fromtimestamp(row.at_ms / 1000, UTC) if is_named else row.recorded_at.replace(tzinfo=UTC),
    )
