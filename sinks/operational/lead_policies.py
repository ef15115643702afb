"""The policy of sending: which leads wait for a verdict, by the kind of right and its holder."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, insert, select

from sinks.lead_codes import AFTER_VERDICT, AT_ONCE, LeadSettings
from sinks.operational.database import Database
from sinks.operational.lead_records import Policy
from sinks.operational.lead_tables import lead_policy
from sinks.operational.triage_records import Actor, from_ms, to_ms

_row = lead_policy.c


class LeadPolicies:
    """Usable from any thread. A holder's own goes before that of a kind, and that before the settings'.

    Raises (every method): StoreUnavailable, StoreRefused.
    """

    def __init__(self, database: Database, settings: LeadSettings) -> None:
        self._database = database
        self._settings = settings

    def all(self) -> list[Policy]:
        """What people set, by kind and holder."""
        wanted = select(lead_policy).order_by(_row.kind, _row.holder_id)
        with self._database.reading() as connection:
            rows = connection.execute(wanted).all()
        return [Policy(row.kind, row.holder_id or None, row.sending, row.by_name, from_ms(row.at_ms)) for row in rows]

    def put(self, kind: str, holder_id: str | None, sending: str | None, who: Actor, now: datetime) -> None:
        """Set it; `sending` None: as if nobody ever had."""
        with self._database.writing() as connection:
            chosen = (_row.kind == kind, _row.holder_id == (holder_id or ""))
            connection.execute(delete(lead_policy).where(*chosen))
            if sending is not None:
                row = {"kind": kind, "holder_id": holder_id or "", "sending": sending}
                connection.execute(insert(lead_policy).values(**row, by_name=who.name, at_ms=to_ms(now)))

    def default(self, kind: str) -> str:
        """What the settings say."""
        return AT_ONCE if kind in self._settings.at_once else AFTER_VERDICT

    def sending(self, policies: list[Policy], kind: str, holder_id: str | None) -> str:
        """What holds for a right of this kind and holder."""
        by_key = {(one.kind, one.holder_id): one.sending for one in policies}
        own = by_key.get((kind, holder_id)) if holder_id else None
        return own or by_key.get((kind, None)) or self.default(kind)
