"""PostgreSQL as Debian packages it: one cluster on loopback, with its data in one folder."""

from __future__ import annotations

import secrets
import signal
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from streams.embedded.ports import free_port
from tools.servers.certificates import Certificates
from tools.servers.process import ServerError, ServerProcess, as_user, give_to, program

USER = "postgres"  # it refuses to be root; Debian's package makes this user
DEBIAN = Path("/usr/lib/postgresql")  # one folder for each major version


class PostgreSQLServer(ServerProcess):
    """A cluster with one user and a random password."""

    stop_signal = signal.SIGINT  # SIGTERM would wait for every client to leave

    def __init__(self, home: Path, certificates: Certificates | None = None) -> None:
        """Prepare an empty cluster, which speaks TLS too if it has certificates. As root, every folder above `home`
        must be open to others.

        Raises:
            ServerError: it is not installed, or the cluster cannot be made.
        """
        self.port = free_port()
        self._password = secrets.token_urlsafe(12)
        give_to(home, USER)
        data = home / "data"
        self._make_cluster(home, data)
        options: tuple[str, ...] = (f"-cport={self.port}", "-clisten_addresses=127.0.0.1", "-cunix_socket_directories=")
        if certificates:
            options += ("-cssl=on", *_tls(home, certificates))
        # A test's data need not survive a power cut; a killed server still keeps every commit.
        command = (_program("postgres"), "-D", str(data), *options, "-cfsync=off")
        super().__init__("PostgreSQL", command, home, self._answers, user=USER)

    @contextmanager
    def database(self) -> Iterator[str]:
        """An empty database of the caller's own, as SQLAlchemy's URL; dropped afterwards."""
        name = f"test_{uuid.uuid4().hex}"
        quoted = sql.Identifier(name)
        self._execute(sql.SQL("CREATE DATABASE {}").format(quoted))
        yield f"postgresql+psycopg://{USER}:{self._password}@127.0.0.1:{self.port}/{name}"
        self._execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(quoted))

    def _execute(self, statement: sql.Composed) -> None:
        with self._connect() as connection:
            connection.execute(statement)

    def _connect(self) -> psycopg.Connection[tuple[object, ...]]:
        where = {"host": "127.0.0.1", "port": self.port, "user": USER, "password": self._password}
        return psycopg.connect(**where, dbname="postgres", connect_timeout=5, autocommit=True)  # type: ignore[arg-type]

    def _make_cluster(self, home: Path, data: Path) -> None:
        secret = home / "password"
        secret.touch(0o600)
        secret.write_text(self._password)
        give_to(secret, USER)
        command = [_program("initdb"), "-D", str(data), "-U", USER, "--auth=scram-sha-256", f"--pwfile={secret}"]
        command += ["--no-sync", "--encoding=UTF8", "--locale=C.UTF-8"]
        done = subprocess.run(as_user(command, USER), cwd=home, capture_output=True, text=True)
        if done.returncode:
            raise ServerError(f"PostgreSQL's cluster cannot be made:\n{done.stdout}{done.stderr}")

    def _answers(self) -> bool:
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True


def _tls(home: Path, certificates: Certificates) -> tuple[str, str]:
    """It must own the key, and nobody else may read it."""
    cert, key = home / "tls.pem", home / "tls-key.pem"
    cert.write_bytes(certificates.server_cert.read_bytes())
    key.touch(0o600)
    key.write_bytes(certificates.server_key.read_bytes())
    for file in (cert, key):
        give_to(file, USER)
    return f"-cssl_cert_file={cert}", f"-cssl_key_file={key}"


def _program(name: str) -> str:
    """Debian keeps the server's programs off the PATH; the newest version is taken."""
    versions = sorted(DEBIAN.glob("*/bin"), key=lambda folder: float(folder.parent.name), reverse=True)
    return program(name, *versions)
