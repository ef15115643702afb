"""The command line: `rightswatch`, also `python -m streams`. One file per command in `streams/commands/`.

Nothing heavy is imported before a command runs, so that `--help` answers at once. Exit codes: 0 done, 1 ran but
something failed or was refused, 2 usage.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence

import click

from detectors.errors import RightswatchError
from streams.commands.accounts import accounts
from streams.commands.allow import allow
from streams.commands.calibration import calibration
from streams.commands.dead import dead
from streams.commands.demo import demo
from streams.commands.doctor import doctor
from streams.commands.feed import feed
from streams.commands.grafana import grafana
from streams.commands.migrate import migrate
from streams.commands.options import settings_options
from streams.commands.pictures import pictures
from streams.commands.replay import replay
from streams.commands.report import report
from streams.commands.retro import retro
from streams.commands.rights import rights
from streams.commands.rules import rules
from streams.commands.run import run as run_command
from streams.commands.scan import scan
from streams.commands.verdicts import verdicts
from streams.commands.web import web
from streams.commands.worker import worker
from streams.commands.writer import writer
from streams.embedded.errors import StackError
from streams.errors import BrokerError, SettingsError

COMMANDS: tuple[click.Command, ...] = (
    demo,
    scan,
    run_command,
    worker,
    writer,
    pictures,
    web,
    feed,
    rights,
    rules,
    calibration,
    allow,
    accounts,
    dead,
    verdicts,
    report,
    retro,
    replay,
    grafana,
    migrate,
    doctor,
)
FAILED = 1
USAGE = 2


class _InOrder(click.Group):
    """Lists commands as a newcomer meets them, not by the alphabet."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [command.name or "" for command in COMMANDS]


@click.group(cls=_InOrder, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="rightswatch")
@settings_options
def cli() -> None:
    """Watch new e-commerce listings for signs that they infringe a registered right.

    `rightswatch demo` shows the whole service on this machine; `rightswatch COMMAND --help` explains one command.
    """


for _command in COMMANDS:
    cli.add_command(_command)


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code; errors of ours become one line on stderr."""
    try:
        result = cli.main(args=list(arguments), prog_name="rightswatch", standalone_mode=False)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as problem:  # usage: 2
        problem.show()
        return problem.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return FAILED
    except BrokenPipeError:
        return _reader_gone()
    except SettingsError as problem:
        click.echo(f"error: {problem}", err=True)
        return USAGE
    except (RightswatchError, BrokerError, StackError, OSError) as problem:
        click.echo(f"error: {problem}", err=True)
        return FAILED
    return result if isinstance(result, int) else 0


def main() -> None:
    """The console script."""
    signal.signal(signal.SIGTERM, _as_interrupt)
    sys.exit(run(sys.argv[1:]))


def _reader_gone() -> int:
    """Whoever read our output (`head`, a pager) has seen enough: say nothing, also not when Python flushes stdout."""
    sys.stdout = None
    return FAILED


def _as_interrupt(signum: int, frame: object) -> None:
    raise KeyboardInterrupt
