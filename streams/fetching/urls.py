"""What may stand in a URL before anything is asked of the network. Pure functions; no string makes them raise.

The host is read once, by the same library that connects (yarl), and judged in the form it would connect to: so there
are no two parsers to play against each other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from yarl import URL

from streams.fetching.addresses import AddressPolicy, parse_address
from streams.fetching.outcomes import Reason, RefusedError

MAX_URL_CHARACTERS = 2_048
MAX_SHOWN_CHARACTERS = 120
DEFAULT_PORTS = {"https": 443, "http": 80}
_ABSOLUTE = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*)://([^/?#]*)")
# Whatever two programs may read differently: controls, backslashes, what only steers bidirectional text.
_TREACHEROUS = re.compile(r"[\x00-\x1f\x7f-\x9f\\\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")
_LABEL = re.compile(r"(?!-)[a-z0-9_\-]{1,63}(?<!-)")
# A last label that is a number makes the whole host an IPv4 address in many programs (WHATWG URL, "ends in a number").
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
MAX_NAME_CHARACTERS = 253
_LOCAL_SUFFIXES = frozenset(
    {"localhost", "local", "localdomain", "internal", "intranet", "lan", "home", "corp", "onion"}
)
_LOCAL_ENDINGS = (".home.arpa", ".in-addr.arpa", ".ip6.arpa")


@dataclass(frozen=True, slots=True, kw_only=True)
class UrlRules:
    """What the settings allow."""

    allow_http: bool = False
    extra_ports: frozenset[int] = frozenset()


def read_url(text: str, rules: UrlRules, policy: AddressPolicy) -> URL:
    """The URL to ask for: host in lower case and ASCII, no trailing dot, no fragment.

    A URL without a scheme (`//host/path`, usual in pages) is taken as https.

    Raises:
        RefusedError: and nothing else.
    """
    url = _parsed(text)
    if url.scheme not in DEFAULT_PORTS or (url.scheme == "http" and not rules.allow_http):
        raise RefusedError(Reason.SCHEME)
    port = url.port
    if port is None or (port != DEFAULT_PORTS[url.scheme] and port not in rules.extra_ports):
        raise RefusedError(Reason.PORT)
    host = url.raw_host or ""
    name = host[:-1] if host.endswith(".") else host
    _check_host(name, port, policy)
    try:
        return url.with_host(name).with_fragment(None)
    except ValueError:
        raise RefusedError(Reason.HOST_NAME) from None


def shown(url: URL) -> str:
    """For a log line: no query, no more than 120 characters."""
    return f"{url.scheme}://{url.raw_host}{url.raw_path}"[:MAX_SHOWN_CHARACTERS]


def _parsed(text: str) -> URL:
    # White space around a URL is somebody's table cell; it is part of no URL.
    text = text.strip(" \t\r\n") if len(text) <= 2 * MAX_URL_CHARACTERS else text
    if len(text) > MAX_URL_CHARACTERS:
        raise RefusedError(Reason.URL_TOO_LONG)
    if text.startswith("//"):
        text = f"https:{text}"
    parts = _ABSOLUTE.match(text)
    if parts is None or _TREACHEROUS.search(text) or any("\ud800" <= character <= "\udfff" for character in text):
        raise RefusedError(Reason.BAD_URL if "://" in text or ":" not in text else Reason.SCHEME)
    scheme, authority = parts.groups()
    if scheme.lower() not in DEFAULT_PORTS:
        raise RefusedError(Reason.SCHEME)
    if "@" in authority:
        raise RefusedError(Reason.USERINFO)
    try:
        url = URL(text)
        host, _ = url.raw_host, url.port  # yarl reads lazily, and its complaints belong here
    except ValueError:
        raise RefusedError(Reason.BAD_URL) from None
    if "[" in authority and ":" not in (host or ""):  # RFC 3986's future addresses, which have none yet
        raise RefusedError(Reason.BAD_URL)
    # Escapes make it longer: the bound holds for what is sent too.
    if len(str(url)) > 3 * MAX_URL_CHARACTERS:
        raise RefusedError(Reason.URL_TOO_LONG)
    return url


def _check_host(name: str, port: int, policy: AddressPolicy) -> None:
    address = parse_address(name)
    if address is not None:
        if not policy(address, port):
            raise RefusedError(Reason.ADDRESS)
        return
    labels = name.split(".")
    if (
        len(labels) < 2  # localhost, or a machine next door
        or len(name) > MAX_NAME_CHARACTERS
        or not all(_LABEL.fullmatch(label) for label in labels)
        or _NUMBER.fullmatch(labels[-1])
        or labels[-1] in _LOCAL_SUFFIXES
        or f".{name}".endswith(_LOCAL_ENDINGS)
    ):
        raise RefusedError(Reason.HOST_NAME)
