"""The made marks of the benchmark `marks`: the pack's lengths, and none that its listings name. No time is asserted."""

from __future__ import annotations

from statistics import mean

import pytest

from benchmarks.mark_changes import change_rows
from benchmarks.mark_work import Work
from benchmarks.pipeline import compile_rights
from benchmarks.records import BenchmarkError
from benchmarks.synthetic_marks import REAL, many_marks, mark_rights
from detectors.watchlist import WatchlistBuilder


def test_made_marks_are_as_long_as_real_ones_and_stand_in_no_listing() -> None:
    work = Work.of(300)
    names = many_marks(REAL + 2_000, work.texts, work.pages)
    real, made = names[:REAL], names[REAL:]
    assert len({name.casefold() for name in names}) == len(names)
    assert mean(map(len, made)) == pytest.approx(mean(map(len, real)), rel=0.05)
    assert not any(mark.casefold() in text for mark in made for text in work.texts)
    few, many = (work.screen(compile_rights(mark_rights(some))) for some in (real, names))
    assert few == many > 0


def test_a_change_that_does_not_alert_at_the_next_page_fails_the_run() -> None:
    class Deaf(WatchlistBuilder):
        def _hold(self, *_: object) -> bool:
            return False

    with pytest.raises(BenchmarkError, match="does not alert"):
        list(change_rows(Deaf(), Work.of(10).bodies, "0 k"))
