"""`rightswatch verdicts`: what people decided, as labelled data."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import click

from streams.commands.options import SettingsSource, pass_source, settings_options

MOMENT = click.DateTime(["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d"])


@click.group()
@settings_options
def verdicts() -> None:
    """Read what people decided about alerts."""


@verdicts.command("export")
@click.option("--after", type=MOMENT, help="Only those given at this moment (UTC) or later.")
@click.option("--format", "form", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True,
              help="JSON lines, or CSV that a spreadsheet may open.")  # fmt: skip
@settings_options
@pass_source
def export_verdicts(source: SettingsSource, after: datetime | None, form: str) -> None:
    """Write all verdicts to standard output, oldest first: each with the alert that was judged.

    An undo is a line of its own: `undoes` names the verdict that no longer counts. What was decided a moment ago may
    still be on its way into ClickHouse.
    """
    from dashboards.triage.verdict_lines import head_of, lines_of
    from sinks.clickhouse.reader import AlertReader
    from sinks.clickhouse.verdicts import VerdictQuery
    from streams.configuration.connections import resolve

    out = click.get_binary_stream("stdout")
    query = VerdictQuery(since=after.replace(tzinfo=UTC) if after else None)
    count = 0
    with (
        resolve(source.load(), parts=("clickhouse",)) as connections,
        AlertReader(connections.clickhouse) as reader,
    ):
        out.write(head_of(form))
        while page := reader.verdicts(query):
            out.write(lines_of(page, form))
            count += len(page)
            last = page[-1]
            query = replace(query, behind=(datetime.fromisoformat(last["judged_at"]), last["verdict_id"]))
    click.echo(f"{count:,} verdicts", err=True)
