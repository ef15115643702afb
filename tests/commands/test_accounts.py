"""`rightswatch accounts`: the first administrator, roles with their limits, passwords that nobody else reads, keys."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from sinks.operational.account_store import AccountStore
from sinks.operational.audit_store import AuditQuery, AuditStore
from sinks.settings import OperationalSettings
from streams.cli import run
from streams.doctor.servers import check_accounts

PASSWORD = "seven brown otters"
Capture = pytest.CaptureFixture[str]


def accounts(data_dir: Path, *arguments: str) -> int:
    return run(["--data-dir", str(data_dir), "accounts", *arguments])


def listed(data_dir: Path, capfd: Capture) -> list[dict[str, Any]]:
    capfd.readouterr()
    assert accounts(data_dir, "list") == 0
    return [orjson.loads(line) for line in capfd.readouterr().out.splitlines()]


@pytest.fixture
def password_file(tmp_path: Path) -> str:
    file = tmp_path / "password"
    file.write_text(f"{PASSWORD}\n")
    return str(file)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[AccountStore]:
    """The accounts that the commands work on."""
    store = AccountStore(OperationalSettings.sqlite(tmp_path / "operational.db"))
    yield store
    store.close()


def can_sign_in(store: AccountStore, name: str, password: str = PASSWORD) -> bool:
    return store.sign_in(name, password, address="203.0.113.7", now=datetime.now(UTC)).account is not None


def test_the_first_administrator_is_made_with_a_password_from_a_file(
    tmp_path: Path, password_file: str, store: AccountStore, capfd: Capture
) -> None:
    assert accounts(tmp_path, "add", "root", "--role", "administrator", "--password-file", password_file) == 0
    assert can_sign_in(store, "root")
    (one,) = listed(tmp_path, capfd)
    assert (one["name"], one["roles"], one["has_password"], one["disabled"]) == ("root", ["administrator"], True, False)


def test_the_password_is_asked_for_twice_on_a_terminal_and_never_shown(tmp_path: Path, store: AccountStore) -> None:
    arguments = ["--data-dir", str(tmp_path), "accounts", "add", "mei", "--role", "expert"]
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "streams", *arguments],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    shown = b""
    try:
        for question in (b"Password: ", b"confirmation: "):  # the space is there once echoing is off
            while question not in shown:
                shown += os.read(ours, 1024)
            os.write(ours, f"{PASSWORD}\n".encode())
        assert process.wait(timeout=30) == 0
    finally:
        process.kill()
        process.wait()
        os.close(ours)
    assert PASSWORD.encode() not in shown
    assert can_sign_in(store, "mei")


def test_without_a_terminal_or_a_file_nothing_is_made(tmp_path: Path, capfd: Capture) -> None:
    assert accounts(tmp_path, "add", "root", "--role", "administrator") == 2
    assert "--password-file" in capfd.readouterr().err
    assert listed(tmp_path, capfd) == []


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--role", "king"), "roles: name at least one of operator"),
        (("--role", "rights_holder"), "holders: a rights holder needs"),
        (("--role", "enforcement"), "regions: an enforcement body needs"),
        (("--role", "administrator", "--holder", "h1"), "sees everything"),
    ],
)
def test_roles_without_their_limits_are_refused(
    tmp_path: Path, capfd: Capture, arguments: tuple[str, ...], reason: str
) -> None:
    assert accounts(tmp_path, "add", "mei", *arguments, "--no-password") == 1
    assert reason in capfd.readouterr().err


def test_roles_are_changed_with_their_limits_and_an_account_is_disabled_and_enabled(
    tmp_path: Path, capfd: Capture
) -> None:
    accounts(tmp_path, "add", "mei", "--role", "operator", "--no-password", "--language", "zh")
    assert accounts(tmp_path, "roles", "mei", "--role", "rights_holder", "--holder", "h2", "--holder", "h1") == 0
    assert accounts(tmp_path, "disable", "MEI") == 0
    (one,) = listed(tmp_path, capfd)
    assert (one["roles"], one["holders"], one["disabled"], one["language"]) == (
        ["rights_holder"],
        ["h1", "h2"],
        True,
        "zh",
    )
    assert accounts(tmp_path, "enable", "mei") == 0
    (one,) = listed(tmp_path, capfd)
    assert (one["holders"], one["disabled"]) == (["h1", "h2"], False)


def test_what_was_done_stands_in_the_audit_log_without_secrets(
    tmp_path: Path, password_file: str, capfd: Capture
) -> None:
    accounts(tmp_path, "add", "mei", "--role", "operator", "--password-file", password_file)
    accounts(tmp_path, "disable", "mei")
    accounts(tmp_path, "enable", "mei")
    accounts(tmp_path, "password", "mei", "--one-time")
    accounts(tmp_path, "key", "mei", "--label", "x", "--scope", "check")
    secrets = [*capfd.readouterr().out.split(), PASSWORD]
    with closing(AuditStore(OperationalSettings.sqlite(tmp_path / "operational.db"))) as audit:
        entries = audit.page(AuditQuery())
    done = ["account.create", "account.change", "account.change", "account.password", "key.issue"]
    assert [entry.action for entry in reversed(entries)] == done
    assert {entry.by_name for entry in entries} == {"command line"}
    assert not any(secret in str(entries) for secret in secrets)


def test_an_account_of_many_holders_is_made_and_written_down(tmp_path: Path) -> None:
    holders = [word for number in range(30) for word in ("--holder", f"{'权' * 190}{number}")]
    assert accounts(tmp_path, "add", "many", "--role", "rights_holder", "--no-password", *holders) == 0
    with closing(AuditStore(OperationalSettings.sqlite(tmp_path / "operational.db"))) as audit:
        (entry,) = audit.page(AuditQuery())
    assert (entry.action, entry.detail["holders_count"]) == ("account.create", 30)


def test_the_doctor_wants_somebody_who_can_let_others_in(
    tmp_path: Path, password_file: str, store: AccountStore
) -> None:
    settings = OperationalSettings.sqlite(tmp_path / "operational.db")
    accounts(tmp_path, "add", "robot", "--role", "administrator", "--no-password")
    refused = check_accounts(settings)
    assert (refused.is_ok, refused.remedy) == (False, "run rightswatch accounts add NAME --role administrator")
    accounts(tmp_path, "add", "ada", "--role", "administrator", "--password-file", password_file)
    assert check_accounts(settings).is_ok


def test_the_last_administrator_cannot_be_disabled(tmp_path: Path, capfd: Capture) -> None:
    accounts(tmp_path, "add", "root", "--role", "administrator", "--no-password")
    assert accounts(tmp_path, "disable", "root") == 1
    assert "last administrator" in capfd.readouterr().err


def test_a_password_is_set_from_a_file_or_made_for_one_use(
    tmp_path: Path, password_file: str, store: AccountStore, capfd: Capture
) -> None:
    accounts(tmp_path, "add", "mei", "--role", "operator", "--no-password")
    assert accounts(tmp_path, "password", "mei", "--password-file", password_file) == 0
    assert can_sign_in(store, "mei")
    capfd.readouterr()
    assert accounts(tmp_path, "password", "mei", "--one-time") == 0
    given = capfd.readouterr().out.strip()
    assert can_sign_in(store, "mei", given)
    assert listed(tmp_path, capfd)[0]["must_change"]
    assert accounts(tmp_path, "password", "nobody", "--one-time") == 1


def test_a_key_is_printed_once_holds_no_more_than_its_scopes_and_is_revoked(
    tmp_path: Path, store: AccountStore, capfd: Capture
) -> None:
    accounts(tmp_path, "add", "robot", "--role", "fair_team", "--no-password")
    capfd.readouterr()
    assert accounts(tmp_path, "key", "robot", "--label", "stand 12", "--scope", "check", "--days", "30") == 0
    key = capfd.readouterr().out.strip()
    found = store.keys.find(key, now=datetime.now(UTC))
    assert found is not None
    assert found[1].scopes == ("check",)
    assert accounts(tmp_path, "key", "robot", "--label", "more", "--scope", "accounts.manage") == 1
    assert "more than the account's own roles" in capfd.readouterr().err
    assert accounts(tmp_path, "revoke", "robot", found[1].key_id) == 0
    assert store.keys.find(key, now=datetime.now(UTC)) is None
    assert accounts(tmp_path, "revoke", "robot", "0" * 12) == 1
