"""Whether what is to be told still holds: asked in the transaction that takes a notice, right before it is sent."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, func, select

from sinks.notices.events import DELISTED, VERDICT
from sinks.operational.account_tables import account
from sinks.operational.force_checks import right_is_gone
from sinks.operational.notice_records import HOLDER, Destination
from sinks.operational.schema import watchlist_log
from sinks.operational.triage_tables import triage_event, triage_group
from sinks.verdict_codes import CLOSED, INFRINGING, NOT_INFRINGING
from sinks.visible import holder_id_of

_log, _group, _event = watchlist_log.c, triage_group.c, triage_event.c


class Standing:
    """What holds now, read once for the notices of one transaction. Reasons are codes: their words are
    `notice.because.*`."""

    def __init__(self, connection: Connection, now: datetime) -> None:
        self._connection = connection
        self._now = now
        self._accounts: dict[str, Any] = {}
        self._groups: dict[str, Any] = {}
        self._undone: dict[str, bool] = {}
        self._rights: dict[str, tuple[Mapping[str, Any], bool] | None] = {}

    def read_accounts(self, account_ids: Collection[str]) -> None:
        """Those that were not read before, in one question."""
        if unread := sorted(set(account_ids) - self._accounts.keys()):
            columns = (account.c.account_id, account.c.disabled, account.c.holders, account.c.regions)
            found = self._connection.execute(select(*columns).where(account.c.account_id.in_(unread)))
            self._accounts |= dict.fromkeys(unread) | {row.account_id: row for row in found}

    def read_for(self, rows: Sequence[Any]) -> None:
        """All that `withheld` asks of these notices, in three questions."""
        self.read_rights({row.right_id for row in rows if row.right_id is not None})
        self.read_judged(rows)

    def read_judged(self, rows: Sequence[Any]) -> None:
        """How the groups of these notices are judged, and which of the verdicts were taken back."""
        if groups := sorted({row.group_id for row in rows if row.group_id} - self._groups.keys()):
            columns = (_group.group_id, _group.state, _group.verdict)
            found = self._connection.execute(select(*columns).where(_group.group_id.in_(groups)))
            self._groups |= dict.fromkeys(groups) | {row.group_id: row for row in found}
        given = {str(one) for row in rows if (one := orjson.loads(row.document).get("verdict_id"))}
        if given := given - self._undone.keys():
            undone = set(self._connection.scalars(select(_event.undoes).where(_event.undoes.in_(sorted(given)))))
            self._undone |= {one: one in undone for one in given}

    def holder_of(self, right_id: str) -> str | None:
        """Whose a right is; of one that was withdrawn, whose it was."""
        found = self._right(right_id)
        return None if found is None else holder_id_of(found[0])

    def belongs(self, destination: Destination, right_id: str | None, region: str) -> bool:
        """Whether it is the destination's owner's to hear of this right and region."""
        if destination.regions is not None and not region.startswith(destination.regions):
            return False
        if destination.owner.kind != HOLDER:
            return self._may_hear(destination.owner.id, region)
        return right_id is not None and self.holder_of(right_id) == destination.owner.id

    def withheld(self, destination: Destination, row: Any) -> str | None:
        """Why the notice of this row is not to be told any more; None: tell it."""
        if not row.alert_id:
            return None
        if not self.belongs(destination, row.right_id, row.seller_region):
            return "not_yours"
        if row.event == DELISTED:
            return None
        why = None if row.right_id is None else self._right_is_gone(row)
        return why or self._judged_otherwise(row)

    def _may_hear(self, account_id: str, region: str) -> bool:
        """Whether the account still is one that sees what is there. Where no accounts are asked for there is no row."""
        self.read_accounts((account_id,))
        row = self._accounts[account_id]
        if row is None:
            return True
        is_limited = row.holders is not None  # then it has a holder's destinations and none of its own
        regions = None if row.regions is None else tuple(orjson.loads(row.regions))
        return not row.disabled and not is_limited and (regions is None or region.startswith(regions))

    def _right_is_gone(self, row: Any) -> str | None:
        found = self._right(row.right_id)
        watched = None if found is None or found[1] else found[0]
        return right_is_gone(watched, orjson.loads(row.document), self._now)

    def _judged_otherwise(self, row: Any) -> str | None:
        self.read_judged((row,))
        group = self._groups.get(row.group_id)
        facts = orjson.loads(row.document)
        if row.event == VERDICT or facts.get("verdict"):
            is_undone = self._undone.get(str(facts.get("verdict_id")), False)
            if group is None or is_undone:
                return "verdict_undone"
            if group.state != CLOSED:
                return "reopened"
            return None if group.verdict == facts.get("verdict", INFRINGING) else "judged_otherwise"
        is_innocent = group is not None and group.state == CLOSED and group.verdict == NOT_INFRINGING
        return "judged_not_infringing" if is_innocent else None

    def _right(self, right_id: str) -> tuple[Mapping[str, Any], bool] | None:
        """The last form of a right, and whether it was withdrawn since; None: there never was one."""
        self.read_rights((right_id,))
        return self._rights[right_id]

    def read_rights(self, right_ids: Collection[str]) -> None:
        """The last two entries of the log for each that was not read before, in one question."""
        if not (unread := sorted(set(right_ids) - self._rights.keys())):
            return
        place = func.row_number().over(partition_by=_log.subject, order_by=_log.revision.desc()).label("place")
        subjects = {f"right:{one}": one for one in unread}
        placed = select(_log.subject, _log.op, _log.document, place).where(_log.subject.in_(subjects)).subquery().c
        rows = self._connection.execute(
            select(placed.subject, placed.op, placed.document).where(placed.place <= 2).order_by(placed.place)
        ).all()
        entries: dict[str, list[Any]] = {one: [] for one in unread}
        for row in rows:
            entries[subjects[row.subject]].append(row)
        for right_id, found in entries.items():
            forms = [orjson.loads(row.document) for row in found if row.op == "put"]
            self._rights[right_id] = (forms[0], found[0].op != "put") if forms else None
