from __future__ import annotations

import logging

from streams.logs import REMEMBERED, FewRepeats


def record(message: str) -> logging.LogRecord:
    return logging.LogRecord("aiokafka", logging.ERROR, "", 0, message, ("127.0.0.1",), None)


def test_the_same_complaint_passes_once_in_ten_seconds() -> None:
    now = 0.0
    few = FewRepeats(monotonic=lambda: now)
    assert few.filter(record("cannot connect to %s"))
    assert not few.filter(record("cannot connect to %s"))
    assert few.filter(record("cannot fetch from %s"))
    now = 10.0
    assert few.filter(record("cannot connect to %s"))


def test_what_is_remembered_is_bounded() -> None:
    few = FewRepeats(monotonic=lambda: 0.0)
    assert all(few.filter(record(f"complaint {number}")) for number in range(3 * REMEMBERED))
