"""When a notice is tried again, told in a digest, or kept until the morning."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sinks.notices.schedule import AFTER_SECONDS, Quiet, digest_at, next_try, quiet_until

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)


def test_jitter_spreads_tries_by_a_tenth_of_their_distance() -> None:
    assert next_try(2, NOW, NOW, 0.0, None) == NOW + timedelta(seconds=300)
    latest = next_try(2, NOW, NOW, 0.999999, None)
    assert latest is not None
    assert NOW + timedelta(seconds=329) < latest < NOW + timedelta(seconds=330)


def test_a_destination_that_asks_for_more_time_gets_it() -> None:
    assert next_try(1, NOW, NOW, 0.0, 3_600) == NOW + timedelta(hours=1)


def test_nothing_is_tried_again_after_a_day() -> None:
    assert next_try(len(AFTER_SECONDS), NOW, NOW, 0.0, None) is None
    assert next_try(9, NOW, NOW + timedelta(hours=20), 0.0, 86_400) is None


def test_a_sender_that_was_away_tries_soon_and_not_in_the_past() -> None:
    back = NOW + timedelta(hours=3)
    assert next_try(1, NOW, back, 0.0, None) == back + timedelta(seconds=1)


@pytest.mark.parametrize(
    ("quiet", "clock", "until"),
    [
        (Quiet(22 * 60, 7 * 60), "2026-11-21T23:30+08:00", "2026-11-22T07:00+08:00"),
        (Quiet(22 * 60, 7 * 60), "2026-11-21T06:59+08:00", "2026-11-21T07:00+08:00"),
        (Quiet(22 * 60, 7 * 60), "2026-11-21T07:00+08:00", None),
        (Quiet(12 * 60, 13 * 60 + 30), "2026-11-21T12:00+08:00", "2026-11-21T13:30+08:00"),
        (Quiet(12 * 60, 12 * 60), "2026-11-21T12:00+08:00", None),
    ],
)
def test_quiet_hours_end_by_the_local_clock(quiet: Quiet, clock: str, until: str | None) -> None:
    end = quiet_until(quiet, "Asia/Shanghai", datetime.fromisoformat(clock))
    assert end == (None if until is None else datetime.fromisoformat(until))


def test_the_digest_of_a_day_whose_clock_is_put_forward_past_its_hour_comes_once() -> None:
    before = datetime(2026, 3, 28, 12, tzinfo=UTC)  # Berlin has no 2:30 on the 29th; the hour 2 begins at 3
    at = digest_at(2, "Europe/Berlin", before)
    assert at == datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert digest_at(2, "Europe/Berlin", at) == datetime(2026, 3, 30, 0, tzinfo=UTC)


def test_a_digest_hour_that_is_now_is_tomorrows() -> None:
    assert digest_at(18, "Asia/Shanghai", NOW) == NOW + timedelta(days=1)
