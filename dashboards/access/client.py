"""Where a request comes from and whether it came safely: of what proxies say only that of our own is believed."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from functools import lru_cache

from aiohttp import web

from dashboards.keys import SETTINGS

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Client:
    """`address`: of the browser or program, behind our proxy too. `is_secure`: it speaks TLS, to us or to our proxy."""

    address: str
    is_secure: bool
    is_local: bool  # it runs on this machine, and is no proxy of ours that speaks for others


def client_of(request: web.Request) -> Client:
    settings = request.app[SETTINGS]
    transport = request.transport
    peer = transport.get_extra_info("peername") if transport is not None else None
    address = peer[0] if isinstance(peer, tuple) else ""
    is_secure = transport is not None and transport.get_extra_info("ssl_object") is not None
    trusted = _networks(settings.trusted_proxies) if settings.behind_proxy else ()
    if not _is_among(address, trusted):
        return Client(address, is_secure, _is_loopback(address))
    by = request.headers.get("X-Forwarded-Proto", "").rpartition(",")[2].strip().lower()
    return Client(_behind(request, address, trusted), by == "https", False)


def _behind(request: web.Request, proxy: str, trusted: tuple[Network, ...]) -> str:
    """The last address in the chain that is not a proxy of ours: what stands before it anybody may have written."""
    chain = ",".join(request.headers.getall("X-Forwarded-For", [])).split(",")
    for entry in reversed([part.strip() for part in chain]):
        if not entry:
            break
        if not _is_among(entry, trusted):
            return entry[:64]
        proxy = entry
    return proxy


@lru_cache(maxsize=8)
def _networks(texts: tuple[str, ...]) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(text, strict=False) for text in texts)


def _is_among(address: str, networks: tuple[Network, ...]) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    parsed = getattr(parsed, "ipv4_mapped", None) or parsed
    return any(parsed in network for network in networks)


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
