"""Who may ask: nobody but this machine's own pages and tools."""

from __future__ import annotations

import re

import pytest

from dashboards.settings import WebSettings
from tests.dashboards.service import WebServer, ask, post_check

WORDS = re.compile(r'<script type="application/json" id="messages">.*?</script>', re.DOTALL)  # data that is not run
LISTING = b'{"title":"replica ZEPHYRA shoes"}'


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "example.com", ""])
def test_other_addresses_than_loopback_are_refused_with_the_remedy(host: str) -> None:
    with pytest.raises(ValueError, match=r"must stay on this machine: use 127\.0\.0\.1"):
        WebSettings(host=host)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_loopback_is_accepted(host: str) -> None:
    assert WebSettings(host=host).host == host


def test_in_a_container_whose_port_is_published_on_loopback_any_address_will_do() -> None:
    assert WebSettings(host="0.0.0.0", isolated=True).host == "0.0.0.0"


def test_a_rebound_name_is_refused_everywhere(shared_server: WebServer) -> None:
    for path in ("/", "/check", "/api/v1/alerts", "/api/v1/live", "/livez", "/metrics", "/nothing"):
        for host in (
            f"evil.example:{shared_server.port}",
            "127.0.0.1",
            f"127.0.0.1:{shared_server.port + 1}",
            "",
            "[::1",
        ):
            assert ask(shared_server, path, headers={"Host": host}).status == 421, (path, host)
    for host in (f"localhost:{shared_server.port}", f"LOCALHOST:{shared_server.port}", f"[::1]:{shared_server.port}"):
        assert ask(shared_server, "/livez", headers={"Host": host}).status == 200


def test_other_sites_cannot_post_or_listen(shared_server: WebServer) -> None:
    foreign = (
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": f"https://127.0.0.1:{shared_server.port}"},
        {"Origin": "http://[::1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    )
    for headers in foreign:
        assert post_check(shared_server, LISTING, headers=headers).status == 403, headers
        assert ask(shared_server, "/api/v1/live", headers=headers).status == 403, headers
    own = {"Origin": f"http://127.0.0.1:{shared_server.port}", "Sec-Fetch-Site": "same-origin"}
    assert post_check(shared_server, LISTING, headers=own).status == 200


def test_every_answer_carries_the_security_headers(shared_server: WebServer) -> None:
    for path in ("/", "/check", "/api/v1/alerts", "/nothing", "/api/v1/alerts/no-uuid", "/livez"):
        headers = ask(shared_server, path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cache-Control"] == "no-store"


def test_assets_are_immutable_and_nothing_else_is_served(shared_server: WebServer) -> None:
    page = ask(shared_server, "/").body.decode()
    path = page.split('src="')[1].split('"')[0]
    asset = ask(shared_server, path)
    assert asset.status == 200
    assert "immutable" in asset.headers["Cache-Control"]
    assert asset.headers["Content-Type"].startswith("text/javascript")
    folder = path.rsplit("/js/", 1)[0]
    for hostile in (
        f"{folder}/../../app.py",
        f"{folder}/%2e%2e/%2e%2e/app.py",
        "/static/other/js/floor.js",
        f"{folder}//etc/passwd",
    ):
        assert ask(shared_server, hostile).status == 404, hostile


def test_pages_hold_no_inline_script_or_style_and_no_outside_address(shared_server: WebServer) -> None:
    for path in ("/", "/check", "/alerts/123e4567-e89b-12d3-a456-426614174000"):
        page = WORDS.sub("", ask(shared_server, path).body.decode())
        assert "style=" not in page
        assert " onclick" not in page
        assert "http://" not in page.replace("http://www.w3.org", "")
        assert "https://" not in page
        for script in page.split("<script")[1:]:
            assert script.startswith((' type="application/json"', ' type="module" src="/static/'))


def test_the_language_comes_from_the_address_then_the_choice_then_the_browser(shared_server: WebServer) -> None:
    def language(path: str, **headers: str) -> str:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return ask(shared_server, path, headers=named).body.decode().split('<html lang="')[1].split('"')[0]

    assert language("/") == "en"
    assert language("/", Accept_Language="fr, zh-CN;q=0.9, en;q=0.8") == "zh-Hans"
    assert language("/", Accept_Language="zh-CN", Cookie="rw_lang=en") == "en"
    assert language("/?lang=zh", Cookie="rw_lang=en") == "zh-Hans"
    assert language("/?lang=xx", Accept_Language="zh;q=9,,;;q=x") == "en"
    assert "rw_lang=zh" in ask(shared_server, "/?lang=zh").headers["Set-Cookie"]
