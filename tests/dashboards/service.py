"""A web process over real ClickHouse and Redis, with the real pipeline behind its checks, and ways to ask it."""

from __future__ import annotations

import asyncio
import http.client
import threading
import uuid
from collections.abc import Callable, Coroutine, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.message import Message
from functools import partial
from typing import Any, Protocol, TypeVar

import orjson
from aiohttp import web
from aiohttp.typedefs import Middleware
from argon2 import PasswordHasher
from prometheus_client import CollectorRegistry
from sqlalchemy import delete

from dashboards.access.identify import identify_middleware
from dashboards.access.ports import AccessStores
from dashboards.access.settings import AccessSettings
from dashboards.app import create_web_app
from dashboards.figures.ports import FiguresStores
from dashboards.notices.ports import NoticeStores
from dashboards.ports import Readiness
from dashboards.rights_desk.ports import RightsDesk
from dashboards.settings import WebSettings
from dashboards.triage.ports import TriageStores
from detectors.pictures.gallery import Gallery
from detectors.records import Alert, Page, Screening, timestamp_text
from detectors.watchlist import Watchlist
from sinks.clickhouse.connection import Connection
from sinks.clickhouse.reader import AlertReader
from sinks.clickhouse.writer import TableWriter
from sinks.lead_codes import LeadSettings
from sinks.live import LiveStream
from sinks.operational.account_store import AccountStore
from sinks.operational.allow_store import AllowStore
from sinks.operational.audit_store import AuditStore
from sinks.operational.calibration_store import CalibrationStore
from sinks.operational.database import Database
from sinks.operational.holder_store import HolderStore
from sinks.operational.lead_store import LeadStore
from sinks.operational.metadata import metadata
from sinks.operational.notice_store import NoticeStore
from sinks.operational.passwords import Passwords
from sinks.operational.picture_store import PictureStore
from sinks.operational.right_history_store import RightHistoryStore
from sinks.operational.right_list_store import RightListStore
from sinks.operational.rights_store import RightsStore
from sinks.operational.triage_store import TriageStore
from sinks.settings import ClickHouseSettings, OperationalSettings, RedisSettings
from sinks.triage_policy import TriageSettings
from streams.calibration.evidence import Judgements
from streams.check import make_checker
from streams.configuration.sections import NoticesSettings
from streams.desk.pictures import DeskPictures
from streams.fetching.addresses import public_only
from streams.fetching.urls import UrlRules
from streams.notices.posting import AddressCheck
from streams.pipeline import screen_page
from streams.preview.previewer import Previewer
from streams.reports import Reports
from tests.streams.dead_world import DeadWorld

FILLED_TABLES = (
    "SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree'"
    " AND name != 'schema_migrations'"
)
RIGHTS: list[dict[str, Any]] = [
    {
        "right_id": "CN-TM-1001",
        "kind": "trademark",
        "office": "CN",
        "number": "1001",
        "holder": {"id": "h1", "name": "Zephyr Sports Inc.", "uscc": "91310000000000001A"},
        "status": "granted",
        "status_as_of": "2026-11-01",
        "expires_on": "2036-03-01",
        "territories": ["CN"],
        "classes": ["25"],
        "marks": ["ZEPHYRA", "泽菲拉"],
        "policy": "any_use",
        "threshold": {"score": 0.3},
    },
    {
        "right_id": "CN-TM-1002",
        "kind": "trademark",
        "office": "CN",
        "number": "1002",
        "holder": {"name": "<img src=x onerror=alert(1)>"},
        "marks": ["Quillon"],
    },
]


