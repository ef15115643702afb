"""What a log may tell of an exception: where it arose and of what kind it is, not what its message quotes.

A parser's or a driver's message may hold a listing's text, a picture's URL or a statement's values. So a message is
told only of kinds whose messages are our own words or the operating system's and the broker's.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator

from aiokafka.errors import KafkaError

from detectors.errors import RightswatchError
from sinks.errors import StoreRefused

MOST_CHARACTERS = 500


def told(error: BaseException) -> str:
    """Its kind, and its message if that can be told."""
    name, message = type(error).__name__, _message(error)
    if message.startswith(name):  # as aiokafka's do
        return message
    return f"{name}: {message}" if message else name


def fault_lines(error: BaseException) -> list[str]:
    """As Python writes a traceback, without messages that may quote something. Causes come first."""
    return [line for part in _parts(error, set()) for line in part.rstrip("\n").split("\n")]


def _parts(error: BaseException, seen: set[int]) -> Iterator[str]:
    seen.add(id(error))
    earlier = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if earlier is not None and id(earlier) not in seen:
        yield from _parts(earlier, seen)
        yield "which led to"
    if error.__traceback__ is not None:
        yield "Traceback (most recent call last):"
        yield from traceback.format_tb(error.__traceback__)
    yield told(error)
    if isinstance(error, BaseExceptionGroup):
        for one in error.exceptions:
            if id(one) not in seen:
                yield "among them"
                yield from _parts(one, seen)


def _message(error: BaseException) -> str:
    if isinstance(error, StoreRefused):
        code = getattr(error.__cause__, "code", None)  # of a ClickHouse server
        return f"the store says code {code}" if isinstance(code, int) else ""
    if isinstance(error, OSError):
        return error.strerror or ""  # without the file's name, which may be a listing's
    if isinstance(error, RightswatchError | KafkaError):
        return str(error)[:MOST_CHARACTERS]
    return ""
