"""A page that ends the process each time is told from pages that only happened to be in hand."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from streams.worker.in_hand import COUNTS, DEATHS_LIMIT, SUFFIX, InHand, page_key

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


def test_a_page_that_was_lived_through_meanwhile_is_not_deadly(tmp_path: Path) -> None:
    for _ in range(DEATHS_LIMIT - 1):
        die(tmp_path, "worker", PAGE)
    with working(tmp_path, "lives") as lives, lives.holding(PAGE):
        pass
    die(tmp_path, "worker", PAGE)
    with working(tmp_path, "asks") as in_hand:
        assert not in_hand.is_deadly(PAGE)


def test_a_full_disk_is_no_fault_of_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with working(tmp_path, "worker") as in_hand:
        monkeypatch.setattr(os, "pwrite", full)
        looked_at = []
        with in_hand.holding(PAGE):
            looked_at.append(PAGE)
    assert looked_at == [PAGE]


def test_a_process_works_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with working(tmp_path / "file" / "in-hand", "worker") as in_hand, in_hand.holding(PAGE):
        assert not in_hand.is_deadly(PAGE)


def test_a_slot_that_its_owner_takes_away_at_this_moment_is_no_death(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / f"gone{SUFFIX}"
    monkeypatch.setattr(Path, "glob", lambda *_: iter([gone]))
    with working(tmp_path, "asks") as in_hand:
        assert not in_hand.is_deadly(PAGE)


def test_what_is_still_in_hand_at_the_end_writes_in_no_other_file(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text("untouched")
    opened = os.open(other, os.O_RDWR)
    in_hand = InHand(tmp_path, "worker")
    slot = in_hand._slot
    with in_hand.holding(PAGE):
        in_hand.close()
        os.dup2(opened, slot)  # the system gives a number that is free to whatever is opened next
    os.close(opened)
    os.close(slot)
    assert other.read_text() == "untouched"