@dataclass(frozen=True)
class Stores:
    """Where a test's alerts, rights and live stream are: names of its own in the session's servers."""

    clickhouse: ClickHouseSettings
    redis: RedisSettings
    operational: OperationalSettings
    watchlist: Watchlist

    def emptied(self) -> Stores:
        """The same without what was stored, and with a live stream of its own."""
        with Connection(self.clickhouse) as connection:
            for (name,) in connection.query(FILLED_TABLES):
                connection.command(f"TRUNCATE TABLE `{name}`")
        with closing(Database(self.operational)) as database, database.writing() as judged:
            for table in metadata.sorted_tables:
                if table.name.startswith(("triage_", "lead", "notice")):
                    judged.execute(delete(table))
        prefix = f"web_{uuid.uuid4().hex[:12]}:"
        return replace(self, redis=replace(self.redis, key_prefix=prefix))

    def screen(self, *listings: dict[str, Any], at: datetime | None = None) -> Screening:
        return screen_page(self.page(*listings, at=at), self.watchlist)

    @staticmethod
    def page(*listings: dict[str, Any], at: datetime | None = None) -> Page:
        body = b"\n".join(orjson.dumps(listing) for listing in listings)
        return Page(body, at or datetime.now(UTC), "listings", 0, 7)

    def seen(self, *listings: dict[str, Any], at: datetime | None = None, live: bool = True) -> tuple[Alert, ...]:
        """The listings as the worker and the writer would handle them: screened, stored, then sent live."""
        page = self.page(*listings, at=at)
        alerts = screen_page(page, self.watchlist).alerts
        with TableWriter(self.clickhouse) as writer:
            writer.insert_pages([page])
            writer.insert_alerts(alerts)
        if live:
            self.send([alert.to_bytes() for alert in alerts])
        return alerts

    def sampled(self, *listings: dict[str, Any], at: datetime | None = None) -> None:
        """All that is screened of the listings, stored as the sample."""
        screening = screen_page(self.page(*listings, at=at), self.watchlist, sample_share=1.0)
        with TableWriter(self.clickhouse) as writer:
            writer.insert_screened(screening.sampled)

    def send(self, alerts: Sequence[bytes]) -> None:
        async def append() -> None:
            async with LiveStream(self.redis) as live:
                await live.append(alerts)

        run_apart(append)

    def trim(self) -> None:
        """Let Redis forget every alert there was."""

        async def trim() -> None:
            async with LiveStream(self.redis, kept_entries=1) as live:
                await live.append([b"{}"] * 500)  # Redis trims whole blocks only

        run_apart(trim)

    def beat(self, worker: str = "w1", **state: Any) -> None:
        async def beat() -> None:
            async with LiveStream(self.redis) as live:
                await live.beat(worker, {"at": timestamp_text(datetime.now(UTC)), **state})

        run_apart(beat)


def run_apart(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run a coroutine to its end in another thread: Playwright keeps a loop running in the test's own."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(work())).result()


def offer(number: int, title: str, **fields: Any) -> dict[str, Any]:
    """A listing of a plain shop, listed 800 ms before now."""
    listed_at = timestamp_text(datetime.now(UTC) - timedelta(milliseconds=800))
    return {"platform": "taobao", "listing_id": f"L{number}", "title": title, "listed_at": listed_at, **fields}


def quick_accounts(settings: OperationalSettings) -> AccountStore:
    """Accounts whose passwords are hashed in no time."""
    return AccountStore(settings, passwords=Passwords(PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)))


async def looked_up(host: str) -> list[str]:
    """Every name leads to a public server but one."""
    return ["10.0.0.1"] if host == "inside.example" else ["93.184.216.34"]


ADDRESS_CHECK = AddressCheck(
    settings=NoticesSettings(smtp_host="mail.example", sender="watch@example.com", public_url="https://watch.example"),
    rules=UrlRules(),
    policy=public_only(),
    lookup=looked_up,
)


class Closing(Protocol):
    def close(self) -> None: ...


Store = TypeVar("Store", bound=Closing)


