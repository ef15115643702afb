"""`packaging`: brands on photographs of packages really read, on a few of the shipped pictures."""

from __future__ import annotations

import pytest

from benchmarks.packaging import run
from benchmarks.records import BenchmarkError


def test_brands_are_read_and_other_pictures_stay_silent() -> None:
    rows = run(True)
    found = [row.ours for row in rows if row.metric.startswith("packages")]
    assert any(share > 0 for share in found)
    assert all(share <= 1 for share in found)
    assert [row.ours for row in rows if row.metric.startswith("alerts on")] == [0, 0]


def test_a_row_that_there_is_not_is_named() -> None:
    with pytest.raises(BenchmarkError, match="missed, false"):
        run(True, show="everything")
