"""Revisions, history and refusals of the rights store, against a plain model of what they mean."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sqlalchemy import create_engine, select, text

from sinks.errors import StoreRefused, StoreUnavailable
from sinks.operational.rights_store import RightsStore
from sinks.operational.schema import watchlist_state
from sinks.settings import OperationalSettings
from tools.servers.postgresql import PostgreSQLServer
from tools.servers.running import running

REGISTER = {"office": "CN", "kinds": ["design"], "from": 2010, "to": 2026}


def put(right_id: str, mark: str = "NIKE") -> dict[str, Any]:
    return {"op": "put", "right": {"right_id": right_id, "kind": "trademark", "marks": [mark]}}


def withdraw(right_id: str) -> dict[str, Any]:
    return {"op": "withdraw", "right_id": right_id}


def register(**changes: Any) -> dict[str, Any]:
    return {"op": "register", "register": {**REGISTER, **changes}}


def calibrating(thresholds: dict[str, Any]) -> dict[str, Any]:
    document = {"form": 1, "made_at": "2026-11-29T12:00:00.000Z", "scores": {}, "thresholds": thresholds}
    return {"op": "calibrate", "calibration": document}


def test_every_change_gets_the_next_revision(rights: RightsStore) -> None:
    assert rights.revision() == 0
    assert rights.apply([put("A"), put("B"), register()]) == 3
    assert rights.apply([withdraw("A")]) == 4
    assert list(rights.entries(1)) == [
        {"revision": 2, **put("B")},
        {"revision": 3, **register()},
        {"revision": 4, **withdraw("A")},
    ]


def test_the_same_import_again_changes_nothing(rights: RightsStore) -> None:
    changes = [put(f"R{number}") for number in range(1200)] + [register()]
    assert rights.apply(changes) == 1201
    assert rights.apply(changes) == 1201
    shuffled_keys = {"op": "put", "right": dict(reversed(put("R1")["right"].items()))}
    assert rights.apply([shuffled_keys]) == 1201


def test_a_right_changed_twice_in_one_import_keeps_both_in_its_history(rights: RightsStore) -> None:
    assert rights.apply([put("A", "one"), put("A", "two"), put("A", "two")]) == 2
    assert [entry["right"]["marks"] for entry in rights.entries(0)] == [["one"], ["two"]]
    assert [entry["right"]["marks"] for entry in rights.at(1)] == [["one"]]
    assert [entry["right"]["marks"] for entry in rights.current()] == [["two"]]


def test_a_withdrawn_right_may_come_back(rights: RightsStore) -> None:
    rights.apply([put("A"), withdraw("A")])
    assert rights.get("A") is None
    assert rights.apply([withdraw("A")]) == 2  # it is already gone: no change
    assert rights.apply([put("A")]) == 3
    assert rights.get("A") == put("A")["right"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (withdraw("unknown"), "unknown.*check its id"),
        (put("B", ""), "nothing to match"),
        ({"op": "put", "right": {**put("B")["right"], "expires_on": "soon"}}, "expires_on"),
        ({"op": "put", "right": "text"}, "JSON object"),
        ({"op": "put"}, "JSON object"),
        (put("x\0y"), "cannot be printed"),
        (put("x" * 501), "longer than 500"),
        ({"op": "put", "right": {**put("B")["right"], "classes": [2**80]}}, "no JSON form"),
        (withdraw(""), "right_id"),
        (register(kinds=[]), "register.kinds"),
        ({"op": "rules", "rules": {"wording": "x = ["}}, "wording.toml: Invalid value"),
        ({"op": "rules", "rules": {"wording": "#" * 900_000}}, "longer than 800,000 bytes"),
        ({"op": "rules", "rules": {"marks": ""}}, "no file of a rule pack"),
        ({"op": "rules"}, "rules: must be an object"),
        ({"op": "calibrate"}, "calibration: must have form 1"),
        (calibrating({"x" * 900_000: {"shift": 0}}), "longer than 800,000 bytes"),
        (calibrating({"R": {"shift": 1}}), "calibration.thresholds.R.shift: must be a number from -0.15 to 0.15"),
        ({"op": "drop"}, "op: must be one of"),
        ({}, "op: must be one of"),
    ],
)
def test_one_bad_change_refuses_the_whole_import(rights: RightsStore, change: dict[str, Any], message: str) -> None:
    rights.apply([put("A")])
    with pytest.raises(StoreRefused, match=message):
        rights.apply([put("C"), change])
    assert rights.revision() == 1
    assert [entry["right"]["right_id"] for entry in rights.current()] == ["A"]


def test_hostile_rights_are_kept_as_they_are(rights: RightsStore) -> None:
    hostile = {"right_id": "'; DROP TABLE watchlist_log; --", "kind": "trademark", "marks": ["a\0b", "\\", "耐克"]}
    rights.apply([{"op": "put", "right": hostile}])
    assert rights.get(hostile["right_id"]) == hostile  # type: ignore[arg-type]
    assert rights.get("\0") is None


def test_lone_surrogates_are_replaced(rights: RightsStore) -> None:
    assert rights.apply([put("A", "NI\ud800KE")]) == 1
    assert rights.get("A") == put("A", "NI\ufffdKE")["right"]
    assert rights.apply([put("A", "NI\ud800KE")]) == 1


def test_registers_of_other_years_stand_side_by_side(rights: RightsStore) -> None:
    rights.apply([register(), register(**{"from": 1990, "to": 2009}), register()])
    assert rights.revision() == 2
    assert len(list(rights.current())) == 2


def test_a_replay_gets_its_rights_and_every_register(rights: RightsStore) -> None:
    rights.apply([put("A", "old"), put("B"), register(), put("A", "new")])
    assert list(rights.at(3, ["A", "missing"])) == [{"revision": 1, **put("A", "old")}, {"revision": 3, **register()}]
    assert len(list(rights.at(4, [f"R{number}" for number in range(1200)]))) == 1


def test_rule_packs_are_kept_with_their_history_and_a_replay_gets_the_one_of_then(rights: RightsStore) -> None:
    first, second = ({"op": "rules", "rules": {"weights": f"[signals]\nmark = 0.{number}"}} for number in (1, 2))
    assert rights.rules() == {}
    assert rights.apply([first, first, put("A"), second]) == 3
    assert rights.rules() == second["rules"]
    assert list(rights.at(2, ["A"])) == [{"revision": 1, **first}, {"revision": 2, **put("A")}]
    assert list(rights.at(3, ["A"])) == [{"revision": 2, **put("A")}, {"revision": 3, **second}]
    rights.apply([{"op": "rules", "rules": {}}])
    assert rights.rules() == {}
    assert list(rights.entries(3)) == [{"revision": 4, "op": "rules", "rules": {}}]


def test_calibrations_are_kept_with_their_history_and_a_replay_gets_the_one_of_then(rights: RightsStore) -> None:
    first, second = (
        {"op": "calibrate", "calibration": {"form": 1, "made_at": f"2026-11-2{day}", "scores": {}, "thresholds": {}}}
        for day in (1, 2)
    )
    assert rights.calibration() == {}
    assert rights.apply([first, first, put("A"), second]) == 3
    assert rights.calibration() == second["calibration"]
    assert list(rights.at(2, ["A"])) == [{"revision": 1, **first}, {"revision": 2, **put("A")}]
    assert list(rights.at(3, ["A"])) == [{"revision": 2, **put("A")}, {"revision": 3, **second}]
    rights.apply([{"op": "calibrate", "calibration": {}}])
    assert rights.calibration() == {}


def test_a_revision_of_another_database_is_refused(rights: RightsStore) -> None:
    with pytest.raises(StoreRefused, match="revision 5 is not in it, the last is 0"):
        rights.at(5)


def test_rights_survive_a_restart(operational: OperationalSettings, rights: RightsStore) -> None:
    rights.apply([put("A")])
    again = RightsStore(operational)
    assert again.get("A") == put("A")["right"]
    again.close()


def _apply_many(url: str, worker: int) -> None:
    store = RightsStore(OperationalSettings(url))
    for number in range(15):
        store.apply([put(f"{worker}-{number}", "first"), put(f"{worker}-{number}", "second")])
    store.close()


def _assert_in_order(store: RightsStore, changes: int) -> None:
    entries = list(store.entries(0))
    assert [entry["revision"] for entry in entries] == list(range(1, changes + 1))
    # One transaction's changes stand together: the second always follows its first.
    for first, second in zip(entries[::2], entries[1::2], strict=True):
        assert first["right"]["right_id"] == second["right"]["right_id"]


def test_threads_get_revisions_without_gap_or_repeat(rights: RightsStore, operational: OperationalSettings) -> None:
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(_apply_many, [operational.url] * 3, range(3)))
    _assert_in_order(rights, 90)


_WRITE = """
import sys
from sinks.operational.rights_store import RightsStore
from sinks.operational.schema import watchlist_state
from sinks.settings import OperationalSettings
from tools.servers.running import running
from tools.servers.postgresql import PostgreSQLServer
store = RightsStore(OperationalSettings(sys.argv[1]))
right = {"right_id": sys.argv[2], "kind": "trademark"}
for number in range(15):
    store.apply([{"op": "put", "right": {**right, "marks": [f"{number}{side}"]}} for side in "ab"])
