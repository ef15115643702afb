"""Follows the rights' changes and opens the groups again that they touch, with the reason and the revision.

One process at a time does it, whoever holds the lock. The cursor moves once all that some changes touch is open again;
a process that dies before does them again, and what it opened then is not opened twice: the group's history says so.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from dashboards.triage.items import facts_of
from detectors.calibration.document import UNCALIBRATED, Calibration, read_calibration
from detectors.errors import RightError, RightswatchError
from detectors.rights import Right, parse_right
from sinks.clickhouse.queue_groups import Group
from sinks.clickhouse.reader import AlertReader
from sinks.clickhouse.stored_pages import StoredPages
from sinks.errors import StoreError
from sinks.operational.reopening_store import CalibrationEdit, Edits, ReopeningStore, RightEdit
from sinks.operational.rights_store import RightsStore
from sinks.operational.triage_records import Actor
from sinks.operational.triage_store import TriageStore
from sinks.settings import ClickHouseSettings
from sinks.triage_policy import TriageSettings
from sinks.visible import EVERYTHING
from streams.broker.retry import Retry
from streams.preview.comparing import Forms, forms_of, watchlist_of
from streams.reopening.rule import Calibrations, Standing, touched
from streams.reopening.silenced import silenced

logger = logging.getLogger(__name__)
BY: Final = Actor("rights-desk", "rights desk")
GROUPS_AT_ONCE = 200
REOPEN = "reopen"


Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    """A right before and after a change of it or of the calibration; `forms` makes watchlists of both when asked."""

    right_id: str
    revision: int
    before: Right
    after: Right | None
    calibrations: Calibrations
    forms: Callable[[], Forms] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopener:
    """Run `run` as a task. Changes wait until the workers had `settle_seconds` with them: an alert that the older form
    raised may still be on its way to the store.
    """

    store: ReopeningStore
    rights: RightsStore
    judging: TriageStore
    clickhouse: ClickHouseSettings
    policy: TriageSettings
    clock: Callable[[], datetime]
    settle_seconds: float = 15.0

    async def run(self, max_pause_seconds: float) -> None:
        """Follow until cancelled. Stores that are away are waited for."""
        retry = Retry(what="opening groups again", errors=(StoreError,), max_pause_seconds=max_pause_seconds)
        seen = await retry.run(lambda: asyncio.to_thread(self.rights.published_revision))
        while True:
            await asyncio.sleep(self.settle_seconds)
            settled = seen
            seen = await retry.run(lambda: asyncio.to_thread(self.rights.published_revision))
            await retry.run(partial(asyncio.to_thread, self.follow, settled))

    def follow(self, up_to: int) -> int:
        """Open again what all changes up to that revision touch; how many groups. Blocking.

        Raises:
            StoreError: as the stores do; what was not finished is done again.
        """
        opened = 0
        with self.store.lock() as held:
            while held and (edits := self.store.next_edits(up_to)) is not None:
                opened += self._open_again(edits)
                self.store.done(edits)
        return opened

    def _open_again(self, edits: Edits) -> int:
        with closing(AlertReader(self.clickhouse)) as reader, closing(StoredPages(self.clickhouse)) as stored:
            changes = [*self._of_rights(edits.edits, reader), *self._of_calibration(edits.calibration, reader)]
            return sum(self._follow_or_pass(change, reader, stored) for change in changes)

    def _of_rights(self, edits: Sequence[RightEdit], reader: AlertReader) -> Iterator[_Change]:
        """The changes of rights that there are alerts about. What this program cannot read is passed over."""
        alerted = reader.alerted([edit.right_id for edit in edits], EVERYTHING) if edits else set()
        for edit in edits:
            before, after = _parsed(edit.before), _parsed(edit.after)
            if edit.right_id not in alerted or before is None or (after is None and edit.after is not None):
                continue
            held = list(self.rights.at(edit.revision, [edit.right_id]))
            calibration = _calibration_of(held)
            yield _Change(
                right_id=edit.right_id,
                revision=edit.revision,
                before=before,
                after=after,
                calibrations=(calibration, calibration),
                forms=None if after is None else partial(forms_of, held, edit.before, edit.after, edit.revision),
            )

    def _of_calibration(self, edit: CalibrationEdit | None, reader: AlertReader) -> Iterator[_Change]:
        """The rights whose thresholds a calibration raised, if there are alerts about them and they are held."""
        if edit is None:
            return
        was, now = _read(edit.before), _read(edit.after)
        raised = [right for right in {*was.shifts, *now.shifts} if now.shifts.get(right, 0) > was.shifts.get(right, 0)]
        for right_id in sorted(reader.alerted(raised, EVERYTHING)) if raised else ():
            held = list(self.rights.at(edit.revision, [right_id]))
            document = next((entry["right"] for entry in held if entry["op"] == "put"), None)
            right = _parsed(document)
            if document is None or right is None:
                continue
            others = [entry for entry in held if entry["op"] != "calibrate"]
            older = [*others, {"revision": edit.revision, "op": "calibrate", "calibration": edit.before}]
            yield _Change(
                right_id=right_id,
                revision=edit.revision,
                before=right,
                after=right,
                calibrations=(was, now),
                forms=partial(_forms_apart, older, held, document, edit.revision),
            )

    def _follow_or_pass(self, change: _Change, reader: AlertReader, stored: StoredPages) -> int:
        """One right that cannot be followed must not keep all others from it."""
        try:
            return self._follow(change, reader, stored)
        except StoreError:
            raise
        except RightswatchError:
            logger.exception("right %s at revision %d: cannot be followed", change.right_id, change.revision)
            return 0

    def _follow(self, change: _Change, reader: AlertReader, stored: StoredPages) -> int:
        forms: Forms | None = None
        opened = 0
        for groups in self._groups(change.right_id, reader):
            if forms is None and change.forms is not None:
                forms = change.forms()
            gone = frozenset[str]() if forms is None else silenced([group.alert for group in groups], forms, stored)
            opened += self._open_touched(change, groups, gone)
        if opened:
            logger.info("right %s at revision %d: %d groups are open again", change.right_id, change.revision, opened)
        return opened

    def _groups(self, right_id: str, reader: AlertReader) -> Iterator[list[Group]]:
        since = self.clock() - timedelta(days=self.policy.horizon_days)
        after = ""
        while groups := reader.groups_of_right(right_id, since, after, GROUPS_AT_ONCE):
            yield groups
            after = groups[-1].group_id

    def _open_touched(self, change: _Change, groups: Sequence[Group], gone: frozenset[str]) -> int:
        now = self.clock()
        states = self.judging.states([group.group_id for group in groups], now)
        by_code: dict[str, list[Group]] = {}
        for group in groups:
            state = states.get(group.group_id)
            code = touched(
                change.before,
                change.after,
                group.alert,
                Standing(state.verdict, state.reason_code) if state else Standing(),
                now.date(),
                is_silenced=group.alert["alert_id"] in gone,
                calibrations=change.calibrations,
            )
            if code:
                by_code.setdefault(code, []).append(group)
        return sum(self._reopen(code, change.revision, those, now) for code, those in by_code.items())

    def _reopen(self, code: str, revision: int, groups: list[Group], now: datetime) -> int:
        because = f"{code} {revision}"
        targets = [facts_of(group) for group in groups if not self._was_opened(group.group_id, because)]
        if targets:
            self.judging.reopen(targets, BY, now, because=because)
        return len(targets)

    def _was_opened(self, group_id: str, because: str) -> bool:
        """By a process that died before it could move the cursor; a person may have judged it since."""
        return any(event["act"] == REOPEN and event["note"] == because for event in self.judging.history(group_id))


def _forms_apart(older: Sequence[Entry], held: Sequence[Entry], document: Entry, revision: int) -> Forms:
    """One form of a right beside two states of what else holds."""
    return Forms(watchlist_of(older, document, revision), watchlist_of(held, document, revision))


def _calibration_of(held: Iterable[Entry]) -> Calibration:
    return next((_read(entry["calibration"]) for entry in held if entry["op"] == "calibrate"), UNCALIBRATED)


def _read(document: Entry) -> Calibration:
    """One that only another program can read moves nothing here."""
    try:
        return read_calibration(document)
    except RightError:
        return UNCALIBRATED


def _parsed(document: Entry | None) -> Right | None:
    try:
        return None if document is None else parse_right(document)
    except RightError:
        return None
