"""What a service's ClickHouse holds, each thing once."""

from __future__ import annotations

from tests.e2e.service import Service, wait_for


def screened_pages(service: Service) -> dict[str, int]:
    """Digest of each page with proof of its screening, and how many listings it held."""
    return dict(service.query("SELECT lower(hex(page)), listings FROM screenings FINAL"))


def alert_ids(service: Service) -> list[str]:
    """One entry per row under FINAL."""
    return [str(alert_id) for (alert_id,) in service.query("SELECT alert_id FROM alerts FINAL")]


def wait_until_stored(service: Service, listings: int, seconds: float = 120.0) -> None:
    """Until every listing has proof of screening, which is stored after its page and its alerts."""
    wait_for(lambda: sum(screened_pages(service).values()) >= listings, f"all stored\n{service.logs()}", seconds)
