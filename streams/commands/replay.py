"""`rightswatch replay`: show that an alert follows from what was kept when it was raised."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import click

from streams.commands.options import SettingsSource, pass_source, settings_options
from streams.commands.output import write_line

if TYPE_CHECKING:
    from streams.replay import ReplayResult

DIFFERENT = 1


@click.command()
@click.argument("alert_id", metavar="ALERT_ID", type=click.UUID)
@settings_options
@pass_source
def replay(source: SettingsSource, alert_id: object) -> int:
    """Screen the page of ALERT_ID again, with the rights as they were, and compare.

    Prints the alert as reproduced; says on stderr whether it is identical or which fields differ. Exit code 0 means
    identical, 1 different or not reproduced.
    """
    from sinks.clickhouse.reader import AlertReader
    from sinks.operational.picture_store import PictureStore
    from sinks.operational.rights_store import RightsStore
    from streams.configuration.connections import resolve
    from streams.pictures.looking_again import looking_again
    from streams.replay import replay as replay_alert

    with (
        resolve(source.load(), parts=("clickhouse",)) as connections,
        closing(RightsStore(connections.operational)) as rights,
        closing(PictureStore(connections.operational)) as pictures,
        AlertReader(connections.clickhouse) as reader,
    ):
        result = replay_alert(str(alert_id), reader, rights, looking_again(pictures))
    if result.replayed is not None:
        _print(result.replayed)
    for difference in result.differences:
        click.echo(f"differs  {difference}", err=True)
    if result.has_other_versions:
        click.echo("the code or the rules are not those that raised the alert", err=True)
    click.echo(_verdict(result), err=True)
    return 0 if result.is_identical else DIFFERENT


def _print(document: object) -> None:
    import orjson

    write_line(click.get_binary_stream("stdout"), orjson.dumps(document))


def _verdict(result: ReplayResult) -> str:
    if result.is_identical:
        return "identical"
    if result.replayed is None:
        return "not reproduced: the pipeline does not raise this alert from its page and rights any more"
    return f"different in {len(result.differences)} fields"
