"""Who may ask, and what every answer must carry.

Two attacks need no way in: a page elsewhere whose name is made to resolve to our address (the Host check), and a page
elsewhere that posts to us (the Origin check, and with accounts the word that belongs to the session). With accounts
nothing but health is told to whoever comes over a network without TLS.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web

from dashboards import keys
from dashboards.access.client import client_of
from dashboards.problems import Problem

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")
SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
STRICT_TRANSPORT = "max-age=31536000"  # a year, in which browsers ask over TLS only
IN_THE_CLEAR = ("/livez", "/readyz", "/metrics")


async def add_security_headers(request: web.Request, response: web.StreamResponse) -> None:
    """A signal handler, so that streams carry them too: headers leave before a middleware sees the response."""
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    if client_of(request).is_secure:
        response.headers.setdefault("Strict-Transport-Security", STRICT_TRANSPORT)
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers.pop("Server", None)


@web.middleware
async def guard_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    check_host(request)
    check_transport(request)
    if request.path.startswith("/api/") or request.method not in ("GET", "HEAD"):
        check_same_origin(request)
    return await handler(request)


def check_host(request: web.Request) -> None:
    """Refuse a name that is not ours: a rebound DNS name arrives with its own."""
    if request.headers.get("Host", "").lower() not in _own_hosts(request):
        raise Problem(
            421,
            "wrong_host",
            "Host: not this service; open the address printed at start, or add the name to [web] names",
        )


def check_transport(request: web.Request) -> None:
    """With accounts, refuse what came over a network in the clear: past the proxy, or with a proxy that has no TLS."""
    settings, client = request.app[keys.SETTINGS], client_of(request)
    is_here = settings.isolated or client.is_local
    if settings.accounts and not (client.is_secure or is_here or request.path in IN_THE_CLEAR):
        raise Problem(
            403,
            "needs_tls",
            "this server is asked over https only: by the proxy before it, which is named in its settings",
        )


def check_same_origin(request: web.Request) -> None:
    """Refuse what a browser sends for another site. A client that is no browser sends neither header, and may ask."""
    if request.headers.get("Sec-Fetch-Site", "none").lower() not in ("same-origin", "none"):
        raise Problem(403, "cross_site", "Sec-Fetch-Site: requests from other sites are refused")
    origin = request.headers.get("Origin")
    if origin is None:
        return
    try:
        parts = urlsplit(origin)
    except ValueError:
        parts = urlsplit("")
    scheme = "https" if client_of(request).is_secure else "http"
    if parts.scheme != scheme or parts.netloc.lower() not in _own_hosts(request):
        raise Problem(403, "cross_site", "Origin: requests from other sites are refused")


def _own_hosts(request: web.Request) -> frozenset[str]:
    address = request.transport.get_extra_info("sockname") if request.transport else None
    port = address[1] if address else 0
    hosts = {f"{name}:{port}" for name in LOOPBACK_NAMES} | set(request.app[keys.SETTINGS].names)
    return frozenset(hosts | set(LOOPBACK_NAMES) if port == 80 else hosts)
