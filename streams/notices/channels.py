"""One notice out by its destination's channel, and what the answer means. Never raises for what others do."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from dashboards.catalogue import DEFAULT, LANGUAGES, Catalogues
from sinks.errors import StoreRefused
from sinks.notices import bots
from sinks.notices.outgoing import Answer, Fate, Outgoing
from sinks.notices.webhook import webhook_answer, webhook_request
from sinks.operational.notice_records import DINGTALK, EMAIL, FEISHU, WEBHOOK, WECOM, Taken
from streams.notices.mail import Footer, Mailer, letter
from streams.notices.posting import Poster
from streams.notices.telling import document_of, message_of

logger = logging.getLogger(__name__)
_ANSWERS = {
    WEBHOOK: webhook_answer,
    DINGTALK: bots.dingtalk_answer,
    WECOM: bots.wecom_answer,
    FEISHU: bots.feishu_answer,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Channels:
    """`public_url`: where our pages are, without a slash at its end. Without a mailer no e-mail is sent."""

    poster: Poster
    mailer: Mailer | None
    words: Catalogues
    public_url: str

    async def deliver(self, taken: Taken, now: datetime) -> Answer:
        """Send one notice now."""
        try:
            if taken.destination.kind == EMAIL:
                return await self._mail(taken)
            answered = await self.poster.post(self._request(taken, now))
        except StoreRefused as error:
            return Answer(fate=Fate.REFUSED, reason=str(error))
        except Exception as error:  # noqa: BLE001 -- one destination must not end the sending to all others
            _complain(error)
            return Answer(fate=Fate.AGAIN, reason="our own fault: the server's log says more")
        if isinstance(answered, Answer):
            return answered
        status, headers, body = answered
        return _ANSWERS[taken.destination.kind](status, headers, body, now)

    def _request(self, taken: Taken, now: datetime) -> Outgoing:
        to = taken.destination
        if to.kind == WEBHOOK:
            return webhook_request(
                url=to.address,
                secrets=to.secrets,
                webhook_id=taken.webhook_id,
                event=taken.event,
                data=document_of(taken, self.public_url),
                at=taken.at,
                now=now,
            )
        message = message_of(taken, self._messages(taken), self.public_url)
        if to.kind == DINGTALK:
            return bots.dingtalk_request(to.address, to.secret, message, now)
        if to.kind == WECOM:
            return bots.wecom_request(to.address, message)
        return bots.feishu_request(to.address, to.secret, message, now)

    async def _mail(self, taken: Taken) -> Answer:
        if self.mailer is None:
            return Answer(fate=Fate.AGAIN, reason="no mail server: [notices] smtp_host")
        messages = self._messages(taken)
        footer = Footer(
            more=messages["notice.mail.more"],
            unsubscribe=messages["notice.mail.unsubscribe"],
            link=f"{self.public_url}/unsubscribe/{taken.destination.token}",
        )
        message = message_of(taken, messages, self.public_url)
        return await self.mailer.send(letter(taken, message, footer, self.mailer.settings.sender))

    def _messages(self, taken: Taken) -> Mapping[str, str]:
        language = taken.destination.language
        return self.words.messages(language if language in LANGUAGES else DEFAULT)


def _complain(error: Exception) -> None:
    """Without the error's message, which may hold an address."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    logger.error("a notice failed by our own fault: %s at %s:%s", type(error).__name__, place.filename, place.lineno)
