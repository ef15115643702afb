"""The monthly work report: a document made of what a month came to. Pure: the same figures give the same report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from dashboards.figures.summary import figures_of
from dashboards.papers.document import Cell, ColumnKind, Document, Paragraph, Section, Table
from dashboards.papers.month import MonthName
from dashboards.papers.report_leads import lead_sections
from dashboards.papers.tables import table_of
from dashboards.papers.wording import Words
from detectors.calibration.intervals import Share
from sinks.clickhouse.judged import Observed
from sinks.clickhouse.monthly import By, Counted, Month, Taken
from sinks.lead_figures import LeadMonth

WORDED: Mapping[By, str] = {"kind": "kind", "detector": "detector", "tier": "tier"}
"""What the keys of a table are codes of, in the catalogues."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """`is_part`: made for somebody who sees only some rights or regions. `places`: names of divisions, by their
    codes."""

    month: MonthName
    figures: Month
    observed: Observed
    leads: LeadMonth
    places: Mapping[str, str]
    is_part: bool


def report_of(report: Report, words: Words) -> Document:
    """The whole report in one language."""
    zone = f"UTC{report.month.hours:+d}"
    lead = words.say("report.lead", month=report.month, zone=zone)
    sections = [
        Section("totals", words.say("section.totals"), (_totals(report, words), *_part_note(report, words))),
        Section("quality", words.say("section.quality"), _quality(report, words)),
        Section("times", words.say("section.times"), (_times(report, words), _deadlines(report, words))),
        Section("verdicts", words.say("section.verdicts"), (_verdicts(report, words),)),
        *lead_sections(report.leads, report.places, words),
        *(Section(by, words.say(f"section.by_{by}"), (_by(report, words, by),)) for by in get_args(By)),
    ]
    return Document(
        language=words.language,
        title=words.say("report.title", month=report.month),
        lead=lead,
        sections=tuple(sections),
        furniture=words.furniture,
    )


def _part_note(report: Report, words: Words) -> tuple[Paragraph, ...]:
    return (Paragraph(words.say("report.part")),) if report.is_part else ()


def _totals(report: Report, words: Words) -> Table:
    figures, days = report.figures, report.figures.by["day"]
    counts: dict[str, int | None] = {
        "listings": figures.listings,
        "pages": figures.pages,
        "dead": figures.dead,
        "alerts": sum(one.alerts for one in days),
        "groups": sum(one.groups for one in days),
        "judged": sum(one.judged for one in days),
        "infringing": sum(one.infringing for one in days),
        "verdicts": sum(count for _, _, count in figures.verdicts),
    }
    rows = ((words.say(f"total.{name}"), count) for name, count in counts.items())
    return table_of(words, "totals", {"what": "text", "count": "count"}, rows)


def _quality(report: Report, words: Words) -> tuple[Paragraph, Table]:
    """Precision and miss rate with their 95 % intervals, of everything and of each detector."""
    found = figures_of(report.observed)
    named = [(words.say("total.everything"), found["overall"])]
    named += [(words.word("detector", row["detector"]), row) for row in found["by_detector"]]
    columns: dict[str, ColumnKind] = {"what": "text", "judged": "count"}
    for estimate in ("precision", "miss_rate"):
        columns |= {estimate: "share", f"{estimate}_low": "share", f"{estimate}_high": "share"}
    rows = ((name, row["judged"], *_estimate(row["precision"]), *_estimate(row["miss_rate"])) for name, row in named)
    return Paragraph(words.say("report.quality")), table_of(words, "quality", columns, rows)


def _estimate(found: Mapping[str, Any]) -> tuple[Cell, Cell, Cell]:
    return found["value"], found["low"], found["high"]


def _times(report: Report, words: Words) -> Table:
    taken: dict[str, Taken] = {"to_alert": report.figures.to_alert, "to_verdict": report.figures.to_verdict}
    rows = ((words.say(f"time.{name}"), one.count, one.median, one.p95) for name, one in taken.items())
    columns: dict[str, ColumnKind] = {"what": "text", "count": "count", "median": "seconds", "p95": "seconds"}
    return table_of(words, "times", columns, rows)


def _deadlines(report: Report, words: Words) -> Table:
    columns: dict[str, ColumnKind] = dict.fromkeys(("groups", "kept", "missed"), "count")
    rows = (
        (words.word("tier", one.tier), one.groups, one.kept, one.missed, Share(one.kept, one.kept + one.missed).value)
        for one in report.figures.deadlines
    )
    return table_of(words, "deadlines", {"tier": "text", **columns, "kept_share": "share"}, rows)


def _verdicts(report: Report, words: Words) -> Table:
    rows = (
        (words.word("verdict", verdict), words.word("reason_code", reason), count)
        for verdict, reason, count in report.figures.verdicts
    )
    columns: dict[str, ColumnKind] = {"verdict": "text", "reason": "text", "count": "count"}
    return table_of(words, "verdicts", columns, rows, bars="count")


def _by(report: Report, words: Words, by: By) -> Table:
    counts: dict[str, ColumnKind] = dict.fromkeys(("alerts", "groups", "judged", "infringing"), "count")
    rows = (
        (_named(report, words, by, one), one.alerts, one.groups, one.judged, one.infringing)
        for one in _ordered(report.figures.by[by], by)
    )
    return table_of(words, f"by_{by}", {by: "text", **counts}, rows, bars="groups")


def _ordered(counted: Iterable[Counted], by: By) -> Iterable[Counted]:
    """Days as they came; anything else the most first, as it is."""
    return sorted(counted, key=lambda one: one.key) if by == "day" else counted


def _named(report: Report, words: Words, by: By, one: Counted) -> str:
    if not one.key:
        return words.say("detail.unknown")
    if by == "region":
        name = report.places.get(one.key)
        return f"{name} ({one.key})" if name else one.key
    return words.word(WORDED[by], one.key) if by in WORDED else one.key
