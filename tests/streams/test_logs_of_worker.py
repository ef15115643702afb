"""What a worker says of hostile listings, whatever goes wrong with them: their pages, and not a word out of them."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO
from typing import Any, NoReturn

import orjson
import pytest
from aiokafka import TopicPartition
from aiokafka.errors import KafkaConnectionError
from prometheus_client import CollectorRegistry

from detectors.records import Page, Screening
from detectors.watchlist import Watchlist, WatchlistBuilder
from sinks.clickhouse.writer import TableWriter
from sinks.settings import ClickHouseSettings, OperationalSettings, RedisSettings
from streams.broker.batches import Message
from streams.broker.producer import Sender, Sent
from streams.broker.topics import topic_names
from streams.configuration.sections import KafkaSettings, LogsSettings
from streams.logs import log_handler, secrets_of
from streams.metrics import WorkerMetrics
from streams.pipeline import screen_page
from streams.settings import Settings
from streams.worker.screener import PageScreener, ScreenPage
from streams.writer.rows import RowWriter, alert_of
from tests.streams.test_writer import Record
from tests.streams.world import right

SETTINGS = Settings(
    kafka=KafkaSettings(bootstrap="b:9092", sasl_password="hush-kafka"),
    clickhouse=ClickHouseSettings(host="c", password="hush-clickhouse"),
    redis=RedisSettings("redis://:hush-redis@r:6379/0"),
    operational=OperationalSettings("postgresql+psycopg://me:hush-postgresql@p/db"),
)
NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
WORDS = "QXSECRETWORD"  # in every field of every listing, and nowhere else
SEPARATORS = "\u2028\x1b[2J\r\n%s {} \u202e"
OFFERS: list[dict[str, Any]] = [
    {"listing_id": WORDS, "title": f"ZORBEX {WORDS}{SEPARATORS}"},
    {"title": WORDS, "price": f"NaN{WORDS}", "url": f"https://u:{WORDS}@shop.example/"},
    {"title": "a", "images": [{"url": f"https://{WORDS}:x@p.example/1.jpg?token={WORDS}"}]},
    {"title": "a", "seller": {"name": WORDS, "id": [WORDS]}, "attributes": {WORDS: WORDS}},
]
LISTINGS: list[bytes] = [
    *(orjson.dumps({"platform": "taobao", "listing_id": "1", **offer}) for offer in OFFERS),
    f'{{"platform":"x","listing_id":"4","title":"\\ud800{WORDS}","title":"{WORDS}"'.encode(),
    f'{{"platform":"{WORDS}"}}'.encode(),
    f"not json {WORDS} \x1b]0;{WORDS}\x07".encode(),
    f"[!received reason=qxsecretword bytes=9 sha256={'0' * 64}] {WORDS}".encode(),
    f'["{WORDS}"]'.encode(),
    WORDS.encode("utf-16"),
]


class Away(Sender):
    """A broker that is away at first, and whose driver quotes what it was given."""

    def __init__(self, failures: int) -> None:
        super().__init__(SETTINGS.kafka)
        self.failures = failures
        self.sent: list[Message] = []

    async def send_all(self, messages: Sequence[Message]) -> Sent:
        self.failures -= 1
        if self.failures >= 0:
            raise KafkaConnectionError(f"SASL failed for {SETTINGS.kafka.sasl_password}")
        self.sent += messages
        return Sent([], {TopicPartition(message.topic, 0): 1 for message in messages})


class Ended(BaseException):
    """Stands for the end of the process."""


def end(code: int) -> NoReturn:
    raise Ended(code)


def quoting(page: Page, watchlist: Watchlist) -> Screening:
    """A bug of ours whose message quotes the listings, as those of `float` or `str.encode` do."""
    try:
        return dict[str, Screening]()[page.body.decode("utf-8", "replace")]
    except KeyError as error:
        raise ValueError(f"could not convert {page.body!r}, {SETTINGS.clickhouse.password}") from error


@pytest.fixture(params=["text", "json"])
def lines(request: pytest.FixtureRequest) -> Iterator[Callable[[], list[str]]]:
    """The lines of a process's log so far, as `configure_logging` has them written, at the level of the root logger."""
    handler = log_handler(LogsSettings(format=request.param), tuple(secrets_of(SETTINGS)))
    stream = StringIO()
    handler.setStream(stream)
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield lambda: stream.getvalue().splitlines()
    root.removeHandler(handler)
    root.setLevel(before)


def screener(executor: ThreadPoolExecutor, sender: Sender, screen: ScreenPage = screen_page) -> PageScreener:
    builder = WatchlistBuilder()
    builder.apply({"revision": 7, **right("R1", "ZORBEX")})
    watchlist = builder.build()
    return PageScreener(
        screen=screen,
        watchlist=lambda: watchlist,
        sender=sender,
        topics=topic_names(),
        metrics=WorkerMetrics(CollectorRegistry()),
        worker_id="w",
        clock=lambda: NOW,
        executor=executor,
        is_stopping=lambda: False,
        end=end,
        max_pause_seconds=0.01,
        failed_pages_limit=100,
        asks_for_pictures=True,
        reads_words=True,
    )


