"""Passwords never stand in a log, whoever wrote the line: the configured ones, and any in a URL."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from urllib.parse import quote, unquote, urlsplit

SHORTEST = 4  # a shorter one would mask parts of common words; nobody should have it
HIDDEN = "***"
_IN_URL = re.compile(r"([a-z][a-z0-9+.-]{1,20}://[^\s/?#:@]{0,200}):[^\s/?#]{1,500}@", re.IGNORECASE)

Mask = Callable[[str], str]


def masking(secrets: Iterable[str]) -> Mask:
    """What takes these secrets, as they are and as a URL writes them, and the passwords of URLs out of a text."""
    whole = {form for secret in secrets if len(secret) >= SHORTEST for form in _forms(secret)}
    longest_first = sorted(whole, key=lambda form: (-len(form), form))
    known = re.compile("|".join(map(re.escape, longest_first))) if whole else None

    def mask(text: str) -> str:
        if known is not None:
            text = known.sub(HIDDEN, text)
        return _IN_URL.sub(rf"\1:{HIDDEN}@", text) if "://" in text else text

    return mask


def _forms(secret: str) -> tuple[str, ...]:
    return secret, quote(secret, safe=""), unquote(secret)


def password_of(url: str) -> str:
    """The password in a URL; empty where there is none."""
    try:
        return urlsplit(url).password or ""
    except ValueError:
        return ""
