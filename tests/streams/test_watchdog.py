from __future__ import annotations

import threading

from streams.worker.watchdog import STALLED_EXIT, Watchdog


class Monotonic:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def watchdog(clock: Monotonic) -> Watchdog:
    return Watchdog(10.0, end=lambda code: None, monotonic=clock)


def observe(dog: Watchdog, clock: Monotonic, seconds: int, *, pages_per_second: int, lag_pages: int) -> None:
    for second in range(seconds):
        clock.now += 1
        dog.observe(pages_done=pages_per_second * (second + 1), lag_pages=lag_pages)


def test_an_idle_worker_is_left_alone() -> None:
    clock = Monotonic()
    dog = watchdog(clock)
    observe(dog, clock, 100, pages_per_second=0, lag_pages=0)
    assert dog.verdict() is None


def test_a_worker_that_is_behind_but_moves_is_left_alone() -> None:
    clock = Monotonic()
    dog = watchdog(clock)
    observe(dog, clock, 100, pages_per_second=1, lag_pages=1_000)
    assert dog.verdict() is None


def test_pages_that_wait_without_any_getting_through_are_a_stall() -> None:
    clock = Monotonic()
    dog = watchdog(clock)
    observe(dog, clock, 10, pages_per_second=0, lag_pages=5)
    assert dog.verdict() is None
    observe(dog, clock, 2, pages_per_second=0, lag_pages=5)
    assert dog.verdict() == "pages wait, but none got through for 12 s"


def test_an_event_loop_that_stands_still_is_a_stall() -> None:
    clock = Monotonic()
    dog = watchdog(clock)
    clock.now += 11
    assert dog.verdict() == "the event loop has not run for 11 s"


def test_a_stall_ends_the_process_from_outside_the_event_loop() -> None:
    ended = threading.Event()
    codes: list[int] = []

    def end(code: int) -> None:
        codes.append(code)
        ended.set()

    dog = Watchdog(0.0, end=end)
    dog.start()
    assert ended.wait(20)
    assert codes == [STALLED_EXIT]
