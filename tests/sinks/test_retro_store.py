"""Which rights wait for a sweep, how a killed sweep finds its place again, and who may sweep."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sinks.operational.retro_store import CHUNK, RetroStore, Sweep
from sinks.operational.rights_store import RightsStore
from sinks.settings import OperationalSettings

NOW = datetime(2026, 11, 21, 10, 0, 0, 123000, tzinfo=UTC)


@pytest.fixture
def retro(operational: OperationalSettings) -> Iterator[RetroStore]:
    store = RetroStore(operational)
    yield store
    store.close()


def put(right_id: str, *marks: str) -> dict[str, Any]:
    return {"op": "put", "right": {"right_id": right_id, "kind": "trademark", "marks": list(marks)}}


def withdraw(right_id: str) -> dict[str, Any]:
    return {"op": "withdraw", "right_id": right_id}


def has_more_marks(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> bool:
    return before is None or len(after["marks"]) > len(before["marks"])


def take_all(store: RetroStore) -> bool:
    """Read the log to its end; whether rights left sweeps that run."""
    left_sweeps = False
    while (taken := store.take_changes(has_more_marks)).changes:
        left_sweeps |= taken.left_sweeps
    return left_sweeps


def begin(store: RetroStore) -> Sweep:
    sweep = store.begin(NOW, days=90)
    assert sweep is not None
    return sweep


def test_new_and_widened_rights_wait_and_go_into_one_sweep(rights: RightsStore, retro: RetroStore) -> None:
    rights.apply([put("A", "a"), put("B", "b"), put("C", "c1", "c2")])
    take_all(retro)
    retro.finish(begin(retro), NOW)
    rights.apply([put("A", "a", "a2"), put("B", "b2"), put("C", "c1"), put("D", "d")])
    assert not take_all(retro)
    sweep = begin(retro)
    assert retro.rights_of(sweep) == {"A": 4, "D": 7}
    assert (sweep.revision, sweep.rights) == (7, 2)
    assert sweep.cursor == ((NOW - timedelta(days=90)).timestamp() // 1, "")
    assert retro.begin(NOW, days=90) is None


def test_a_register_and_what_an_older_change_said_need_no_sweep(rights: RightsStore, retro: RetroStore) -> None:
    rights.apply([{"op": "register", "register": {"office": "CN", "kinds": ["design"], "from": 2010, "to": 2026}}])
    take_all(retro)
    assert retro.begin(NOW, days=90) is None
    assert retro.state().read_revision == 1


def test_a_withdrawn_right_is_swept_for_no_more_and_as_a_new_one_when_it_comes_back(
    rights: RightsStore, retro: RetroStore
) -> None:
    rights.apply([put("A", "a"), put("B", "b")])
    take_all(retro)
    sweep = begin(retro)
    rights.apply([withdraw("A")])
    assert take_all(retro)
    assert retro.rights_of(sweep) == {"B": 2}
    rights.apply([put("A", "a")])
    take_all(retro)
    assert retro.rights_of(begin(retro)) == {"A": 4}


def test_a_right_changed_while_it_is_swept_for_waits_again_even_if_it_narrows(
    rights: RightsStore, retro: RetroStore
) -> None:
    """What the sweep has not come to yet would be swept with neither form."""
    rights.apply([put("A", "a", "a2")])
    take_all(retro)
    sweep = begin(retro)
    rights.apply([put("A", "a")])
    assert take_all(retro)
    assert retro.rights_of(sweep) == {}
    assert retro.rights_of(begin(retro)) == {"A": 2}


def test_changes_within_one_import_count_together(rights: RightsStore, retro: RetroStore) -> None:
    rights.apply([put("A", "a"), put("A", "a", "a2"), put("A", "a3"), put("B", "b"), withdraw("B")])
    take_all(retro)
    assert retro.rights_of(begin(retro)) == {"A": 3}


def test_a_large_import_is_read_in_parts(rights: RightsStore, retro: RetroStore) -> None:
    rights.apply([put(f"R{number}", "m") for number in range(CHUNK + 1)])
    assert retro.take_changes(has_more_marks).changes == CHUNK
    assert retro.take_changes(has_more_marks).changes == 1
    assert retro.take_changes(has_more_marks).changes == 0
    assert begin(retro).rights == CHUNK + 1


def test_a_killed_sweep_goes_on_at_its_cursor_and_with_the_moment_of_the_batch_in_hand(
    rights: RightsStore, retro: RetroStore, operational: OperationalSettings
) -> None:
    rights.apply([put("A", "a")])
    take_all(retro)
    sweep = begin(retro)
    assert retro.begin_batch(sweep, NOW) == NOW
    retro.end_batch(sweep, (7, "ab"), pages=3, alerts=2)
    assert retro.begin_batch(sweep, NOW + timedelta(minutes=1)) == NOW + timedelta(minutes=1)
    again = RetroStore(operational)
    (resumed,) = again.open_sweeps()
    assert (resumed.cursor, resumed.pages, resumed.alerts) == ((7, "ab"), 3, 2)
    assert again.begin_batch(resumed, NOW + timedelta(days=1)) == NOW + timedelta(minutes=1)
    assert again.rights_of(resumed) == {"A": 1}
    again.close()


def test_the_state_says_how_far_it_is(rights: RightsStore, retro: RetroStore) -> None:
    rights.apply([put("A", "a")])
    state = retro.state()
    assert (state.revision, state.read_revision, state.waiting, state.open) == (1, 0, 0, ())
    assert state.oldest_change is not None
    take_all(retro)
    assert retro.state().waiting == 1
    sweep = begin(retro)
    assert (retro.state().open, retro.state().last_finished) == ((sweep,), None)
    assert retro.state().oldest_change is not None
    retro.finish(sweep, NOW)
    state = retro.state()
    assert (state.waiting, state.open, state.oldest_change) == (0, (), None)
    assert state.last_finished is not None
    assert (state.last_finished.id, state.last_finished.finished_at) == (sweep.id, NOW)


def test_one_sweeps_at_a_time_and_beside_the_publisher(
    rights: RightsStore, retro: RetroStore, operational: OperationalSettings
) -> None:
    other = RetroStore(operational)
    with rights.publishing() as publication, retro.lock() as first, other.lock() as second:
        assert (publication.held, first, second) == (True, True, False)
    with other.lock() as held:
        assert held
    other.close()
