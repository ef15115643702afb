"""What a request proves itself with: a session's cookie, and the word that goes with it, against other sites' forms."""

from __future__ import annotations

import hashlib
import hmac

from aiohttp import web

from dashboards.access.client import Client

CSRF_HEADER = "X-RW-CSRF"
UNATTENDED_HEADER = "X-RW-Unattended"  # a page asks by itself, and nobody has touched it for a while
SESSION = web.RequestKey("session", str)
"""The token of the session that the request proved; not there with an API key."""


def cookie_name(client: Client) -> str:
    """Under TLS one that no other site of the domain, and nobody between, can set."""
    return "__Host-rw_session" if client.is_secure else "rw_session"


def csrf_word(token: str) -> str:
    """What a page of ours sends with each change: whoever does not hold the cookie's token cannot tell it."""
    return hmac.new(token.encode(), b"rightswatch csrf", hashlib.sha256).hexdigest()


def is_csrf_word(token: str, sent: str) -> bool:
    return hmac.compare_digest(csrf_word(token).encode(), sent.encode("utf-8", "replace"))


def give_cookie(response: web.Response, client: Client, token: str) -> None:
    """Until the browser closes; the server ends it earlier."""
    name = cookie_name(client)
    response.set_cookie(name, token, path="/", secure=client.is_secure, httponly=True, samesite="Strict")


def take_cookie(response: web.Response, client: Client) -> None:
    response.del_cookie(cookie_name(client), path="/", secure=client.is_secure, httponly=True, samesite="Strict")
