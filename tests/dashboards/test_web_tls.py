"""The web server's own TLS: who reads its certificate is answered, and a renewed one is shown without a new start."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import ClientSession, web

from dashboards.settings import WebSettings
from streams.errors import SettingsError
from streams.tls import Certificate
from tools.servers.certificates import Certificates


@pytest.fixture
def certificates(tmp_path: Path) -> Certificates:
    return Certificates(tmp_path)


def settings(certificates: Certificates) -> WebSettings:
    return WebSettings(accounts=True, tls_cert=str(certificates.server_cert), tls_key=str(certificates.server_key))


@asynccontextmanager
async def served(certificate: Certificate) -> AsyncIterator[int]:
    """The port of a server that says on /livez which Host it was asked for."""

    async def livez(request: web.Request) -> web.Response:
        return web.Response(text=request.headers["Host"])

    app = web.Application()
    app.router.add_get("/livez", livez)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=certificate.context)
    await site.start()
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


async def ask(port: int, certificates: Certificates) -> int:
    trusting = ssl.create_default_context(cafile=str(certificates.ca))
    async with ClientSession() as session, session.get(f"https://127.0.0.1:{port}/livez", ssl=trusting) as answer:
        return answer.status


@pytest.mark.asyncio
async def test_a_renewed_certificate_is_shown_and_a_broken_one_is_not_taken(
    certificates: Certificates, tmp_path: Path
) -> None:
    certificate = Certificate(settings(certificates))
    async with served(certificate) as port:
        assert await ask(port, certificates) == 200
        renewed = Certificates(tmp_path)  # another authority's, in the same files
        certificate.read()
        assert await ask(port, renewed) == 200
        renewed.server_cert.write_text("no certificate")
        fresh = asyncio.create_task(certificate.keep_fresh(0.01))
        await asyncio.sleep(0.1)
        assert not fresh.done()
        fresh.cancel()
        assert await ask(port, renewed) == 200


@pytest.mark.parametrize("broken", ["missing", "empty", "other"])
def test_a_certificate_that_cannot_be_used_is_told_with_its_files(
    certificates: Certificates, broken: str, tmp_path: Path
) -> None:
    if broken == "missing":
        certificates.server_key.unlink()
    elif broken == "empty":
        certificates.server_cert.write_text("")
    else:
        certificates.server_key.write_bytes(certificates.client_key.read_bytes())
    with pytest.raises(SettingsError, match=rf"tls_cert, tls_key: cannot use {tmp_path}/server.pem"):
        Certificate(settings(certificates))
