"""Which verdicts a second person looks at."""

from __future__ import annotations

from uuid import NAMESPACE_URL, uuid5

import pytest

from sinks.triage_policy import TriageSettings

GROUPS = [str(uuid5(NAMESPACE_URL, f"group {number}")) for number in range(4_000)]  # of the kind that groups have


@pytest.mark.parametrize("share", [0.0, 0.05, 0.3, 0.9, 1.0])
def test_a_second_person_looks_at_the_share_that_is_asked_for(share: float) -> None:
    policy = TriageSettings(review_share=share)
    looked_at = sum(policy.asks_review(group_id, "low") for group_id in GROUPS)
    assert looked_at / len(GROUPS) == pytest.approx(share, abs=0.02)


def test_the_same_group_is_answered_the_same_and_a_tier_may_ask_for_all() -> None:
    policy = TriageSettings(review_share=0.3, review_tiers=("high",))
    assert all(policy.asks_review(group_id, "high") for group_id in GROUPS[:100])
    answers = {policy.asks_review(GROUPS[0], "low") for _ in range(10)}
    assert len(answers) == 1
