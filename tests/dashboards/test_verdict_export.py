"""Verdicts as a file: over HTTP and by the command, complete, and harmless in a spreadsheet."""

from __future__ import annotations

import csv
from io import StringIO
from typing import Any

import orjson
import pytest

from dashboards.access.roles import Role
from dashboards.triage import export_api
from dashboards.triage.verdict_lines import CSV, FIELDS, head_of, lines_of
from sinks.clickhouse.verdicts import VerdictQuery
from streams.cli import run
from tests.dashboards.judging import ANN, GUILTY, INNOCENT, REVIEWER, moved, post, served
from tests.dashboards.principals import principal
from tests.dashboards.service import Stores, WebServer, ask, offer

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "＝1", "\t=1", "\r=1", "\n=1")
EXPORT = "/api/v1/verdicts/export"


@pytest.fixture
def judged(stores: Stores) -> list[str]:
    """Three verdicts and the undo of one, stored; the ids of the groups."""
    alerts = [stores.seen(offer(number, f"ZEPHYRA {number}"))[0] for number in range(3)]
    ids = [alert.group_id for alert in alerts]
    with served(stores, ANN) as (ann,):
        post(ann, "verdicts", group_ids=ids[:2], note='=HYPERLINK("http://evil")', **GUILTY)
        post(ann, "verdicts", group_ids=ids[2:], note='耐克, "quoted"\nand on', **INNOCENT)
        post(ann, f"groups/{ids[2]}/undo", version=1)
    moved(stores)
    return ids


def exported(server: WebServer, query: str = "") -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in ask(server, f"{EXPORT}{query}").body.splitlines()]


def test_every_verdict_is_a_line_with_what_was_judged_and_an_undo_is_one_too(
    server: WebServer, judged: list[str]
) -> None:
    lines = exported(server)
    assert [line["stage"] for line in lines] == ["judge", "judge", "judge", "undo"]
    assert {line["group_id"] for line in lines} == set(judged)
    assert (lines[3]["undoes"], lines[3]["verdict"]) == (lines[2]["verdict_id"], "not_infringing")
    assert lines[2]["note"] == '耐克, "quoted"\nand on'
    assert tuple(lines[0]) and set(lines[0]) == set(FIELDS)


def test_the_file_is_read_page_by_page_and_from_a_moment_on(
    server: WebServer, judged: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = exported(server)
    monkeypatch.setattr(export_api, "VerdictQuery", lambda **fields: VerdictQuery(limit=2, **fields))
    assert exported(server) == whole
    assert exported(server, f"?after={whole[2]['judged_at']}") == whole[2:]
    assert exported(server, "?after=2099-01-01") == []


def test_no_cell_of_a_csv_file_is_a_formula(server: WebServer, judged: list[str]) -> None:
    answer = ask(server, f"{EXPORT}?format=csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="verdicts.csv"'
    rows = list(csv.DictReader(StringIO(answer.body.decode("utf-8-sig"), newline="")))
    assert [row["note"] for row in rows][:3] == ['\'=HYPERLINK("http://evil")'] * 2 + ['耐克, "quoted"\nand on']
    assert rows[0]["score"] == str(exported(server)[0]["score"])


@pytest.mark.parametrize("text", FORMULAS)
def test_whatever_a_spreadsheet_would_run_gets_an_apostrophe(text: str) -> None:
    verdict = dict.fromkeys(FIELDS) | {"note": text, "subject": text}
    (row,) = csv.DictReader(StringIO((head_of(CSV) + lines_of([verdict], CSV)).decode("utf-8-sig"), newline=""))
    assert row["note"] == row["subject"] == f"'{text}"


def test_only_some_roles_export_and_only_what_they_see(stores: Stores, judged: list[str]) -> None:
    of_others = principal(Role.REVIEWER, regions=("44",))
    with served(stores, REVIEWER, ANN, of_others) as (reviewer, operator, elsewhere):
        assert len(exported(reviewer)) == 4
        assert ask(operator, EXPORT).status == 403
        assert exported(elsewhere) == []


@pytest.mark.parametrize(
    ("query", "field"), [("format=xls", "format"), ("after=soon", "after"), ("before=1", "before")]
)
def test_a_bad_parameter_is_refused_by_name(shared_server: WebServer, query: str, field: str) -> None:
    answer = ask(shared_server, f"{EXPORT}?{query}")
    assert (answer.status, answer.json["field"]) == (400, field)


def test_the_command_writes_the_same_file(
    server: WebServer,
    stores: Stores,
    judged: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    for name in ("host", "port", "user", "password", "database"):
        monkeypatch.setenv(f"RIGHTSWATCH_CLICKHOUSE_{name.upper()}", str(getattr(stores.clickhouse, name)))
    for form in ("jsonl", "csv"):
        assert run(["verdicts", "export", "--format", form]) == 0
        captured = capsysbinary.readouterr()
        assert captured.out == ask(server, f"{EXPORT}?format={form}").body
        assert captured.err == b"4 verdicts\n"
