"""What a notice says: words for people in their language, a document for programs. Pure functions.

A listing's words are somebody else's: they are put into ours as they are, and each channel sees to it that they stay
words there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from detectors.records import timestamp_text
from sinks.notices.events import DIGEST, TEST
from sinks.notices.outgoing import Message
from sinks.operational.notice_records import Taken, Told

_SHOWN = ("subject", "seller", "platform", "tier", "verdict", "reason_code", "recipient", "url")
_WORDS = {
    "tier": "tier",
    "verdict": "verdict",
    "reason_code": "reason_code",
    "recipient": "notice.recipient",
}  # values that have words of their own


def message_of(taken: Taken, messages: Mapping[str, str], public_url: str) -> Message:
    """The notice in the language of `messages`; `public_url` is where our pages are."""
    if taken.event == TEST:
        line = messages["notice.test.line"].format(name=taken.destination.name)
        return Message(title=messages["notice.test.title"], lines=(line,), link=f"{public_url}/notices")
    if taken.event == DIGEST:
        title = messages["notice.digest.title"].format(n=len(taken.told))
        lines = tuple(_title(told, messages) for told in taken.told)
        return Message(title=title, lines=lines, link=f"{public_url}/notices")
    told = taken.told[0]
    return Message(title=_title(told, messages), lines=_lines(told, messages), link=_link(told, public_url))


def document_of(taken: Taken, public_url: str) -> dict[str, Any]:
    """The notice as a webhook's `data`; a digest has `items` of the same form."""
    if taken.event == TEST:
        return {"destination": taken.destination.name, "link": f"{public_url}/notices"}
    items = [_document(told, public_url) for told in taken.told]
    return {"items": items, "link": f"{public_url}/notices"} if taken.event == DIGEST else items[0]


def _document(told: Told, public_url: str) -> dict[str, Any]:
    ids = {"alert_id": told.alert_id, "group_id": told.group_id, "right_id": told.right_id}
    return {"event": told.event, "at": timestamp_text(told.at), **ids, **told.facts, "link": _link(told, public_url)}


def _title(told: Told, messages: Mapping[str, str]) -> str:
    facts = told.facts
    key = f"notice.{told.event}.title"
    verdict = facts.get("verdict")
    if verdict and f"{key}.{verdict}" in messages:
        key = f"{key}.{verdict}"
    if facts.get("offered_again_at") and f"{key}.again" in messages:
        key = f"{key}.again"
    return messages[key].format(subject=facts.get("subject", ""), title=facts.get("title", ""))


def _lines(told: Told, messages: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(
        messages["notice.line"].format(name=messages[f"notice.fact.{name}"], value=_value(name, value, messages))
        for name in _SHOWN
        if (value := told.facts.get(name))
    )


def _value(name: str, value: Any, messages: Mapping[str, str]) -> str:
    kind = _WORDS.get(name)
    return str(value) if kind is None else messages.get(f"{kind}.{value}", str(value))


def _link(told: Told, public_url: str) -> str:
    return f"{public_url}/alerts/{told.alert_id}"
