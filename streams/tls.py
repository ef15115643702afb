"""The certificate that the web server shows, read again when it was renewed."""

from __future__ import annotations

import asyncio
import logging
import ssl
from pathlib import Path

from dashboards.settings import WebSettings
from streams.errors import SettingsError

log = logging.getLogger(__name__)


class Certificate:
    """A TLS context for the server; connections that begin after `read` get the newer certificate.

    Raises:
        SettingsError: the certificate or its key cannot be read, or they do not belong together.
    """

    def __init__(self, settings: WebSettings) -> None:
        self._files = Path(settings.tls_cert).expanduser(), Path(settings.tls_key).expanduser()
        self.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_2
        self.read()

    def read(self) -> None:
        certificate, key = self._files
        try:
            self.context.load_cert_chain(certificate, key, password=_no_passphrase)
        except (OSError, ValueError) as error:
            reason = getattr(error, "reason", None) or getattr(error, "strerror", None) or str(error)
            raise SettingsError(
                f"[web] tls_cert, tls_key: cannot use {certificate} with {key} ({reason}); both must be PEM files of"
                " one pair, and the key without a passphrase"
            ) from error

    async def keep_fresh(self, seconds: float) -> None:
        """Read the files again every so often; what cannot be used leaves the present certificate in place."""
        while True:
            await asyncio.sleep(seconds)
            try:
                self.read()
            except SettingsError as error:
                log.warning("%s; the certificate read before stays in use", error)


def _no_passphrase() -> str:
    """Asked for only by a key that has one: without this, a server would ask its terminal and wait for ever."""
    raise ValueError("the key has a passphrase")
