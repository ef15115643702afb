"""What a fetch comes to: a picture, or one reason why not. Pure data."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Reason(StrEnum):
    """Why there is no picture; each is a value of the metrics' label `reason`."""

    BAD_URL = "bad_url"  # not an absolute URL, or with controls, backslashes or half a character in it
    URL_TOO_LONG = "url_too_long"
    SCHEME = "scheme"  # neither https nor (when allowed) http
    USERINFO = "userinfo"  # name or password before the host
    PORT = "port"  # another port than the scheme's own and those in the settings
    HOST_NAME = "host_name"  # a local name, an oddly spelled address, or no name at all
    ADDRESS = "address"  # not a public address, or a name with one among its addresses
    UNRESOLVABLE = "unresolvable"
    REDIRECTS = "redirects"  # too many of them
    DOWNGRADE = "downgrade"  # redirected from https to http
    UNREACHABLE = "unreachable"
    RESET = "reset"  # the connection ended before the answer did
    TLS = "tls"
    CONNECT_TIMEOUT = "connect_timeout"
    NO_ANSWER = "no_answer"  # connected, and no complete head of an answer in time
    TOO_SLOW = "too_slow"  # the body below the least rate, or the whole fetch over its time
    TOO_LARGE = "too_large"
    ENCODED = "encoded"  # compressed although identity was asked for
    WRONG_TYPE = "wrong_type"  # the header says that it is no picture
    NOT_A_PICTURE = "not_a_picture"  # the bytes do
    BAD_RESPONSE = "bad_response"  # not HTTP, or against its rules
    GONE = "gone"  # 404, 410
    DENIED = "denied"  # 401, 403, 451
    RATE_LIMITED = "rate_limited"  # 429
    SERVER_ERROR = "server_error"  # 5xx
    STATUS = "status"  # any other that brings no picture
    HOST_BUSY = "host_busy"  # our own budget for this host is spent, or the host asked us to wait
    BUSY = "busy"  # our own queue is full
    CLOSED = "closed"  # the fetcher is stopping
    INTERNAL = "internal"  # our own fault


OUR_OWN = frozenset({Reason.HOST_BUSY, Reason.BUSY, Reason.CLOSED, Reason.INTERNAL})
"""They say nothing about the URL, so they are never remembered for it."""
MAY_PASS = frozenset({Reason.RESET, Reason.RATE_LIMITED, Reason.SERVER_ERROR})
"""Worth another try at once."""
TRY_LATER = (OUR_OWN | MAY_PASS) - {Reason.INTERNAL}
"""Worth another try later, by whoever holds the queue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A picture as the server sent it, not decoded. The URL may hold secrets, so it is not in the repr."""

    content: bytes = field(repr=False)
    digest: str  # SHA-256 of the content, in hex
    media_type: str  # by the content's first bytes, whatever the server said
    final_url: str = field(repr=False)
    from_cache: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """No picture, and why."""

    reason: Reason


class RefusedError(Exception):
    """A refusal on its way out of the depths of a fetch; `fetch` itself never raises it."""

    def __init__(self, reason: Reason, retry_after_seconds: float | None = None) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.retry_after_seconds = retry_after_seconds
