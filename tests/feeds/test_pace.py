"""The rate of a feed: pages small enough to be fresh, spread over time, and a rate that may change while it runs."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.feeds.pace import FRESHNESS_SECONDS, MAX_PAGE_LISTINGS, Pace
from streams.feeds.rate import RateFile


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@given(rate=st.floats(min_value=0.5, max_value=1e6))
def test_a_page_holds_what_comes_in_a_fifth_of_a_second(rate: float) -> None:
    size = Pace(lambda: rate, Clock()).page_listings()
    assert 1 <= size <= MAX_PAGE_LISTINGS
    assert size == 1 or size <= rate * FRESHNESS_SECONDS


@given(rate=st.floats(min_value=5, max_value=50_000), seconds=st.integers(min_value=5, max_value=20))
def test_over_time_the_rate_is_kept(rate: float, seconds: int) -> None:
    clock = Clock()
    pace = Pace(lambda: rate, clock)
    end, sent = clock.now + seconds, 0
    while clock.now < end:
        size = pace.page_listings()
        clock.now += pace.delay(size)
        sent += size
    assert sent == pytest.approx(rate * seconds, rel=1e-6, abs=3 * size)


def test_a_feed_that_fell_behind_does_not_race_to_catch_up() -> None:
    clock = Clock()
    pace = Pace(lambda: 100, clock)
    pace.delay(20)
    clock.now += 3600
    burst = 0
    while pace.delay(20) == 0:
        burst += 20
    assert burst <= 140


def test_no_rate_means_full_pages_without_a_pause() -> None:
    pace = Pace(lambda: 0, Clock(), 250)
    assert (pace.page_listings(), pace.delay(250), pace.delay(250)) == (250, 0, 0)


def test_the_rate_file_is_looked_at_again_and_nonsense_in_it_changes_nothing(tmp_path: Path) -> None:
    clock, file = Clock(), tmp_path / "feed-rate"
    rate = RateFile(file, 200, clock)
    assert rate() == 200
    for text, expected in [("500\n", 500), ("nan", 500), ("-3", 500), ("fast", 500), ("", 500), ("0", 0)]:
        file.write_text(text)
        clock.now += 1
        assert rate() == expected
