"""The roles of deploy/postgresql on a real PostgreSQL: what each process does works as its role, and nothing more."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest

from sinks.errors import StoreForbidden
from sinks.lead_codes import LeadSettings
from sinks.operational.account_store import AccountStore, Grants
from sinks.operational.allow_store import AllowStore
from sinks.operational.lead_store import LeadStore
from sinks.operational.picture_store import PictureStore, StoredPicture
from sinks.operational.reopening_store import ReopeningStore
from sinks.operational.retro_store import RetroStore
from sinks.operational.right_history_store import Author, RightHistoryStore
from sinks.operational.right_list_store import RightListStore, RightQuery
from sinks.operational.rights_store import RightsStore
from sinks.operational.triage_store import TriageStore
from sinks.settings import OperationalSettings
from sinks.triage_policy import TriageSettings
from tests.deploy.conftest import Database
from tests.sinks.lead_world import BODY, about, verdict
from tests.sinks.triage_world import ANN, GUILTY, group

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
RIGHT: dict[str, Any] = {"op": "put", "right": {"right_id": "R1", "kind": "trademark", "marks": ["ZORBEX"]}}
PICTURE = StoredPicture(digest="ab" * 32, features=b"f", preview=b"p", height=1, width=1)
FLOOD = {"pdq": "0f" * 32, "distance": 10, "fired": {"listings": 10, "sellers": 5, "rights": ["R1"]}}


class Roles:
    """Stores opened as a role."""

    def __init__(self, database: Database, stack: ExitStack) -> None:
        self._database = database
        self._stack = stack

    def open(self, store: Any, role: str) -> Any:
        settings = OperationalSettings(self._database.url(role))
        return self._stack.enter_context(closing(store(settings)))

    def execute(self, role: str, statement: str) -> None:
        with psycopg.connect(self._database.url(role).replace("+psycopg", "")) as connection:
            connection.execute(statement.encode())


@pytest.fixture(scope="module")
def roles(database: Database) -> Iterator[Roles]:
    RightsStore(OperationalSettings(database.url("migrate"))).close()
    database.grant()
    with ExitStack() as stack:
        yield Roles(database, stack)


def test_every_process_does_its_work_as_its_role(roles: Roles) -> None:
    editor = roles.open(RightsStore, "editor")
    assert editor.apply([RIGHT]) == 1
    assert editor.apply([{**RIGHT, "right": {**RIGHT["right"], "marks": ["ZORBEX", "QUVANT"]}}]) == 2
    roles.open(PictureStore, "editor").add([PICTURE])
    allow = roles.open(AllowStore, "editor")
    with allow.watching() as held:
        assert held
        allow.quarantine([FLOOD], NOW)
    allow.release(FLOOD["pdq"], by="web", now=NOW)
    desk = roles.open(RightHistoryStore, "editor")
    assert desk.put({**RIGHT["right"], "classes": ["25"]}, based_on=2, author=Author("a1", "Ada"), now=NOW) == 5
    assert len(desk.history("R1")) == 3
    reopening = roles.open(ReopeningStore, "editor")
    with reopening.lock() as held:
        edits = reopening.next_edits(editor.revision())
        assert held
        assert edits is not None
        reopening.done(edits)
    listed = roles.open(RightListStore, "editor")
    assert listed.catch_up() == 0
    assert len(listed.find(RightQuery()).rights) == 1
    triage = roles.open(partial(TriageStore, policy=TriageSettings()), "editor")
    triage.judge([group(1)], ANN, NOW, **GUILTY)
    triage.outbox.stored(triage.outbox.to_store(), NOW)
    triage.outbox.shown(triage.outbox.to_show(), NOW)
    triage.undo(group(1), ANN, NOW)
    triage.shelves.put("right", "R1", ANN, NOW, until=NOW, note="")
    triage.views.put("a1", "mine", "state=mine", NOW)
    assert triage.views.remove("a1", "mine")
    leads = roles.open(partial(LeadStore, leads=LeadSettings()), "editor")
    leads.move("verdicts", leads.cursor("verdicts", NOW))
    leads.policies.put("trademark", None, "at_once", ANN, NOW)
    leads.policies.put("trademark", None, None, ANN, NOW)
    (made,) = leads.make(about(right_id=None), [BODY], verdict(), NOW)
    assert leads.send(made.lead_id, NOW, lambda _connection, _lead: None) is not None

    worker = roles.open(RightsStore, "worker")
    with worker.publishing(everything=True) as publication:
        assert [entry["op"] for entry in publication.entries] == ["allow", "put"]
    assert worker.published_revision() == worker.revision() == 5

    retro = roles.open(RetroStore, "retro")
    with retro.lock() as held:
        assert held
        while retro.take_changes(lambda _before, _after: True).changes:
            pass
        sweep = retro.begin(NOW, days=90)
        retro.begin_batch(sweep, NOW)
        retro.end_batch(sweep, (1, ""), pages=1, alerts=0)
        retro.finish(sweep, NOW)

    assert roles.open(PictureStore, "reader").get(PICTURE.digest) == PICTURE
    assert len(list(roles.open(RightsStore, "reader").current())) == 2
    roles.open(RetroStore, "reader").state()


def test_the_web_server_keeps_accounts_as_the_editor(roles: Roles) -> None:
    accounts = roles.open(AccountStore, "editor")
    mei = accounts.create("mei", Grants(roles=("operator",)), now=NOW, password="seven brown otters")
    assert accounts.sign_in("mei", "wrong", address="203.0.113.7", now=NOW).account is None
    assert accounts.sign_in("mei", "seven brown otters", address="203.0.113.7", now=NOW).account is not None
    token = accounts.sessions.begin(mei.account_id, address="203.0.113.7", now=NOW, lifetime=timedelta(hours=1))
    assert accounts.sessions.find(token, now=NOW + timedelta(minutes=5), idle=timedelta(minutes=30)) is not None
    accounts.reset_password(mei.account_id, now=NOW)
    key, record = accounts.keys.issue(mei.account_id, label="export", scopes=("check",), now=NOW)
    assert accounts.keys.find(key, now=NOW) is not None
    accounts.keys.revoke(mei.account_id, record.key_id, now=NOW)
    accounts.prune(NOW)


@pytest.mark.parametrize("role", ["worker", "retro", "reader"])
def test_only_the_editor_changes_the_watchlist(roles: Roles, role: str) -> None:
    with pytest.raises(StoreForbidden):
        roles.open(RightsStore, role).apply([RIGHT])


@pytest.mark.parametrize(
    ("role", "statement"),
    [
        ("editor", "DELETE FROM watchlist_log"),
        ("editor", "DELETE FROM triage_event"),
        ("editor", "UPDATE triage_event SET verdict = 'not_infringing'"),
        ("editor", "DELETE FROM lead_event"),
        ("editor", "UPDATE lead_event SET reason = ''"),
        ("editor", "UPDATE watchlist_log SET document = '{}'"),
        ("editor", "UPDATE watched_picture SET preview = ''"),
        ("editor", "UPDATE right_history SET by_name = 'nobody'"),
        ("editor", "DELETE FROM right_history"),
        ("editor", "UPDATE retro_state SET read_revision = 0"),
        ("worker", "UPDATE watchlist_state SET revision = 0"),
        ("worker", "INSERT INTO watched_picture (digest) VALUES ('x')"),
        ("retro", "UPDATE watchlist_state SET published_revision = 0"),
        ("reader", "UPDATE watchlist_state SET published_revision = 0"),
        *((role, "CREATE TABLE t (a int)") for role in ("editor", "worker", "retro", "reader")),
        *((role, "DROP TABLE watchlist_log") for role in ("editor", "worker", "retro", "reader")),
        *((role, "SELECT password_hash FROM account") for role in ("worker", "retro", "reader")),
        ("editor", "DELETE FROM account"),
        ("migrate", "CREATE ROLE other"),
        ("editor", "COPY watchlist_log TO PROGRAM 'cat'"),
    ],
)
def test_what_a_process_has_no_need_of_is_refused(roles: Roles, role: str, statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        roles.execute(role, statement)


def test_tables_of_an_older_program_are_told_with_their_remedy(roles: Roles, database: Database) -> None:
    roles.execute("migrate", "DROP INDEX lead_event_by_time")
    with pytest.raises(StoreForbidden, match=r"run `rightswatch migrate` .* then grants\.sql"):
        RightsStore(OperationalSettings(database.url("editor")))
    RightsStore(OperationalSettings(database.url("migrate"))).close()
    RightsStore(OperationalSettings(database.url("editor"))).close()


def test_passwords_that_cannot_be_read_take_nobodys_away(database: Database, tmp_path: Path) -> None:
    refused = database.roles_with(tmp_path)
    assert refused.returncode != 0
    assert "a password is missing" in refused.stderr
    with psycopg.connect(database.url("worker").replace("+psycopg", "")) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_wrong_password_is_told_with_its_remedy(database: Database) -> None:
    place = database.url("worker").rpartition("@")[2]
    wrong = OperationalSettings(f"postgresql+psycopg://rightswatch_worker:wrong-0f@{place}")
    with pytest.raises(StoreForbidden, match=r"correct the user in \[operational\] url and the password") as told:
        RightsStore(wrong)
    assert "wrong-0f" not in str(told.value)
