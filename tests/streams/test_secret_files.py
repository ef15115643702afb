"""Passwords that stand in files: read once, for every server, and never shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from streams.errors import SettingsError
from streams.settings import load_settings

PASSWORD = "p@ss/w:ord%"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "password"
    path.write_text(f"{PASSWORD}\n", "utf-8")
    return path


def test_a_password_out_of_a_file_reaches_every_server(file: Path) -> None:
    settings = load_settings(
        None,
        {
            "RIGHTSWATCH_KAFKA_BOOTSTRAP": "kafka:9093",
            "RIGHTSWATCH_KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
            "RIGHTSWATCH_KAFKA_SASL_USERNAME": "me",
            "RIGHTSWATCH_KAFKA_SASL_PASSWORD_FILE": str(file),
            "RIGHTSWATCH_CLICKHOUSE_HOST": "clickhouse",
            "RIGHTSWATCH_CLICKHOUSE_PASSWORD_FILE": str(file),
            "RIGHTSWATCH_REDIS_URL": "redis://me@redis:6379/0",
            "RIGHTSWATCH_REDIS_PASSWORD_FILE": str(file),
            "RIGHTSWATCH_OPERATIONAL_URL": "postgresql+psycopg://me@pg/db?sslmode=require",
            "RIGHTSWATCH_OPERATIONAL_PASSWORD_FILE": str(file),
        },
    )
    assert settings.kafka.sasl_password == settings.clickhouse.password == PASSWORD
    assert settings.redis.url == "redis://me:p%40ss%2Fw%3Aord%25@redis:6379/0"
    assert settings.operational.url == "postgresql+psycopg://me:p%40ss%2Fw%3Aord%25@pg/db?sslmode=require"
    assert PASSWORD not in repr(settings)
    assert "p%40ss" not in repr(settings)


@pytest.mark.parametrize(
    ("variables", "complaint"),
    [
        ({"CLICKHOUSE_PASSWORD": "given"}, r"\[clickhouse\] password_file: password is given too"),
        ({"CLICKHOUSE_PASSWORD_FILE": "/nowhere"}, r"cannot read /nowhere \(No such file"),
        ({"REDIS_URL": "redis://me:given@redis", "REDIS_PASSWORD_FILE": "HERE"}, r"\[redis\].*has a password already"),
        ({"REDIS_PASSWORD_FILE": "HERE"}, r"\[redis\] password_file is given without url"),
    ],
)
def test_a_mistake_is_named_without_the_secret(file: Path, variables: dict[str, str], complaint: str) -> None:
    ours = {"CLICKHOUSE_HOST": "clickhouse", "CLICKHOUSE_PASSWORD_FILE": str(file), **variables}
    told = {f"RIGHTSWATCH_{name}": value.replace("HERE", str(file)) for name, value in ours.items()}
    with pytest.raises(SettingsError, match=complaint) as refused:
        load_settings(None, told)
    assert "given@" not in str(refused.value)
    assert PASSWORD not in str(refused.value)


def test_an_empty_file_is_no_password(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.write_text("\n")
    with pytest.raises(SettingsError, match="is empty"):
        load_settings(None, {"RIGHTSWATCH_CLICKHOUSE_HOST": "x", "RIGHTSWATCH_CLICKHOUSE_PASSWORD_FILE": str(empty)})


@pytest.mark.parametrize(
    ("variables", "complaint"),
    [
        ({"SECURITY_PROTOCOL": "SASL_SSL"}, "needs sasl_username"),
        ({"SASL_USERNAME": "me"}, "security_protocol must be SASL_SSL"),
        ({"CA_FILE": "/ca.pem"}, "security_protocol must be SSL"),
        ({"SECURITY_PROTOCOL": "SSL", "CERT_FILE": "/c.pem"}, "cert_file and key_file belong together"),
    ],
)
def test_what_kafka_would_not_be_told_is_refused(variables: dict[str, str], complaint: str) -> None:
    told = {f"RIGHTSWATCH_KAFKA_{name}": value for name, value in variables.items()}
    with pytest.raises(SettingsError, match=complaint):
        load_settings(None, {"RIGHTSWATCH_KAFKA_BOOTSTRAP": "kafka:9092", **told})
