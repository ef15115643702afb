"""The writer: topics into ClickHouse, alerts on to the live stream."""
