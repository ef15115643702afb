"""Follows the rights' changes and opens the groups again that they touch, with the reason and the revision.

One process at a time does it, whoever holds the lock. The cursor moves once all that some changes touch is open again;
a process that dies before does them again, and what it opened then is not opened twice: the group's history says so.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from dashboards.triage.items import facts_of
from detectors.errors import RightError
from detectors.rights import Right, parse_right
from sinks.clickhouse.queue_groups import Group
from sinks.clickhouse.reader import AlertReader
from sinks.clickhouse.stored_pages import StoredPages
from sinks.errors import StoreError
from sinks.operational.reopening_store import ReopeningStore, RightEdit
from sinks.operational.rights_store import RightsStore
from sinks.operational.triage_records import Actor
from sinks.operational.triage_store import TriageStore
from sinks.settings import ClickHouseSettings
from sinks.triage_policy import TriageSettings
from sinks.visible import EVERYTHING
from streams.broker.retry import Retry
from streams.preview.comparing import Forms, forms_of
from streams.reopening.rule import Standing, touched
from streams.reopening.silenced import silenced

logger = logging.getLogger(__name__)
BY: Final = Actor("rights-desk", "rights desk")
GROUPS_AT_ONCE = 200
REOPEN = "reopen"


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
                opened += self._open_again(edits.edits)
                self.store.done(edits)
        return opened

    def _open_again(self, edits: Iterable[RightEdit]) -> int:
        known = list(edits)
        if not known:
            return 0
        with closing(AlertReader(self.clickhouse)) as reader, closing(StoredPages(self.clickhouse)) as stored:
            alerted = reader.alerted([edit.right_id for edit in known], EVERYTHING)
            return sum(self._follow(edit, reader, stored) for edit in known if edit.right_id in alerted)

    def _follow(self, edit: RightEdit, reader: AlertReader, stored: StoredPages) -> int:
        before, after = _parsed(edit.before), _parsed(edit.after)
        if before is None or (after is None and edit.after is not None):
            return 0  # of an older program's right this one cannot say what it would find
        forms: Forms | None = None
        opened = 0
        for groups in self._groups(edit.right_id, reader):
            if forms is None and after is not None:
                held = self.rights.at(edit.revision, [edit.right_id])
                forms = forms_of(held, edit.before, edit.after, edit.revision)
            opened += self._open_touched(edit, before, after, groups, _gone(groups, forms, stored))
        if opened:
            logger.info("right %s at revision %d: %d groups are open again", edit.right_id, edit.revision, opened)
        return opened

    def _groups(self, right_id: str, reader: AlertReader) -> Iterator[list[Group]]:
        since = self.clock() - timedelta(days=self.policy.horizon_days)
        after = ""
        while groups := reader.groups_of_right(right_id, since, after, GROUPS_AT_ONCE):
            yield groups
            after = groups[-1].group_id

    def _open_touched(
        self, edit: RightEdit, before: Right, after: Right | None, groups: list[Group], gone: frozenset[str]
    ) -> int:
        now = self.clock()
        states = self.judging.states([group.group_id for group in groups], now)
        by_code: dict[str, list[Group]] = {}
        for group in groups:
            state = states.get(group.group_id)
            standing = Standing(state.verdict, state.reason_code) if state else Standing()
            is_gone = group.alert["alert_id"] in gone
            code = touched(before, after, group.alert, standing, now.date(), is_silenced=is_gone)
            if code:
                by_code.setdefault(code, []).append(group)
        return sum(self._reopen(code, edit.revision, those, now) for code, those in by_code.items())

    def _reopen(self, code: str, revision: int, groups: list[Group], now: datetime) -> int:
        because = f"{code} {revision}"
        targets = [facts_of(group) for group in groups if not self._was_opened(group.group_id, because)]
        if targets:
            self.judging.reopen(targets, BY, now, because=because)
        return len(targets)

    def _was_opened(self, group_id: str, because: str) -> bool:
        """By a process that died before it could move the cursor; a person may have judged it since."""
        return any(event["act"] == REOPEN and event["note"] == because for event in self.judging.history(group_id))


def _gone(groups: list[Group], forms: Forms | None, stored: StoredPages) -> frozenset[str]:
    return frozenset() if forms is None else silenced([group.alert for group in groups], forms, stored)


def _parsed(document: Mapping[str, Any] | None) -> Right | None:
    try:
        return None if document is None else parse_right(document)
    except RightError:
        return None
