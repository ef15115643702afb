"""What an operator may set about the web process."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSettings:
    """The watch floor and the HTTP API. Without accounts they answer on this machine only."""

    accounts: bool = False  # people sign in, programs send keys; the first: rightswatch accounts add
    host: str = "127.0.0.1"  # 127.0.0.1, ::1 or localhost; any address if isolated, or with accounts and TLS
    isolated: bool = False  # in a container whose port is published on loopback only
    names: tuple[str, ...] = ()  # further names that may be asked for, as rights.example.com or web:8420
    tls_cert: str = ""  # PEM: the certificate with its chain; read again each hour; needs accounts
    tls_key: str = ""  # PEM: its key, without a passphrase
    behind_proxy: bool = False  # a proxy speaks TLS for us and says so in X-Forwarded-Proto and -For; needs accounts
    trusted_proxies: tuple[str, ...] = ("127.0.0.1", "::1")  # its addresses or networks: only these are believed
    port: int = 8420  # 0: any free port
    health_host: str = "127.0.0.1"  # any other is for a network where nobody but Prometheus reaches it
    health_port: int = 0  # /livez, /readyz, /metrics, as of the other processes, for Prometheus and probes; 0: none
    history_rows: int = 200  # alerts that the watch floor starts with
    max_live_clients: int = 1000  # open live streams; one more is answered 503
    live_queue_frames: int = 64  # a client this many frames behind is dropped; its browser resumes
    live_interval_seconds: float = 0.25  # alerts that arrive within it leave as one frame
    keep_alive_seconds: float = 15.0  # silence on the live stream is broken by a comment
    pulse_seconds: float = 1.0  # how often the floor's figures are refreshed
    worker_stale_seconds: float = 5.0  # a worker silent for so long is not counted as alive
    read_threads: int = 2  # each holds one connection to ClickHouse
    read_timeout_seconds: float = 10.0  # a read that takes longer is answered 503
    check_timeout_seconds: float = 10.0
    max_uploads: int = 2  # checks with pictures at once, each up to 40 MB and what decoding takes; the others wait
    upload_seconds: float = 60.0  # for sending one, as long for waiting and for looking at it; then 408 or 503

    def __post_init__(self) -> None:
        self._refuse_what_is_open()
        if any(not name.isascii() or name != name.lower() or "/" in name for name in self.names):
            raise ValueError("names must be host:port in small letters, as web:8420")
        if not 0 <= self.port <= 65_535:
            raise ValueError("port must be between 0 and 65535")
        if not 0 <= self.health_port <= 65_535:
            raise ValueError("health_port must be between 0 and 65535")
        if not 1 <= self.history_rows <= 500:
            raise ValueError("history_rows must be between 1 and 500")
        for name in ("max_live_clients", "live_queue_frames", "read_threads", "max_uploads"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1")
        for name in (
            "live_interval_seconds",
            "keep_alive_seconds",
            "pulse_seconds",
            "worker_stale_seconds",
            "read_timeout_seconds",
            "check_timeout_seconds",
            "upload_seconds",
        ):
            if not getattr(self, name) >= 0.01:
                raise ValueError(f"{name} must be at least 0.01")

    @property
    def is_tls(self) -> bool:
        return bool(self.tls_cert)

    def address(self, host: str, port: int) -> str:
        """What a browser is to open, when it listens there: its name, where other machines reach it."""
        if self.names and (self.behind_proxy or (self.is_tls and not is_loopback(host))):
            return f"https://{self.names[0]}"
        return f"{'https' if self.is_tls else 'http'}://{f'[{host}]' if ':' in host else host}:{port}"

    def _refuse_what_is_open(self) -> None:
        """No address that others reach without accounts, and no password over the network in the clear."""
        is_here = self.isolated or is_loopback(self.host)
        if not self.accounts:
            if not is_here:
                raise ValueError(
                    f"host is {self.host!r}, but without accounts the watch floor must stay on this machine: use"
                    " 127.0.0.1, and an SSH tunnel (ssh -L 8420:127.0.0.1:8420 HOST) to reach it from elsewhere; or set"
                    " accounts = true"
                )
            if self.tls_cert or self.tls_key or self.behind_proxy:
                raise ValueError("tls_cert, tls_key and behind_proxy are for accounts = true: without, leave them out")
            return
        if bool(self.tls_cert) != bool(self.tls_key):
            raise ValueError("tls_cert and tls_key belong together")
        if self.is_tls and self.behind_proxy:
            raise ValueError("tls_cert and behind_proxy: either we speak TLS or the proxy does; leave one of them out")
        if not is_here and not (self.is_tls or self.behind_proxy):
            raise ValueError(
                f"host is {self.host!r}, where passwords would cross the network in the clear: give tls_cert and"
                " tls_key, or behind_proxy = true with a proxy before it that speaks TLS"
            )
        if not self.names and (self.behind_proxy or not is_here):
            raise ValueError('names must say what browsers call this server, as names = ["rights.example.com"]')
        for proxy in self.trusted_proxies:
            try:
                ipaddress.ip_network(proxy, strict=False)
            except ValueError:
                raise ValueError(f"trusted_proxies: {proxy!r} is no address or network, as 10.0.0.0/24") from None


def is_loopback(host: str) -> bool:
    """Whether the name or address can only be reached from this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
