"""What must be true when a disturbed run is over."""

from __future__ import annotations

from tests.faults.conftest import Batch
from tests.faults.installation import Installation


def assert_as_undisturbed(installation: Installation, batch: Batch, seconds: float) -> None:
    """Every page has its proof, every part runs, and the outcome is an undisturbed run's."""
    wait_for_proofs(installation, seconds)
    installation.crew.until(lambda: installation.crew.is_calm, "every part is up again", seconds)
    assert_outcome(installation, batch)


def wait_for_proofs(installation: Installation, seconds: float) -> None:
    """Stored after all that they prove; a dead page's too, but it has no listings, only its dead letters."""

    def is_through() -> bool:
        return installation.screened() >= installation.fed and installation.dead_letters() == installation.bad

    installation.crew.until(is_through, "every page's proof", seconds)


def assert_outcome(installation: Installation, batch: Batch) -> None:
    """Each alert once and none missing; only what is bad is dead; of every page its bytes and its listings are kept."""
    alert_ids = installation.alert_ids(f"{batch.name}-")
    assert len(alert_ids) == len(set(alert_ids))
    assert set(alert_ids) == batch.expected.alert_ids
    assert installation.screened() == installation.fed
    assert installation.dead_letters() == installation.bad
    listings = installation.query("SELECT uniqExact(platform, listing_id) FROM listings")
    assert listings == [(installation.fed + installation.unscreened,)]
    unproven = installation.query("SELECT count() FROM screenings FINAL WHERE page NOT IN (SELECT digest FROM pages)")
    assert unproven == [(0,)]
