"""The `leads` benchmark in short: each question finds something, and none reads a large table for a few rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, text

from benchmarks.lead_questions import Asking
from benchmarks.leads import amount_of, filled
from sinks.operational.database import Database
from sinks.operational.metadata import metadata
from sinks.operational.schema import prepare
from sinks.settings import OperationalSettings
from tools.servers.postgresql import PostgreSQLServer

LARGE = frozenset({"lead", "lead_event", "notice", "notice_try", "triage_event", "triage_group", "watchlist_log"})
MOST_PASSED_OVER = 0.25  # of a table's rows
Plan = dict[str, Any]


@pytest.fixture(scope="module")
def asking(postgresql_server: PostgreSQLServer) -> Iterator[Asking]:
    with postgresql_server.database() as url, filled(url, amount_of(100)) as asking:
        yield asking


def test_no_question_reads_a_large_table_for_a_few_of_its_rows(asking: Asking) -> None:
    """Whatever plan is taken for a table of this size: sequential scans are refused, so that what no index answers
    passes over most rows of another."""
    rows = {name: asking.connection.scalar(text(f"SELECT count(*) FROM {name}")) or 0 for name in LARGE}
    wasteful = {}
    for question in asking.questions():
        with _explained() as plans:
            assert question.asked[0](), f"{question.name} finds nothing"
        for node in (node for plan in plans for node in _nodes(plan)):
            passed_over = node.get("Rows Removed by Filter", 0) * node.get("Actual Loops", 1)
            if node.get("Relation Name") in LARGE and passed_over > rows[node["Relation Name"]] * MOST_PASSED_OVER:
                wasteful[question.name] = (node["Relation Name"], node["Filter"])
    assert wasteful == {}


def test_an_index_that_a_table_of_an_older_program_lacks_is_made(postgresql_server: PostgreSQLServer) -> None:
    with postgresql_server.database() as url:
        database = Database(OperationalSettings(url=url))
        prepare(database)
        with database.writing() as connection:
            connection.execute(text("DROP INDEX lead_by_region"))
            connection.execute(text("CREATE INDEX lead_by_right ON lead (right_id)"))
        prepare(database)
        with database.reading() as connection:
            present = database.index_names(connection)
        database.close()
    wanted = {str(index.name) for table in metadata.sorted_tables for index in table.indexes}
    assert wanted <= present
    assert "lead_by_right" not in present


@contextmanager
def _explained() -> Iterator[list[Plan]]:
    """The plans of what is read meanwhile, each run right before the question itself."""
    plans: list[Plan] = []

    def explain(
        connection: Connection, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool
    ) -> None:
        if not statement.startswith("SELECT") or LARGE.isdisjoint(re.findall(r"(?:FROM|JOIN) (\w+)", statement)):
            return
        with closing(connection.connection.cursor()) as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters)
            [(found,)] = cursor.fetchall()
            plans.append(found[0]["Plan"])

    event.listen(Engine, "before_cursor_execute", explain)
    try:
        yield plans
    finally:
        event.remove(Engine, "before_cursor_execute", explain)


def _nodes(plan: Plan) -> Iterator[Plan]:
    yield plan
    for one in plan.get("Plans", ()):
        yield from _nodes(one)
