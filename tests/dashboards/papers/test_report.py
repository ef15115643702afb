"""The work report made of figures: its tables, its charts, its forms, and that the same figures give the same."""

from __future__ import annotations

import csv
import html
import io
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, get_args

import pytest

from dashboards.papers.csv import csv_of
from dashboards.papers.document import Column, Document, Table, as_json
from dashboards.papers.html import html_of
from dashboards.papers.month import month_of
from dashboards.papers.pdf import pdf_of
from dashboards.papers.report import Report, report_of
from detectors.calibration.evidence import Judged
from sinks.clickhouse.judged import Finding, Observed, Sampled
from sinks.clickhouse.monthly import MOST_ROWS, By, Counted, Deadline, Month, Taken
from sinks.lead_figures import MOST_BODIES, LeadCounts, LeadMonth, Waited
from tests.dashboards.papers.known import squeezed, text_of, words

SAMPLE = Sampled(4, 0)
HOSTILE = "=cmd|' /C calc'!A0 <script>alert(1)</script>"
GROUPS: dict[By, tuple[Counted, ...]] = {
    "day": (Counted("2026-11-03", 3, 2, 2, 1), Counted("2026-11-02", 9, 8, 2, 2)),
    "region": (Counted("350000", 9, 8, 3, 3), Counted("", 3, 2, 1, 0)),
    "kind": (Counted("trademark", 12, 10, 4, 3),),
    "detector": (Counted("mark", 12, 10, 4, 3),),
    "platform": (Counted("taobao", 12, 10, 4, 3),),
    "tier": (Counted("high", 12, 10, 4, 3),),
    "seller": (Counted(HOSTILE, 12, 10, 4, 3),),
    "right": (Counted("CN-TM-1", 12, 10, 4, 3),),
}
LED = LeadCounts(key="enforcement", made=40, sent=20, dropped=7, withdrawn=5, closed=11, waiting=3, person=0)
LEADS = LeadMonth(
    by_recipient=(
        LED,
        LeadCounts(key="person", made=10, sent=0, dropped=0, withdrawn=0, closed=0, waiting=0, person=9),
    ),
    by_body=(replace(LED, key="440305"), replace(LED, key="999999", made=1)),
    dropped=(("right_withdrawn", 7),),
    takedowns=(("submitted", 6), ("removed", 4), ("gone", 2)),
    to_sent=(Waited("enforcement", 20, 660.0, 7_200.0),),
    to_removed=Waited("", 4, 259_200.0, 777_600.0),
)
BY_RECIPIENT = ("by_recipient", "by_body", "lead_drops", "takedowns", "lead_times")


def finding(number: int, is_infringing: bool, screened: str = "") -> Finding:
    judged = Judged(right_id="CN-TM-1", detector="mark", signals=frozenset(), score=0.9,
                    is_infringing=is_infringing, screened=screened)  # fmt: skip
    return Finding(str(number), judged, "infringing" if is_infringing else "not_infringing", "counterfeit")


def report(**changes: Any) -> Report:
    """Of 4 cases judged 3 infringe: 75 %. Of 4 of 400 screened 1 infringes: 100 missed, of 107.5 that infringe."""
    figures = Month(
        listings=1234, pages=5, dead=1, by=GROUPS, verdicts=(("infringing", "counterfeit", 3),),
        to_alert=Taken(12, 0.85, 3.2), to_verdict=Taken(4, 5400.0, 93_600.0),
        deadlines=(Deadline("high", 10, 3, 1),),
    )  # fmt: skip
    observed = Observed(
        findings=tuple(finding(number, number < 3) for number in range(4)),
        screened=tuple(finding(10 + number, number < 1, "mention") for number in range(4)),
        raised={"everything": {"": 10}, "detector": {"mark": 10}, "right_id": {"CN-TM-1": 10}},
        sampled={"everything": {"": SAMPLE}, "detector": {"mark": SAMPLE}, "right_id": {"CN-TM-1": SAMPLE}},
        weight=100.0,
    )  # fmt: skip
    known: dict[str, Any] = {
        "month": month_of("2026-11"),
        "figures": figures,
        "observed": observed,
        "leads": LEADS,
        "places": {"350000": "福建省", "440305": "广东省深圳市南山区"},
        "is_part": False,
    }
    return Report(**(known | changes))


