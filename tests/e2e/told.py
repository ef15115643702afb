"""A service with people, two mail and web servers that are told of things, and browsers to sign in with."""

from __future__ import annotations

import email
import email.policy
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import orjson
from playwright.sync_api import Browser, Page, expect

from dashboards.access.granting import granted
from sinks.operational.notice_records import EMAIL, Owner
from sinks.operational.notice_store import NoticeStore
from sinks.operational.rights_store import RightsStore
from tests.dashboards.service import quick_accounts
from tests.dashboards.visitor import PASSWORD
from tests.e2e.hooks import Posted, hook_server
from tests.e2e.service import Service, service_in
from tests.fetching.net import AUTHORITY
from tests.sinks.notice_world import draft
from tests.streams.mailbox import Mailbox, mail_server
from tools.servers.kafka import KafkaServer
from tools.servers.postgresql import PostgreSQLServer
from tools.servers.redis import RedisServer

OWN_HOOK, OTHERS_HOOK = "hooks.zephyr.example", "hooks.other.example"
QUICK = {
    "RIGHTSWATCH_LEADS_EVERY_SECONDS": "0.2",
    "RIGHTSWATCH_LEADS_DELISTED_SECONDS": "0.2",
    "RIGHTSWATCH_LEADS_HOLD_MINUTES": "0",
    "RIGHTSWATCH_NOTICES_POLL_SECONDS": "0.2",
    "RIGHTSWATCH_RETRO_DAYS": "0",
    "RIGHTSWATCH_TRIAGE_REVIEW_SHARE": "0",
}
"""What a person would wait minutes for."""


@dataclass(frozen=True)
class Told:
    """The service, where its pages are, and what was told to anybody."""

    service: Service
    url: str
    posted: list[Posted]
    port: int
    mailbox: Mailbox
    store: NoticeStore

    @property
    def hook(self) -> str:
        """The address of the holder's webhook."""
        return f"https://{OWN_HOOK}:{self.port}/rightswatch"

    def letters(self) -> list[tuple[str, EmailMessage]]:
        """Whom each went to, and what it says."""
        parse = email.message_from_bytes
        read = [parse(content, policy=email.policy.default) for content in self.mailbox.letters]
        return list(zip(self.mailbox.recipients, read, strict=True))

    def watch(self, right: dict[str, Any]) -> None:
        """Put on the watchlist what another holder has."""
        with closing(RightsStore(self.service.connections.operational)) as rights:
            rights.apply([{"op": "put", "right": right}])

    def account(self, name: str, role: str, *, holders: Sequence[str] = (), regions: Sequence[str] = ()) -> str:
        """Make an account; its id."""
        with closing(quick_accounts(self.service.connections.operational)) as accounts:
            grants = granted(roles=[role], holders=holders, regions=regions)
            return accounts.create(name, grants, now=datetime.now(UTC), password=PASSWORD).account_id

    def destination(self, name: str, owner: Owner, regions: tuple[str, ...] | None = None) -> None:
        """Another's webhook and mailbox that want to hear of everything."""
        hook = draft(
            owner=owner, regions=regions, name=f"{name} hook", address=f"https://{OTHERS_HOOK}:{self.port}/{name}"
        )
        mail = draft(owner=owner, regions=regions, name=name, kind=EMAIL, address=f"{name}@other.example", secret=None)
        for one in (hook, mail):
            self.store.destinations.add(one, name, datetime.now(UTC))

    def outbox(self) -> Counter[tuple[str, str, str]]:
        """All that is there to be told: destination, event and state of each notice."""
        found = self.store.notices(None, limit=500)
        return Counter((one["destination"], one["event"], one["state"]) for one in found)

    def feed(self, folder: Path, *listings: dict[str, Any]) -> None:
        """The listings come as any others do, by the command line."""
        file = folder / f"{uuid.uuid4().hex}.jsonl"
        file.write_bytes(b"".join(orjson.dumps(one) + b"\n" for one in listings))
        fed = self.service.run("feed", file)
        assert fed.returncode == 0, fed.stderr

    @contextmanager
    def signed_in(self, browser: Browser, name: str) -> Iterator[Page]:
        """A person's browser. A script error fails the test."""
        context = browser.new_context(base_url=self.url, locale="en-GB")
        context.set_default_timeout(30_000)
        page = context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto("/sign-in?next=/")
        page.get_by_label("Name").fill(name)
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.locator(".who")).to_have_text(name)
        yield page
        context.close()
        assert errors == []


@contextmanager
def told_service(kafka: KafkaServer, postgresql: PostgreSQLServer, redis: RedisServer, folder: Path) -> Iterator[Told]:
    """All of it as in production, but for the embedded ClickHouse and for the internet that notices are posted to."""
    authority, name = folder / "authority.pem", f"t{uuid.uuid4().hex[:10]}"
    AUTHORITY.cert_pem.write_to_path(str(authority))
    with ExitStack() as stack:
        url = stack.enter_context(postgresql.database())
        posted, port = stack.enter_context(hook_server(OWN_HOOK, OTHERS_HOOK))
        mailbox, mail_port = stack.enter_context(mail_server())
        variables = QUICK | {
            "TEST_HOOKS_PORT": str(port),
            "RIGHTSWATCH_KAFKA_BOOTSTRAP": kafka.bootstrap,
            "RIGHTSWATCH_KAFKA_TOPIC_PREFIX": f"{name}.",
            "RIGHTSWATCH_KAFKA_SESSION_TIMEOUT_SECONDS": "6",
            "RIGHTSWATCH_OPERATIONAL_URL": url,
            "RIGHTSWATCH_REDIS_URL": redis.url,
            "RIGHTSWATCH_REDIS_KEY_PREFIX": f"{name}:",
            "RIGHTSWATCH_WEB_ACCOUNTS": "yes",
            "RIGHTSWATCH_WEB_PORT": "0",
            "RIGHTSWATCH_WEB_READ_TIMEOUT_SECONDS": "60",  # everything runs on one machine here
            "RIGHTSWATCH_NOTICES_PUBLIC_URL": "https://watch.example",
            "RIGHTSWATCH_NOTICES_SENDER": "watch@watch.example",
            "RIGHTSWATCH_NOTICES_SMTP_HOST": "127.0.0.1",
            "RIGHTSWATCH_NOTICES_SMTP_PORT": str(mail_port),
            "RIGHTSWATCH_NOTICES_SMTP_TLS": "none",
            "RIGHTSWATCH_NOTICES_EXTRA_PORTS": str(port),
            "RIGHTSWATCH_NOTICES_CA_FILE": str(authority),
        }
        service = stack.enter_context(service_in(folder / "data", variables))
        store = stack.enter_context(closing(NoticeStore(service.connections.operational)))
        yield Told(service, service.start_web(), posted, port, mailbox, store)
