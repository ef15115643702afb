"""One line for each record: for a person's eyes, or a JSON object for a collector of logs. Always UTC."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

from detectors.records import timestamp_text
from streams.log_lines.faults import fault_lines, told
from streams.log_lines.secrets import Mask
from streams.log_lines.traces import ATTRIBUTE, Trace


class TextLines(logging.Formatter):
    """`TIME LEVEL PROCESS LOGGER: message [trace_id TOPIC/PARTITION@OFFSET]`, a fault's traceback below it."""

    def __init__(self, mask: Mask) -> None:
        super().__init__()
        self._mask = mask

    def format(self, record: logging.LogRecord) -> str:
        trace = trace_of(record)
        about = f" [{trace.id} {trace.topic}/{trace.partition}@{trace.offset}]" if trace else ""
        head = f"{_time(record)} {record.levelname} {record.process} {record.name}: {message_of(record)}{about}"
        return self._mask("\n".join([head, *_fault(record)]))


class JsonLines(logging.Formatter):
    """A JSON object: time, level, process, logger, message; of a page trace_id, page and its place; of a fault `fault`.

    `trace_id` is what collectors look for; `page` is what an alert, a dead letter and a stored row name.
    """

    def __init__(self, mask: Mask) -> None:
        super().__init__()
        self._mask = mask

    def format(self, record: logging.LogRecord) -> str:
        document: dict[str, Any] = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "process": record.process,
            "logger": record.name,
            "message": self._mask(message_of(record)),
        }
        if trace := trace_of(record):
            document |= {"trace_id": trace.id, "page": trace.page, "topic": trace.topic}
            document |= {"partition": trace.partition, "offset": trace.offset}
        if fault := _fault(record):
            document["fault"] = self._mask("\n".join(fault))
        return orjson.dumps(document).decode()


def message_of(record: logging.LogRecord) -> str:
    """The message; an exception in it says what may be told, and a line break does not begin a line of the log."""
    arguments: Any = record.args
    if isinstance(arguments, tuple):
        arguments = tuple(map(_tellable, arguments))
    elif isinstance(arguments, Mapping):
        arguments = {name: _tellable(value) for name, value in arguments.items()}
    text = told(record.msg) if isinstance(record.msg, BaseException) else str(record.msg)
    text = text % arguments if arguments else text
    if record.name == "asyncio":  # of a task that failed it quotes what the task was, on further lines
        text = text.split("\n", 1)[0]
    return text.encode("utf-8", "backslashreplace").decode().replace("\r", "\\r").replace("\n", "\\n")


def _tellable(value: object) -> object:
    return told(value) if isinstance(value, BaseException) else value


def trace_of(record: logging.LogRecord) -> Trace | None:
    return getattr(record, ATTRIBUTE, None)


def _fault(record: logging.LogRecord) -> list[str]:
    error = record.exc_info[1] if record.exc_info else None
    return [] if error is None else fault_lines(error)


def _time(record: logging.LogRecord) -> str:
    return timestamp_text(datetime.fromtimestamp(record.created, UTC))
