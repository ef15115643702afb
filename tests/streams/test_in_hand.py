"""A page that ends the process each time is told from pages that only happened to be in hand."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from streams.worker.in_hand import COUNTS, DEATHS_LIMIT, InHand, page_key

PAGE, OTHER = page_key("listings", 0, 7), page_key("listings", 1, 7)


@contextmanager
def working(folder: Path, worker_id: str) -> Iterator[InHand]:
    in_hand = InHand(folder, worker_id)
    yield in_hand
    in_hand.close()


def die(folder: Path, worker_id: str, key: str) -> None:
    """A worker with the page in hand that the kernel takes away, its lock with it."""
    in_hand = InHand(folder, worker_id)
    os.pwrite(in_hand._slot, key.encode(), 0)  # as `holding` does
    os.close(in_hand._slot)


def test_a_page_is_deadly_after_so_many_deaths_whoever_died(tmp_path: Path) -> None:
    for number in range(DEATHS_LIMIT):
        with working(tmp_path, "asks") as in_hand:
            assert not in_hand.is_deadly(PAGE)
        die(tmp_path, f"worker-{number % 2}", PAGE)
    with working(tmp_path, "asks") as in_hand:
        assert in_hand.is_deadly(PAGE)
        assert not in_hand.is_deadly(OTHER)


def test_a_page_in_the_hand_of_a_living_worker_is_no_death(tmp_path: Path) -> None:
    with working(tmp_path, "alive") as alive, alive.holding(PAGE):
        for _ in range(DEATHS_LIMIT):
            with working(tmp_path, "asks") as in_hand:
                assert not in_hand.is_deadly(PAGE)


@pytest.mark.parametrize("error", [None, ZeroDivisionError])
def test_a_page_that_is_through_or_raised_is_no_death(tmp_path: Path, error: type[Exception] | None) -> None:
    for _ in range(DEATHS_LIMIT):
        in_hand = InHand(tmp_path, "worker")
        try:
            with in_hand.holding(PAGE):
                if error:
                    raise error
        except ZeroDivisionError:
            pass
        os.close(in_hand._slot)
    with working(tmp_path, "asks") as asked:
        assert not asked.is_deadly(PAGE)


def test_a_worker_that_stops_leaves_nothing_behind(tmp_path: Path) -> None:
    with working(tmp_path, "worker"):
        pass
    assert {path.name for path in tmp_path.iterdir()} == {COUNTS, "lock"}


@pytest.mark.parametrize("spoilt", [b"", b"{", b"[]"])
def test_counts_that_a_full_disk_has_spoilt_begin_anew(tmp_path: Path, spoilt: bytes) -> None:
    (tmp_path / COUNTS).write_bytes(spoilt)
    die(tmp_path, "worker", PAGE)
    with working(tmp_path, "asks") as in_hand:
        assert not in_hand.is_deadly(PAGE)
