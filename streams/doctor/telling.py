"""Whether notices can leave, as `rightswatch doctor` finds it: where their links lead, and the mail server."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime
from urllib.parse import urlsplit

import aiosmtplib

from dashboards.settings import is_loopback
from detectors.errors import RightswatchError
from sinks.operational.notice_store import NoticeStore
from sinks.settings import OperationalSettings
from streams.configuration.sections import NoticesSettings
from streams.embedded import Check

LINKS, MAIL = "notice links", "mail server"
SMTP_SECONDS = 10.0
_PUBLIC_URL = "set [notices] public_url to where browsers open the watch floor, as https://watch.example"


async def check_telling(notices: NoticesSettings, operational: OperationalSettings) -> AsyncIterator[Check]:
    """Links of notices, if there is anywhere to send one, and the mail server, if one is named."""
    try:
        with closing(NoticeStore(operational)) as store:
            destinations = sum(one.is_enabled for one in store.destinations.all(None, datetime.now(UTC)))
    except RightswatchError as problem:
        yield Check(LINKS, False, str(problem), "correct [operational] in the settings")
    else:
        yield check_links(notices, destinations)
    if notices.can_mail:
        yield await check_mail(notices)


def check_links(notices: NoticesSettings, destinations: int) -> Check:
    """Whether who is told can follow a notice's link. `destinations`: how many hear of something."""
    if not notices.public_url:
        if not destinations:
            return Check(LINKS, True, "nobody is told of anything yet, and [notices] public_url is not set")
        detail = f"{destinations} destinations, but [notices] public_url is not set: links open on this machine at most"
        return Check(LINKS, False, detail, _PUBLIC_URL)
    wrong = _wrong_with(notices.public_url)
    if wrong:
        return Check(LINKS, False, f"[notices] public_url {wrong}", _PUBLIC_URL)
    return Check(LINKS, True, f"{destinations} destinations, links lead to {notices.public_url}")


def _wrong_with(public_url: str) -> str:
    """Empty: nothing."""
    try:
        parts = urlsplit(public_url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "cannot be read"
    if not host:
        return "names no host"
    if parts.username is not None or parts.password is not None:
        return "has a user or password in it, which every notice would tell"
    if parts.query or parts.fragment:
        return "has something behind its path"
    if port == 0:
        return "has port 0, which nobody can open"
    if host in ("0.0.0.0", "::") or is_loopback(host):  # noqa: S104 - compared, not listened on
        return f"leads to {host}, which is another machine for whoever is told"
    return ""


async def check_mail(notices: NoticesSettings) -> Check:
    """Connect, encrypt, sign in and name the sender as a letter would; no letter is sent."""
    place = f"{notices.smtp_host}:{notices.smtp_port}"
    if notices.smtp_user and notices.smtp_tls == "none" and not is_loopback(notices.smtp_host):
        detail = f"{place}: the password would go over the network unencrypted"
        return Check(MAIL, False, detail, 'set [notices] smtp_tls to "starttls" or "tls"')
    server = aiosmtplib.SMTP(
        hostname=notices.smtp_host,
        port=notices.smtp_port,
        username=notices.smtp_user or None,
        password=notices.smtp_password or None,
        use_tls=notices.smtp_tls == "tls",
        start_tls=notices.smtp_tls == "starttls",
        timeout=min(SMTP_SECONDS, notices.timeout_seconds),
    )
    try:
        await server.connect()
        await server.mail(notices.sender)
        await server.rset()
    except (aiosmtplib.SMTPException, OSError, ValueError) as problem:
        return Check(MAIL, False, f"{place}: {_said(problem)}", _remedy(problem))
    finally:
        server.close()
    signed_in = f"signed in as {notices.smtp_user}" if notices.smtp_user else "without signing in"
    return Check(MAIL, True, f"{place}, {notices.smtp_tls}, {signed_in}, takes letters from {notices.sender}")


def _said(problem: Exception) -> str:
    """Without the server's own words, which may quote what it was told."""
    code = f" {problem.code}" if isinstance(problem, aiosmtplib.SMTPResponseException) else ""
    return f"{type(_cause(problem)).__name__}{code}"


def _remedy(problem: Exception) -> str:
    if isinstance(_cause(problem), ssl.SSLError):
        return (
            'correct [notices] smtp_tls: "starttls" (port 587) or "tls" (port 465); its certificate must be valid and '
            "name smtp_host"
        )
    if isinstance(problem, aiosmtplib.SMTPSenderRefused):
        return "correct [notices] sender: it must be an address that this server sends for"
    if isinstance(problem, aiosmtplib.SMTPAuthenticationError):
        return "correct [notices] smtp_user and smtp_password, or what is in smtp_password_file"
    if isinstance(problem, OSError):
        return "correct [notices] smtp_host and smtp_port, or let this machine reach it"
    return "correct [notices] smtp_tls, smtp_user and smtp_port: it does not offer what they ask for"


def _cause(problem: BaseException) -> BaseException:
    """aiosmtplib tells of a handshake that fails as of a connection that does."""
    cause = problem.__cause__ or problem.__context__
    return cause if isinstance(cause, ssl.SSLError) else problem
