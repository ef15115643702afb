"""What `rightswatch doctor` says of notices: links that nobody can follow, a mail server that takes no letters."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from sinks.settings import OperationalSettings
from streams.configuration.sections import NoticesSettings
from streams.doctor.telling import check_links, check_mail, check_telling
from streams.embedded.ports import free_port
from streams.notices.posting import open_posting
from streams.web.tasks import channels_of
from tests.sinks.notice_world import NOW, draft
from tests.streams.notice_desk import notice_store

SENDER = "watch@example.com"
PASSWORD = "correct horse"


class Strict:
    """Sends for example.com only."""

    async def handle_MAIL(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        envelope.mail_from = address
        return "250 OK" if address.endswith("@example.com") else "550 not ours"


@contextmanager
def server(**options: Any) -> Iterator[int]:
    port = free_port()
    controller = Controller(Strict(), hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


def mail(port: int, **changes: Any) -> NoticesSettings:
    plain = {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_tls": "none", "timeout_seconds": 5.0}
    return NoticesSettings(**{**plain, "sender": SENDER, "public_url": "https://watch.example", **changes})


def knows(_server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
    return AuthResult(success=given.password == PASSWORD.encode(), handled=False)


@pytest.mark.asyncio
async def test_a_mail_server_that_takes_letters_of_the_sender_is_well() -> None:
    with server() as port:
        check = await check_mail(mail(port))
    assert (check.is_ok, check.remedy) == (True, "")
    assert SENDER in check.detail


@pytest.mark.asyncio
async def test_the_password_lets_it_in() -> None:
    with server(authenticator=knows, auth_require_tls=False) as port:
        assert (await check_mail(mail(port, smtp_user="watch", smtp_password=PASSWORD))).is_ok
        check = await check_mail(mail(port, smtp_user="watch", smtp_password="wrong battery"))
    assert (check.is_ok, "smtp_password" in check.remedy) == (False, True)
    assert "wrong battery" not in check.detail


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("changes", "remedy"),
    [
        ({"sender": "watch@elsewhere.example"}, "sender"),
        ({"smtp_tls": "tls"}, "smtp_tls"),
        ({"smtp_tls": "starttls"}, "smtp_tls"),
        ({"smtp_host": "mail.example.com", "smtp_user": "watch", "smtp_password": PASSWORD}, "smtp_tls"),
    ],
    ids=["of another's address", "that speaks no TLS", "that offers no STARTTLS", "far away, and the password bare"],
)
async def test_a_mail_server_is_told_with_what_to_correct(changes: dict[str, Any], remedy: str) -> None:
    with server() as port:
        check = await check_mail(mail(port, **changes))
    assert not check.is_ok
    assert f"[notices] {remedy}" in check.remedy


@pytest.mark.asyncio
async def test_a_mail_server_that_is_away_is_told_with_its_place() -> None:
    with server() as port:
        pass
    check = await check_mail(mail(port))
    assert not check.is_ok
    assert f"127.0.0.1:{port}" in check.detail
    assert "smtp_host and smtp_port" in check.remedy


@pytest.mark.parametrize(
    ("public_url", "said"),
    [
        ("http://127.0.0.1:8420", "leads to 127.0.0.1"),
        ("https://0.0.0.0", "leads to 0.0.0.0"),
        ("https://watch.example:0", "port 0"),
        ("https://ann:secret@watch.example", "user or password"),
        ("https://watch.example/?lang=en", "behind its path"),
        ("https://", "names no host"),
        ("https://watch.example:no", "cannot be read"),
    ],
)
def test_a_public_url_that_nobody_can_follow_is_told(public_url: str, said: str) -> None:
    check = check_links(NoticesSettings(public_url=public_url), 3)
    assert not check.is_ok
    assert said in check.detail
    assert "secret" not in check.detail


def test_a_public_url_is_missed_once_there_is_somebody_to_tell() -> None:
    assert check_links(NoticesSettings(), 0).is_ok
    missed = check_links(NoticesSettings(), 2)
    assert not missed.is_ok
    assert "public_url" in missed.remedy
    assert check_links(NoticesSettings(public_url="https://watch.example/floor/"), 2).is_ok


@pytest.mark.asyncio
async def test_the_destinations_that_hear_of_something_are_counted(tmp_path: Path) -> None:
    with notice_store(tmp_path) as store:
        store.destinations.add(draft(), "ann", NOW)
        store.destinations.add(draft(is_enabled=False), "ann", NOW)
    operational = OperationalSettings.sqlite(tmp_path / "operational.db")
    [check] = [one async for one in check_telling(NoticesSettings(), operational)]
    assert "1 destinations" in check.detail


@pytest.mark.asyncio
async def test_without_a_public_url_links_lead_to_the_port_that_the_process_was_given() -> None:
    async with open_posting(NoticesSettings()) as (poster, _):
        assert channels_of(NoticesSettings(), poster, "http://127.0.0.1:40123").public_url == "http://127.0.0.1:40123"
        named = NoticesSettings(public_url="https://watch.example/")
        assert channels_of(named, poster, "http://127.0.0.1:40123").public_url == "https://watch.example"
