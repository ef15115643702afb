"""Ways to ask the rights desk over HTTP."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote, urlencode

import orjson

from dashboards.access.principal import Principal
from tests.dashboards.principals import acting_as
from tests.dashboards.service import Answer, Stores, WebServer, ask

JSON = {"Content-Type": "application/json"}


def address(right_id: str, *more: str) -> str:
    return "/".join(["/api/v1/rights", quote(right_id, safe=""), *more])


def put(
    server: WebServer, right: Mapping[str, Any], based_on: Any, reason: str = "", right_id: str | None = None
) -> Answer:
    body = orjson.dumps({"right": right, "based_on": based_on, "reason": reason})
    path = address(right_id or right["right_id"])
    return ask(server, path, method="PUT", body=body, headers=JSON)


def withdraw(server: WebServer, right_id: str, **query: Any) -> Answer:
    return ask(server, f"{address(right_id)}?{urlencode(query)}", method="DELETE")


def history(server: WebServer, right_id: str) -> Any:
    return ask(server, address(right_id, "history")).json


def form(*files: tuple[str, str, bytes]) -> tuple[bytes, dict[str, str]]:
    """The body and header of multipart/form-data; each part's name, its file's name, and its content."""
    lines = [
        b"--cut\r\nContent-Disposition: form-data; name=%b; filename=%b\r\n\r\n%b\r\n"
        % (orjson.dumps(name), orjson.dumps(filename), content)
        for name, filename, content in files
    ]
    return b"".join(lines) + b"--cut--\r\n", {"Content-Type": "multipart/form-data; boundary=cut"}


def send_pictures(server: WebServer, right_id: str, *files: tuple[str, str, bytes]) -> Answer:
    body, headers = form(*files)
    return ask(server, address(right_id, "pictures"), method="POST", body=body, headers=headers)


@contextmanager
def asked_by(stores: Stores, who: Principal) -> Iterator[WebServer]:
    server = WebServer(stores, identify=acting_as(who))
    server.start()
    try:
        yield server
    finally:
        server.stop()