class WebServer:
    """The web process in a thread of its own. It can be stopped and started again on the same port."""

    def __init__(
        self,
        stores: Stores,
        settings: WebSettings | None = None,
        identify: Middleware = identify_middleware,
        policy: TriageSettings | None = None,
        access: AccessSettings | None = None,
    ) -> None:
        self._access = access
        self._stores = stores
        self._identify = identify
        self._policy = policy or TriageSettings(review_share=0.0)
        self._watchlist = stores.watchlist
        self._gallery = Gallery()
        self._settings = settings or WebSettings(port=0, pulse_seconds=0.3)
        self.dead = DeadWorld(stores.clickhouse)
        self.readiness = Readiness(loaded=True, revision=stores.watchlist.revision, rights=len(RIGHTS))
        self.port = self._settings.port
        self.registry = CollectorRegistry()
        self._stop: Future[None] | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def application(self, live: LiveStream, stack: ExitStack) -> web.Application:
        """The stores are closed with the stack."""
        self.registry = CollectorRegistry()

        def opened(store: Callable[[OperationalSettings], Store]) -> Store:
            return stack.enter_context(closing(store(self._stores.operational)))

        rights, pictures = opened(RightsStore), opened(PictureStore)
        leads = opened(partial(LeadStore, leads=LeadSettings()))
        return create_web_app(
            settings=self._settings,
            reader_factory=lambda: AlertReader(self._stores.clickhouse),
            live=live,
            rights=rights,
            access=AccessStores(
                holders=opened(HolderStore),
                audit=opened(AuditStore),
                accounts=opened(quick_accounts) if self._settings.accounts else None,
            ),
            access_settings=self._access,
            right_pictures=pictures,
            allow=opened(AllowStore),
            dead=self.dead.desk,
            triage=TriageStores(judging=opened(partial(TriageStore, policy=self._policy)), policy=self._policy),
            desk=RightsDesk(
                history=opened(RightHistoryStore),
                listed=opened(RightListStore),
                pictures=DeskPictures(pictures),
                previewer=Previewer(self._stores.clickhouse, rights),
            ),
            figures=FiguresStores(
                judgements=Judgements(self._stores.clickhouse),
                calibrations=opened(CalibrationStore),
                reports=Reports(self._stores.clickhouse, leads, self._policy),
            ),
            leads=leads,
            notices=NoticeStores(outbox=opened(NoticeStore), check=ADDRESS_CHECK),
            checker=make_checker(lambda: self._watchlist, lambda: self._gallery),
            readiness=lambda: self.readiness,
            registry=self.registry,
            clock=lambda: datetime.now(UTC),
            identify=self._identify,
        )

    def watch(self, watchlist: Watchlist, gallery: Gallery | None = None) -> None:
        """For checks from now on."""
        self._watchlist, self._gallery = watchlist, gallery or Gallery()

    def start(self) -> None:
        started: Future[int] = Future()
        self._stop = Future()
        self._thread = threading.Thread(target=self._run, args=(started, self._stop), daemon=True)
        self._thread.start()
        self.port = started.result(timeout=30)

    def stop(self) -> None:
        if self._thread and self._stop:
            self._stop.set_result(None)
            self._thread.join(timeout=30)
            assert not self._thread.is_alive(), "the web process did not stop within 30 s"
            self._thread = None

    def _run(self, started: Future[int], stop: Future[None]) -> None:
        try:
            asyncio.run(self._serve(started, stop))
        except BaseException as error:
            if started.done():
                raise
            started.set_exception(error)

    async def _serve(self, started: Future[int], stop: Future[None]) -> None:
        async with LiveStream(self._stores.redis) as live:
            stack = ExitStack()
            self.app = self.application(live, stack)
            runner = web.AppRunner(self.app, shutdown_timeout=2.0)
            await runner.setup()
            try:
                site = web.TCPSite(runner, "127.0.0.1", self.port)
                await site.start()
                started.set_result(runner.addresses[0][1])
                await asyncio.wrap_future(stop)
            finally:
                await runner.cleanup()
                stack.close()


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Message
    body: bytes

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)


def ask(
    server: WebServer,
    path: str,
    *,
    method: str = "GET",
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """One request as any client would send it."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    try:
        connection.request(method, path, body, dict(headers or {}))
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())
    finally:
        connection.close()


def post_check(server: WebServer, body: bytes, headers: Mapping[str, str] | None = None) -> Answer:
    given = {"Content-Type": "application/json", **(headers or {})}
    return ask(server, "/api/v1/check", method="POST", body=body, headers=given)
