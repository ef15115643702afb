"""`rightswatch grafana push` and `write` as they are typed: what they say, and how they end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from streams.cli import run
from tests.dashboards.grafana.fake_grafana import TOKEN, FakeGrafana, grafana_running


@pytest.fixture(autouse=True)
def clickhouse(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RIGHTSWATCH_CLICKHOUSE_HOST", "clickhouse.example")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeGrafana]:
    """Its address and token are in the settings."""
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    with grafana_running() as server:
        monkeypatch.setenv("RIGHTSWATCH_GRAFANA_URL", server.url)
        monkeypatch.setenv("RIGHTSWATCH_GRAFANA_TOKEN_FILE", str(tmp_path / "token"))
        yield server


def test_push_says_what_it_did_and_never_the_secrets(
    server: FakeGrafana, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "password").write_text("hunter2")
    monkeypatch.setenv("RIGHTSWATCH_GRAFANA_CLICKHOUSE_PASSWORD_FILE", str(tmp_path / "password"))
    assert run(["grafana", "push"]) == 0
    told = "".join(capfd.readouterr())
    assert "made     board rightswatch: watch floor\n" in told
    assert TOKEN not in told
    assert "hunter2" not in told
    assert server.passwords == {"rightswatch-clickhouse": "hunter2"}


def test_the_boards_are_pushed_in_the_language_of_the_settings(
    server: FakeGrafana, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RIGHTSWATCH_GRAFANA_LANGUAGE", "zh")
    assert run(["grafana", "push"]) == 0
    assert server.boards["rightswatch-floor"]["dashboard"]["title"] == "rightswatch：监控台"


def test_a_refused_push_ends_with_1_and_the_remedy(
    server: FakeGrafana, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "token").write_text("glsa_another")
    assert run(["grafana", "push"]) == 1
    told = capfd.readouterr().err
    assert "401, Invalid API key" in told
    assert "glsa_another" not in told


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({}, "[grafana] url is empty"),
        ({"RIGHTSWATCH_GRAFANA_URL": "http://grafana:3000"}, "[grafana] token_file is empty: make a service account"),
        ({"RIGHTSWATCH_GRAFANA_TOKEN_FILE": "/nowhere"}, "[grafana] token_file: cannot read /nowhere"),
    ],
)
def test_what_is_missing_in_the_settings_is_named(
    variables: dict[str, str], told: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert run(["grafana", "push"]) == 2
    assert told in capfd.readouterr().err


def test_write_says_where_the_files_are(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["grafana", "write", str(tmp_path / "new"), "--password-file", "/secret"]) == 0
    assert "wrote 6 files" in capfd.readouterr().err
    assert "$__file{/secret}" in (tmp_path / "new/datasources/rightswatch.yaml").read_text()