"""


def test_processes_that_create_and_write_at_once_get_revisions_in_order(operational: OperationalSettings) -> None:
    # Not multiprocessing: its child would import this module, and that takes longer than the test.
    workers = [subprocess.Popen([sys.executable, "-c", _WRITE, operational.url, str(number)]) for number in range(3)]
    assert [worker.wait() for worker in workers] == [0, 0, 0]
    store = RightsStore(operational)
    _assert_in_order(store, 90)
    store.close()


def test_a_database_locked_too_long_may_be_tried_again(rights: RightsStore, operational: OperationalSettings) -> None:
    impatient = RightsStore(OperationalSettings(operational.url, lock_timeout_seconds=0.05))
    with changing(rights), pytest.raises(StoreUnavailable, match="lock"):
        impatient.apply([put("A")])
    assert impatient.apply([put("A")]) == 1
    impatient.close()


@contextmanager
def changing(rights: RightsStore) -> Iterator[None]:
    """While somebody else's change is not committed."""
    with rights._database.writing() as connection:
        connection.execute(select(watchlist_state.c.revision).with_for_update())
        yield


def test_a_database_that_was_away_is_used_again_and_has_kept_what_was_committed() -> None:
    with running(PostgreSQLServer) as server, server.database() as url:
        store = RightsStore(OperationalSettings(url))
        store.apply([put("A")])
        server.kill()
        with pytest.raises(StoreUnavailable):
            store.apply([put("B")])
        server.start()
        assert store.apply([put("B")]) == 2
        store.close()


