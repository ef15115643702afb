"""`rightswatch accounts`: who may use the web server. It makes the first administrator; there is no default password.

Passwords are asked for on the terminal or read from a file; they never stand among the arguments, which other users of
the machine can read.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TextIO

import click

from streams.commands.options import SettingsSource, pass_source, settings_options
from streams.commands.output import write_line

if TYPE_CHECKING:
    from sinks.operational.account_store import AccountStore

BY = "command line"
FAILED = 1
_ROLE = click.option("--role", "roles", multiple=True, required=True, help="What it is there for; may be repeated.")
_HOLDER = click.option("--holder", "holders", multiple=True, help="Sees only rights of this holder (its id).")
_REGION = click.option("--region", "regions", multiple=True, help="Sees only sellers of this region, as 44.")
_PASSWORD_FILE = click.option(
    "--password-file", type=click.File("r", "utf-8"), help="Its first line is the password; - for standard input."
)


@click.group()
@settings_options
def accounts() -> None:
    """Make, list and change accounts of the web server ([web] accounts), their passwords and API keys."""


@accounts.command("add")
@click.argument("name")
@_ROLE
@_HOLDER
@_REGION
@click.option("--language", help="en or zh: of the pages, until the owner chooses another.")
@click.option("--no-password", is_flag=True, help="For a program: it can only hold API keys.")
@_PASSWORD_FILE
@settings_options
@pass_source
def add_account(
    source: SettingsSource,
    name: str,
    roles: tuple[str, ...],
    holders: tuple[str, ...],
    regions: tuple[str, ...],
    language: str | None,
    no_password: bool,
    password_file: TextIO | None,
) -> None:
    """Make an account; asks for its password.

    Roles: operator, reviewer, expert, rights_holder (needs --holder), enforcement (needs --region), fair_team,
    administrator.
    """
    from dashboards.access.granting import granted, shown

    grants = granted(roles=roles, holders=holders, regions=regions, language=language)
    password = None if no_password else _password(password_file)
    with _audited(source) as (store, done):
        made = store.create(name, grants, now=datetime.now(UTC), password=password)
        done("account.create", made.account_id, name=made.name, **shown(grants))
    click.echo(f"added {made.name}: {', '.join(made.roles)}", err=True)


@accounts.command("list")
@settings_options
@pass_source
def list_accounts(source: SettingsSource) -> None:
    """Print the accounts as JSON lines."""
    import orjson

    out = click.get_binary_stream("stdout")
    with _account_store(source) as store:
        for one in store.accounts(datetime.now(UTC)):
            write_line(out, orjson.dumps(asdict(one)))


@accounts.command("roles")
@click.argument("name")
@_ROLE
@_HOLDER
@_REGION
@settings_options
@pass_source
def change_roles(
    source: SettingsSource, name: str, roles: tuple[str, ...], holders: tuple[str, ...], regions: tuple[str, ...]
) -> int:
    """Give an account other roles and limits in place of those it has."""
    return _change(source, name, roles=roles, holders=holders, regions=regions)


@accounts.command("disable")
@click.argument("name")
@settings_options
@pass_source
def disable_account(source: SettingsSource, name: str) -> int:
    """Keep an account's owner out at once: its sessions end and its keys stop."""
    return _change(source, name, disabled=True)


@accounts.command("enable")
@click.argument("name")
@settings_options
@pass_source
def enable_account(source: SettingsSource, name: str) -> int:
    """Let the owner in again, also after too many wrong passwords."""
    return _change(source, name, disabled=False)


@accounts.command("password")
@click.argument("name")
@click.option("--one-time", is_flag=True, help="Print a random one that works for 3 days and must be changed at once.")
@_PASSWORD_FILE
@settings_options
@pass_source
def set_password(source: SettingsSource, name: str, one_time: bool, password_file: TextIO | None) -> int:
    """Set an account's password; every session of it ends."""
    if one_time and password_file:
        raise click.UsageError("give --one-time or --password-file")
    with _audited(source) as (store, done):
        found = store.named(name, datetime.now(UTC))
        if found is None:
            return _unknown(name)
        if one_time:
            given = store.reset_password(found.account_id, now=datetime.now(UTC))
        else:
            store.set_password(found.account_id, _password(password_file), now=datetime.now(UTC))
        done("account.password", found.account_id)
    if one_time:
        click.echo(given)
    click.echo(f"password of {found.name} set", err=True)
    return 0


