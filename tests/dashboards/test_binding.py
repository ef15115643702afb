"""Where the server may listen: beyond this machine only with accounts, and only over TLS."""

from __future__ import annotations

from typing import Any

import pytest

from dashboards.settings import WebSettings

NAMES = ("rights.example.com",)
TLS = {"tls_cert": "cert.pem", "tls_key": "key.pem"}


@pytest.mark.parametrize(
    "given",
    [
        {"host": "127.0.0.1"},
        {"host": "0.0.0.0", "isolated": True},
        {"host": "0.0.0.0", "names": NAMES, **TLS},
        {"host": "::", "names": NAMES, "behind_proxy": True, "trusted_proxies": ("10.0.0.0/24",)},
        {"host": "127.0.0.1", "names": NAMES, "behind_proxy": True},
        {"host": "127.0.0.1", **TLS},
    ],
)
def test_with_accounts_it_may_listen_where_passwords_are_safe(given: dict[str, Any]) -> None:
    assert WebSettings(accounts=True, **given).host == given["host"]


@pytest.mark.parametrize(
    ("given", "remedy"),
    [
        ({"host": "0.0.0.0"}, "in the clear: give tls_cert and tls_key, or behind_proxy"),
        ({"host": "192.168.1.5", "names": NAMES}, "in the clear"),
        ({"host": "0.0.0.0", **TLS}, "names must say what browsers call this server"),
        ({"behind_proxy": True}, "names must say"),
        ({"tls_cert": "cert.pem"}, "belong together"),
        ({"tls_key": "key.pem"}, "belong together"),
        ({"behind_proxy": True, "names": NAMES, **TLS}, "leave one of them out"),
        ({"behind_proxy": True, "names": NAMES, "trusted_proxies": ("proxy",)}, "'proxy' is no address or network"),
    ],
)
def test_with_accounts_what_would_show_passwords_is_refused_with_the_remedy(given: dict[str, Any], remedy: str) -> None:
    with pytest.raises(ValueError, match=remedy):
        WebSettings(accounts=True, **given)


@pytest.mark.parametrize("given", [TLS, {"behind_proxy": True, "names": NAMES}])
def test_without_accounts_what_is_for_other_machines_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="for accounts = true"):
        WebSettings(**given)


@pytest.mark.parametrize(
    ("given", "host", "address"),
    [
        ({}, "127.0.0.1", "http://127.0.0.1:8420"),
        ({"accounts": True}, "::1", "http://[::1]:8420"),
        ({"accounts": True, "host": "0.0.0.0", "names": NAMES, **TLS}, "0.0.0.0", "https://rights.example.com"),
        ({"accounts": True, "names": NAMES, "behind_proxy": True}, "127.0.0.1", "https://rights.example.com"),
        ({"accounts": True, "names": NAMES, **TLS}, "127.0.0.1", "https://127.0.0.1:8420"),
    ],
)
def test_it_tells_the_address_that_a_browser_is_to_open(given: dict[str, Any], host: str, address: str) -> None:
    assert WebSettings(**given).address(host, 8420) == address
