"""Every query of ClickHouse on the boards, expanded as the plugin would, on a real server with rows in every table."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from clickhouse_driver import Client

from benchmarks.board_rows import Amount, fill
from dashboards.grafana.boards import BOARDS
from dashboards.grafana.model import Kind, Listed, Panel, Sql
from dashboards.grafana.rules import RULES, Rule
from sinks.clickhouse.connection import Connection
from sinks.clickhouse.migrate import migrate
from sinks.settings import ClickHouseSettings
from streams.embedded import Endpoints
from tools.grafana_macros import ALL, Chosen, Range, expand_sql

DAYS = 2
UNTIL = datetime.now(UTC)  # what waits is asked of the server's own clock
SHOWN = Range(UNTIL - timedelta(days=DAYS), UNTIL, timedelta(minutes=30))
CHOSEN = Chosen({"platform": ["taobao", "jd"], "tier": ["high", "low"], "right": ["CN-TM-1", "CN-TM-2", "CN-TM-3"]})
EVERYTHING = Chosen({name: [ALL] for name in CHOSEN.values})
QUERIES = {
    f"{board.name}.{panel.name}": (panel, query)
    for board in BOARDS
    for panel in board.panels()
    for query in panel.queries
    if isinstance(query, Sql)
}
LISTS = {
    f"{board.name}.{variable.name}": variable.query
    for board in BOARDS
    for variable in board.variables
    if isinstance(variable, Listed)
}


@pytest.fixture(scope="module")
def client(stack: Endpoints) -> Iterator[Client]:
    settings = ClickHouseSettings(
        host="127.0.0.1",
        port=stack.clickhouse_port or 0,
        user=stack.clickhouse_user or "",
        password=stack.clickhouse_password or "",
        database=f"test_{uuid.uuid4().hex}",
    )
    migrate(settings)
    with Connection(settings) as connection:
        fill(connection, Amount(listings=20_000, alerts=10_000, days=DAYS, until=UNTIL))
        client = Client(
            settings.host, settings.port, user=settings.user, password=settings.password, database=settings.database
        )
        yield client
        client.disconnect()
        connection.command(f"DROP DATABASE {settings.database}")


def asked(client: Client, query: Sql, chosen: Chosen = EVERYTHING) -> tuple[list[Any], list[tuple[str, str]]]:
    """Rows, and the name and type of each column."""
    text = expand_sql(query.text, SHOWN, chosen)
    assert "$" not in text, text
    rows, columns = client.execute(text, with_column_types=True)
    return rows, columns


def shown(panel: Panel, columns: list[tuple[str, str]]) -> None:
    """Whether Grafana can draw it."""
    names, types = zip(*columns, strict=True)
    is_number = [one.removeprefix("Nullable(").startswith(("UInt", "Int", "Float")) for one in types]
    if panel.kind is Kind.SERIES:
        assert names[0] == "time"
        assert types[0].startswith("DateTime")
        assert is_number[-1]
        assert sum(is_number) == 1
        assert not panel.series or panel.series in names
    elif panel.kind is Kind.TABLE:
        assert names == panel.columns
    else:
        assert any(is_number)


@pytest.mark.parametrize("name", QUERIES)
def test_a_panel_shows_rows_of_the_form_that_it_draws(client: Client, name: str) -> None:
    panel, query = QUERIES[name]
    rows, columns = asked(client, query)
    assert rows
    shown(panel, columns)


@pytest.mark.parametrize("name", [name for name, (_, query) in QUERIES.items() if query.is_series])
def test_a_series_comes_in_the_order_of_time(client: Client, name: str) -> None:
    rows, _ = asked(client, QUERIES[name][1])
    times = [row[0] for row in rows]
    assert times == sorted(times)
    assert SHOWN.start - SHOWN.step <= times[0].replace(tzinfo=UTC) <= SHOWN.end


@pytest.mark.parametrize("name", [name for name, (_, query) in QUERIES.items() if "conditionalAll" in query.text])
def test_a_choice_leaves_less(client: Client, name: str) -> None:
    """Each variable does something, and the query also runs with all of them set."""
    panel, query = QUERIES[name]
    every, _ = asked(client, query)
    some, columns = asked(client, query, CHOSEN)
    assert some
    assert some != every
    shown(panel, columns)


@pytest.mark.parametrize("name", LISTS)
def test_a_variable_lists_its_values(client: Client, name: str) -> None:
    rows, columns = asked(client, LISTS[name])
    assert rows
    assert [kind.removeprefix("LowCardinality(").startswith(("String", "Nullable(String")) for _, kind in columns] == [
        True
    ]


@pytest.mark.parametrize(
    "rule", [rule for rule in RULES if isinstance(rule.query, Sql)], ids=lambda rule: str(rule.name)
)
def test_a_rule_asks_for_one_number(client: Client, rule: Rule) -> None:
    rows, columns = asked(client, rule.query) if isinstance(rule.query, Sql) else ([], [])
    assert len(rows) == len(columns) == 1
    assert float(rows[0][0]) >= 0


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule.name))
def test_a_rule_leaves_nothing_to_the_browser(rule: Rule) -> None:
    """Alert rules are evaluated by the server, where there are neither variables nor the front end's macros."""
    assert not re.search(r"\$(?!__(time|interval))", rule.query.text)


def test_a_high_alert_that_has_waited_too_long_fires_and_none_that_is_closed(client: Client) -> None:
    (rule,) = [rule for rule in RULES if rule.name == "waiting"]
    assert isinstance(rule.query, Sql)
    ((waited,),), _ = asked(client, rule.query)
    assert waited > rule.above
    closing = "SELECT DISTINCT group_id, 9, 'closed' FROM alert_firsts"
    client.execute(f"INSERT INTO triage_states (group_id, version, state) {closing}")
    assert asked(client, rule.query)[0] == [(0,)]
    client.execute("DELETE FROM triage_states WHERE version = 9")


def test_a_day_without_alerts_fires_only_where_listings_came(client: Client) -> None:
    (rule,) = [rule for rule in RULES if rule.name == "silent"]
    assert isinstance(rule.query, Sql)
    assert asked(client, rule.query)[0] == [(0,)]
    apart = Sql(rule.query.text.replace("FROM alerts_by_time WHERE", "FROM alerts_by_time WHERE 0 AND"))
    assert asked(client, apart)[0] == [(0,)]
    client.execute("INSERT INTO screenings (observed_at, listings) SELECT now64(3), 200000")
    assert asked(client, apart)[0] == [(1,)]


def test_an_alert_that_is_found_again_counts_once(client: Client) -> None:
    rows, _ = asked(client, QUERIES["floor.by_tier"][1])
    minutes = SHOWN.seconds / 60
    counted = sum(Decimal(str(row[-1])) for row in rows) * Decimal(minutes)
    assert round(counted) == client.execute("SELECT uniqExact(alert_id) FROM alerts")[0][0]
