"""The audit log keeps every act, in order, and shows what was changed behind its back; on SQLite and PostgreSQL."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from sinks.errors import StoreRefused
from sinks.operational.audit_store import FIRST, AuditQuery, AuditStore, Verified
from sinks.settings import OperationalSettings
from streams.doctor.servers import check_audit

NOW = datetime(2026, 11, 29, 10, tzinfo=UTC)


@pytest.fixture
def audit(operational: OperationalSettings) -> Iterator[AuditStore]:
    with closing(AuditStore(operational)) as store:
        yield store


def act(audit: AuditStore, action: str = "right.put", **changes: Any) -> int:
    given: dict[str, Any] = {
        "by_id": "a1",
        "by_name": "Ming",
        "subject": "CN-TM-1",
        "detail": {"revision": 7},
        "now": NOW,
    }
    return audit.append(action=action, **(given | changes))


def behind_its_back(operational: OperationalSettings, *statements: str) -> None:
    """What somebody can do who owns the database: without the triggers."""
    engine = create_engine(operational.url)
    sqlite = engine.dialect.name == "sqlite"
    off = (
        ["DROP TRIGGER audit_log_no_update", "DROP TRIGGER audit_log_no_delete"]
        if sqlite
        else ["ALTER TABLE audit_log DISABLE TRIGGER ALL"]
    )
    with engine.begin() as connection:
        for statement in (*off, *statements):
            connection.execute(text(statement))
    engine.dispose()


def test_acts_are_numbered_and_found_newest_first(audit: AuditStore) -> None:
    assert [act(audit), act(audit, "verdict.give", by_id="a2", by_name="Lin")] == [1, 2]
    newest, oldest = audit.page(AuditQuery())
    assert (newest.sequence, newest.by_name, newest.action) == (2, "Lin", "verdict.give")
    assert (oldest.at, oldest.subject, oldest.detail) == (NOW, "CN-TM-1", {"revision": 7})
    assert audit.verify() == Verified(2, newest.hash)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (AuditQuery(by="a2"), [2]),
        (AuditQuery(by="Ming"), [3, 1]),
        (AuditQuery(action="verdict"), [3, 2]),
        (AuditQuery(action="verdict.undo"), [3]),
        (AuditQuery(action="verdic"), []),
        (AuditQuery(subject="g1"), [3]),
        (AuditQuery(after=NOW + timedelta(seconds=1)), [3, 2]),
        (AuditQuery(before=NOW + timedelta(seconds=1)), [1]),
        (AuditQuery(before_sequence=3, limit=1), [2]),
        (AuditQuery(by="a1' OR 1=1 --"), []),
    ],
)
def test_acts_are_found_by_who_what_and_when(audit: AuditStore, query: AuditQuery, found: list[int]) -> None:
    act(audit)
    act(audit, "verdict.give", by_id="a2", by_name="Lin", now=NOW + timedelta(seconds=1))
    act(audit, "verdict.undo", subject="g1", now=NOW + timedelta(seconds=2))
    assert [entry.sequence for entry in audit.page(query)] == found


@pytest.mark.parametrize("statement", ["UPDATE audit_log SET by_name = 'x'", "DELETE FROM audit_log"])
def test_the_database_refuses_to_change_an_entry(
    audit: AuditStore, operational: OperationalSettings, statement: str
) -> None:
    act(audit)
    engine = create_engine(operational.url)
    with pytest.raises(Exception, match="entries are never changed"), engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()
    assert len(audit.page(AuditQuery())) == 1


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE audit_log SET by_name = 'Lin' WHERE sequence = 2", 2),
        ("UPDATE audit_log SET at_ms = at_ms + 1 WHERE sequence = 2", 2),
        ("UPDATE audit_log SET detail = '{}' WHERE sequence = 3", 3),
        ("DELETE FROM audit_log WHERE sequence = 2", 2),
        ("DELETE FROM audit_log WHERE sequence = 3", 3),
        ("DELETE FROM audit_log", 1),
        ("UPDATE audit_log SET sequence = 9 WHERE sequence = 3", 3),
        ("UPDATE audit_state SET sequence = 2", 2),
    ],
)
def test_the_doctor_names_the_first_entry_that_was_changed(
    audit: AuditStore, operational: OperationalSettings, statement: str, broken: int
) -> None:
    for _ in range(3):
        act(audit)
    assert check_audit(operational).is_ok
    behind_its_back(operational, statement)
    assert audit.verify().broken == broken
    check = check_audit(operational)
    assert not check.is_ok
    assert f"entry {broken} is broken" in check.detail


def test_entries_that_are_written_at_once_form_one_chain(audit: AuditStore, operational: OperationalSettings) -> None:
    with closing(AuditStore(operational)) as other, ThreadPoolExecutor(4) as threads:
        numbers = list(threads.map(lambda n: act((audit, other)[n % 2]), range(20)))
    assert sorted(numbers) == list(range(1, 21))
    assert audit.verify().entries == 20


def test_hostile_texts_are_kept_and_the_chain_holds(audit: AuditStore) -> None:
    hostile = "x\0\ud800'; DROP TABLE audit_log; --<script>" * 50
    act(audit, by_id=hostile, by_name=hostile, subject=hostile, detail={hostile[:20]: hostile[:500]})
    found = audit.verify()
    assert (found.entries, found.broken) == (1, None)


def test_an_empty_log_is_whole(audit: AuditStore) -> None:
    assert audit.verify() == Verified(0, FIRST)


def test_what_is_no_entry_is_refused(audit: AuditStore) -> None:
    with pytest.raises(StoreRefused, match=re.escape("write dotted words")):
        act(audit, "deleted")
    with pytest.raises(StoreRefused, match="longer than"):
        act(audit, detail={"title": "x" * 5_000})
    assert audit.verify().entries == 0
