"""The header's figures, computed from what workers say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from dashboards.pulse import PulseMeter
from detectors.records import timestamp_text

START = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
STALE = timedelta(seconds=5)


def beat(at: datetime, **figures: object) -> dict[str, object]:
    return {"at": timestamp_text(at), **figures}


def test_rates_are_growth_over_the_window() -> None:
    meter = PulseMeter(STALE)
    for second in range(30):
        now = START + timedelta(seconds=second)
        figures = {"listings_total": 100 * second, "alerts_total": 2 * second}
        pulse = meter.observe(now, {"a": beat(now, **figures), "b": beat(now, **figures)})
    assert pulse.listings_per_second == 200.0
    assert pulse.alerts_per_minute == 240.0
    assert pulse.workers == 2


def test_a_worker_that_starts_anew_counts_from_zero() -> None:
    meter = PulseMeter(STALE)
    for second, total in enumerate((1000, 1100, 40)):
        now = START + timedelta(seconds=second)
        pulse = meter.observe(now, {"a": beat(now, listings_total=total)})
    assert pulse.listings_per_second == 70.0


def test_silent_workers_are_counted_apart_and_lag_is_the_sum_of_pages_and_the_longest_delay() -> None:
    now = START + timedelta(seconds=8)
    beats = {
        "a": beat(now, lag_pages=2, lag_seconds=0.5, revision=7, rights=10),
        "b": beat(now, lag_pages=3, lag_seconds=1.5, revision=6, rights=9),
        "c": beat(START, lag_pages=100, lag_seconds=100.0, revision=1, rights=1),
    }
    pulse = PulseMeter(STALE).observe(now, beats)
    assert (pulse.workers, pulse.workers_silent) == (2, 1)
    assert (pulse.lag_pages, pulse.lag_seconds, pulse.revision, pulse.rights) == (5, 1.5, 6, 9)


@given(
    st.dictionaries(
        st.text(max_size=3),
        st.dictionaries(
            st.sampled_from(["at", "listings_total", "lag_pages", "revision"]),
            st.none() | st.booleans() | st.integers(-10, 10**6) | st.text(max_size=9),
        ),
    )
)
def test_any_beat_is_survived(beats: dict[str, dict[str, object]]) -> None:
    meter = PulseMeter(STALE)
    meter.observe(START, beats)
    pulse = meter.observe(START + timedelta(seconds=1), beats)
    assert pulse.workers + pulse.workers_silent == len(beats)
