"""`rightswatch retro`: what its status says, and what it refuses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sinks.operational.retro_store import RetroState, Sweep
from streams.cli import run
from streams.commands.retro import status_lines

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
SWEEP = Sweep(
    id=4,
    revision=12,
    rights=3,
    begun_at=NOW,
    cursor=(int(NOW.timestamp()), "ab"),
    pages=1200,
    alerts=14,
    finished_at=None,
)
QUIET = RetroState(revision=12, read_revision=12, waiting=0, oldest_change=None, open=(), last_finished=None)


def test_nothing_to_do_is_one_line() -> None:
    assert status_lines(QUIET, NOW) == ["waiting    0 rights"]


def test_the_status_says_what_waits_what_runs_and_what_is_done() -> None:
    done = Sweep(id=3, revision=9, rights=1, begun_at=NOW, cursor=(0, ""), pages=7, alerts=0, finished_at=NOW)
    state = RetroState(
        revision=14,
        read_revision=12,
        waiting=2,
        oldest_change=NOW - timedelta(seconds=90),
        open=(SWEEP,),
        last_finished=done,
    )
    assert status_lines(state, NOW) == [
        "waiting    2 rights, 2 changes not looked at yet; the oldest change not swept for is 90 s old",
        "sweeping   sweep 4: 3 rights, 1,200 pages, 14 alerts, through what was stored before 2026-11-21 10:00:00 UTC",
        "last done  sweep 3: 1 rights, 7 pages, 0 alerts, 2026-11-21 10:00:00 UTC",
    ]


def test_the_status_needs_no_server(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--data-dir", str(tmp_path), "retro", "--status"]) == 0
    assert capsys.readouterr().out == "waiting    0 rights\n"


def test_sweeping_is_refused_where_the_settings_turn_it_off(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = tmp_path / "rightswatch.toml"
    settings.write_text("[retro]\ndays = 0\n")
    assert run(["retro", "--config", str(settings)]) == 2
    assert "[retro] days is 0" in capsys.readouterr().err
