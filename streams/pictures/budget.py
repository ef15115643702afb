"""Which costly steps a picture gets, and why the others are left out. Pure: the same facts give the same answer.

The first tier (fingerprints of views, some milliseconds) always runs and is not decided here. The second tier (local
features) and reading words cost 10 to 100 times as much, so that a queue that grows old must do less of them.

The rule. Each step has a worth between 0 and 1:

    worth = risk of the listing's text, but at least `first_sight_worth` where it was never taken with this picture,
    so that nobody has an answer yet.

A step that was taken is taken again only when the listing's risk reaches `seen_again_risk`: what it found is kept. One
that no right wants never runs. The others run while

    worth >= least + (busy_worth - least) x age / max_age_seconds        up to max_age_seconds, and
    worth >= shed_worth                                                  beyond

where `least` is the least worth that the step pays for at leisure, and age is that of the message in hand, which is
the age of the queue. So a queue without a backlog does everything that is worthwhile, one that is late does less and
less, and one that is too late only what looks worst. An older message never gets more, a riskier listing never less.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from streams.configuration.sections import PictureBudgetSettings


class Step(StrEnum):
    """A costly step."""

    CLOSER = "closer"  # the second tier: local features against the gallery
    WORDS = "words"  # reading words


class Left(StrEnum):
    """Why a step is left out, for the metrics."""

    NOT_WANTED = "not_wanted"  # no right has anything that it could find
    SEEN_BEFORE = "seen_before"
    NOT_WORTH = "not_worth"  # also at leisure
    SHED_LATE = "shed_late"  # would have run at leisure; the queue is late
    SHED_OLD = "shed_old"  # would have run at leisure; the queue is older than max_age_seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureFacts:
    """What is known of a picture, and of a step that might be taken with it.

    age_seconds : since its message was published; a clock that runs behind may make it negative.
    risk : 0 to 1, of its listing: the highest score of what its text found, alerting or not; 0 for nothing.
    is_first_sight : the step was never taken with this picture and what it is compared with.
    is_wanted : the step could find something: CLOSER where rights have pictures, WORDS where there is a reader.
    """

    age_seconds: float
    risk: float
    is_first_sight: bool
    is_wanted: bool = True


def left_out(step: Step, facts: PictureFacts, settings: PictureBudgetSettings) -> Left | None:
    """Why a costly step is left out; None where it runs."""
    if not facts.is_wanted:
        return Left.NOT_WANTED
    if not facts.is_first_sight and facts.risk < settings.seen_again_risk:
        return Left.SEEN_BEFORE
    worth = max(facts.risk, settings.first_sight_worth) if facts.is_first_sight else facts.risk
    least = settings.closer_worth if step is Step.CLOSER else settings.words_worth
    if worth < least:
        return Left.NOT_WORTH
    lateness = max(0.0, facts.age_seconds) / settings.max_age_seconds
    if lateness > 1:
        return None if worth >= settings.shed_worth else Left.SHED_OLD
    return None if worth >= least + (settings.busy_worth - least) * lateness else Left.SHED_LATE
