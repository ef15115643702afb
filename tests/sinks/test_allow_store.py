"""The allow-list in the operational database: its history, and whose word goes before whose."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sinks.errors import StoreRefused
from sinks.operational.allow_store import AllowStore
from sinks.operational.retro_store import RetroStore
from sinks.operational.rights_store import RightsStore
from sinks.settings import OperationalSettings

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
PDQ, OTHER = "0f" * 32, "f0" * 32
FIRED = {"listings": 120, "sellers": 60, "minutes": 60, "rights": ["R1", "R2"], "alerts": []}
FLOOD = {"pdq": PDQ, "distance": 10, "fired": FIRED}
RIGHT: dict[str, Any] = {"op": "put", "right": {"right_id": "R1", "kind": "design", "images": [{"pdq": PDQ}]}}


@pytest.fixture
def allow(operational: OperationalSettings) -> Iterator[AllowStore]:
    store = AllowStore(operational)
    yield store
    store.close()


def test_a_decision_is_an_entry_of_the_log_with_the_next_revision(allow: AllowStore, rights: RightsStore) -> None:
    rights.apply([RIGHT])
    assert allow.allow(PDQ.upper(), by="web", now=NOW, note="placeholder") == 2
    (entry,) = rights.entries(1)
    written = {"pdq": PDQ, "state": "allowed", "distance": 10, "note": "placeholder", "by": "web"}
    assert entry == {"revision": 2, "op": "allow", "allow": {**written, "since": "2026-11-21T10:00:00.000Z"}}
    assert allow.entries() == [entry["allow"]]
    assert allow.remove(PDQ) == 3
    assert list(rights.entries(2)) == [{"revision": 3, "op": "disallow", "pdq": PDQ}]
    assert allow.entries() == []


def test_a_replay_at_an_old_revision_sees_what_held_then(allow: AllowStore, rights: RightsStore) -> None:
    rights.apply([RIGHT])
    allow.quarantine([FLOOD], NOW)
    allow.release(PDQ, by="web", now=NOW)
    allow.remove(PDQ)
    states = [
        [entry["allow"]["state"] for entry in rights.at(revision, ["R1"]) if entry["op"] == "allow"]
        for revision in (1, 2, 3, 4)
    ]
    assert states == [[], ["quarantined"], ["released"], []]


def test_everything_that_holds_goes_into_a_new_log_withdrawals_too(allow: AllowStore, rights: RightsStore) -> None:
    allow.allow(PDQ, by="web", now=NOW)
    allow.allow(OTHER, by="web", now=NOW)
    allow.remove(PDQ)
    with rights.publishing(everything=True) as publication:
        assert [entry["op"] for entry in publication.entries] == ["allow", "disallow"]


@pytest.mark.parametrize("decide", ["allow", "release"])
def test_the_flood_watch_does_not_overrule_a_person(allow: AllowStore, decide: str) -> None:
    getattr(allow, decide)(PDQ, by="web", now=NOW)
    assert allow.quarantine([FLOOD], NOW) == []
    assert [entry["by"] for entry in allow.entries()] == ["web"]


def test_a_decision_keeps_what_the_flood_watch_saw_and_its_distance(allow: AllowStore) -> None:
    allow.quarantine([{**FLOOD, "distance": 4}], NOW)
    allow.release(PDQ, by="web", now=NOW + timedelta(hours=1))
    (entry,) = allow.entries()
    assert (entry["state"], entry["fired"], entry["distance"]) == ("released", FIRED, 4)


def test_the_same_decision_again_is_no_change(allow: AllowStore, rights: RightsStore) -> None:
    allow.allow(PDQ, by="web", now=NOW, note="a")
    assert allow.allow(PDQ, by="web", now=NOW + timedelta(hours=1)) == 1
    assert allow.allow(PDQ, by="web", now=NOW, note="b") == 2
    assert rights.revision() == 2


def test_the_quarantined_come_first_then_the_newest(allow: AllowStore) -> None:
    allow.quarantine([FLOOD], NOW)
    allow.allow(OTHER, by="web", now=NOW)
    allow.allow("a5" * 32, by="web", now=NOW)
    assert [entry["pdq"] for entry in allow.entries()] == [PDQ, "a5" * 32, OTHER]
    assert [entry["pdq"] for entry in allow.entries("quarantined")] == [PDQ]


def test_what_is_no_fingerprint_is_refused_and_what_is_not_there_is_not_removed(allow: AllowStore) -> None:
    with pytest.raises(StoreRefused, match="64 hexadecimal digits"):
        allow.allow("0f", by="web", now=NOW)
    with pytest.raises(StoreRefused, match="between 0 and 31"):
        allow.allow(PDQ, by="web", now=NOW, distance=32)
    assert allow.remove(PDQ) is None
    assert allow.get("0f") is None


def test_one_process_watches_for_floods(allow: AllowStore, operational: OperationalSettings) -> None:
    other = AllowStore(operational)
    with allow.watching() as mine, other.watching() as theirs:
        assert (mine, theirs) == (True, False)
    with other.watching() as theirs:
        assert theirs
    other.close()


@pytest.mark.parametrize(("decide", "wanted"), [("release", {"R1", "R2"}), ("remove", {"R1", "R2"}), ("allow", set())])
def test_the_rights_of_a_picture_that_alerts_again_wait_for_a_sweep(
    allow: AllowStore, operational: OperationalSettings, decide: str, wanted: set[str]
) -> None:
    retro = RetroStore(operational)
    allow.quarantine([FLOOD], NOW)
    retro.take_changes(lambda _before, _after: False)
    if decide == "remove":
        allow.remove(PDQ)
    else:
        getattr(allow, decide)(PDQ, by="web", now=NOW)
    retro.take_changes(lambda _before, _after: False)
    sweep = retro.begin(NOW, days=90)
    assert (set(retro.rights_of(sweep)) if sweep else set()) == wanted
    retro.close()