def test_a_newer_schema_is_refused(operational: OperationalSettings, rights: RightsStore) -> None:
    engine = create_engine(operational.url)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO schema_version VALUES (99)"))
    engine.dispose()
    with pytest.raises(StoreRefused, match=r"version 99.*Run the newer rightswatch"):
        RightsStore(operational)


@pytest.mark.parametrize("url", ["", "nonsense", "mysql://u:s3cret@h/d", "sqlite://", "sqlite:///:memory:", "odd://h"])
def test_an_unusable_url_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(StoreRefused, match="url") as caught:
        RightsStore(OperationalSettings(url))
    assert "s3cret" not in str(caught.value)


class History(RuleBasedStateMachine):
    """The store beside a list of the states that each revision left behind."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = TemporaryDirectory()
        self._store = RightsStore(OperationalSettings.sqlite(Path(self._folder.name) / "r.db"))
        self._states: list[dict[str, str]] = [{}]

    @rule(changes=st.lists(st.tuples(st.sampled_from("ABC"), st.sampled_from(["one", "two"])), max_size=5))
    def put(self, changes: list[tuple[str, str]]) -> None:
        for right_id, mark in changes:
            if self._states[-1].get(right_id) != mark:
                self._states.append({**self._states[-1], right_id: mark})
        assert self._store.apply(put(right_id, mark) for right_id, mark in changes) == len(self._states) - 1

    @rule(right_id=st.sampled_from("ABC"))
    def withdraw(self, right_id: str) -> None:
        known = any(right_id in state for state in self._states)
        if right_id in self._states[-1]:
            self._states.append({key: mark for key, mark in self._states[-1].items() if key != right_id})
        if known:
            assert self._store.apply([withdraw(right_id)]) == len(self._states) - 1
        else:
            with pytest.raises(StoreRefused):
                self._store.apply([withdraw(right_id)])

    @invariant()
    def every_revision_can_be_read_again(self) -> None:
        for revision, state in enumerate(self._states):
            found = {entry["right"]["right_id"]: entry["right"]["marks"][0] for entry in self._store.at(revision)}
            assert found == state
        assert len(list(self._store.entries(0))) == len(self._states) - 1

    def teardown(self) -> None:
        self._store.close()
        self._folder.cleanup()


TestHistory = History.TestCase
TestHistory.settings = settings(max_examples=6, stateful_step_count=10, deadline=None)
