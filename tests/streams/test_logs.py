"""Log lines: few, with the page they are about, and without what listings, drivers and settings would put into them."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO

import orjson
import pytest
from aiokafka.errors import KafkaConnectionError

from detectors.records import Page
from sinks.errors import StoreRefused, StoreUnavailable
from sinks.settings import ClickHouseSettings, OperationalSettings, RedisSettings
from streams.configuration.sections import KafkaSettings, LogsSettings
from streams.log_lines.traces import about, trace_id, tracing
from streams.logs import REMEMBERED, FewRepeats, log_handler, secrets_of
from streams.settings import Settings

PAGE = Page(b'{"title":"ZORBEX"}', datetime(2026, 11, 21, tzinfo=UTC), "listings", 2, 11)
OTHER = replace(PAGE, body=b"{}", offset=12)
logger = logging.getLogger("streams.test")
TITLE = "Nike shoes"
Lines = Callable[[], list[str]]
Open = Callable[..., Lines]


@pytest.fixture
def opened() -> Iterator[Open]:
    """Opens a log as a process has it, and gives what reads its lines."""
    handlers: list[logging.Handler] = []

    def open_log(form: str = "text", level: int = logging.INFO, settings: Settings | None = None) -> Lines:
        handler = log_handler(LogsSettings(format=form), tuple(secrets_of(settings)) if settings else ())
        stream = StringIO()
        handler.setStream(stream)
        handlers.append(handler)
        logger.addHandler(handler)
        logger.setLevel(level)
        return lambda: stream.getvalue().splitlines()

    yield open_log
    for handler in handlers:
        logger.removeHandler(handler)
    logger.setLevel(logging.NOTSET)


def record(message: str, level: int = logging.ERROR, page: str = "") -> logging.LogRecord:
    made = logging.LogRecord("aiokafka", level, "", 0, message, ("127.0.0.1",), None)
    if page:
        made.__dict__.update(about(page, "listings", 0, 0))
    return made


def test_the_same_complaint_passes_once_in_ten_seconds() -> None:
    now = 0.0
    few = FewRepeats(monotonic=lambda: now)
    assert few.filter(record("cannot connect to %s"))
    assert not few.filter(record("cannot connect to %s"))
    assert few.filter(record("cannot fetch from %s"))
    now = 10.0
    assert few.filter(record("cannot connect to %s"))


def test_a_complaint_about_another_page_is_another_one_and_what_is_no_complaint_always_passes() -> None:
    few = FewRepeats(monotonic=lambda: 0.0)
    assert [few.filter(record("failed at %s", page=page)) for page in ("a", "b", "a")] == [True, True, False]
    assert all(few.filter(record("screened at %s", logging.DEBUG, "a")) for _ in range(3))


def test_what_is_remembered_is_bounded() -> None:
    few = FewRepeats(monotonic=lambda: 0.0)
    assert all(few.filter(record(f"complaint {number}")) for number in range(3 * REMEMBERED))


def test_a_json_line_names_the_page_in_hand_and_its_place(opened: Open) -> None:
    lines = opened("json")
    with tracing(PAGE):
        logger.warning("failed (try %d of 2)", 1)
    (line,) = lines()
    document = orjson.loads(line)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", document.pop("time"))
    assert document.pop("process") > 0
    assert document == {
        "level": "warning",
        "logger": "streams.test",
        "message": "failed (try 1 of 2)",
        "trace_id": PAGE.digest[:32],
        "page": PAGE.digest,
        "topic": "listings",
        "partition": 2,
        "offset": 11,
    }


def test_a_text_line_names_the_page_too_and_a_line_about_none_names_none(opened: Open) -> None:
    lines = opened()
    with tracing(PAGE):
        logger.warning("failed")
    logger.info("started")
    first, second = lines()
    assert first.endswith(f" streams.test: failed [{trace_id(PAGE.digest)} listings/2@11]")
    assert second.endswith(" streams.test: started")


@pytest.mark.asyncio
async def test_pages_in_hand_at_once_are_told_apart(opened: Open) -> None:
    lines = opened("json")
    meet = asyncio.Barrier(2)

    async def handle(page: Page) -> None:
        with tracing(page):
            await meet.wait()
            logger.info("at %d", page.offset)

    await asyncio.gather(handle(PAGE), handle(OTHER))
    said = {document["page"]: document["message"] for document in map(orjson.loads, lines())}
    assert said == {PAGE.digest: "at 11", OTHER.digest: "at 12"}


def failing(text: str) -> None:
    try:
        float(text)
    except ValueError as error:
        raise StoreRefused(f"row 3 cannot be stored: {error}") from error


@pytest.mark.parametrize("form", ["text", "json"])
def test_what_an_exception_quotes_is_left_out_and_where_it_arose_is_told(opened: Open, form: str) -> None:
    lines = opened(form)
    try:
        failing(TITLE)
    except StoreRefused as error:
        logger.error("failed: %s", error)  # noqa: TRY400 - what is tested
        logger.exception("failed")
        logger.error("failed: %(error)r", {"error": error})  # noqa: TRY400
    text = "\n".join(lines())
    assert TITLE not in text
    assert "ValueError" in text
    assert "in failing" in text
    assert "failed: StoreRefused" in text


def test_each_fault_of_a_group_is_told(opened: Open) -> None:
    lines = opened()
    group = ExceptionGroup("Nike", [ValueError("Nike"), KafkaConnectionError("no broker at 10.0.0.1")])
    logger.critical("failed", exc_info=group)
    text = "\n".join(lines())
    assert "Nike" not in text
    assert "ValueError" in text
    assert "KafkaConnectionError: no broker at 10.0.0.1" in text


def test_servers_that_are_away_are_named(opened: Open) -> None:
    lines = opened()
    logger.warning("%s", StoreUnavailable("ClickHouse 10.0.0.1:9000", "code 210, connection refused"))
    logger.warning("failed: %s", ConnectionRefusedError(111, "Connection refused", "/data/Nike.json"))
    first, second = lines()
    assert "ClickHouse 10.0.0.1:9000 is not available: code 210" in first
    assert second.endswith("failed: ConnectionRefusedError: Connection refused")


def test_a_line_break_in_a_message_begins_no_line(opened: Open) -> None:
    lines = opened()
    logger.warning("topic %s", "a\n2026-11-21T10:00:00.000Z INFO 1 streams: forged\r\n")
    assert len(lines()) == 1


@pytest.mark.parametrize("form", ["text", "json"])
def test_no_password_stands_in_a_line_whoever_wrote_it(opened: Open, form: str) -> None:
    settings = Settings(
        kafka=KafkaSettings(bootstrap="b:9092", sasl_password="kafka s3cret"),
        clickhouse=ClickHouseSettings(host="c", password="ch/s3cret"),
        redis=RedisSettings("redis://:redis-s3cret@r:6379/0"),
        operational=OperationalSettings("postgresql+psycopg://me:pg-s3cret@p/db"),
    )
    lines = opened(form, settings=settings)
    for number, secret in enumerate(secrets_of(settings)):
        logger.error(f"auth failed for {secret}")  # noqa: G004 - as a driver may
        logger.error("%s", KafkaConnectionError(f"SASL {secret}"), extra=about(str(number), "", 0, 0))
    logger.error("cannot open postgresql://me:other-s3cret@p/db or https://u:p-s3cret@shop.example/1.jpg?x=1")
    logger.error("cannot open ch%2Fs3cret")
    text = "\n".join(lines())
    assert len(lines()) == 10
    assert "s3cret" not in text
    assert "postgresql://me:***@p/db" in text
