"""The stores of the sinks' tests."""

from tests.sinks.conftest import clickhouse, empty_clickhouse, make_alert, operational, rights, writer

__all__ = ["clickhouse", "empty_clickhouse", "make_alert", "operational", "rights", "writer"]