@accounts.command("key")
@click.argument("name")
@click.option("--label", required=True, help="What it is for.")
@click.option("--scope", "scopes", multiple=True, required=True, help="What it may do, as metrics.read.")
@click.option("--days", type=click.IntRange(1, 3650), default=365, show_default=True, help="How long it works.")
@settings_options
@pass_source
def issue_key(source: SettingsSource, name: str, label: str, scopes: tuple[str, ...], days: int) -> int:
    """Make an API key and print it, this once. A program sends it as `Authorization: Bearer KEY`."""
    from dashboards.access.granting import scoped

    now = datetime.now(UTC)
    with _audited(source) as (store, done):
        found = store.named(name, now)
        if found is None:
            return _unknown(name)
        narrowed = scoped(scopes, found.roles)
        expires = now + timedelta(days=days)
        text, key = store.keys.issue(found.account_id, label=label, scopes=narrowed, now=now, expires=expires)
        done("key.issue", key.key_id, account=found.account_id, scopes=list(key.scopes))
    click.echo(text)
    click.echo(f"key {key.key_id} of {found.name}, until {expires.date()}: {', '.join(key.scopes)}", err=True)
    return 0


@accounts.command("revoke")
@click.argument("name")
@click.argument("key_id")
@settings_options
@pass_source
def revoke_key(source: SettingsSource, name: str, key_id: str) -> int:
    """Stop an API key: KEY_ID stands between the underscores of the key."""
    now = datetime.now(UTC)
    with _audited(source) as (store, done):
        found = store.named(name, now)
        if found is None:
            return _unknown(name)
        if not store.keys.revoke(found.account_id, key_id, now=now):
            click.echo(f"refused: {found.name} has no key {key_id}", err=True)
            return FAILED
        done("key.revoke", key_id, account=found.account_id)
    click.echo(f"revoked {key_id}", err=True)
    return 0


def _change(
    source: SettingsSource,
    name: str,
    *,
    roles: Sequence[str] | None = None,
    holders: Sequence[str] = (),
    regions: Sequence[str] = (),
    disabled: bool | None = None,
) -> int:
    """Roles come with their limits; without roles those of the account stay."""
    from dashboards.access.granting import granted, shown

    now = datetime.now(UTC)
    with _audited(source) as (store, done):
        found = store.named(name, now)
        if found is None:
            return _unknown(name)
        grants = granted(
            roles=roles or found.roles,
            holders=holders if roles else found.holders,
            regions=regions if roles else found.regions,
            language=found.language,
            disabled=found.disabled if disabled is None else disabled,
        )
        store.change(found.account_id, grants, now=now)
        if disabled is False:
            store.unlock(found.account_id)
        done("account.change", found.account_id, **shown(grants))
    click.echo(f"{found.name}: {'disabled' if grants.disabled else ', '.join(grants.roles)}", err=True)
    return 0


def _password(file: TextIO | None) -> str:
    if file is not None:
        return file.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise click.UsageError("there is no terminal to ask for the password: give --password-file FILE")
    asked: str = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    return asked


def _unknown(name: str) -> int:
    click.echo(f"refused: there is no account {name}; `rightswatch accounts list` shows them", err=True)
    return FAILED


@contextmanager
def _account_store(source: SettingsSource) -> Iterator[AccountStore]:
    from sinks.operational.account_store import AccountStore
    from streams.configuration.connections import resolve

    with resolve(source.load(), parts=()) as connections, closing(AccountStore(connections.operational)) as store:
        yield store


@contextmanager
def _audited(source: SettingsSource) -> Iterator[tuple[AccountStore, Callable[..., None]]]:
    """The accounts, and what writes down that something was done to one."""
    from dashboards.access.audit import shortened
    from sinks.operational.account_store import AccountStore
    from sinks.operational.audit_store import AuditStore
    from streams.configuration.connections import resolve

    with (
        resolve(source.load(), parts=()) as connections,
        closing(AccountStore(connections.operational)) as store,
        closing(AuditStore(connections.operational)) as audit,
    ):

        def done(action: str, subject: str, **detail: Any) -> None:
            said, now = shortened(detail), datetime.now(UTC)
            audit.append(by_id=BY, by_name=BY, action=action, subject=subject, detail=said, now=now)

        yield store, done
