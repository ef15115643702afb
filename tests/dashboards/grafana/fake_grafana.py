"""A server that answers as Grafana's HTTP API documentation says, for the routes that `push` uses; in its own thread.

Folders, data sources, dashboards and alert rule groups are kept in memory; a password is taken and never shown.
"""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

Json = dict[str, Any]
TOKEN = "glsa_the_token_of_the_tests"
GROUP_PATH = "/api/v1/provisioning/folder/{folder}/rule-groups/{group}"


def problem(code: int, message: str, status: str = "") -> web.Response:
    return web.json_response({"message": message, **({"status": status} if status else {})}, status=code)


@dataclass
class FakeGrafana:
    folders: dict[str, Json] = field(default_factory=dict)
    sources: dict[str, Json] = field(default_factory=dict)
    boards: dict[str, Json] = field(default_factory=dict)
    groups: dict[tuple[str, str], Json] = field(default_factory=dict)
    passwords: dict[str, str] = field(default_factory=dict)
    said: list[tuple[str, str]] = field(default_factory=list)  # methods and paths of all requests
    answers: dict[tuple[str, str], Callable[[], web.Response]] = field(default_factory=dict)  # instead of ours
    headers: list[Json] = field(default_factory=list)
    url: str = ""

    @property
    def writes(self) -> list[tuple[str, str]]:
        return [one for one in self.said if one[0] != "GET"]

    def app(self) -> web.Application:
        app = web.Application(middlewares=[self._guard])
        app.add_routes(
            [
                web.get("/api/folders/{uid}", self._folder),
                web.post("/api/folders", self._make_folder),
                web.put("/api/folders/{uid}", self._change_folder),
                web.get("/api/datasources/uid/{uid}", self._source),
                web.post("/api/datasources", self._make_source),
                web.put("/api/datasources/uid/{uid}", self._change_source),
                web.get("/api/dashboards/uid/{uid}", self._board),
                web.post("/api/dashboards/db", self._put_board),
                web.get(GROUP_PATH, self._group),
                web.put(GROUP_PATH, self._put_group),
            ]
        )
        return app

    @web.middleware
    async def _guard(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        self.said.append((request.method, request.path))
        self.headers.append(dict(request.headers))
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return problem(401, "Invalid API key")
        answer = self.answers.get((request.method, request.path))
        return answer() if answer else await handler(request)

    async def _folder(self, request: web.Request) -> web.Response:
        found = self.folders.get(request.match_info["uid"])
        return web.json_response(found) if found else problem(404, "folder not found", status="not-found")

    async def _make_folder(self, request: web.Request) -> web.Response:
        sent = await request.json()
        if sent["uid"] in self.folders:
            return problem(409, "a folder with the same uid already exists")
        self.folders[sent["uid"]] = {"id": 1, "version": 1, **sent}
        return web.json_response(self.folders[sent["uid"]])

    async def _change_folder(self, request: web.Request) -> web.Response:
        sent, folder = await request.json(), self.folders[request.match_info["uid"]]
        if not sent.get("overwrite") and sent.get("version") != folder["version"]:
            return problem(412, "the folder has been changed by someone else", status="version-mismatch")
        folder.update(title=sent["title"], version=folder["version"] + 1)
        return web.json_response(folder)

    async def _source(self, request: web.Request) -> web.Response:
        found = self.sources.get(request.match_info["uid"])
        return web.json_response(found) if found else problem(404, "Data source not found")

    async def _make_source(self, request: web.Request) -> web.Response:
        sent = await request.json()
        if any(sent["name"] == one["name"] for one in self.sources.values()):
            return problem(409, "data source with the same name already exists")
        return web.json_response({"datasource": self._keep(sent), "message": "Datasource added"})

    async def _change_source(self, request: web.Request) -> web.Response:
        return web.json_response({"datasource": self._keep(await request.json()), "message": "Datasource updated"})

    def _keep(self, sent: Json) -> Json:
        secrets = sent.pop("secureJsonData", {})
        self.passwords.update({sent["uid"]: secrets["password"]} if secrets else {})
        before = self.sources.get(sent["uid"], {"id": len(self.sources) + 1, "orgId": 1, "version": 0})
        kept = {"basicAuth": False, "readOnly": False, "isDefault": False, "user": "", "url": "", **before, **sent}
        kept |= {"version": before["version"] + 1, "secureJsonFields": {"password": sent["uid"] in self.passwords}}
        self.sources[sent["uid"]] = kept
        return kept

    async def _board(self, request: web.Request) -> web.Response:
        found = self.boards.get(request.match_info["uid"])
        return web.json_response(found) if found else problem(404, "Dashboard not found")

    async def _put_board(self, request: web.Request) -> web.Response:
        sent = await request.json()
        board, before = sent["dashboard"], self.boards.get(sent["dashboard"]["uid"])
        if sent["folderUid"] not in self.folders:
            return problem(400, "folder not found", status="not-found")
        if before and not sent.get("overwrite"):
            return problem(412, "The dashboard has been changed by someone else", status="version-mismatch")
        version = before["dashboard"]["version"] + 1 if before else 1
        kept = {**board, "id": len(self.boards) + 1, "version": version}
        meta = {"folderUid": sent["folderUid"], "provisioned": False, "version": version}
        self.boards[board["uid"]] = {"dashboard": kept, "meta": meta}
        return web.json_response({"uid": board["uid"], "status": "success", "version": version})

    async def _group(self, request: web.Request) -> web.Response:
        found = self.groups.get((request.match_info["folder"], request.match_info["group"]))
        return web.json_response(found) if found else problem(404, "rule group does not exist")

    async def _put_group(self, request: web.Request) -> web.Response:
        folder, group = request.match_info["folder"], request.match_info["group"]
        sent = await request.json()
        if folder not in self.folders:
            return problem(403, "folder does not exist")
        if any(rule["folderUID"] != folder or rule["ruleGroup"] != group for rule in sent["rules"]):
            return problem(400, "a rule is of another group")
        self.groups[folder, group] = {
            **sent,
            "rules": [{**rule, "id": number, "updated": "2026-11-29"} for number, rule in enumerate(sent["rules"])],
        }
        return web.json_response(sent)


@contextmanager
def grafana_running(tls: ssl.SSLContext | None = None) -> Iterator[FakeGrafana]:
    server, started = FakeGrafana(), threading.Event()
    loop = asyncio.new_event_loop()

    async def start() -> web.AppRunner:
        runner = web.AppRunner(server.app())
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
        await site.start()
        server.url = f"{'https' if tls else 'http'}://127.0.0.1:{runner.addresses[0][1]}"
        started.set()
        return runner

    def serve() -> None:
        asyncio.set_event_loop(loop)
        runner = loop.run_until_complete(start())
        loop.run_forever()
        loop.run_until_complete(runner.cleanup())
        loop.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        assert started.wait(10)
        yield server
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