async def handle_all(sender: Sender, screen: ScreenPage = screen_page) -> list[Page]:
    """Every listing on a page of its own, and all of them on one."""
    pages = [Page(body, NOW, "listings", 0, at) for at, body in enumerate([*LISTINGS, b"\n".join(LISTINGS[:-1])])]
    with ThreadPoolExecutor(1) as executor:
        one = screener(executor, sender, screen)
        for page in pages:
            await one.handle(page.body, round(NOW.timestamp() * 1000), (page.topic, page.partition, page.offset))
    return pages


def assert_discreet(text: str) -> None:
    assert WORDS.lower() not in text.lower()
    assert "hush-" not in text
    assert "\x1b" not in text


@pytest.mark.asyncio
async def test_when_all_goes_well_nothing_is_said_of_pages(lines: Callable[[], list[str]]) -> None:
    await handle_all(sender := Away(0))
    assert len(sender.sent) > len(LISTINGS)
    assert lines() == []


@pytest.mark.asyncio
async def test_whatever_fails_names_its_page_and_not_a_word_of_its_listings(lines: Callable[[], list[str]]) -> None:
    pages = await handle_all(Away(5), quoting)
    text = "\n".join(lines())
    assert_discreet(text)
    assert "in quoting" in text
    assert "KeyError" in text
    assert "KafkaConnectionError" in text
    assert all(page.digest[:32] in text for page in pages)


@pytest.mark.asyncio
async def test_the_end_for_our_own_fault_names_the_page_and_not_a_word_of_it(lines: Callable[[], list[str]]) -> None:
    def unsendable(page: Page, watchlist: Watchlist) -> Screening:
        screening = screen_page(page, watchlist)
        return replace(screening, warnings={page.body.decode(): 2**64})

    with pytest.raises(Ended):
        await handle_all(Away(0), unsendable)
    text = "\n".join(lines())
    assert_discreet(text)
    assert "cannot be handled: the fault is ours" in text
    assert Page(LISTINGS[0], NOW).digest[:32] in text


@pytest.mark.asyncio
async def test_debug_has_a_line_for_each_page(lines: Callable[[], list[str]]) -> None:
    logging.getLogger().setLevel(logging.DEBUG)
    pages = await handle_all(Away(0))
    said = [line for line in lines() if "screened at revision 7" in line]
    assert len(said) == len(pages)
    assert all(page.digest[:32] in line for page, line in zip(pages, said, strict=True))
    assert_discreet("\n".join(said))


@pytest.mark.asyncio
async def test_an_alert_and_a_dead_letter_lead_to_the_lines_of_their_page(lines: Callable[[], list[str]]) -> None:
    logging.getLogger().setLevel(logging.DEBUG)
    await handle_all(sender := Away(0))
    documents: list[dict[str, Any]] = [orjson.loads(one.value) for one in sender.sent if one.topic != "pictures"]
    results = [one for one in documents if "alert_id" in one or "sha256" in one]
    assert {"alert_id", "sha256"} <= {name for one in results for name in one}
    text = "\n".join(lines())
    assert all(one["page"][:32] in text for one in results)


class NoTable(TableWriter):
    """Keeps nothing."""

    def __init__(self) -> None:
        super().__init__(ClickHouseSettings(host="nowhere"))

    def insert_dead_letters(self, dead_letters: Sequence[Mapping[str, Any]]) -> None:
        """Where misfits go."""


def test_a_record_that_the_writer_cannot_store_is_told_without_a_word_of_it(lines: Callable[[], list[str]]) -> None:
    page = Page(LISTINGS[0], NOW).digest
    value = orjson.dumps({"page": page, "title": WORDS, "url": f"https://u:{WORDS}@shop.example/"})
    stages = WorkerMetrics(CollectorRegistry()).stages
    rows = RowWriter("alerts", NoTable(), stages, alert_of, lambda table, items: None)
    assert rows.write([Record(value, 4)]) == []
    text = "\n".join(lines())
    assert_discreet(text)
    assert "alerts/0@4 cannot be stored" in text
    assert page[:32] in text


@pytest.mark.parametrize("form", ["text", "json"])
def test_what_ends_a_process_is_told_like_any_fault(form: str) -> None:
    program = (
        "from streams.logs import configure_logging; from streams.settings import load_settings; import sys;"
        f"configure_logging(load_settings(None, {{'RIGHTSWATCH_LOGS_FORMAT': '{form}'}})); float(sys.argv[1])"
    )
    done = subprocess.run([sys.executable, "-c", program, WORDS], capture_output=True, text=True)
    assert done.returncode == 1
    assert "ended by a fault that nothing expected" in done.stderr
    assert "ValueError" in done.stderr
    assert_discreet(done.stderr)
