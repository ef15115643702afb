"""The words of judging: what can be decided about a group of alerts, why, and at which stage. One fixed list.

They are stored for ever as labelled data: a code that was once given is never renamed or taken away. What each means
in words stands in dashboards/messages.
"""

from __future__ import annotations

INFRINGING, NOT_INFRINGING = "infringing", "not_infringing"
REASONS: dict[str, tuple[str, ...]] = {
    INFRINGING: (
        "counterfeit",
        "unlicensed_mark",
        "copied_picture",
        "false_patent_claim",
        "lookalike_design",
        "other_infringement",
    ),
    NOT_INFRINGING: (
        "licensed",
        "own_shop",
        "genuine_resale",
        "parallel_import",
        "compatible_part",
        "descriptive",
        "other_goods",
        "wrong_match",
        "right_not_in_force",
        "other_innocent",
    ),
}
"""The reason codes of each verdict."""
VERDICTS = tuple(REASONS)

OPEN, REVIEW, EXPERT, SHELVED, CLOSED = "open", "review", "expert", "shelved", "closed"
STATES = (OPEN, REVIEW, EXPERT, SHELVED, CLOSED)

JUDGE, UNDO, SCREENED = "judge", "undo", "screened"
STAGES = (JUDGE, REVIEW, EXPERT, UNDO, SCREENED)
"""Where a verdict was given: by who judged first, who reviewed it, or an expert. `undo` takes one back; `screened` is
about a match that did not alert."""


def is_reason_of(verdict: str, reason_code: str) -> bool:
    return reason_code in REASONS.get(verdict, ())
