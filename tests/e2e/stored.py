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
    """Until every listing has proof of screening and every alert that the proofs count is in its table."""
    wait_for(lambda: sum(screened_pages(service).values()) >= listings, f"all screened\n{service.logs()}", seconds)
    wait_for(lambda: _missing_alerts(service) <= 0, f"all alerts stored\n{service.logs()}", seconds)


def _missing_alerts(service: Service) -> int:
    """What the proofs count and the table lacks. No offer of the demo's stands on two pages, so ids can be counted."""
    counted = service.query("SELECT sum(alerts) FROM screenings FINAL")[0][0]
    return int(counted) - int(service.query("SELECT uniqExact(alert_id) FROM alerts")[0][0])
