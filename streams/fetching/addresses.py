"""Which addresses may be connected to: public ones, by our own table of what is not. Pure functions.

`ipaddress.is_global` changes between Python's minor versions and calls mapped and tunnelled addresses global;
here the rule is written down. Source: the IANA special-purpose address registries (RFC 6890 and its updates).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
AddressPolicy = Callable[[Address, int], bool]
"""Whether a connection to this address and port is allowed."""

_REFUSED_V4 = (
    "0.0.0.0/8",  # this network
    "10.0.0.0/8",  # private
    "100.64.0.0/10",  # carrier-grade NAT, and some clouds' metadata
    "127.0.0.0/8",  # loopback
    "168.63.129.16/32",  # Azure's wire server, public by number only
    "169.254.0.0/16",  # link-local: most clouds' metadata
    "172.16.0.0/12",  # private
    "192.0.0.0/24",  # protocol assignments, and a cloud's metadata
    "192.0.2.0/24",  # documentation
    "192.31.196.0/24",  # AS112
    "192.52.193.0/24",  # AMT
    "192.88.99.0/24",  # 6to4 relays
    "192.168.0.0/16",  # private
    "192.175.48.0/24",  # AS112
    "198.18.0.0/15",  # benchmarking
    "198.51.100.0/24",  # documentation
    "203.0.113.0/24",  # documentation
    "224.0.0.0/4",  # multicast
    "240.0.0.0/4",  # reserved, broadcast
)
_GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")
"""All that is assigned to hosts. Outside of it: loopback, mapped (::ffff:0:0/96), NAT64 (64:ff9b::/96, 64:ff9b:1::/48),
unique local, link-local, site-local, multicast, SRv6."""
_REFUSED_V6 = (
    "2001::/23",  # protocol assignments: Teredo, ORCHID, AMT, benchmarking
    "2001:db8::/32",  # documentation
    "2002::/16",  # 6to4: an IPv4 address in disguise
    "2620:4f:8000::/48",  # AS112
    "3fff::/20",  # documentation
)
_NOT_PUBLIC = tuple(ipaddress.ip_network(text) for text in (*_REFUSED_V4, *_REFUSED_V6))


def is_public(address: Address) -> bool:
    """Whether the address belongs to somebody's host on the public internet."""
    if isinstance(address, ipaddress.IPv6Address) and (address not in _GLOBAL_V6 or address.scope_id is not None):
        return False
    return not any(address in network for network in _NOT_PUBLIC)


def public_only(also_refused: Iterable[str] = ()) -> AddressPolicy:
    """The policy of production: public addresses outside `also_refused` (networks, such as the operator's own).

    Raises:
        ValueError: one of them is no network.
    """
    refused: tuple[Network, ...] = tuple(ipaddress.ip_network(text) for text in also_refused)

    def policy(address: Address, port: int) -> bool:
        return is_public(address) and not any(address in network for network in refused)

    return policy


def parse_address(text: str) -> Address | None:
    """The address in its usual spelling, or None. IPv6 without brackets."""
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
