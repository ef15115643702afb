"""Somebody with a browser's cookies, or a key, who asks a server that has accounts."""

from __future__ import annotations

from http.cookies import SimpleCookie
from typing import Any

import orjson

from tests.dashboards.service import Answer, WebServer, ask

PASSWORD = "seven brown otters"


class Visitor:
    """Keeps cookies and the word that goes with the session, as our pages do."""

    def __init__(self, server: WebServer, *, key: str | None = None, **headers: str) -> None:
        self._server = server
        self.cookies: dict[str, str] = {}
        self.csrf: str | None = None
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}
        if key is not None:
            self.headers["Authorization"] = f"Bearer {key}"

    def ask(self, path: str, method: str = "GET", document: Any = None, **headers: str) -> Answer:
        sent = self.headers | {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if self.csrf is not None and method != "GET":
            sent.setdefault("X-RW-CSRF", self.csrf)
        body = None
        if document is not None:
            body = orjson.dumps(document)
            sent["Content-Type"] = "application/json"
        answer = ask(self._server, path, method=method, body=body, headers=sent)
        for given in answer.headers.get_all("Set-Cookie") or []:
            for name, morsel in SimpleCookie(given).items():
                if morsel["max-age"] == "0":
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value
        return answer

    def sign_in(self, name: str, password: str = PASSWORD, **headers: str) -> Answer:
        answer = self.ask("/api/v1/session", "POST", {"name": name, "password": password}, **headers)
        self.csrf = answer.json["csrf"] if answer.status == 200 else self.csrf
        return answer
