from __future__ import annotations

import threading

from streams.processes.watchdog import STALLED_EXIT, ProgressWatch, Watchdog


class Monotonic:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def watchdog(clock: Monotonic) -> Watchdog:
    return Watchdog(10.0, end=lambda code: None, monotonic=clock)


def verdict_after(seconds: int, *, done_per_second: int, waiting: int, answered: bool = True) -> str | None:
    """Of a watchdog that was told so much, second by second."""
    clock = Monotonic()
    dog = watchdog(clock)
    pages = ProgressWatch(dog, "pages that wait")
    for second in range(seconds):
        clock.now += 1
        pages.observe(done_per_second * (second + 1), waiting, answered=answered)
    return dog.verdict()


def test_nothing_to_do_is_no_stall() -> None:
    assert verdict_after(100, done_per_second=0, waiting=0) is None


def test_work_that_is_behind_but_moves_is_no_stall() -> None:
    assert verdict_after(100, done_per_second=1, waiting=1_000) is None


def test_work_that_waits_without_any_getting_done_is_a_stall() -> None:
    assert verdict_after(10, done_per_second=0, waiting=5) is None
    assert verdict_after(12, done_per_second=0, waiting=5) == "pages that wait: no progress for 12 s"


def test_a_broker_that_is_away_is_waited_for_ten_times_as_long() -> None:
    assert verdict_after(90, done_per_second=0, waiting=5, answered=False) is None
    assert verdict_after(110, done_per_second=0, waiting=5, answered=False) == (
        "pages that wait: no progress for 109 s"
    )


def test_a_broker_that_is_back_leaves_time_to_go_on() -> None:
    clock = Monotonic()
    dog = watchdog(clock)
    pages = ProgressWatch(dog, "pages that wait")
    pages.observe(0, 5, answered=False)
    clock.now += 50
    pages.observe(0, 5, answered=True)
    clock.now += 9
    assert dog.verdict() is None


def test_a_broker_that_answers_and_takes_nothing_is_waited_for_as_long_as_it_is_tried() -> None:
    clock = Monotonic()
    dog = watchdog(clock)
    pages = ProgressWatch(dog, "pages that wait")
    for tries in range(1, 20):
        clock.now += 40  # a try takes half a minute to fail
        pages.observe(0, 5, answered=True, refusals=tries)
        assert dog.verdict() is None
    clock.now += 101
    assert dog.verdict() == "pages that wait: no progress for 101 s"


def test_a_part_that_asked_for_time_has_it() -> None:
    clock = Monotonic()
    dog = watchdog(clock)
    dog.alive("lane alerts", 300)
    clock.now += 299
    assert dog.verdict() is None
    clock.now += 2
    assert dog.verdict() == "lane alerts: no progress for 301 s"


def test_a_stall_ends_the_process_from_outside_the_event_loop() -> None:
    ended = threading.Event()
    codes: list[int] = []

    def end(code: int) -> None:
        codes.append(code)
        ended.set()

    dog = Watchdog(0.0, end=end)
    dog.alive("event loop")
    dog.start()
    assert ended.wait(20)
    assert codes == [STALLED_EXIT]
