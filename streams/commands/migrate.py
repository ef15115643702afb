"""`rightswatch migrate`: make or upgrade what the other processes find: topics, tables, the operational database."""

from __future__ import annotations

import asyncio

import click

from streams.commands.options import SettingsSource, pass_source, settings_options


@click.command()
@settings_options
@pass_source
def migrate(source: SettingsSource) -> None:
    """Make the topics and tables that are missing, and upgrade the ones of an older version; then end.

    Every process does so at its start, if its users may. Run this first where they may not, as in production, and
    before an upgrade: older processes go on meanwhile.
    """
    from sinks.clickhouse.migrate import migrate as migrate_clickhouse
    from sinks.operational.rights_store import RightsStore
    from streams.broker.topics import create_topics
    from streams.configuration.connections import resolve

    with resolve(source.load(), parts=("kafka", "clickhouse")) as connections:
        asyncio.run(create_topics(connections.kafka))
        click.echo(f"migrate: the topics are on {connections.kafka.bootstrap}", err=True)
        RightsStore(connections.operational).close()
        click.echo(f"migrate: {connections.operational.place} is up to date", err=True)
        applied = migrate_clickhouse(connections.clickhouse)
        done = f"applied {', '.join(map(str, applied))}" if applied else "was up to date"
        click.echo(
            f"migrate: {connections.clickhouse.place}, database {connections.clickhouse.database}: {done}", err=True
        )
