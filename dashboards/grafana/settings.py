"""What an operator may set about Grafana."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from dashboards.grafana.words import LANGUAGES


@dataclass(frozen=True, slots=True, kw_only=True)
class GrafanaSettings:
    """The Grafana that `rightswatch grafana push` publishes boards to, and where it finds what they ask."""

    url: str = ""  # as https://grafana.example/ or http://host:3000
    token: str = field(default="", repr=False)  # of a service account with the role Admin
    token_file: str = ""  # the token is in this file
    ca_file: str = ""  # PEM, for https; empty: the system's authorities
    timeout_seconds: float = 10.0  # no answer for so long: given up
    folder: str = "rightswatch"  # where boards and alert rules are put
    language: str = "en"  # of titles: en or zh
    floor_url: str = "http://127.0.0.1:8420"  # where links lead: the watch floor as people reach it
    prometheus_url: str = "http://127.0.0.1:9090"  # as Grafana reaches it
    clickhouse_host: str = ""  # as Grafana reaches it; empty: as [clickhouse] says
    clickhouse_port: int = 9000
    clickhouse_user: str = "rightswatch_reader"  # one that may only read
    clickhouse_password: str = field(default="", repr=False)
    clickhouse_password_file: str = ""  # the password is in this file

    def __post_init__(self) -> None:
        for name in ("url", "floor_url", "prometheus_url"):
            _check_url(name, getattr(self, name))
        if self.ca_file and not self.url.startswith("https://"):
            raise ValueError("ca_file is given, so the url must start with https://")
        if not self.folder.strip():
            raise ValueError("folder must have a name: Grafana keeps alert rules in folders only")
        if self.language not in LANGUAGES:
            raise ValueError(f"language must be one of {', '.join(LANGUAGES)}")
        if not 0 < self.clickhouse_port < 65_536:
            raise ValueError("clickhouse_port must be between 1 and 65535")
        if not self.timeout_seconds >= 0.1:
            raise ValueError("timeout_seconds must be at least 0.1")


def _check_url(name: str, url: str) -> None:
    """The url itself is not shown: what is wrong with it may be that it holds a password."""
    if not url and name == "url":
        return
    try:
        parts = urlsplit(url)
        is_whole = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_whole = False
    if not is_whole:
        raise ValueError(f"{name} must start with http:// or https:// and name a host")
    if parts.username is not None or parts.password is not None:
        raise ValueError(f"{name} must hold no user and no password: the token goes into token_file")
    if parts.query or parts.fragment:
        raise ValueError(f"{name} must end with the path")
