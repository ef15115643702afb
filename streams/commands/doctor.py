"""`rightswatch doctor`: check every dependency and say what to do."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click

from streams.commands.options import SettingsSource, pass_source, settings_options

if TYPE_CHECKING:
    from streams.configuration.connections import Connections
    from streams.embedded import Check
    from streams.settings import Settings

FAILED = 1


@click.command()
@settings_options
@pass_source
def doctor(source: SettingsSource) -> int:
    """Check every dependency and say what to do where one does not work.

    Starts the embedded servers for the moment if they are not running. Exit code 1 when something failed.
    """
    from streams.configuration.connections import resolve
    from streams.doctor.checks import check_machine, embedded_parts
    from streams.embedded import StackError

    settings = source.load()
    failed = sum(_report(check) for check in check_machine(settings))
    try:
        with resolve(settings) as connections:
            failed += asyncio.run(_report_servers(connections, settings))
    except StackError as problem:
        click.echo(f"fail  embedded servers {', '.join(embedded_parts(settings))}: {problem}")
        failed += 1
    click.echo(f"{failed} failed" if failed else "all is well", err=True)
    return FAILED if failed else 0


async def _report_servers(connections: Connections, settings: Settings) -> int:
    from streams.doctor.servers import check_servers
    from streams.doctor.telling import check_telling

    failed = sum([_report(check) async for check in check_servers(connections, accounts=settings.web.accounts)])
    return failed + sum([_report(check) async for check in check_telling(settings.notices, connections.operational)])


def _report(check: Check) -> bool:
    """Print one line; whether the check failed."""
    remedy = f"; {check.remedy}" if check.remedy else ""
    click.echo(f"{'ok  ' if check.is_ok else 'fail'}  {check.name}: {check.detail}{remedy}")
    return not check.is_ok
