"""States and verdicts as rows of ClickHouse, made of what the operational database announced.

A state may be written again: the highest version of its group holds. `verdicts` keeps what it is sent, so it is asked
first which are there; only one process moves them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any
from uuid import UUID

from sinks.clickhouse.columns import columns_of, digest_bytes, milliseconds
from sinks.clickhouse.connection import Connection
from sinks.settings import ClickHouseSettings
from sinks.text import json_text, storable
from sinks.verdict_codes import EXPERT

_STAGES = {"opinion": EXPERT}  # of acts that are named otherwise
_NOBODY = UUID(int=0)


class TriageWriter:
    """One connection, one thread at a time.

    Raises (every insert): StoreUnavailable (try again later with the same batch), StoreRefused (a record cannot be
    stored, its position is named; nothing was sent).
    """

    def __init__(self, settings: ClickHouseSettings) -> None:
        self._connection = Connection(settings)

    def insert_states(self, announced: Sequence[Mapping[str, Any]]) -> None:
        """States as `triage_outbox.announcement` writes them."""
        if columns := columns_of("state", announced, _state_row):
            self._connection.insert("triage_states", columns)

    def insert_verdicts(self, events: Sequence[Mapping[str, Any]]) -> None:
        """Verdicts as `triage_rows.verdict_document` writes them; those that are there already are left out."""
        ids = [UUID(event["event_id"]) for event in events]
        known = {verdict_id for (verdict_id,) in self._connection.query(_KNOWN, {"ids": ids})} if ids else set()
        missing = [event for event in events if UUID(event["event_id"]) not in known]
        if columns := columns_of("verdict", missing, _verdict_row):
            self._connection.insert("verdicts", columns)

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> TriageWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


_KNOWN = "SELECT verdict_id FROM verdicts WHERE verdict_id IN {ids:Array(UUID)}"


def _state_row(announced: Mapping[str, Any]) -> dict[str, Any]:
    state = announced["state"]
    right_id = announced["right_id"]
    return {
        "group_id": UUID(announced["group_id"]),
        "version": int(state["version"]),
        "state": state["state"],
        "shelved_until": milliseconds(state["shelved_until"]) if state["shelved_until"] else 0,
        "verdict": state["verdict"] or "",
        "reason_code": state["reason_code"] or "",
        "judged_by": storable(state["judged_by"] or ""),
        "judged_at": milliseconds(state["judged_at"]) if state["judged_at"] else 0,
        "right_id": None if right_id is None else storable(right_id),
        "changed_at": milliseconds(announced["at"]),
    }


def _verdict_row(event: Mapping[str, Any]) -> dict[str, Any]:
    right_id = event["right_id"]
    return {
        "verdict_id": UUID(event["event_id"]),
        "stage": _STAGES.get(event["act"], event["act"]),
        "undoes": UUID(event["undoes"]) if event["undoes"] else _NOBODY,
        "group_id": UUID(event["group_id"]),
        "group_version": int(event["version"]),
        "judged_at": int(event["at_ms"]),
        "alert_id": UUID(event["alert_id"]),
        "verdict": event["verdict"],
        "reason_code": event["reason_code"] or "",
        "note": storable(event["note"]),
        "judged_by": storable(event["by_name"]),
        "listing_digest": digest_bytes(event["listing_digest"]),
        "revision": int(event["revision"]),
        "score": float(event["score"]),
        "detector": event["detector"],
        "tier": event["tier"],
        "right_id": None if right_id is None else storable(right_id),
        "subject": storable(event["subject"]),
        "platform": storable(event["platform"]),
        "seller_region": storable(event["seller_region"] or ""),
        "screened": event["screened"] or "",
        "versions": json_text(event["versions"]),
    }
