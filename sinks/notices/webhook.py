"""Standard Webhooks (standardwebhooks.com): a JSON document, signed so that its receiver knows that we sent it."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson

from detectors.records import timestamp_text
from sinks.errors import StoreRefused
from sinks.notices.outgoing import JSON, Answer, Outgoing, by_status

PREFIX = "whsec_"
SECRET_BYTES = range(24, 65)
MOST_BYTES = 20_000  # of a body, as the specification advises


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def webhook_request(
    *,
    url: str,
    secrets: Sequence[str],
    webhook_id: str,
    event: str,
    data: Mapping[str, Any],
    at: datetime,
    now: datetime,
) -> Outgoing:
    """The request for one try. `webhook_id` is the same for every try; `at` is when it happened, `now` this try's time.

    secrets : the present one first; while one is being changed the one before as well, and either verifies.

    Raises:
        StoreRefused: the body is too long, or a secret is none.
    """
    body = orjson.dumps({"type": event, "timestamp": timestamp_text(at), "data": data})
    if len(body) > MOST_BYTES:
        raise StoreRefused(f"webhook: a body of {len(body):,} bytes is over {MOST_BYTES:,}")
    seconds = str(int(now.astimezone(UTC).timestamp()))
    headers = {
        "Content-Type": JSON,
        "webhook-id": webhook_id,
        "webhook-timestamp": seconds,
        "webhook-signature": " ".join(signature(secret, webhook_id, seconds, body) for secret in secrets),
    }
    return Outgoing(url=url, body=body, headers=headers)


def signature(secret: str, webhook_id: str, seconds: str, body: bytes) -> str:
    """`v1,` and the base64 of HMAC-SHA256 over id, time and body with points between.

    Raises:
        StoreRefused: the secret is none; its text is not told.
    """
    signed = b".".join((webhook_id.encode(), seconds.encode(), body))
    digest = hmac.new(secret_key(secret), signed, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def secret_key(secret: str) -> bytes:
    """The bytes of a secret: `whsec_` and the base64 of 24 to 64 bytes.

    Raises:
        StoreRefused: it is none; its text is not told.
    """
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not secret.startswith(PREFIX) or len(key) not in SECRET_BYTES:
        raise StoreRefused(f"secret: write {PREFIX} and the base64 of 24 to 64 random bytes, or let one be made")
    return key


def webhook_answer(status: int, headers: Mapping[str, str], _body: bytes, now: datetime) -> Answer:
    return by_status(status, headers, now)
