"""The users of deploy/clickhouse on the real server: what each process asks for works as its user, and nothing more."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest

from dashboards.grafana.boards import BOARDS
from dashboards.grafana.model import Listed, Sql
from dashboards.grafana.rules import RULES
from sinks.clickhouse.connection import Connection
from sinks.clickhouse.dead_letters import DeadLetters, Decision
from sinks.clickhouse.dead_query import DeadQuery
from sinks.clickhouse.migrate import migrate
from sinks.clickhouse.picture_alerts import PictureAlerts
from sinks.clickhouse.query import AlertQuery, ScreenedQuery
from sinks.clickhouse.queue_query import QueueQuery
from sinks.clickhouse.reader import AlertReader
from sinks.clickhouse.stored_pages import StoredPages
from sinks.clickhouse.triage_rows import TriageWriter
from sinks.clickhouse.verdicts import VerdictQuery
from sinks.errors import StoreForbidden
from sinks.operational.triage_outbox import announcement
from sinks.operational.triage_records import State
from sinks.operational.triage_rows import event_row, verdict_document
from sinks.settings import ClickHouseSettings
from streams.doctor.servers import check_clickhouse
from tests.deploy.conftest import Secrets
from tests.sinks.triage_world import ANN, GUILTY, group
from tools.grafana_macros import Range, expand_sql
from tools.servers.clickhouse import ClickHouseServer
from tools.servers.running import running

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
ID, DIGEST = UUID(int=1), "ab" * 32
WRITTEN: dict[str, dict[str, list[Any]]] = {
    "pages": {"digest": [b"p" * 32], "body": [b"{}"], "observed_at": [NOW]},
    "listings": {"platform": ["taobao"], "listing_id": ["1"], "observed_at": [NOW]},
    "alerts": {"alert_id": [ID], "document": ["{}"], "observed_at": [NOW]},
    "screenings": {"page": [b"p" * 32], "observed_at": [NOW]},
    "screened_sample": {"alert_id": [ID], "document": ["{}"], "observed_at": [NOW]},
    "dead_letters": {"sha256": [b"p" * 32], "observed_at": [NOW]},
    "picture_evidence": {"digest": [b"p" * 32], "content": [b"x"], "fetched_at": [NOW]},
    "picture_looks": {"page": [b"p" * 32], "fetched_at": [NOW], "kept_until": [NOW]},
}


ONE = group(1)
STATE = orjson.loads(announcement(State(group_id=ONE.group_id, state="closed", version=1), NOW))
VERDICT = orjson.loads(verdict_document(event_row(ONE, ANN, NOW, act="judge", version=1, **GUILTY)) or "")


class Users:
    """Settings of each user on a server that has the schema."""

    def __init__(self, server: ClickHouseServer, secrets: Secrets) -> None:
        self.server = server
        self._secrets = secrets
        migrate(self["migrate"])

    def __getitem__(self, name: str) -> ClickHouseSettings:
        return self.server.settings(f"rightswatch_{name}", self._secrets[f"clickhouse_{name}"])


@pytest.fixture(scope="module")
def users(clickhouse_server: ClickHouseServer, secrets: Secrets) -> Users:
    return Users(clickhouse_server, secrets)


@pytest.fixture
def asking(users: Users) -> Iterator[Any]:
    opened: list[Connection] = []

    def ask(user: str, sql: str) -> list[Any]:
        opened.append(Connection(users[user]))
        return opened[-1].query(sql)

    yield ask
    for connection in opened:
        connection.close()


@pytest.mark.parametrize("user", ["writer", "reader", "replay"])
def test_a_user_that_may_not_change_the_schema_starts_on_one_that_is_up_to_date(users: Users, user: str) -> None:
    assert migrate(users[user]) == []


def test_without_a_schema_the_one_who_may_make_it_is_named(secrets: Secrets) -> None:
    with running(lambda home: ClickHouseServer(home, secrets.path("clickhouse-users.xml"))) as fresh:
        writer = fresh.settings("rightswatch_writer", secrets["clickhouse_writer"])
        with pytest.raises(StoreForbidden, match="run `rightswatch migrate` as a user that may change it"):
            migrate(writer)


@pytest.mark.parametrize("table", WRITTEN)
def test_the_writer_writes_every_table_that_it_fills(users: Users, table: str) -> None:
    with Connection(users["writer"]) as connection:
        connection.insert(table, WRITTEN[table])


def test_what_the_writer_stores_reaches_the_floors_index(users: Users, asking: Any) -> None:
    alert = uuid4()
    with Connection(users["writer"]) as connection:
        connection.insert("alerts", {"alert_id": [alert], "document": ["{}"], "observed_at": [NOW]})
    assert asking("reader", f"SELECT count() FROM alerts_by_time WHERE alert_id = '{alert}'") == [(1,)]


def test_the_flood_watch_reads_as_the_writer(users: Users) -> None:
    with closing(PictureAlerts(users["writer"])) as alerts:
        alerts.recent(NOW)
        assert list(alerts.fired([uuid4()])) == []
        alerts.usual(["R1"], NOW, NOW + timedelta(days=1), timedelta(hours=1))


def test_the_floor_reads_as_the_reader(users: Users) -> None:
    with AlertReader(users["reader"]) as reader:
        reader.recent(AlertQuery(text="x", right_id="R1", group_id=str(ID), after=NOW))
        reader.screened(ScreenedQuery())
        reader.totals(NOW)
        assert reader.alert(str(uuid4())) is None
        assert reader.page(DIGEST) is None
        assert reader.picture(DIGEST) is None
        assert reader.looks(DIGEST) == {}


def test_grafana_reads_as_the_reader(asking: Any) -> None:
    shown = Range(NOW - timedelta(hours=6), NOW)
    queries = [query for board in BOARDS for panel in board.panels() for query in panel.queries]
    queries += [variable.query for board in BOARDS for variable in board.variables if isinstance(variable, Listed)]
    queries += [rule.query for rule in RULES]
    asked = [query.text for query in queries if isinstance(query, Sql)]
    assert asked
    for text in asked:
        asking("reader", expand_sql(text, shown))


def test_the_doctor_asks_as_the_reader(users: Users) -> None:
    check = check_clickhouse(users["reader"])
    assert check.is_ok, check.detail


def test_sweeps_and_replays_read_as_the_replay_user(users: Users) -> None:
    with closing(StoredPages(users["replay"])) as stored:
        stored.proofs(5, (0, ""), 10)
        stored.pages([DIGEST])
        stored.looks([DIGEST])
        stored.with_looks([DIGEST], words_only=True)
        stored.raised([str(ID)])
        stored.latest([("taobao", "1")])
    with AlertReader(users["replay"]) as reader:
        assert reader.alert(str(uuid4())) is None
        assert reader.page(DIGEST) is None
        assert reader.picture(DIGEST) is None
        assert reader.looks(DIGEST) == {}


def test_the_floor_decides_about_dead_letters_as_the_web_user(users: Users) -> None:
    with Connection(users["writer"]) as connection:
        connection.insert("dead_letters", WRITTEN["dead_letters"])
    with closing(DeadLetters(users["web"])) as dead:
        (letter, *_) = dead.letters(DeadQuery(), 10)
        decision = Decision(
            letter_id=letter.letter_id, decision="discarded", note="a test", decided_by="somebody", decided_at=NOW
        )
        dead.decide([(letter, decision)])
        assert dead.counts()


def test_what_people_decide_is_stored_as_the_web_user_and_read_as_the_reader(users: Users) -> None:
    with closing(TriageWriter(users["web"])) as triage:
        triage.insert_states([STATE])
        triage.insert_verdicts([VERDICT])
    with AlertReader(users["reader"]) as reader:
        assert len(reader.verdicts(VerdictQuery())) == 1
        for state in ("open", "closed"):
            reader.queue(QueueQuery(since=NOW, now=NOW, state=state))
        reader.causes(QueueQuery(since=NOW, now=NOW, cause_by="seller"))
        reader.queue_counts(QueueQuery(since=NOW, now=NOW))


def test_dead_letters_are_counted_as_the_writer(users: Users) -> None:
    with closing(DeadLetters(users["writer"])) as dead:
        dead.open_counts()


@pytest.mark.parametrize(
    ("user", "statement"),
    [
        ("web", "INSERT INTO alerts (document) VALUES ('x')"),
        ("reader", "INSERT INTO dead_letter_decisions (note) VALUES ('x')"),
        ("writer", "SELECT count() FROM pages"),
        ("writer", "SELECT count() FROM verdicts"),
        ("writer", "INSERT INTO verdicts (note) VALUES ('x')"),
        ("writer", "INSERT INTO schema_migrations (version) VALUES (99)"),
        ("writer", "ALTER TABLE alerts DELETE WHERE 1"),
        ("writer", "TRUNCATE TABLE alerts"),
        ("writer", "DROP TABLE alerts"),
        ("writer", "CREATE TABLE t (a Int8) ENGINE = Memory"),
        ("reader", "INSERT INTO alerts (document) VALUES ('{}')"),
        ("reader", "ALTER TABLE alerts DELETE WHERE 1"),
        ("reader", "DROP TABLE alerts"),
        ("reader", "SELECT * FROM file('/etc/passwd', 'LineAsString')"),
        ("reader", "SELECT * FROM url('http://127.0.0.1:1/', 'LineAsString')"),
        ("replay", "SELECT count() FROM verdicts"),
        ("replay", "SELECT count() FROM dead_letters"),
        ("replay", "INSERT INTO alerts (document) VALUES ('{}')"),
        ("migrate", "DROP TABLE alerts"),
        ("migrate", "DROP DATABASE rightswatch"),
        ("migrate", "TRUNCATE TABLE alerts"),
        ("backup", "DROP TABLE alerts"),
        ("backup", "ALTER TABLE alerts DELETE WHERE 1"),
    ],
)
def test_what_a_process_has_no_need_of_is_refused(users: Users, user: str, statement: str) -> None:
    with Connection(users[user]) as connection, pytest.raises(StoreForbidden):
        connection.command(statement)


@pytest.mark.parametrize("setting", ["max_memory_usage = 100000000000", "max_execution_time = 0"])
def test_a_reader_cannot_lift_its_limits(users: Users, setting: str) -> None:
    with Connection(users["reader"]) as connection, pytest.raises(Exception, match="shouldn't be"):
        connection.query(f"SELECT 1 SETTINGS {setting}")


def test_the_readers_have_a_quota(asking: Any) -> None:
    ((limit,),) = asking("reader", "SELECT max_queries FROM system.quota_usage")
    assert limit == 20_000


def test_a_wrong_password_is_told_with_its_remedy(users: Users) -> None:
    wrong = users.server.settings("rightswatch_writer", "wrong-0f-the-test")
    with pytest.raises(StoreForbidden, match=r"correct \[clickhouse\] user and password") as told:
        migrate(wrong)
    assert "wrong-0f" not in str(told.value)
