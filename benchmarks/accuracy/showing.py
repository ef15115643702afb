"""What went wrong, for the people who improve the detectors: what stood there, and what was said about it."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.accuracy.measure import Outcome
from benchmarks.accuracy.records import Case, Group, Policy, metric
from benchmarks.accuracy.scores import failures, right_id

MOST = 40  # cases of a row


def shown(outcome: Outcome) -> Iterator[str]:
    """Lines on every row that the outcome has."""
    for group in outcome.work.groups:
        for policy in group.policies:
            yield from _group(outcome, group, policy)
    for language in outcome.work.honest:
        yield from _false_alerts(outcome, language)


def _group(outcome: Outcome, group: Group, policy: Policy) -> Iterator[str]:
    failed = failures(group, policy, outcome.cases, outcome.work.watched)
    yield f"{metric(group, policy)}: {len(failed)} of {len(group.cases)} not as wanted"
    for case in failed[:MOST]:
        yield f"  {_what(case)}: {'; '.join(_said(outcome, case, policy)) or 'nothing found'}"


def _what(case: Case) -> str:
    """A mark and the title that has it; a patent claim may stand in any field."""
    if case.right:
        return f"{case.right['marks']} {case.listing['title']!r}"
    texts = {name: case.listing[name] for name in ("title", "description", "attributes") if name in case.listing}
    return f"{case.code} {texts}"


def _said(outcome: Outcome, case: Case, policy: Policy) -> Iterator[str]:
    own, watched = right_id(case, policy), outcome.work.watched
    for subject, note in outcome.cases.notes.get(case.listing["listing_id"], {}).items():
        is_of_nobody = case.right is None or subject in watched
        if subject == own or (is_of_nobody and note.startswith("alert")):
            yield note


def _false_alerts(outcome: Outcome, language: str) -> Iterator[str]:
    found = outcome.honest[language]
    titles = {offer.listing["listing_id"]: offer.title for offer in outcome.work.honest[language]}
    for listing_id, subjects in found.alerts.items():
        for subject in sorted(subjects):
            yield f"  {titles[listing_id]!r}: {subject} {found.notes[listing_id][subject]}"
