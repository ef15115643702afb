"""Accounts in the operational database: who is let in, who is kept out for how long, and what is kept of secrets."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import delete, select

from sinks.errors import StoreRefused
from sinks.operational.account_store import AccountStore, Grants
from sinks.operational.account_tables import account, account_key, account_session, sign_in_failure
from sinks.operational.accounts import Account
from sinks.operational.database import Database
from sinks.operational.passwords import Passwords
from sinks.operational.schema import prepare
from sinks.settings import OperationalSettings
from tools.servers.postgresql import PostgreSQLServer

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
QUICK = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
PASSWORD = "seven brown otters"
HERE = "203.0.113.7"
IDLE, LIFETIME = timedelta(minutes=30), timedelta(hours=12)
OPERATOR = Grants(roles=("operator",))


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def kept(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OperationalSettings]:
    """A database of either kind, made once: a new one takes longer than most of these tests."""
    if request.param == "sqlite":
        yield OperationalSettings.sqlite(tmp_path_factory.mktemp("accounts") / "operational.db")
        return
    server: PostgreSQLServer = request.getfixturevalue("postgresql_server")
    with server.database() as url:
        yield OperationalSettings(url)


@pytest.fixture
def operational(kept: OperationalSettings) -> OperationalSettings:
    """The same with no accounts in it."""
    database = Database(kept)
    prepare(database)
    with database.writing() as connection:
        for table in (account, account_session, account_key, sign_in_failure):
            connection.execute(delete(table))
    database.close()
    return kept


@pytest.fixture
def store(operational: OperationalSettings) -> Iterator[AccountStore]:
    store = AccountStore(operational, passwords=Passwords(QUICK))
    yield store
    store.close()


@pytest.fixture
def mei(store: AccountStore) -> Account:
    return store.create("Mei", OPERATOR, now=NOW, password=PASSWORD)


def tries(store: AccountStore, count: int, name: str = "Mei", now: datetime = NOW) -> list[bool]:
    """Whether the name is locked after each of so many wrong tries."""
    outcomes = [store.sign_in(name, "wrong wrong wrong", address=HERE, now=now) for _ in range(count)]
    return [outcome.locked_until is not None for outcome in outcomes]


def test_the_owner_of_the_password_is_let_in_by_any_spelling_of_the_name(store: AccountStore, mei: Account) -> None:
    signed_in = store.sign_in("  mEI ", PASSWORD, address=HERE, now=NOW)
    assert signed_in.account == replace(mei, signed_in=NOW)
    assert store.sign_in("Mei", PASSWORD + "!", address=HERE, now=NOW).account is None
    assert store.sign_in("Wei", PASSWORD, address=HERE, now=NOW).account is None


def test_an_account_keeps_what_it_was_given(store: AccountStore) -> None:
    grants = Grants(roles=("rights_holder", "expert"), holders=("h1",), regions=("44", "35"), language="zh")
    made = store.create("王小明", grants, now=NOW)
    assert store.account(made.account_id, NOW) == store.named("王小明", NOW) == made
    assert (made.roles, made.holders, made.regions, made.language) == (
        ("rights_holder", "expert"),
        ("h1",),
        ("44", "35"),
        "zh",
    )
    assert store.accounts(NOW) == [made]


def test_five_wrong_passwords_lock_the_name_and_each_more_doubles_the_time(store: AccountStore, mei: Account) -> None:
    assert tries(store, 5) == [False] * 4 + [True]
    right = store.sign_in("Mei", PASSWORD, address=HERE, now=NOW)
    assert (right.account, right.locked_until) == (None, NOW + timedelta(seconds=30)), "not even the right one"
    locked = store.account(mei.account_id, NOW)
    assert locked is not None
    assert (locked.failures, locked.locked_until) == (5, NOW + timedelta(seconds=30))
    later = NOW + timedelta(seconds=31)
    assert store.sign_in("Mei", "wrong", address=HERE, now=later).locked_until == later + timedelta(seconds=60)
    last = later + timedelta(seconds=61)
    assert store.sign_in("Mei", PASSWORD, address=HERE, now=last).account is not None
    assert tries(store, 4, now=last) == [False] * 4, "begun anew"


def test_a_lock_grows_to_an_hour_and_no_further(store: AccountStore, mei: Account) -> None:
    now = NOW
    for _ in range(20):
        now = store.sign_in("Mei", "wrong", address=HERE, now=now).locked_until or now
    assert (store.sign_in("Mei", "wrong", address=HERE, now=now).locked_until or now) - now == timedelta(hours=1)


def test_a_name_that_nobody_has_is_locked_alike(store: AccountStore, mei: Account) -> None:
    assert tries(store, 6, "Nobody") == tries(store, 6, "Mei")


def test_many_tries_at_once_count_as_many(store: AccountStore, mei: Account) -> None:
    with ThreadPoolExecutor(8) as threads:
        outcomes = list(threads.map(lambda _: tries(store, 1)[0], range(16)))
    assert outcomes.count(False) <= 4
    found = store.account(mei.account_id, NOW)
    assert found is not None
    assert found.failures == 5


def test_an_address_that_tries_many_names_is_locked_and_no_other(store: AccountStore, mei: Account) -> None:
    for number in range(30):
        store.sign_in(f"name{number}", "wrong", address="2001:db8::1", now=NOW)
    same_network = store.sign_in("Mei", PASSWORD, address="2001:db8::ffff:2", now=NOW)
    assert same_network.locked_until == NOW + timedelta(seconds=30)
    assert store.sign_in("Mei", PASSWORD, address="2001:db8:0:1::1", now=NOW).account is not None


def test_signing_in_does_not_let_an_address_off_for_its_other_failures(store: AccountStore, mei: Account) -> None:
    for number in range(29):
        store.sign_in(f"name{number}", "wrong", address=HERE, now=NOW)
    assert store.sign_in("Mei", PASSWORD, address=HERE, now=NOW).account is not None
    assert store.sign_in("name30", "wrong", address=HERE, now=NOW).locked_until is not None


def test_an_administrator_unlocks(store: AccountStore, mei: Account) -> None:
    tries(store, 5)
    store.unlock(mei.account_id)
    assert store.sign_in("Mei", PASSWORD, address=HERE, now=NOW).account is not None


def test_who_is_disabled_has_no_way_in_and_no_session_comes_back(store: AccountStore, mei: Account) -> None:
    token = store.sessions.begin(mei.account_id, address=HERE, now=NOW, lifetime=LIFETIME)
    key, _ = store.keys.issue(mei.account_id, label="export", scopes=("alerts.read",), now=NOW)
    store.change(mei.account_id, replace(OPERATOR, disabled=True), now=NOW)
    assert store.sign_in("Mei", PASSWORD, address=HERE, now=NOW).account is None
    assert store.sessions.find(token, now=NOW, idle=IDLE) is None
    assert store.keys.find(key, now=NOW) is None
    store.change(mei.account_id, OPERATOR, now=NOW)
    assert store.sessions.find(token, now=NOW, idle=IDLE) is None
    assert store.keys.find(key, now=NOW) is not None


def test_the_last_administrator_stays(store: AccountStore) -> None:
    first = store.create("first", Grants(roles=("administrator",)), now=NOW)
    for grants in (OPERATOR, Grants(roles=("administrator",), disabled=True)):
        with pytest.raises(StoreRefused, match="last administrator"):
            store.change(first.account_id, grants, now=NOW)
    store.create("second", Grants(roles=("administrator",)), now=NOW)
    changed = store.change(first.account_id, OPERATOR, now=NOW)
    assert changed is not None
    assert changed.roles == ("operator",)


def test_a_session_ends_by_age_by_silence_and_by_signing_out(store: AccountStore, mei: Account) -> None:
    def begin() -> str:
        return store.sessions.begin(mei.account_id, address=HERE, now=NOW, lifetime=LIFETIME)

    def found(token: str, after: timedelta) -> bool:
        return store.sessions.find(token, now=NOW + after, idle=IDLE) is not None

    silent, used, ended = begin(), begin(), begin()
    assert not found(silent, timedelta(minutes=31))
    for minutes in range(0, 12 * 60, 20):
        assert found(used, timedelta(minutes=minutes))
    assert not found(used, timedelta(hours=12))
    store.sessions.end(ended, now=NOW)
    assert not found(ended, timedelta(0))
    assert not found("", timedelta(0))


def test_looking_whether_a_session_holds_does_not_keep_it_alive(store: AccountStore, mei: Account) -> None:
    token = store.sessions.begin(mei.account_id, address=HERE, now=NOW, lifetime=LIFETIME)
    for minutes in range(30):
        assert store.sessions.holder(token, now=NOW + timedelta(minutes=minutes), idle=IDLE) == mei
    assert store.sessions.holder(token, now=NOW + IDLE, idle=IDLE) is None


def test_the_oldest_of_too_many_sessions_ends(store: AccountStore, mei: Account) -> None:
    tokens = [
        store.sessions.begin(mei.account_id, address=HERE, now=NOW + timedelta(seconds=number), lifetime=LIFETIME)
        for number in range(21)
    ]
    held = [store.sessions.find(token, now=NOW + timedelta(seconds=30), idle=IDLE) is not None for token in tokens]
    assert held == [False] + [True] * 20


def test_a_new_password_ends_every_session_but_the_one_that_set_it(store: AccountStore, mei: Account) -> None:
    here, elsewhere = (store.sessions.begin(mei.account_id, address=HERE, now=NOW, lifetime=LIFETIME) for _ in range(2))
    store.set_password(mei.account_id, "eight grey herons", now=NOW, spare=here)
    assert store.sessions.find(here, now=NOW, idle=IDLE) is not None
    assert store.sessions.find(elsewhere, now=NOW, idle=IDLE) is None
    assert store.sign_in("Mei", PASSWORD, address=HERE, now=NOW).account is None
    assert store.sign_in("Mei", "eight grey herons", address=HERE, now=NOW).account is not None


def test_a_password_that_was_reset_must_be_changed_and_works_three_days(store: AccountStore, mei: Account) -> None:
    tries(store, 5)
    given = store.reset_password(mei.account_id, now=NOW)
    let_in = store.sign_in("Mei", given, address=HERE, now=NOW + timedelta(days=2)).account
    assert let_in is not None
    assert let_in.must_change
    assert store.sign_in("Mei", given, address=HERE, now=NOW + timedelta(days=4)).account is None
    store.set_password(mei.account_id, PASSWORD, now=NOW)
    kept = store.sign_in("Mei", PASSWORD, address=HERE, now=NOW + timedelta(days=400)).account
    assert kept is not None
    assert not kept.must_change


def test_no_key_outlives_a_reset_of_the_password(store: AccountStore, mei: Account) -> None:
    key, _ = store.keys.issue(mei.account_id, label="export", scopes=("alerts.read",), now=NOW)
    store.reset_password(mei.account_id, now=NOW)
    assert store.keys.find(key, now=NOW) is None


def test_a_hash_made_with_weaker_parameters_is_made_anew_at_the_next_sign_in(
    store: AccountStore, mei: Account, operational: OperationalSettings
) -> None:
    stronger = AccountStore(operational, passwords=Passwords(PasswordHasher(2, 128, 1)))
    assert stronger.sign_in("Mei", PASSWORD, address=HERE, now=NOW).account is not None
    database = Database(operational)
    with database.reading() as connection:
        kept = connection.scalar(select(account.c.password_hash))
    assert "m=128,t=2" in (kept or "")
    assert stronger.sign_in("Mei", PASSWORD, address=HERE, now=NOW).account is not None
    database.close()
    stronger.close()


def test_a_key_holds_until_it_runs_out_or_is_revoked(store: AccountStore, mei: Account) -> None:
    text, made = store.keys.issue(
        mei.account_id, label="nightly export", scopes=("verdicts.export",), now=NOW, expires=NOW + timedelta(days=1)
    )
    found = store.keys.find(text, now=NOW)
    assert found is not None
    assert found == (mei, made)
    assert text.startswith(f"rwk_{made.key_id}_")
    assert store.keys.find(text, now=NOW + timedelta(days=1)) is None
    assert [key.used for key in store.keys.of(mei.account_id)] == [NOW]
    for wrong in (text[:-1] + ("0" if text[-1] != "0" else "1"), text[:-1], f" {text}", "rwk_", "", text.upper()):
        assert store.keys.find(wrong, now=NOW) is None
    assert not store.keys.revoke("somebody else", made.key_id, now=NOW)
    assert store.keys.revoke(mei.account_id, made.key_id, now=NOW)
    assert store.keys.find(text, now=NOW) is None


def test_nothing_that_lets_in_is_kept(store: AccountStore, mei: Account, operational: OperationalSettings) -> None:
    token = store.sessions.begin(mei.account_id, address=HERE, now=NOW, lifetime=LIFETIME)
    text, _ = store.keys.issue(mei.account_id, label="a", scopes=("check",), now=NOW)
    store.sign_in("Mei", "typed by mistake 1", address=HERE, now=NOW)
    database = Database(operational)
    with database.reading() as connection:
        kept = "".join(
            str(connection.execute(select(table)).all())
            for table in (account, account_session, account_key, sign_in_failure)
        )
    database.close()
    assert "$argon2id$" in kept
    for secret in (PASSWORD, token, text, text.rsplit("_", 1)[1], "typed by mistake 1"):
        assert secret not in kept


def test_a_name_is_taken_in_every_spelling(store: AccountStore, mei: Account) -> None:
    with pytest.raises(StoreRefused, match="already"):
        store.create("ＭＥＩ", OPERATOR, now=NOW)


def test_old_failures_and_sessions_are_forgotten(
    store: AccountStore, mei: Account, operational: OperationalSettings
) -> None:
    store.sessions.begin(mei.account_id, address=HERE, now=NOW, lifetime=LIFETIME)
    tries(store, 3)
    store.prune(NOW + timedelta(days=100))
    database = Database(operational)
    with database.reading() as connection:
        assert connection.execute(select(account_session)).all() == []
        assert connection.execute(select(sign_in_failure)).all() == []
    database.close()
