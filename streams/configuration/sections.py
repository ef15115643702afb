"""The settings that the wiring itself declares, a dataclass for each section of the file.

The comments are the reference: deploy/rightswatch.toml says the same for operators, and a test compares the two.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from typing import Any

SECURITY_PROTOCOLS = ("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL")
SASL_MECHANISMS = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")
LOG_FORMATS = ("text", "json")
SMTP_TLS = ("starttls", "tls", "none")
LOG_LEVELS = ("debug", "info", "warning", "error")


@dataclass(frozen=True, slots=True, kw_only=True)
class KafkaSettings:
    """The broker. Without `bootstrap` the embedded one is used."""

    bootstrap: str = ""  # host:port, several separated by commas
    topic_prefix: str = ""  # put before every topic and group name, so that services can share a broker
    listings_partitions: int = 4  # at most this many workers share the listings
    replication_factor: int = 1  # copies of each topic; at least 3 in production
    session_timeout_seconds: float = 0.0  # 0: 6 s embedded (a group joins after half of it), 30 s on a real broker
    fetch_wait_seconds: float = 0.0  # longest wait of an empty fetch; 0: 0.025 s embedded, 0.5 s on a real broker
    max_message_bytes: int = 1_000_000  # a page is at most 900,000; the rest is for headers and framing
    security_protocol: str = "PLAINTEXT"  # PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL
    sasl_mechanism: str = "PLAIN"  # PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512
    sasl_username: str = ""
    sasl_password: str = field(default="", repr=False)
    sasl_password_file: str = ""  # the password is in this file
    ca_file: str = ""  # PEM; empty: the system's authorities
    cert_file: str = ""  # PEM: our own certificate, where the broker asks for one
    key_file: str = ""  # PEM: its key, without a passphrase

    def __post_init__(self) -> None:
        _one_of("security_protocol", self.security_protocol, SECURITY_PROTOCOLS)
        _one_of("sasl_mechanism", self.sasl_mechanism, SASL_MECHANISMS)
        self._refuse_what_is_not_used()
        _at_least(self, 1, "listings_partitions", "replication_factor")
        _at_least(self, 900_000, "max_message_bytes")
        _at_least(self, 0, "session_timeout_seconds", "fetch_wait_seconds")

    @property
    def uses_tls(self) -> bool:
        return self.security_protocol.endswith("SSL")

    @property
    def uses_sasl(self) -> bool:
        return self.security_protocol.startswith("SASL")

    def _refuse_what_is_not_used(self) -> None:
        """A password or certificate that is not sent leaves its owner in the belief that the connection is safe."""
        if self.uses_sasl and not self.sasl_username:
            raise ValueError(f"security_protocol {self.security_protocol} needs sasl_username and a password")
        if self.sasl_username and not self.uses_sasl:
            raise ValueError("sasl_username is given, so security_protocol must be SASL_SSL or SASL_PLAINTEXT")
        if (self.ca_file or self.cert_file) and not self.uses_tls:
            raise ValueError("ca_file or cert_file is given, so security_protocol must be SSL or SASL_SSL")
        if bool(self.cert_file) != bool(self.key_file):
            raise ValueError("cert_file and key_file belong together")


@dataclass(frozen=True, slots=True, kw_only=True)
class LogsSettings:
    """What each process writes to stderr; never a listing's text or a password."""

    format: str = "text"  # text, or json: an object a line, with trace_id and page of the page that it is about
    level: str = "info"  # debug (a line per page), info (lifecycle), warning or error

    def __post_init__(self) -> None:
        _one_of("format", self.format, LOG_FORMATS)
        _one_of("level", self.level, LOG_LEVELS)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerSettings:
    """The Faust worker that screens pages."""

    writer: bool = True  # run the writer as a child process beside this worker
    commit_interval_seconds: float = 1.0  # a killed worker screens at most so much again
    health_host: str = "127.0.0.1"  # without accounts, keep it on this machine
    health_port: int = 0  # /livez, /readyz, /metrics; 0: any free port, printed at start
    stall_seconds: float = 60.0  # pages waiting and none finished for so long: the process ends and is started again
    watchlist_poll_seconds: float = 0.25  # how often the operational database is asked for changes to publish
    watchlist_stale_seconds: float = 30.0  # no contact with the watchlist log for so long: not ready
    failed_pages_limit: int = 20  # so many pages in a row fail in screening: our own fault, end and replay
    retry_max_seconds: float = 10.0  # the longest pause between two tries against a broker in trouble
    screened_sample: float = 0.001  # this share of what does not alert is kept for people to judge; 0: none

    def __post_init__(self) -> None:
        if not 0 <= self.screened_sample <= 1:
            raise ValueError("screened_sample must be between 0 and 1")
        _at_least(self, 0.05, "commit_interval_seconds", "watchlist_poll_seconds", "retry_max_seconds")
        _at_least(self, 1, "stall_seconds", "watchlist_stale_seconds", "failed_pages_limit")
        _at_least(self, 0, "health_port")


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotSettings:
    """The compiled watchlist on disk: the processes of one host share it in memory and start from it."""

    enabled: bool = True
    folder: str = ""  # on a local disk, the same for all processes of a host; empty: snapshot in data_dir
    least_rights: int = 20_000  # a watchlist with fewer is compiled by each process, which takes a second or two

    def __post_init__(self) -> None:
        _at_least(self, 0, "least_rights")


