"""What must be true when a disturbed run is over."""

from __future__ import annotations

from collections import Counter

from tests.faults.conftest import Batch
from tests.faults.installation import Installation


def assert_as_undisturbed(
    installation: Installation, batch: Batch, seconds: float, dead: Counter[str] | None = None
) -> float:
    """Every page has its proof, and then everything is there: each alert once; only what is bad is dead.

    Returns how long that took.
    """
    crew = installation.crew
    took = crew.until(lambda: installation.screened() >= installation.fed, "every page's proof", seconds)
    crew.until(lambda: crew.is_calm, "every part is up again", seconds)
    alert_ids = installation.alert_ids(f"{batch.name}-")
    assert len(alert_ids) == len(set(alert_ids))
    assert set(alert_ids) == batch.expected.alert_ids
    assert installation.screened() == installation.fed
    assert installation.dead_letters() == (dead or Counter())
    kept = installation.query("SELECT uniqExact(platform, listing_id), uniqExact(page) FROM listings")
    proven = installation.query("SELECT uniqExact(page), uniqExact(page) FROM screenings")
    assert kept[0][0] == installation.fed
    assert kept[0][1] == proven[0][0]
    return took
