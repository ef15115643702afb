"""A client that goes away in the middle of its request is no fault of ours."""

from __future__ import annotations

import asyncio
import socket

import pytest

from tests.dashboards.service import WebServer
from tests.streams.world import until

HEAD = "POST /api/v1/check HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\nContent-Length: 900"


def test_a_body_that_is_cut_off_is_not_logged_as_our_own_fault(
    shared_server: WebServer, caplog: pytest.LogCaptureFixture
) -> None:
    def answered() -> float:
        ways = ({"route": "/api/v1/check", "status": status} for status in ("400", "500"))
        value = shared_server.registry.get_sample_value
        return sum(value("rightswatch_web_requests_total", labels) or 0.0 for labels in ways)

    before = answered()
    with socket.create_connection(("127.0.0.1", shared_server.port)) as client:
        client.sendall(f"{HEAD.format(port=shared_server.port)}\r\n\r\n{{".encode())
    asyncio.run(until(lambda: answered() > before, 30))
    assert "our own fault" not in caplog.text
