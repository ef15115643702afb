"""Settings of the stores may be logged: no password shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from sinks.settings import ClickHouseSettings, OperationalSettings, RedisSettings, without_password


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("redis://:s3cret@host:1/0", "redis://:***@host:1/0"),
        ("redis://user:s3cr@t@host:1/0", "redis://user:***@host:1/0"),
        ("redis://host:1/0?password=s3cret", "redis://host:1/0?***"),
        ("postgresql+psycopg://u:s3cret@db/x", "postgresql+psycopg://u:***@db/x"),
        ("sqlite:////data/a.db", "sqlite:////data/a.db"),
        ("s3cret", "***"),
        ("", "(no url)"),
    ],
)
def test_a_url_is_shown_without_its_password(url: str, shown: str) -> None:
    assert without_password(url) == shown
    for settings in (RedisSettings(url), OperationalSettings(url)):
        assert "s3cr" not in repr(settings) + settings.place


def test_clickhouse_settings_do_not_show_the_password() -> None:
    assert "s3cret" not in repr(ClickHouseSettings(host="h", password="s3cret"))


@pytest.mark.parametrize(
    "change", [{"database": "a-b"}, {"database": "x`; DROP"}, {"compression": "gzip"}, {"port": 0}]
)
def test_what_cannot_work_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(change))):
        ClickHouseSettings(**change)  # type: ignore[arg-type]


def test_the_embedded_database_is_an_absolute_path() -> None:
    assert OperationalSettings.sqlite(Path("/data/r.db")).url == "sqlite:////data/r.db"
