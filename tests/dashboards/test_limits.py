"""How many requests one may send, and which address of a chain of proxies is believed."""

from __future__ import annotations

import pytest

from dashboards.access.limits import MOST_BUCKETS, TokenBuckets
from dashboards.pages import next_page


def test_a_bucket_empties_and_fills_at_its_rate_and_others_have_their_own() -> None:
    buckets = TokenBuckets(rate=2.0, size=3)
    assert [buckets.take("mei", 100.0) for _ in range(4)] == [0.0, 0.0, 0.0, 0.5]
    assert buckets.take("wei", 100.0) == 0.0
    assert [buckets.take("mei", 100.5), buckets.take("mei", 100.5)] == [0.0, 0.5]
    assert [buckets.take("mei", 1000.0) for _ in range(4)] == [0.0, 0.0, 0.0, 0.5], "never more than the size"


def test_a_clock_that_is_set_back_takes_nothing_away() -> None:
    buckets = TokenBuckets(rate=1.0, size=2)
    assert buckets.take("mei", 100.0) == 0.0
    assert buckets.take("mei", 50.0) == 0.0
    assert buckets.take("mei", 51.0) == 0.0


def test_many_addresses_do_not_fill_the_memory() -> None:
    buckets = TokenBuckets(rate=1.0, size=1)
    for number in range(MOST_BUCKETS + 10):
        buckets.take(str(number), 0.0)
    assert len(buckets._buckets) == MOST_BUCKETS


@pytest.mark.parametrize("address", ["/", "/alerts/1?lang=zh", "/queue?state=mine#x"])
def test_signing_in_leads_on_to_a_page_of_ours(address: str) -> None:
    assert next_page(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)", "",
        "evil.example", "/a\nb", "/\t/evil.example", "///evil.example", "http:///evil.example", "/sign-in?next=/", "[",
    ],
)  # fmt: skip
def test_signing_in_leads_to_no_other_site(address: str) -> None:
    assert next_page(address) == "/"
