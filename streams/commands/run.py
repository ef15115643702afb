"""`rightswatch run`: the whole service on this host, watched over."""

from __future__ import annotations

import asyncio

import click

from streams.commands.options import SettingsSource, pass_source, settings_options


@click.command()
@click.option("--workers", type=click.IntRange(min=1), default=1, show_default=True, metavar="N",
              help="Processes that screen pages: one for each processor that is to be used.")  # fmt: skip
@click.option("--no-writer", is_flag=True, help="No writer here; another host runs one.")
@click.option("--no-retro", is_flag=True, help="No sweeps of stored listings here.")
@click.option("--no-pictures", is_flag=True, help="No fetching of pictures here.")
@click.option("--no-web", is_flag=True, help="No watch floor here.")
@settings_options
@pass_source
def run(source: SettingsSource, workers: int, no_writer: bool, no_retro: bool, no_pictures: bool, no_web: bool) -> None:
    """Run workers, writer, sweeper, fetching of pictures and web on this host, and keep them running.

    What ends is started again; what is frozen or makes no progress, by its /livez, is killed and started again; nothing
    is given up. Logs are in logs/ of the data directory, and what Prometheus is to scrape in prometheus/. SIGTERM or
    Ctrl-C: all end within a minute, first the web, then what screens and fetches, and the writer last.
    """
    from streams.configuration.connections import resolve
    from streams.logs import configure_logging
    from streams.supervisor import RunPlan, supervise

    settings = source.load()
    configure_logging(settings)
    wanted = {
        "writer": not no_writer,
        "retro": not no_retro and bool(settings.retro.days),
        "pictures": not no_pictures and settings.pictures.enabled,
        "web": not no_web,
    }
    plan = RunPlan(
        settings=settings,
        settings_arguments=source.as_arguments(),
        workers=workers,
        roles=[role for role, is_wanted in wanted.items() if is_wanted],
    )
    names = ", ".join(program.name for group in plan.groups() for program in group)
    with resolve(settings):  # embedded servers stay up while their clients are started again
        _say(f"starting {names}; logs in {settings.data_dir / 'logs'}, what to scrape in {plan.targets}")
        asyncio.run(supervise(plan, _say))
    _say("all ended")


def _say(line: str) -> None:
    click.echo(f"run: {line}", err=True)
