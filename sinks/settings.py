"""Where the stores are. Each class is one section of the settings; streams/settings.py fills them.

No password stands in a `repr`, so a settings object may be logged.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

_DATABASE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClickHouseSettings:
    """A ClickHouse server, spoken to over its native protocol."""

    host: str = ""
    port: int = 9000
    user: str = "default"
    password: str = field(default="", repr=False)
    password_file: str = ""  # the password is in this file
    database: str = "rightswatch"
    secure: bool = False  # TLS
    ca_file: str = ""  # PEM; empty: the system's authorities
    compression: str = "lz4"  # lz4, zstd or none
    connect_timeout_seconds: float = 5.0
    query_timeout_seconds: float = 15.0  # the server ends a reader's query after so long
    write_timeout_seconds: float = 300.0  # no answer to an insert for so long: the connection is given up

    def __post_init__(self) -> None:
        if not _DATABASE_NAME.fullmatch(self.database):
            raise ValueError("database must be a name of letters, digits and _, not starting with a digit")
        if self.compression not in ("lz4", "zstd", "none"):
            raise ValueError("compression must be one of lz4, zstd, none")
        if not 0 < self.port < 65536:
            raise ValueError("port must be between 1 and 65535")

    @property
    def place(self) -> str:
        """The server as error messages name it, without the password."""
        return f"ClickHouse {self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class RedisSettings:
    """A Redis-protocol server: `redis://[user:password@]host:port/db`, `rediss://` for TLS, `unix://path`."""

    url: str = ""
    key_prefix: str = "rightswatch:"  # put before every key, so that services can share a server
    password_file: str = ""  # the password is in this file and not in the url
    ca_file: str = ""  # PEM, for rediss://; empty: the system's authorities

    def __post_init__(self) -> None:
        if self.ca_file and self.url and not self.url.startswith("rediss://"):
            raise ValueError("ca_file is given, so the url must start with rediss://")

    @property
    def place(self) -> str:
        """The server as error messages name it, without the password."""
        return f"Redis {without_password(self.url)}"

    def __repr__(self) -> str:
        return f"RedisSettings(url={without_password(self.url)!r}, key_prefix={self.key_prefix!r})"


@dataclass(frozen=True, slots=True)
class OperationalSettings:
    """The operational database as an SQLAlchemy URL: `sqlite:////absolute/path.db` or `postgresql+psycopg://...`."""

    url: str = ""
    lock_timeout_seconds: float = 30.0  # how long a writer waits for another before it gives up
    password_file: str = ""  # the password is in this file and not in the url

    @classmethod
    def sqlite(cls, path: Path) -> OperationalSettings:
        """The embedded database in one file."""
        return cls(f"sqlite:///{path.absolute()}")

    @property
    def place(self) -> str:
        """The database as error messages name it, without the password."""
        return f"operational database {without_password(self.url)}"

    def __repr__(self) -> str:
        return f"OperationalSettings(url={without_password(self.url)!r})"


def with_password(url: str, password: str) -> str:
    """The URL with a password put in, for the user that it names.

    Raises:
        ValueError: it has one already, or names no server.
    """
    scheme, separator, rest = url.partition("://")
    authority, slash, path = rest.partition("/")
    user, at, host = authority.rpartition("@")
    if not separator or not authority:
        raise ValueError("the url names no server that could take a password")
    if at and ":" in user:
        raise ValueError("the url has a password already: leave it out, or leave out password_file")
    return f"{scheme}://{user}:{quote(password, safe='')}@{host}{slash}{path}"


def without_password(url: str) -> str:
    """The URL with its password, and any query that could hold one, replaced by `***`. It may hide too much."""
    scheme, separator, rest = url.partition("://")
    if not separator:
        return "***" if url else "(no url)"
    place, question, _query = rest.partition("?")
    credentials, at, host = place.rpartition("@")
    if ":" in credentials:
        credentials = credentials.partition(":")[0] + ":***"
    return f"{scheme}://{credentials}{at}{host}{question and '?***'}"
