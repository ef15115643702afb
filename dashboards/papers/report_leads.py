"""The work report's part about leads: to whom they went, what was held back and why, what became of offers. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from dashboards.papers.document import Cell, ColumnKind, Paragraph, Section, Table
from dashboards.papers.tables import table_of
from dashboards.papers.wording import Words
from sinks.lead_codes import TAKEDOWNS
from sinks.lead_figures import GONE, LeadCounts, LeadMonth, Waited

COUNTS = ("made", "sent", "dropped", "withdrawn", "closed", "waiting", "person")
_NUMBERS: Mapping[str, ColumnKind] = {f"leads_{name}": "count" for name in COUNTS}
Key = Literal["recipient", "body"]


def lead_sections(leads: LeadMonth, places: Mapping[str, str], words: Words) -> tuple[Section, ...]:
    """`places`: names of divisions, by their codes."""
    recipients = ((words.word("lead_recipient", one.key), one) for one in leads.by_recipient)
    bodies = ((f"{places[one.key]} ({one.key})" if one.key in places else one.key, one) for one in leads.by_body)
    parts: Mapping[str, tuple[Paragraph | Table, ...]] = {
        "by_recipient": (Paragraph(words.say("report.leads")), _counts("recipient", recipients, words)),
        "by_body": (_counts("body", bodies, words),),
        "lead_drops": (_drops(leads, words),),
        "takedowns": (Paragraph(words.say("report.takedowns")), _takedowns(leads, words)),
        "lead_times": (_times(leads, words),),
    }
    return tuple(Section(name, words.say(f"section.{name}"), found) for name, found in parts.items())


def _counts(key: Key, rows: Iterable[tuple[str, LeadCounts]], words: Words) -> Table:
    told = ((name, *(getattr(one, count) for count in COUNTS)) for name, one in rows)
    return table_of(words, f"by_{key}", {key: "text", **_NUMBERS}, told, bars="leads_made")


def _drops(leads: LeadMonth, words: Words) -> Table:
    rows = ((words.word("lead_reason", reason), count) for reason, count in leads.dropped)
    return table_of(words, "lead_drops", {"reason": "text", "count": "count"}, rows, bars="count")


def _takedowns(leads: LeadMonth, words: Words) -> Table:
    """Each state, also those that no offer is in: that nothing was refused is told, too."""
    counts = dict(leads.takedowns)
    named = [(words.word("takedown", state), counts.get(state, 0)) for state in TAKEDOWNS]
    rows = [*named, (words.say("takedown.gone"), counts.get(GONE, 0))]
    return table_of(words, "takedowns", {"takedown": "text", "groups": "count"}, rows, bars="groups")


def _times(leads: LeadMonth, words: Words) -> Table:
    rows: list[tuple[Cell, ...]] = [
        _waited(words.say("time.to_sent", recipient=words.word("lead_recipient", one.key)), one)
        for one in leads.to_sent
    ]
    rows.append(_waited(words.say("time.to_removed"), leads.to_removed))
    columns: Mapping[str, ColumnKind] = {"what": "text", "count": "count", "median": "seconds", "p90": "seconds"}
    return table_of(words, "lead_times", columns, rows)


def _waited(name: str, one: Waited) -> tuple[Cell, ...]:
    return name, one.count, one.median, one.p90
