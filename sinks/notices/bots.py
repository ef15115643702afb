"""Group robots of DingTalk, WeCom and Feishu: how each wants its messages signed and written, and what it answers.

All three answer 200 whatever they think of a message, with a code: 0 is taken. What other codes mean changes with the
versions of their documentation, so each is tried again by the schedule and ends before a person. How many messages a
robot takes: `LIMITS`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import quote_plus

from sinks.notices.outgoing import Answer, Message, Outgoing, by_code, json_post, shortened

DINGTALK_BYTES = 18_000  # of the text; a body may have 20,000
WECOM_BYTES = 4_096  # of markdown
FEISHU_BYTES = 18_000
_MARKUP = str.maketrans({sign: chr(ord(sign) + 0xFEE0) for sign in "\\`*_{}[]<>()#+!|~@"} | {"\r": " ", "\n": " "})
_DINGTALK_TOO_FAST = 130101
_BLOCKED_SECONDS = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """How many messages a robot takes before it takes none for a while."""

    per_minute: int
    per_second: int | None = None


LIMITS: dict[str, Limit] = {
    "dingtalk": Limit(per_minute=20),  # one more, and it is blocked for ten minutes
    "wecom": Limit(per_minute=20),
    "feishu": Limit(per_minute=100, per_second=5),
}


def dingtalk_request(url: str, secret: str | None, message: Message, now: datetime) -> Outgoing:
    """Signed over milliseconds and the secret, in the query, where the robot asks for it."""
    text = shortened("\n\n".join([f"#### {_escaped(message.title)}", *map(_escaped, message.lines)]), DINGTALK_BYTES)
    card = {
        "title": shortened(_escaped(message.title), 200),
        "text": text,
        "singleTitle": "rightswatch",
        "singleURL": message.link,
    }
    if secret:
        milliseconds = str(round(now.timestamp() * 1000))
        sign = quote_plus(_hmac(secret.encode(), f"{milliseconds}\n{secret}".encode()))
        url = f"{url}{'&' if '?' in url else '?'}timestamp={milliseconds}&sign={sign}"
    return json_post(url, {"msgtype": "actionCard", "actionCard": card})


def wecom_request(url: str, message: Message) -> Outgoing:
    """The key in its URL is all that proves who we are."""
    link = f"\n[rightswatch]({message.link})"
    lines = "\n".join([f"**{_escaped(message.title)}**", *(f"> {_escaped(line)}" for line in message.lines)])
    text = shortened(lines, WECOM_BYTES - len(link.encode())) + link
    return json_post(url, {"msgtype": "markdown", "markdown": {"content": text}})


def feishu_request(url: str, secret: str | None, message: Message, now: datetime) -> Outgoing:
    """Signed with seconds and the secret as the key over nothing, in the body, where the robot asks for it."""
    title, text = shortened(message.title, 200), shortened("\n".join(message.lines), FEISHU_BYTES)
    paragraphs = [[{"tag": "text", "text": line}] for line in text.split("\n")]
    paragraphs.append([{"tag": "a", "text": "rightswatch", "href": message.link}])
    post = {"zh_cn": {"title": title, "content": paragraphs}}
    signing = {}
    if secret:
        seconds = str(int(now.timestamp()))
        signing = {"timestamp": seconds, "sign": _hmac(f"{seconds}\n{secret}".encode(), b"")}
    return json_post(url, {**signing, "msg_type": "post", "content": {"post": post}})


def dingtalk_answer(status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> Answer:
    answer = by_code(status, headers, body, now, ("errcode",))
    is_blocked = answer.code == _DINGTALK_TOO_FAST
    return replace(answer, after_seconds=_BLOCKED_SECONDS) if is_blocked else answer


def wecom_answer(status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> Answer:
    return by_code(status, headers, body, now, ("errcode",))


def feishu_answer(status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> Answer:
    return by_code(status, headers, body, now, ("code", "StatusCode"))


def _hmac(key: bytes, message: bytes) -> str:
    return base64.b64encode(hmac.new(key, message, hashlib.sha256).digest()).decode()


def _escaped(text: str) -> str:
    """Of a seller's words nothing is markup: no link, no mention, no heading. The signs become their full-width forms,
    since the three dialects know no common escape."""
    return text.translate(_MARKUP)
