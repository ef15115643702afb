"""A right of a union holds in its countries, and a market that is no code hides nothing."""

from __future__ import annotations

import pytest

from tests.detectors.floor import listing, outcome, right


@pytest.mark.parametrize(
    ("territories", "market", "is_foreign"),
    [
        (["EU"], "DE", False),
        (["EU"], "de ", False),
        (["EU"], "CH", True),
        (["EU"], "GB", True),
        (["DE"], "EU", False),
        (["DE"], "FR", True),
        (["BX"], "NL", False),
        (["BX"], "EU", False),
        (["GB"], "UK", False),
        (["UK"], "GB", False),
        (["CN"], "US", True),
        (["CN"], "China", False),
        (["CN"], "中国", False),
        ([], "US", False),
    ],
)
def test_where_a_right_holds(territories: list[str], market: str, is_foreign: bool) -> None:
    found = outcome(listing("NIKE replica", market=market), right(territories=territories))
    assert found == ("other_territory" if is_foreign else "alert mark+coded_fake")
