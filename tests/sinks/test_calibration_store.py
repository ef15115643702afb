"""A proposal is kept until it is applied or overtaken; what is in force has its history in the watchlist's log."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from detectors.calibration.document import read_calibration
from sinks.errors import StoreRefused
from sinks.operational.calibration_store import CalibrationStore, StaleProposal
from sinks.operational.rights_store import RightsStore
from sinks.settings import OperationalSettings

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
CHANGES = {"verdicts": 40, "scores": [], "thresholds": [], "before": None, "after": None}


def document(score: float = 0.9) -> dict[str, Any]:
    scores = {"mark": {"disguise+mark": {"score": score}}}
    return {"form": 1, "made_at": "2026-11-29T12:00:00.000Z", "verdicts": 40, "scores": scores, "thresholds": {}}


@pytest.fixture
def store(operational: OperationalSettings) -> Iterator[CalibrationStore]:
    store = CalibrationStore(operational)
    yield store
    store.close()


def test_there_is_none_at_first(store: CalibrationStore) -> None:
    assert (store.in_force(), store.proposal()) == ({}, None)


def test_a_proposal_is_kept_with_what_it_would_change(store: CalibrationStore) -> None:
    version = store.keep(document(), CHANGES, NOW)
    kept = store.proposal()
    assert kept is not None
    assert (kept.version, kept.document, kept.changes, kept.made_at) == (version, document(), CHANGES, NOW)
    assert version == read_calibration(document()).version
    assert store.in_force() == {}


def test_a_newer_one_takes_its_place_and_one_that_suggests_nothing_forgets_it(store: CalibrationStore) -> None:
    store.keep(document(0.8), CHANGES, NOW)
    newer = store.keep(document(0.9), CHANGES, NOW)
    kept = store.proposal()
    assert kept is not None
    assert kept.version == newer
    store.forget()
    assert store.proposal() is None


def test_what_is_applied_is_an_entry_of_the_log_with_who_did_it(store: CalibrationStore, rights: RightsStore) -> None:
    version = store.keep(document(), CHANGES, NOW)
    assert store.apply(version, by="ann", now=NOW) == 1
    applied = {**document(), "applied": {"by": "ann", "at": "2026-11-29T12:00:00.000Z"}}
    assert list(rights.entries(0)) == [{"revision": 1, "op": "calibrate", "calibration": applied}]
    assert (store.in_force(), store.proposal()) == (applied, None)
    assert read_calibration(applied).version == version


def test_a_proposal_that_is_not_the_one_looked_at_is_not_applied(store: CalibrationStore) -> None:
    version = store.keep(document(), CHANGES, NOW)
    store.keep(document(0.8), CHANGES, NOW)
    with pytest.raises(StaleProposal, match="look at it again"):
        store.apply(version, by="ann", now=NOW)
    assert store.in_force() == {}


def test_a_proposal_counts_no_more_once_something_else_is_in_force(store: CalibrationStore) -> None:
    version = store.keep(document(), CHANGES, NOW)
    store.put(document(0.7), by="bob", now=NOW)
    assert store.proposal() is None
    with pytest.raises(StaleProposal):
        store.apply(version, by="ann", now=NOW)


def test_nobody_applies_a_proposal_twice(store: CalibrationStore) -> None:
    version = store.keep(document(), CHANGES, NOW)
    store.apply(version, by="ann", now=NOW)
    with pytest.raises(StaleProposal):
        store.apply(version, by="bob", now=NOW)


def test_an_empty_one_takes_it_back(store: CalibrationStore) -> None:
    store.put(document(), by="ann", now=NOW)
    assert store.put({}, by="ann", now=NOW) == 2
    assert store.in_force() == {}


def test_what_goes_beyond_the_bounds_is_neither_kept_nor_put(store: CalibrationStore) -> None:
    with pytest.raises(StoreRefused, match=r"from 0\.01 to 0\.99"):
        store.keep(document(1.5), CHANGES, NOW)
    with pytest.raises(StoreRefused, match=r"from 0\.01 to 0\.99"):
        store.put(document(1.5), by="ann", now=NOW)


def test_one_process_proposes_at_a_time(store: CalibrationStore, operational: OperationalSettings) -> None:
    other = CalibrationStore(operational)
    with store.proposing() as first, other.proposing() as second:
        assert (first, second) == (True, False)
    with other.proposing() as again:
        assert again
    other.close()
