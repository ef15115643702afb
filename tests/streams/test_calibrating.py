"""Verdicts become a proposal, and the next calibration only if the settings say so: then the audit log has it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from detectors.calibration.evidence import Judged
from sinks.clickhouse.connection import Connection
from sinks.clickhouse.migrate import migrate
from sinks.clickhouse.writer import TableWriter
from sinks.operational.audit_store import AuditQuery, AuditStore
from sinks.operational.calibration_store import CalibrationStore
from sinks.operational.rights_store import RightsStore
from sinks.settings import OperationalSettings
from streams.calibration.task import Calibrating
from streams.cli import run
from streams.configuration.sections import CalibrationSettings
from streams.pipeline import screen_page
from tests.detectors.floor import listing, page, right, watchlist
from tests.sinks.verdict_rows import Given, give
from tests.streams.world import World

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
DISGUISED = frozenset({"mark", "disguise"})
Make = Callable[..., Calibrating]


def judged(
    infringing: int, innocent: int = 0, right_id: str = "R1", signals: frozenset[str] = DISGUISED
) -> list[Judged]:
    return [
        Judged(right_id=right_id, detector="mark", signals=signals, score=0.685, is_infringing=number < infringing)
        for number in range(infringing + innocent)
    ]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    operational = OperationalSettings.sqlite(tmp_path / "operational.db")
    stores = CalibrationStore(operational), RightsStore(operational), AuditStore(operational)
    stores[1].apply([{"op": "put", "right": {"right_id": "R1", "kind": "trademark", "marks": ["LUMORA"]}}])

    def make(evidence: list[Judged], now: datetime = NOW, **settings: Any) -> Calibrating:
        return Calibrating(
            settings=CalibrationSettings(**settings),
            store=stores[0],
            watched=stores[1],
            evidence=lambda after, before: evidence if (before - after).days == settings.get("days", 180) else [],
            audit=stores[2],
            clock=lambda: now,
        )

    yield make
    for store in stores:
        store.close()


def test_verdicts_are_proposed_and_nothing_changes(make: Make) -> None:
    calibrating = make(judged(39, 1))
    calibrating.step()
    proposal = calibrating.store.proposal()
    assert proposal is not None
    assert proposal.changes["scores"] == [
        {
            "detector": "mark", "signals": "disguise+mark", "before": 0.685, "after": 0.927,
            "judged": 40, "infringing": 39,
        }
    ]  # fmt: skip
    assert calibrating.store.in_force() == {}


def test_the_rule_pack_in_force_says_what_the_scores_are(make: Make) -> None:
    calibrating = make(judged(40))
    rights = calibrating.watched
    assert isinstance(rights, RightsStore)
    rights.apply([{"op": "rules", "rules": {"weights": "[signals]\nmark = 0.0\ndisguise = 0.9"}}])
    calibrating.step()
    proposal = calibrating.store.proposal()
    assert proposal is not None
    assert proposal.changes["scores"][0]["before"] == 0.9


def test_a_rights_own_threshold_is_where_it_starts_from(make: Make) -> None:
    calibrating = make(judged(0, 40, signals=frozenset({"mark", "any_use"})) + judged(60, 0, "R2", DISGUISED))
    rights = calibrating.watched
    assert isinstance(rights, RightsStore)
    stern = {"right_id": "R1", "kind": "trademark", "marks": ["LUMORA"], "threshold": {"score": 0.45}}
    rights.apply([{"op": "put", "right": stern}])
    calibrating.step()
    proposal = calibrating.store.proposal()
    assert proposal is not None
    assert proposal.changes["thresholds"] == [
        {"right_id": "R1", "before": 0.45, "after": 0.5, "judged": 40, "infringing": 0}
    ]


def test_a_proposal_that_verdicts_do_not_speak_for_any_more_is_forgotten(make: Make) -> None:
    make(judged(39, 1)).step()
    calibrating = make([])
    calibrating.step()
    assert calibrating.store.proposal() is None


def test_automatically_one_step_a_day_is_applied_and_written_down(make: Make) -> None:
    calibrating = make(judged(0, 500), apply="automatic")
    audit = calibrating.audit
    assert isinstance(audit, AuditStore)

    def score() -> float:
        cells: dict[str, Any] = calibrating.store.in_force()["scores"]["mark"]
        return float(cells["disguise+mark"]["score"])

    calibrating.step()
    assert score() == pytest.approx(0.385)
    calibrating.step()
    assert score() == pytest.approx(0.385)
    assert calibrating.store.proposal() is not None
    replace(calibrating, clock=lambda: NOW + timedelta(hours=25)).step()
    assert score() == pytest.approx(0.085)
    entries = audit.page(AuditQuery(action="calibration.apply"))
    assert [(entry.by_id, dict(entry.detail)) for entry in entries] == [("rightswatch", {"automatic": True})] * 2


def test_a_process_that_does_not_get_the_lock_leaves_it(make: Make) -> None:
    calibrating = make(judged(39, 1))
    with calibrating.store.proposing():
        make(judged(39, 1)).step()
    assert calibrating.store.proposal() is None


@pytest.mark.parametrize("wrong", [{"apply": "silently"}, {"days": 0}, {"propose_minutes": 0.0}])
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        CalibrationSettings(**wrong)


def test_the_command_prints_what_verdicts_suggest_and_applies_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    clickhouse = world.settings.clickhouse
    offers = [listing("N1KE shoes", listing_id=str(number)) for number in range(30)]
    alerts = screen_page(page(offers, datetime.now(UTC) - timedelta(hours=2)), watchlist(right())).alerts
    migrate(clickhouse)
    with TableWriter(clickhouse) as writer, Connection(clickhouse) as connection:
        writer.insert_alerts(alerts)
        give(connection, [Given(alert=alert) for alert in alerts])
    for name, value in world.environ.items():
        monkeypatch.setenv(name, value)
    assert run(["calibration", "propose"]) == 0
    printed = capfd.readouterr()
    assert "mark disguise+mark: score 0.685 -> 0.934 (30 of 30 infringe)" in printed.err
    assert "proposed from 30 verdicts" in printed.err
    proposal = tmp_path / "c.json"
    proposal.write_text(printed.out)
    run(["calibration", "show"])
    assert capfd.readouterr().out == "{}\n"
    assert run(["calibration", "apply", str(proposal)]) == 0
