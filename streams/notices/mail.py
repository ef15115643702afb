"""Notices as e-mail: plain text, one thread for each offer and right, and one click that ends them (RFC 8058)."""

from __future__ import annotations

from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

import aiosmtplib

from sinks.notices.outgoing import Answer, Fate, Message, shortened
from sinks.operational.notice_records import Taken
from streams.configuration.sections import NoticesSettings

SUBJECT_BYTES = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Footer:
    """The last words of a letter, in its language."""

    more: str
    unsubscribe: str
    link: str = field(repr=False)  # whoever has it may unsubscribe


def letter(taken: Taken, message: Message, footer: Footer, sender: str) -> EmailMessage:
    """The letter for one notice. The same notice makes the same Message-ID, so that a mailbox shows it once."""
    mail = EmailMessage()
    domain = sender.rpartition("@")[2]
    mail["From"] = Address("rightswatch", addr_spec=sender)
    mail["To"] = Address(addr_spec=taken.destination.address)
    mail["Subject"] = shortened(_one_line(message.title), SUBJECT_BYTES)
    mail["Date"] = format_datetime(taken.at)
    mail["Message-ID"] = f"<{taken.notice_id}@{domain}>"
    if len(taken.told) == 1 and taken.told[0].group_id:
        thread = f"<group-{taken.told[0].group_id}@{domain}>"
        mail["In-Reply-To"] = thread
        mail["References"] = thread
    mail["Auto-Submitted"] = "auto-generated"
    mail["List-Unsubscribe"] = f"<{footer.link}>"
    mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    lines = [message.title, "", *message.lines, "", f"{footer.more} {message.link}"]
    mail.set_content("\n".join([*lines, "", "-- ", f"{footer.unsubscribe} {footer.link}", ""]))
    return mail


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailer:
    """Hands letters to the mail server of the settings, which is the operator's own: it may be next door."""

    settings: NoticesSettings

    async def send(self, mail: EmailMessage) -> Answer:
        settings = self.settings
        try:
            await aiosmtplib.send(
                mail,
                hostname=settings.smtp_host,
                port=settings.smtp_port,
                username=settings.smtp_user or None,
                password=settings.smtp_password or None,
                use_tls=settings.smtp_tls == "tls",
                start_tls=settings.smtp_tls == "starttls",
                timeout=settings.timeout_seconds,
            )
        except aiosmtplib.SMTPRecipientsRefused as error:
            return _by_code(max((one.code for one in error.recipients), default=450))
        except aiosmtplib.SMTPAuthenticationError as error:
            return Answer(fate=Fate.AGAIN, reason=f"SMTP sign-in {error.code}")  # ours to correct, within a day
        except aiosmtplib.SMTPResponseException as error:
            return _by_code(error.code)
        except (aiosmtplib.SMTPException, OSError) as error:
            return Answer(fate=Fate.AGAIN, reason=f"SMTP {type(error).__name__}")
        return Answer(fate=Fate.SENT, reason="SMTP 250")


def _by_code(code: int) -> Answer:
    """5xx is for good, 4xx for now."""
    return Answer(fate=Fate.REFUSED if code >= 500 else Fate.AGAIN, reason=f"SMTP {code}")


def _one_line(text: str) -> str:
    """A header is one line, whatever a listing's title holds."""
    return "".join(character if character.isprintable() else " " for character in text)