@dataclass(frozen=True, slots=True, kw_only=True)
class WriterSettings:
    """The writer that moves topics into ClickHouse and the live stream."""

    alert_rows: int = 20_000  # insert at so many alerts
    alert_linger_seconds: float = 0.2  # or so long after the batch before; the first after a pause goes at once
    page_bytes: int = 64_000_000  # insert pages and listings at so many bytes of pages
    page_linger_seconds: float = 1.0  # or so long after the batch before
    retry_max_seconds: float = 10.0  # the longest pause between two tries against a ClickHouse in trouble
    health_host: str = "127.0.0.1"  # without accounts, keep it on this machine
    health_port: int = 0  # /livez, /readyz, /metrics; 0: any free port, printed at start

    def __post_init__(self) -> None:
        _at_least(self, 1, "alert_rows", "page_bytes")
        _at_least(self, 0.01, "alert_linger_seconds", "page_linger_seconds", "retry_max_seconds")


@dataclass(frozen=True, slots=True, kw_only=True)
class RetroSettings:
    """The sweeps over stored listings after a right was added or widened."""

    days: int = 90  # how far back; 0: no sweeps
    share: float = 0.5  # of one processor at most; in between it rests
    settle_seconds: float = 30.0  # no page that was screened before the change came for so long: the sweep is done
    poll_seconds: float = 1.0  # how often the operational database is asked for changes
    health_host: str = "127.0.0.1"  # without accounts, keep it on this machine
    health_port: int = 0  # /livez, /readyz, /metrics; 0: any free port, printed at start

    def __post_init__(self) -> None:
        _at_least(self, 0, "days", "health_port")
        _at_least(self, 0.01, "share")
        _at_least(self, 0.05, "settle_seconds", "poll_seconds")
        if not self.share <= 1:
            raise ValueError("share must be at most 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class PicturesSettings:
    """Pictures that listings name by URL, fetched and screened after the texts. Memory: see also [fetching]."""

    enabled: bool = True  # fetch them if a right has a picture or words are read; no: no process beside the worker
    messages: int = 8  # of up to 200 pictures, in hand at once, so that a slow host holds up its own message alone
    fetches: int = 8  # at once for one message
    shed_seconds: float = 900.0  # a message older than this: only pictures of listings whose texts alert are fetched
    patience_seconds: float = 60.0  # a host whose budget is spent is asked again for so long
    unseen_bytes: int = 64_000_000  # fetched and not looked at: above, no fetch begins
    held_bytes: int = 32_000_000  # of one message's pictures that may become evidence; above, fetched once more
    looks_days: int = 30  # what was seen is kept for sweeps so long, at most [retro] days: about 0.3 kB a picture
    seen_pictures: int = 20_000  # what was seen in so many pictures is remembered: 1.4 kB for one with four views
    health_host: str = "127.0.0.1"  # without accounts, keep it on this machine
    health_port: int = 0  # /livez, /readyz, /metrics; 0: any free port, printed at start

    def __post_init__(self) -> None:
        _at_least(self, 1, "messages", "fetches", "unseen_bytes")
        _at_least(
            self, 0, "looks_days", "shed_seconds", "patience_seconds", "held_bytes", "seen_pictures", "health_port"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FloodSettings:
    """The flood watch in the writer: a picture that suddenly fires too often is quarantined until a person looks."""

    window_minutes: int = 60  # counted over the last so many minutes; 0: nothing is ever quarantined
    listings: int = 100  # so many offers or more: above what one person can look at in an hour
    sellers: int = 50  # and so many sellers or more; one seller who floods is never quarantined
    shared_listings: int = 40  # the same for a picture that fires for rights of several holders
    shared_sellers: int = 20
    times_usual: float = 5.0  # and so many times what its rights' pictures usually fire for in as long
    usual_days: int = 7  # before the window, which is where the usual number is taken from
    distance: int = 10  # bits between fingerprints that count as the same picture
    most_undecided: int = 50  # so many quarantined that no person decided about: nothing more is, but all alerts
    poll_seconds: float = 5.0  # how often ClickHouse is asked

    def __post_init__(self) -> None:
        _at_least(self, 0, "window_minutes", "times_usual", "distance", "most_undecided")
        _at_least(self, 2, "listings", "sellers", "shared_listings", "shared_sellers")
        _at_least(self, 1, "usual_days")
        _at_least(self, 0.05, "poll_seconds")
        if self.window_minutes > 1_440:
            raise ValueError("window_minutes must be at most 1440")
        if self.distance > 31:
            raise ValueError("distance must be at most 31 bits")


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationSettings:
    """What verdicts change about scores and thresholds: proposed by the web process, shown on the page /figures."""

    apply: str = "propose"  # propose: a person applies it; automatic: it is applied too, and the audit log says so
    days: int = 180  # verdicts on what was observed in the last so many days count
    propose_minutes: float = 60.0  # how often verdicts are looked at
    automatic_hours: float = 24.0  # automatic: one bounded step in so long at most

    def __post_init__(self) -> None:
        if self.apply not in ("propose", "automatic"):
            raise ValueError("apply must be propose or automatic")
        if not 1 <= self.days <= 1_095:
            raise ValueError("days must be between 1 and 1095: alerts are kept for three years")
        for name in ("propose_minutes", "automatic_hours"):
            if not getattr(self, name) >= 0.01:
                raise ValueError(f"{name} must be at least 0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchSettings:
    """How processes watch themselves, and those that they start: those of `rightswatch run`, and beside a worker."""

    stall_seconds: float = 60.0  # a part without progress for so long: the process ends. Pages: [worker] stall_seconds
    ask_seconds: float = 5.0  # how often /livez of a process that we started is asked; an answer may take so long
    silent_seconds: float = 30.0  # no good answer for so long: it is killed, frozen or not, and started again
    start_seconds: float = 300.0  # the first answer may take so long; a large watchlist is loaded after it
    longest_pause_seconds: float = 15.0  # between the end of a process and its next start, which is never given up

    def __post_init__(self) -> None:
        _at_least(self, 5, "stall_seconds")
        _at_least(self, 0.05, "ask_seconds", "longest_pause_seconds")
        _at_least(self, self.ask_seconds, "silent_seconds", "start_seconds")


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureBudgetSettings:
    """Which costly looks a picture gets at which age of the queue: streams/pictures/budget.py says how."""

    max_age_seconds: float = 30.0  # of the message in hand: beyond it only what looks worst is looked at closely
    closer_worth: float = 0.0  # the least worth that the second tier pays for at leisure
    words_worth: float = 0.2  # the same for reading words, which costs more
    first_sight_worth: float = 0.3  # what a picture never seen before is worth, whatever its listing says
    seen_again_risk: float = 0.7  # a picture seen before is looked at again from this risk on
    busy_worth: float = 0.7  # the least worth when the queue reaches max_age_seconds
    shed_worth: float = 0.9  # ... and beyond

    def __post_init__(self) -> None:
        for name in ("closer_worth", "words_worth", "first_sight_worth", "seen_again_risk", "busy_worth", "shed_worth"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} must be between 0 and 1")
        if self.max_age_seconds <= 0:
            raise ValueError("max_age_seconds must be greater than 0")
        if not max(self.closer_worth, self.words_worth) <= self.busy_worth <= self.shed_worth:
            raise ValueError("busy_worth must not be under closer_worth or words_worth, nor over shed_worth")


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureWordsSettings:
    """What reading the words in one picture may cost."""

    enabled: bool = True  # in the stream's pictures, as the budget allows
    longer_side: int = 960  # pixels that a picture is read at; larger ones are made smaller
    enlarge: float = 2.0  # a smaller one is made larger, up to so many times
    max_lines: int = 64  # the largest lines of a picture are read, and so many at most
    threads: int = 1  # of the models, for one picture
    min_confidence: float = 0.5  # what is read with less is no word

    def __post_init__(self) -> None:
        if not 64 <= self.longer_side <= 4_096:
            raise ValueError("longer_side must be between 64 and 4096")
        if not 1 <= self.enlarge <= 8:
            raise ValueError("enlarge must be between 1 and 8")
        if self.max_lines < 1 or self.threads < 1:
            raise ValueError("max_lines and threads must be at least 1")
        if not 0 <= self.min_confidence <= 1:
            raise ValueError("min_confidence must be between 0 and 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchingSettings:
    """How pictures are fetched. Memory: concurrency x max_bytes under way, and cache_bytes kept."""

    allow_http: bool = False  # https only, unless said otherwise
    extra_ports: tuple[str, ...] = ()  # beside 443 (and 80 with allow_http)
    refuse_networks: tuple[str, ...] = ()  # as 198.51.100.0/24: your own public addresses; private ones never work
    ca_file: str = ""  # PEM; empty: the system's authorities
    agent: str = "rightswatch/0.1 (compares pictures of offers with registered rights)"  # User-Agent; add a contact
    max_bytes: int = 8_000_000  # of one picture
    max_redirects: int = 3
    connect_seconds: float = 5.0  # for name, connection and TLS
    first_byte_seconds: float = 10.0  # from there to the answer's whole head
    stall_seconds: float = 3.0  # a body may lag so far behind min_bytes_per_second
    min_bytes_per_second: float = 4_000.0  # a slower server is given up
    total_seconds: float = 40.0  # for one URL, with waiting, redirects and repeated tries
    concurrency: int = 32  # requests at once
    waiting: int = 256  # URLs taken beside those; more are refused as busy
    lookup_threads: int = 32  # names looked up at once; a name that answers slowly holds one for up to 20 s
    host_concurrency: int = 4  # requests at once to one host
    host_rate: float = 10.0  # requests a second to one host
    host_rates: tuple[str, ...] = ()  # as example.com=100: another rate for each host at or below a domain
    host_wait_seconds: float = 5.0  # a host's budget is spent for longer: the URL is refused as host_busy
    address_rate: float = 20.0  # new connections a second to one address, whatever the hosts' names
    retries: int = 2  # after a reset, 429 or 5xx
    backoff_seconds: float = 0.5  # before the first repeated try; then doubling
    retry_after_max_seconds: float = 10.0  # a server that asks for a longer pause gets it, and the URL is refused
    cache_bytes: int = 128_000_000  # pictures kept by URL; equal ones once
    cache_seconds: float = 3_600.0  # how long without asking the server again
    refusal_seconds: float = 60.0  # how long a refusal is remembered for its URL

    def __post_init__(self) -> None:
        _at_least(self, 1, "max_bytes", "concurrency", "lookup_threads", "host_concurrency")
        _at_least(self, 0, "max_redirects", "waiting", "retries", "cache_bytes", "cache_seconds", "refusal_seconds")
        _at_least(self, 0, "backoff_seconds", "retry_after_max_seconds")
        _at_least(self, 0.01, "connect_seconds", "first_byte_seconds", "stall_seconds", "total_seconds")
        _at_least(self, 0.01, "min_bytes_per_second", "host_rate", "host_wait_seconds", "address_rate")
        if not self.agent.isascii() or not self.agent.isprintable() or not self.agent:
            raise ValueError("agent must be one line of ASCII")
        for text in self.refuse_networks:
            ipaddress.ip_network(text)
        _ = self.ports, self.suffix_rates

    @property
    def ports(self) -> frozenset[int]:
        """The extra ports as numbers."""
        if not all(text.isascii() and text.isdigit() and 0 < int(text) < 65536 for text in self.extra_ports):
            raise ValueError("extra_ports must be whole numbers between 1 and 65535")
        return frozenset(int(text) for text in self.extra_ports)

    @property
    def suffix_rates(self) -> tuple[tuple[str, float], ...]:
        """`host_rates` as (domain, requests a second)."""
        pairs = [text.partition("=") for text in self.host_rates]
        rates = tuple((domain.strip().lower(), float(rate)) for domain, _, rate in pairs)
        if not all(domain and 0.01 <= rate < float("inf") for domain, rate in rates):
            raise ValueError("host_rates must be domain=requests a second, as example.com=100")
        return rates


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticesSettings:
    """How notices leave: by e-mail through the operator's mail server, and as requests to public servers."""

    public_url: str = ""  # where browsers open this service, as https://watch.example: links in notices lead there
    sender: str = ""  # the address that e-mail comes from, as watch@example.com
    smtp_host: str = ""  # the mail server; empty: no e-mail
    smtp_port: int = 587
    smtp_tls: str = "starttls"  # starttls, tls (from the start, port 465) or none (a server on this machine)
    smtp_user: str = ""  # empty: no sign-in
    smtp_password: str = field(default="", repr=False)
    smtp_password_file: str = ""  # the password is in this file
    poll_seconds: float = 1.0  # how often it is looked for what is to be told
    timeout_seconds: float = 20.0  # for one request or letter; at most 50
    extra_ports: tuple[str, ...] = ()  # of webhooks, beside 443
    refuse_networks: tuple[str, ...] = ()  # as 198.51.100.0/24: your own public addresses; private ones never work
    ca_file: str = ""  # PEM: authorities of webhooks' certificates; empty: the system's
    lookup_threads: int = 8  # names looked up at once

    def __post_init__(self) -> None:
        _one_of("smtp_tls", self.smtp_tls, SMTP_TLS)
        _at_least(self, 0.05, "poll_seconds")
        _at_least(self, 1, "timeout_seconds", "smtp_port", "lookup_threads")
        if self.timeout_seconds > 50:
            raise ValueError("timeout_seconds must be at most 50")
        if self.public_url and not self.public_url.startswith(("https://", "http://")):
            raise ValueError("public_url must begin with https:// (or http://)")
        if self.smtp_host and ("@" not in self.sender or not self.public_url):
            raise ValueError("smtp_host is given, so sender must be an e-mail address and public_url must be set")
        for text in self.refuse_networks:
            ipaddress.ip_network(text)
        _ = self.ports

    @property
    def can_mail(self) -> bool:
        return bool(self.smtp_host)

    @property
    def ports(self) -> frozenset[int]:
        """The extra ports as numbers."""
        if not all(text.isascii() and text.isdigit() and 0 < int(text) < 65536 for text in self.extra_ports):
            raise ValueError("extra_ports must be numbers of ports")
        return frozenset(int(text) for text in self.extra_ports)


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise ValueError(f"{name} must be one of {', '.join(allowed)}")


def _at_least(section: Any, minimum: float, *names: str) -> None:
    for name in names:
        if not getattr(section, name) >= minimum:
            raise ValueError(f"{name} must be at least {minimum:g}")
