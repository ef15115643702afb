"""What an operator may set about accounts, where [web] asks for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessSettings:
    """Sessions, tries to sign in and limits of requests, where [web] accounts is on."""

    session_hours: float = 12.0  # a session ends so long after signing in, whatever it does meanwhile
    idle_minutes: float = 30.0  # ... and when nobody asked for so long; what an untouched page reads does not count
    failures: int = 5  # wrong passwords for one name until it is locked
    address_failures: int = 30  # the same for one address, whatever the names; an office may share one
    lock_seconds: float = 30.0  # the first lock; each further failure doubles it, up to an hour
    requests_per_second: float = 20.0  # of one account, key or address in the long run; beyond it: 429
    requests_at_once: int = 200  # so many may come together
    recheck_seconds: float = 15.0  # how soon an open live stream ends after its account was signed out or changed

    def __post_init__(self) -> None:
        for name in ("failures", "address_failures", "requests_at_once"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1")
        for name in ("session_hours", "idle_minutes", "lock_seconds", "requests_per_second", "recheck_seconds"):
            if not 0.01 <= getattr(self, name) <= 100_000:
                raise ValueError(f"{name} must lie between 0.01 and 100000")

    @property
    def lifetime(self) -> timedelta:
        return timedelta(hours=self.session_hours)

    @property
    def idle(self) -> timedelta:
        return timedelta(minutes=self.idle_minutes)
