"""What becomes of a page that cannot be screened again."""

from __future__ import annotations

import multiprocessing
import os
from pathlib import Path

import pytest

from detectors.records import Screening
from streams.retro.attempting import Attempts
from streams.worker.in_hand import DEATHS_LIMIT, InHand

GOOD = Screening(listings=1)


def good() -> Screening:
    return GOOD


def broken() -> Screening:
    raise ZeroDivisionError("a bug")


def sweep_and_die(folder: Path) -> None:
    """As a kernel would end the process that goes beyond its arrays."""
    Attempts(InHand(folder, f"retro-{os.getpid()}"))("poison", lambda: os._exit(9))


def test_a_page_that_kills_its_process_three_times_is_let_go_and_the_others_are_screened(tmp_path: Path) -> None:
    for _ in range(DEATHS_LIMIT):
        process = multiprocessing.get_context("spawn").Process(target=sweep_and_die, args=(tmp_path,))
        process.start()
        process.join()
        assert process.exitcode == 9
    in_hand = InHand(tmp_path, "retro-here")
    attempt = Attempts(in_hand)
    assert attempt("poison", broken) is None
    assert attempt("another", good) == GOOD
    in_hand.close()


def test_a_page_that_raises_is_let_go() -> None:
    attempt = Attempts()
    assert attempt("poison", broken) is None
    assert attempt("another", good) == GOOD


def test_when_page_after_page_raises_it_is_no_page_s_doing() -> None:
    attempt = Attempts(limit=3)
    assert [attempt(f"page {number}", broken) for number in range(2)] == [None, None]
    with pytest.raises(ZeroDivisionError):
        attempt("page 3", broken)
