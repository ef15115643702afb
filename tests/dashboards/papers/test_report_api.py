"""`/api/v1/reports/{month}`: the same figures in each form, of what one may see."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime

import pytest

from dashboards.access.roles import Role
from sinks.clickhouse.connection import Connection
from sinks.lead_codes import LeadSettings
from sinks.operational.lead_store import LeadStore
from tests.dashboards.judging import served
from tests.dashboards.papers.known import text_of
from tests.dashboards.principals import principal
from tests.dashboards.service import Stores, WebServer, ask, offer
from tests.sinks.lead_world import BODY, RECORD, UNSURE, about, verdict
from tests.sinks.verdict_rows import GUILTY, Given, give

AT = datetime(2026, 11, 3, 12, tzinfo=UTC)
PUTIAN = {"id": "s1", "name": "Putian shop", "region": "350300"}


@pytest.fixture
def november(stores: Stores) -> None:
    """Two cases in November, one of them judged infringing and in Putian."""
    first, *_ = stores.seen(offer(1, "ZEPHYRA shoes", seller=PUTIAN), at=AT, live=False)
    stores.seen(offer(2, "Qu1llon pens"), at=AT, live=False)
    with Connection(stores.clickhouse) as connection:
        give(connection, [Given(alert=first, **GUILTY)])


@pytest.mark.usefixtures("november")
def test_each_form_has_the_same_figures(server: WebServer) -> None:
    path = "/api/v1/reports/2026-11?lang=en"
    made = ask(server, path).json
    (totals,) = (part for part in made["sections"][0]["parts"] if "table" in part)
    assert [row[1] for row in totals["rows"]][3:7] == [2, 2, 1, 1]
    pdf, page = (ask(server, f"{path}&format={form}") for form in ("pdf", "html"))
    assert made["digest"] in text_of(pdf.body)
    assert made["digest"] in page.body.decode()
    assert page.headers["Content-Disposition"] == 'attachment; filename="report-2026-11-en.html"'
    lines = ask(server, f"{path}&format=csv&table=by_region").body.decode("utf-8-sig").splitlines()
    assert lines == ["region,alerts,groups,judged,infringing", "unknown,1,1,0,0", "福建省 (350000),1,1,1,1"]


@pytest.mark.usefixtures("november")
def test_who_sees_a_part_gets_a_report_of_it_that_says_so(stores: Stores) -> None:
    with served(stores, principal(Role.REVIEWER, holders=frozenset({"h1"}))) as (server,):
        lines = ask(server, "/api/v1/reports/2026-11?format=csv&table=by_right").body.decode("utf-8-sig").splitlines()
        page = ask(server, "/api/v1/reports/2026-11?format=html&lang=en").body.decode()
    assert lines[1:] == ["CN-TM-1001,1,1,1,1"]
    assert "that its maker may see" in page


def test_leads_are_told_by_recipient_of_what_may_be_seen(stores: Stores) -> None:
    with closing(LeadStore(stores.operational, LeadSettings())) as leads:
        leads.make(about(1, right_id="CN-TM-1001"), [BODY, RECORD], verdict(1), AT)
        leads.make(about(2, right_id="CN-PT-1002"), [UNSURE], verdict(2), AT)
    everybody, holder = principal(Role.REVIEWER), principal(Role.REVIEWER, holders=frozenset({"h1"}))
    with served(stores, everybody, holder) as servers:
        made = [
            ask(one, "/api/v1/reports/2026-11?lang=en&format=csv&table=by_recipient").body.decode("utf-8-sig")
            for one in servers
        ]
    columns = "recipient,leads_made,leads_sent,leads_dropped,leads_withdrawn,leads_closed,leads_waiting,leads_person"
    body, record, person = (
        "Enforcement body,1,0,0,0,0,1,0",
        "National record,1,0,0,0,0,1,0",
        "A person decides,1,0,0,0,0,0,1",
    )
    assert made[0].splitlines() == [columns, body, record, person]
    assert made[1].splitlines() == [columns, body, record]


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("2026-13", "month"),
        ("2026-11?format=doc", "format"),
        ("2026-11?hours=15", "hours"),
        ("2026-11?hours=--1", "hours"),
        ("2026-11?format=csv&table=none", "table"),
        ("2026-11?lang=fr", "lang"),
    ],
)
def test_what_has_no_usable_value_is_refused_by_name(shared_server: WebServer, path: str, field: str) -> None:
    answer = ask(shared_server, f"/api/v1/reports/{path}")
    assert (answer.status, answer.json["field"]) == (400, field)
