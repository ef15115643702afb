"""`rightswatch report`: the work report of a month, as files."""

from __future__ import annotations

from pathlib import Path

import click

from streams.commands.options import SettingsSource, pass_source, settings_options


@click.command()
@click.option("--month", "name", required=True, metavar="YYYY-MM", help="The month, as 2026-11.")
@click.option("--lang", type=click.Choice(["en", "zh"]), default="en", show_default=True, help="The report's language.")
@click.option("--hours", type=click.IntRange(-12, 14), default=8, show_default=True,
              help="Whose month: how many hours clocks there show more than UTC's.")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="A folder to write into.")
@settings_options
@pass_source
def report(source: SettingsSource, name: str, lang: str, hours: int, out: Path) -> None:
    """Write the report of a month as PDF, HTML and JSON, and each of its tables as CSV.

    The same data give the same files; the digest that is printed at the end stands on each of them.
    """
    from contextlib import closing

    import orjson

    from dashboards.papers.csv import csv_of
    from dashboards.papers.document import as_json
    from dashboards.papers.html import html_of
    from dashboards.papers.month import month_of
    from dashboards.papers.pdf import pdf_of
    from dashboards.papers.report import report_of
    from dashboards.papers.wording import Words, page_words
    from sinks.operational.lead_store import LeadStore
    from sinks.visible import EVERYTHING
    from streams.configuration.connections import resolve
    from streams.reports import Reports

    settings = source.load()
    try:
        month = month_of(name, hours)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--month") from error
    with (
        resolve(settings, parts=("clickhouse",)) as connections,
        closing(LeadStore(connections.operational, settings.leads)) as leads,
    ):
        found = Reports(connections.clickhouse, leads, settings.triage).report(month, EVERYTHING)
    document = report_of(found, Words(page_words(), lang))
    made = {
        f"report-{month}-{lang}.pdf": pdf_of(document),
        f"report-{month}-{lang}.html": html_of(document),
        f"report-{month}-{lang}.json": orjson.dumps(as_json(document)),
        **{f"report-{month}-{lang}-{table.id}.csv": csv_of(table) for table in document.tables},
    }
    out.mkdir(parents=True, exist_ok=True)
    for file, content in made.items():
        (out / file).write_bytes(content)
        click.echo(str(out / file))
    click.echo(f"digest {document.digest}")
