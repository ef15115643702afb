"""`rightswatch report`: the files of a month, from a real ClickHouse."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from sinks.clickhouse.connection import Connection
from sinks.lead_codes import LeadSettings
from sinks.operational.lead_store import LeadStore
from sinks.settings import OperationalSettings
from streams.cli import run
from streams.configuration.connections import OPERATIONAL_FILE
from tests.dashboards.papers.known import squeezed, text_of
from tests.dashboards.service import Stores, offer
from tests.sinks.lead_world import BODY, about, verdict
from tests.sinks.verdict_rows import GUILTY, Given, give

AT = datetime(2026, 11, 3, 12, tzinfo=UTC)


@pytest.fixture
def month(stores: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that the reports go into; in November two cases, one judged infringing, and a lead."""
    first, *_ = stores.seen(offer(1, "ZEPHYRA shoes"), at=AT, live=False)
    stores.seen(offer(2, "ZEPHYRA bags"), at=AT, live=False)
    with Connection(stores.clickhouse) as connection:
        give(connection, [Given(alert=first, **GUILTY)])
    for name in ("host", "port", "user", "password", "database"):
        monkeypatch.setenv(f"RIGHTSWATCH_CLICKHOUSE_{name.upper()}", str(getattr(stores.clickhouse, name)))
    (tmp_path / "data").mkdir()
    kept = OperationalSettings.sqlite(tmp_path / "data" / OPERATIONAL_FILE)
    with closing(LeadStore(kept, LeadSettings())) as leads:
        leads.make(about(1, observed_at=AT), [BODY], verdict(1), AT)
    return tmp_path / "out"


def reported(out: Path, *arguments: str) -> int:
    return run(["--data-dir", str(out.parent / "data"), "report", "--out", str(out), *arguments])


def test_the_files_of_a_month_are_written_and_made_again_they_are_the_same(
    month: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert reported(month, "--month", "2026-11", "--lang", "zh") == 0
    *files, digest = capsys.readouterr().out.splitlines()
    assert {Path(file).name for file in files} == {file.name for file in month.iterdir()}
    made = orjson.loads((month / "report-2026-11-zh.json").read_bytes())
    assert digest == f"digest {made['digest']}"
    pdf = (month / "report-2026-11-zh.pdf").read_bytes()
    assert made["digest"] in text_of(pdf)
    totals = (month / "report-2026-11-zh-totals.csv").read_text("utf-8-sig").splitlines()
    assert totals[1] == "筛查商品,0"
    assert [line.rpartition(",")[2] for line in totals[5:8]] == ["2", "1", "1"]
    bodies = (month / "report-2026-11-zh-by_body.csv").read_text("utf-8-sig").splitlines()
    assert bodies[1:] == ["广东省深圳市南山区 (440305),1,0,0,0,0,1,0"]
    before = {file.name: file.read_bytes() for file in month.iterdir()}
    assert reported(month, "--month", "2026-11", "--lang", "zh") == 0
    assert {file.name: file.read_bytes() for file in month.iterdir()} == before


def test_another_month_has_none_of_it(month: Path) -> None:
    assert reported(month, "--month", "2026-10") == 0
    assert "None." in (month / "report-2026-10-en.html").read_text("utf-8")
    assert squeezed("None.") in text_of((month / "report-2026-10-en.pdf").read_bytes())


def test_what_is_no_month_is_a_question_of_usage(month: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert reported(month, "--month", "November") == 2
    assert "must be a month such as 2026-11" in capsys.readouterr().err