def table(document: Document, name: str) -> Table:
    (found,) = (one for one in document.tables if one.id == name)
    return found


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_pdf_and_the_page_have_every_table_with_its_figures(language: str) -> None:
    said = words(language)
    document = report_of(report(), said)
    page = html_of(document).decode()
    text = text_of(pdf_of(document))
    for by in ("totals", "quality", "times", "verdicts", *BY_RECIPIENT, *(f"by_{by}" for by in get_args(By))):
        assert squeezed(said.say(f"section.{by}")) in text, by
        assert html.escape(said.say(f"section.{by}")) in page, by
    for figure in (
        "1,234",
        "75.0 %",
        "1 h 30 min",
        "1 d 2 h",
        "850 ms",
        "福建省 (350000)",
        "2026-11-02",
        "广东省深圳市南山区 (440305)",
        "2 h 0 min",
        "3 d 0 h",
        "9 d 0 h",
        said.word("lead_recipient", "enforcement"),
        said.word("lead_reason", "right_withdrawn"),
        said.say("takedown.gone"),
        document.digest,
    ):
        assert squeezed(figure) in text, figure
        assert figure in page, figure


def test_totals_precision_and_miss_rate_are_as_by_hand() -> None:
    document = report_of(report(), words("en"))
    assert [row[1] for row in table(document, "totals").rows] == [1234, 5, 1, 12, 10, 4, 3, 3]
    (everything, mark) = table(document, "quality").rows
    assert everything[:3] == ("Everything", 4, 0.75)
    assert everything[5] == pytest.approx(100 / 107.5)
    assert mark[1:] == everything[1:]
    assert table(document, "deadlines").rows == (("High", 10, 3, 1, 0.75),)


def test_days_are_in_their_order_and_what_is_unknown_is_called_so() -> None:
    document = report_of(report(), words("en"))
    assert [row[0] for row in table(document, "by_day").rows] == ["2026-11-02", "2026-11-03"]
    assert [row[0] for row in table(document, "by_region").rows] == ["福建省 (350000)", "unknown"]


def test_leads_are_told_by_recipient_and_by_the_division_of_the_body() -> None:
    document = report_of(report(), words("en"))
    assert table(document, "by_recipient").rows == (
        ("Enforcement body", 40, 20, 7, 5, 11, 3, 0),
        ("A person decides", 10, 0, 0, 0, 0, 0, 9),
    )
    assert [row[0] for row in table(document, "by_body").rows] == ["广东省深圳市南山区 (440305)", "999999"]
    assert table(document, "by_recipient").bars == "leads_made"


def test_each_state_of_a_complaint_is_told_also_where_no_offer_is_in_it() -> None:
    rows = table(report_of(report(), words("en")), "takedowns").rows
    assert [count for _, count in rows] == [0, 6, 0, 0, 4, 2]


def test_the_times_of_leads_and_of_removals_have_median_and_ninetieth_per_cent() -> None:
    rows = table(report_of(report(), words("en")), "lead_times").rows
    assert rows == (
        ("From alert to lead sent: Enforcement body", 20, 660.0, 7_200.0),
        ("From complaint submitted to offer removed", 4, 259_200.0, 777_600.0),
    )


def test_charts_are_drawn_to_scale_in_the_page() -> None:
    page = html_of(report_of(report(), words("en"))).decode()
    assert '<rect width="100.00" height="8"/>' in page
    assert '<rect width="25.00" height="8"/>' in page  # 2 cases of at most 8 on a day


def test_the_same_figures_give_the_same_files_and_others_another_digest() -> None:
    first, again = (report_of(report(), words("zh")) for _ in range(2))
    assert (pdf_of(first), html_of(first), as_json(first)) == (pdf_of(again), html_of(again), as_json(again))
    assert first.digest != report_of(report(is_part=True), words("zh")).digest


def test_a_strangers_text_is_no_markup_in_the_page_and_no_formula_in_the_csv() -> None:
    document = report_of(report(), words("en"))
    page = html_of(document).decode()
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    (_, row) = csv.reader(io.StringIO(csv_of(table(document, "by_seller")).decode("utf-8-sig")))
    assert row == [f"'{HOSTILE}", "12", "10", "4", "3"]


def test_csv_has_shares_and_seconds_as_they_are_and_nothing_for_what_is_not_known() -> None:
    columns = (Column("what", "What"), Column("share", "Share", "share"), Column("taken", "Taken", "seconds"))
    made = csv_of(Table("t", "T", columns, (("a", 0.125, None),)))
    assert made == "\ufeffwhat,share,taken\r\na,0.125,\r\n".encode()


def test_a_month_begins_and_ends_by_the_clocks_that_are_asked_for() -> None:
    china, utc = month_of("2026-12"), month_of("2026-12", 0)
    assert china.after == datetime(2026, 11, 30, 16, tzinfo=UTC)
    assert (utc.after, utc.before) == (datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize("text", ["2026-13", "2026-1", "26-01", "2026-00", "0001-01", "2026-11-01", "２０２６-11"])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be a month"):
        month_of(text)


@pytest.mark.parametrize(("language", "said"), [("en", "at most the fifty rows"), ("zh", "最多列出数量最多的五十行")])
def test_that_tables_end_after_fifty_rows_is_said(language: str, said: str) -> None:
    assert (MOST_BODIES, MOST_ROWS) == (50, 50)
    assert said in report_of(report(), words(language)).lead
