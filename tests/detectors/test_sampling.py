"""The sample of screened matches that people judge: random, of the size asked for, and the same when screened again."""

from __future__ import annotations

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.records import Page, SampledMatch
from detectors.sampling import Sample, subject_key
from streams.pipeline import screen_page
from tests.detectors.floor import TODAY, listing, page, right, watchlist

HELD = watchlist(right("R1"), right("R2", marks=["ADIDAS"], status="lapsed"))
ROWS = [listing(title, listing_id=str(number)) for number in range(400) for title in ("NIKE shoes", "ADIDAS shoes")]


def test_nothing_is_kept_unless_asked() -> None:
    assert screen_page(page(ROWS), HELD).sampled == ()


def test_a_share_of_one_keeps_all_with_their_reasons() -> None:
    screening = screen_page(page(ROWS), HELD, sample_share=1.0)
    assert len(screening.sampled) == screening.matches == len(ROWS)
    assert {(one.alert.right_id, one.screened) for one in screening.sampled} == {
        ("R1", "mention"),
        ("R2", "lapsed_right"),
    }


def test_about_the_share_is_kept_and_the_same_when_screened_again() -> None:
    first, again = (screen_page(page(ROWS), HELD, sample_share=0.25).sampled for _ in range(2))
    assert first == again
    assert 0.2 * len(ROWS) < len(first) < 0.3 * len(ROWS)


def test_sampling_changes_neither_alerts_nor_counts() -> None:
    rows = [*ROWS[:20], listing("N1KE", listing_id="x")]
    plain, sampled = (screen_page(page(rows), HELD, sample_share=share) for share in (0.0, 1.0))
    assert (plain.alerts, plain.screened, plain.matches) == (sampled.alerts, sampled.screened, sampled.matches)


def test_what_was_looked_at_closely_is_sampled_too() -> None:
    held = watchlist(right(classes=["25"]))
    (one,) = screen_page(page([listing("N1KE dog food")]), held, sample_share=1.0).sampled
    assert one.screened == "other_goods"
    assert one.alert.reasons[0].text == "N1KE"


def test_a_sampled_match_survives_the_way_to_the_store() -> None:
    (one, *_) = screen_page(page(ROWS[:2]), HELD, sample_share=1.0).sampled
    assert SampledMatch.from_json(orjson.loads(one.to_bytes())) == one


def test_what_is_held_back_is_counted_alike_whether_or_not_somebody_reads_it() -> None:
    licensed = watchlist(right("R1", licensees=[{"seller_id": "s1"}]))
    rows = [
        listing("NIKE shoes", seller={"id": "s1"}),  # a mention that needs a look
        listing("高仿 NIKE shoes", seller={"id": "s1"}),  # the mark, and the wording beside it
        listing("N1KE shoes", seller={"id": "s2"}),
    ]
    screening = screen_page(page(rows), licensed)
    assert screening.screened == {"licensee": 3}
    for read in (
        screen_page(page(rows), licensed, show_screened=True),
        screen_page(page(rows), licensed, sample_share=1),
    ):
        assert (read.screened, read.matches, read.alerts) == (screening.screened, 4, screening.alerts)


@pytest.mark.parametrize("share", [0.001, 0.1, 0.5])
def test_every_match_is_as_likely(share: float) -> None:
    """Over pages, places and subjects: within five standard deviations of what the share says."""
    chosen, trials = 0, 0
    for number in range(40):
        sample = Sample(Page(b"%d" % number, TODAY), share)
        places, subjects = np.repeat(np.arange(50, dtype=np.int32), 50), [f"R{key}" for key in range(50)]
        keys = np.tile(np.array([subject_key(subject) for subject in subjects], np.uint32), 50)
        chosen += int(sample.choose(places, keys).sum())
        trials += len(places)
    assert abs(chosen - share * trials) < 5 * (trials * share * (1 - share)) ** 0.5


@given(st.binary(max_size=20), st.integers(0, 1_000), st.text(max_size=20), st.floats(0, 1))
def test_columns_and_records_choose_alike(body: bytes, position: int, subject: str, share: float) -> None:
    sample = Sample(Page(body, TODAY), share)
    chosen = sample.choose(np.array([position], np.int32), np.array([subject_key(subject)], np.uint32))
    assert sample.includes(position, subject) == chosen.tolist()[0]
