"""The calibration in force and the one that verdicts suggest, from being proposed to being applied."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, delete, insert, select, update

from detectors.calibration.document import APPLIED, read_calibration
from detectors.records import timestamp_text
from sinks.errors import StoreRefused
from sinks.operational.calibration_tables import calibration_proposal
from sinks.operational.changes import CALIBRATION, parse_change
from sinks.operational.database import Database
from sinks.operational.rights_store import append_changes
from sinks.operational.schema import prepare, watchlist_log, watchlist_state
from sinks.operational.triage_records import from_ms, to_ms
from sinks.settings import OperationalSettings
from sinks.text import json_text

_log, _row = watchlist_log.c, calibration_proposal.c
Document = dict[str, Any]


class StaleProposal(StoreRefused):
    """The proposal is not the one that was looked at: it was overtaken, applied, or what it was made from changed."""

    def __init__(self) -> None:
        super().__init__("version: the proposal is another one by now; look at it again")


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """A calibration that is not in force. `changes` says how it differs from the one that was when it was made."""

    version: str
    document: Document
    changes: Mapping[str, Any]
    made_at: datetime


class CalibrationStore:
    """Usable from any thread. The tables are created on construction.

    Raises (every method): StoreUnavailable (try again later), StoreRefused (bad input; nothing was changed).
    """

    def __init__(self, settings: OperationalSettings) -> None:
        self._database = Database(settings)
        prepare(self._database)

    def in_force(self) -> Document:
        """As it was put in force; empty: none is."""
        with self._database.reading() as connection:
            return _in_force(connection)

    def proposal(self) -> Proposed | None:
        """The one that verdicts suggest, if it would change what is in force."""
        with self._database.reading() as connection:
            row = connection.execute(select(calibration_proposal)).first()
            if row is None or row.based_on != _version(_in_force(connection)):
                return None
        return Proposed(
            version=row.version,
            document=orjson.loads(row.document),
            changes=orjson.loads(row.changes),
            made_at=from_ms(row.made_at_ms),
        )

    def keep(self, document: Mapping[str, Any], changes: Mapping[str, Any], now: datetime) -> str:
        """Let this be the proposal, in place of any other; its version."""
        parse_change({"op": "calibrate", "calibration": document})  # refuses what could not be applied
        version = read_calibration(document).version
        with self._database.writing() as connection:
            connection.execute(delete(calibration_proposal))
            connection.execute(
                insert(calibration_proposal).values(
                    id=1,
                    version=version,
                    based_on=_version(_in_force(connection)),
                    document=json_text(document),
                    changes=json_text(changes),
                    made_at_ms=to_ms(now),
                )
            )
        return version

    def forget(self) -> None:
        """Verdicts suggest nothing else than what is in force."""
        with self._database.writing() as connection:
            connection.execute(delete(calibration_proposal))

    def apply(self, version: str, *, by: str, now: datetime) -> int:
        """Put the proposal in force; the watchlist's revision.

        Raises:
            StaleProposal: there is none with this version, or something else came in force since it was made.
        """
        with self._changing() as connection:
            wanted = select(calibration_proposal).where(_row.version == version)
            row = connection.execute(wanted).first()
            if row is None or row.based_on != _version(_in_force(connection)):
                raise StaleProposal
            document = {**orjson.loads(row.document), APPLIED: {"by": by, "at": timestamp_text(now)}}
            connection.execute(delete(calibration_proposal))
            return _append(connection, document)

    def put(self, document: Mapping[str, Any], *, by: str, now: datetime) -> int:
        """Put a calibration in force that is no proposal; an empty one takes it back. The watchlist's revision."""
        applied = {APPLIED: {"by": by, "at": timestamp_text(now)}} if document else {}
        with self._changing() as connection:
            return _append(connection, {**document, **applied})

    @contextmanager
    def proposing(self) -> Iterator[bool]:
        """Whether this caller may propose now. Never waits; a holder that dies lets go."""
        with self._database.calibration_lock() as held:
            yield held

    def close(self) -> None:
        self._database.close()

    @contextmanager
    def _changing(self) -> Iterator[Connection]:
        """A transaction in which nobody else changes the watchlist."""
        with self._database.writing() as connection:
            connection.execute(select(watchlist_state.c.revision).with_for_update()).scalar_one()
            yield connection


def _append(connection: Connection, document: Document) -> int:
    change = parse_change({"op": "calibrate", "calibration": document})
    revision: int = connection.execute(select(watchlist_state.c.revision)).scalar_one()
    revision = append_changes(connection, [change], revision)
    connection.execute(update(watchlist_state).values(revision=revision))
    return revision


def _in_force(connection: Connection) -> Document:
    document = connection.scalar(select(_log.document).where(_log.subject == CALIBRATION, _log.superseded_by.is_(None)))
    return {} if document is None else orjson.loads(document)


def _version(document: Mapping[str, Any]) -> str:
    return read_calibration(document).version
