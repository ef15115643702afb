"""Certificates for servers on loopback and their clients, signed by an authority made for the occasion."""

from __future__ import annotations

from pathlib import Path

import trustme
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)


class Certificates:
    """An authority, a server's certificate for 127.0.0.1 and a client's, as PEM files in one folder."""

    def __init__(self, folder: Path) -> None:
        authority = trustme.CA()
        server, client = authority.issue_cert("127.0.0.1"), authority.issue_cert("rightswatch.example")
        self.ca = folder / "ca.pem"
        self.server_cert, self.server_key = folder / "server.pem", folder / "server-key.pem"
        self.server_both = folder / "server-both.pem"  # as Kafka wants it
        self.client_cert, self.client_key = folder / "client.pem", folder / "client-key.pem"
        self.ca.write_bytes(authority.cert_pem.bytes())
        _write(server, self.server_cert, self.server_key)
        _write(client, self.client_cert, self.client_key)
        self.server_both.write_bytes(self.server_key.read_bytes() + self.server_cert.read_bytes())


def _write(issued: trustme.LeafCert, cert: Path, key: Path) -> None:
    cert.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
    secret = load_pem_private_key(issued.private_key_pem.bytes(), None)
    key.touch(0o600)
    key.write_bytes(secret.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))  # all that Java reads
