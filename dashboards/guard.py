"""Who may ask, and what every answer must carry.

Without accounts the machine's own browser is the only client. Two attacks remain: a page elsewhere whose name is
made to resolve to 127.0.0.1 (the Host check), and a page elsewhere that posts to us (the Origin check).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web

from dashboards import keys
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


async def add_security_headers(request: web.Request, response: web.StreamResponse) -> None:
    """A signal handler, so that streams carry them too: headers leave before a middleware sees the response."""
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers.pop("Server", None)


@web.middleware
async def guard_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    check_host(request)
    if request.path.startswith("/api/") or request.method not in ("GET", "HEAD"):
        check_same_origin(request)
    return await handler(request)


def check_host(request: web.Request) -> None:
    """Refuse a name that is not ours: a rebound DNS name arrives with its own."""
    if request.headers.get("Host", "").lower() not in _own_hosts(request):
        raise Problem(421, "wrong_host", "Host: not this service; open http://127.0.0.1:PORT/ as printed at start")


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
    if parts.scheme != "http" or parts.netloc.lower() not in _own_hosts(request):
        raise Problem(403, "cross_site", "Origin: requests from other sites are refused")


def _own_hosts(request: web.Request) -> frozenset[str]:
    address = request.transport.get_extra_info("sockname") if request.transport else None
    port = address[1] if address else 0
    hosts = {f"{name}:{port}" for name in LOOPBACK_NAMES} | set(request.app[keys.SETTINGS].names)
    return frozenset(hosts | set(LOOPBACK_NAMES) if port == 80 else hosts)
