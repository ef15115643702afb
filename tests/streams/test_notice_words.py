"""What notices say, in two languages and by mail: a listing's words stay words."""

from __future__ import annotations

import asyncio
import email
import email.policy
from collections.abc import Mapping
from email.message import EmailMessage
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from detectors.routing.rules import RECIPIENTS
from sinks.notices.bots import dingtalk_request, wecom_request
from sinks.notices.events import ALERT, EVENTS, LEAD
from sinks.operational.notice_records import EMAIL, Taken, Told
from sinks.operational.notice_rows import destination_of, new_destination
from streams.notices.mail import Footer, letter
from streams.notices.telling import message_of
from tests.fetching.net import Net
from tests.sinks.notice_world import NOW, draft, event, fates, tell
from tests.streams.mailbox import mail_server
from tests.streams.notice_desk import PUBLIC_URL, WORDS, Hand, notice_store, outside, sender

HOSTILE = "[gift](https://evil.example) @all <b>*x*</b>\r\nBcc: victim@example.com"
FOOTER = Footer(more="More:", unsubscribe="Stop:", link="https://watch.example/unsubscribe/token")
FACTS = {"subject": "CN-TM-1", "title": "N1KE shoes", "listing_id": "L1", "seller": "shop", "platform": "taobao"}


def taken(language: str = "en", event: str = ALERT, facts: Mapping[str, Any] = FACTS) -> Taken:
    """A notice for a mailbox, about to be sent."""
    values = new_destination(draft(kind=EMAIL, address="a@b.example", language=language), "ann", NOW)
    about = Told(event=event, at=NOW, alert_id="a1", group_id="g1", right_id="CN-TM-1", facts=facts)
    return Taken(
        notice_id="n1",
        event=event,
        destination=destination_of(SimpleNamespace(**values), NOW),
        tries=1,
        first_try=NOW,
        told=(about,),
        at=NOW,
    )


def letter_about(language: str = "en", event: str = ALERT, facts: Mapping[str, Any] = FACTS) -> EmailMessage:
    notice = taken(language, event, facts)
    message = message_of(notice, WORDS.messages(language), PUBLIC_URL)
    return letter(notice, message, FOOTER, "watch@example.com")


@pytest.mark.parametrize(
    ("language", "subject", "line"),
    [
        ("en", "CN-TM-1: N1KE shoes", "Seller: shop"),
        ("zh", "CN-TM-1：N1KE shoes", "卖家：shop"),
    ],
)
def test_a_notice_is_in_its_destinations_language(language: str, subject: str, line: str) -> None:
    mail = letter_about(language)
    assert mail["Subject"] == subject
    assert line in mail.get_content()


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("kind", EVENTS)
def test_every_event_has_words(language: str, kind: str) -> None:
    mail = letter_about(language, kind, {**FACTS, "verdict": "infringing", "reason_code": "counterfeit"})
    assert "N1KE shoes" in mail["Subject"]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("recipient", [one for one in RECIPIENTS if "_" in one])
def test_a_lead_says_in_words_who_it_is_for(language: str, recipient: str) -> None:
    assert recipient not in letter_about(language, LEAD, {**FACTS, "recipient": recipient}).get_content().split()


def test_a_letter_threads_by_offer_and_right_and_can_be_ended_by_one_click() -> None:
    mail = letter_about()
    assert mail["References"] == mail["In-Reply-To"] == "<group-g1@example.com>"
    assert mail["Message-ID"].endswith("@example.com>")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe"] == f"<{FOOTER.link}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_listings_words_are_no_header_and_no_markup() -> None:
    mail = letter_about(facts={**FACTS, "title": HOSTILE})
    read = email.message_from_bytes(mail.as_bytes(), policy=email.policy.default)
    assert read["Bcc"] is None
    assert read.get_content_type() == "text/plain"


def test_a_listings_words_are_no_markup_to_a_robot() -> None:
    message = message_of(taken(facts={**FACTS, "title": HOSTILE}), WORDS.messages("en"), PUBLIC_URL)
    for request in (dingtalk_request("https://robot.example", None, message, NOW), wecom_request("https://r", message)):
        assert b"](https://evil" not in request.body
        assert b"@all" not in request.body


def mailed(folder: Path, port: int, address: str) -> dict[str, str]:
    """Sends one notice there; its fate."""

    async def send() -> None:
        server = {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_tls": "none"}
        async with outside(Net(), **server, sender="watch@example.com", public_url=PUBLIC_URL) as (channels, check):
            await check(EMAIL, address)
            await sender(store, channels, Hand()).send()

    with notice_store(folder) as store:
        store.destinations.add(draft(kind=EMAIL, address=address, secret=None), "ann", NOW)
        tell(store, event(1, facts=FACTS))
        asyncio.run(send())
        return fates(store)


def test_a_letter_reaches_a_real_mail_server(tmp_path: Path) -> None:
    with mail_server() as (mailbox, port):
        assert mailed(tmp_path, port, "a@b.example") == {"L1": "sent SMTP 250"}
    [content] = mailbox.letters
    assert email.message_from_bytes(content, policy=email.policy.default)["Subject"] == "CN-TM-1: N1KE shoes"


def test_a_mailbox_that_is_not_there_is_a_dead_letter_that_says_so(tmp_path: Path) -> None:
    with mail_server() as (_, port):
        assert mailed(tmp_path, port, "nobody@b.example") == {"L1": "dead SMTP 550"}


def test_a_mail_server_that_is_away_is_tried_again(tmp_path: Path) -> None:
    with mail_server() as (_, port):
        pass
    assert mailed(tmp_path, port, "a@b.example") == {"L1": "waiting SMTP SMTPConnectError"}
