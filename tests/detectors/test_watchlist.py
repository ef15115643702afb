"""The watchlist's log: entries in any order and any number make the same watchlist."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.errors import RightError
from detectors.kernels.near import NearIndex
from detectors.patents.numbers import number_key
from detectors.rights import Right, parse_right
from detectors.watchlist import Watchlist, WatchlistBuilder, columns
from detectors.watchlist.force import EPOCH, FOREVER, NEVER, in_force
from detectors.watchlist.rules import Rules, RulesError, read_rules
from detectors.watchlist.segment import Facts

IDS, MARKS = ("R1", "R2", "R3"), ("NIKE", "nike", "耐克", "ОРРО", "H&M", "A")
REGISTERS = (
    {"office": "CN", "kinds": ["design"], "from": 2010, "to": 2026},
    {"office": "CN", "kinds": ["invention"], "from": 2010, "to": 2026},
)


def put(revision: int, right_id: str = "R1", **changes: Any) -> dict[str, Any]:
    right = {"right_id": right_id, "kind": "trademark", "marks": ["NIKE"], **changes}
    return {"revision": revision, "op": "put", "right": right}


def withdraw(revision: int, right_id: str = "R1") -> dict[str, Any]:
    return {"revision": revision, "op": "withdraw", "right_id": right_id}


def built(entries: list[dict[str, Any]]) -> Watchlist:
    builder = WatchlistBuilder()
    for entry in entries:
        builder.apply(entry)
    return builder.build()


def plain(value: Any) -> Any:
    """Arrays and records as values that can be compared."""
    if isinstance(value, np.ndarray):
        return value.dtype, value.tolist()
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, NearIndex | Facts):
        return [plain(column) for column in value]
    return value


def assert_equal(one: Watchlist, other: Watchlist) -> None:
    for field in fields(Watchlist):
        assert plain(getattr(one, field.name)) == plain(getattr(other, field.name)), field.name


@st.composite
def logs(draw: st.DrawFn) -> list[dict[str, Any]]:
    """What the operational database would publish: revisions rise, one entry each."""
    entries: list[dict[str, Any]] = []
    for revision in range(1, draw(st.integers(1, 9)) + 1):
        right_id = draw(st.sampled_from(IDS))
        kind = draw(st.sampled_from(("put", "put", "withdraw", "register")))
        if kind == "put":
            marks = draw(st.lists(st.sampled_from(MARKS), min_size=1, max_size=3))
            territories = draw(st.sampled_from(([], ["CN"], ["JP"])))
            entries.append(put(revision, right_id, marks=marks, territories=territories))
        elif kind == "withdraw":
            entries.append(withdraw(revision, right_id))
        else:
            entries.append({"revision": revision, "op": "register", "register": draw(st.sampled_from(REGISTERS))})
    return entries


@settings(max_examples=30)
@given(logs(), st.data())
def test_order_and_repeats_of_entries_change_nothing(log: list[dict[str, Any]], data: st.DataObject) -> None:
    repeats = data.draw(st.lists(st.sampled_from(log), max_size=4))
    assert_equal(built(data.draw(st.permutations(log + repeats))), built(log))


@settings(max_examples=30)
@given(logs())
def test_a_build_on_the_way_does_not_change_the_next(log: list[dict[str, Any]]) -> None:
    builder = WatchlistBuilder()
    for entry in log:
        builder.apply(entry)
        builder.build()
    assert_equal(builder.build(), built(log))


@settings(max_examples=30)
@given(logs())
def test_the_watchlist_holds_what_the_last_entries_say(log: list[dict[str, Any]]) -> None:
    last = {entry.get("right_id") or entry["right"]["right_id"]: entry for entry in log if entry["op"] != "register"}
    expected = [right_id for right_id, entry in sorted(last.items()) if entry["op"] == "put"]
    watchlist = built(log)
    assert list(watchlist.right_ids) == expected
    assert [watchlist.right(index).right_id for index in range(len(watchlist))] == expected
    assert watchlist.revision == log[-1]["revision"]


def test_a_withdrawn_right_stays_withdrawn_when_an_older_entry_comes() -> None:
    builder = WatchlistBuilder()
    assert builder.apply(withdraw(5)) is True
    assert builder.apply(put(4)) is False
    assert len(builder) == len(builder.build()) == 0
    assert builder.apply(put(6)) is True
    assert len(builder) == 1


def test_apply_says_whether_anything_changed() -> None:
    builder = WatchlistBuilder()
    register = {"revision": 3, "op": "register", "register": REGISTERS[0]}
    changes = [builder.apply(entry) for entry in (put(1), put(1), put(2), put(1), register, register)]
    assert changes == [True, False, True, False, True, False]


def test_a_checkpoint_moves_the_revision_and_nothing_else() -> None:
    builder = WatchlistBuilder()
    builder.apply(put(1))
    assert builder.apply({"op": "checkpoint", "revision": 9}) is False
    assert (builder.revision, len(builder)) == (9, 1)
    builder.apply({"op": "checkpoint", "revision": 4})
    assert builder.revision == 9


@pytest.mark.parametrize(
    ("entry", "place"),
    [
        ({"op": "put"}, "revision"),
        ({"op": "put", "revision": "1"}, "revision"),
        ({"op": "put", "revision": True}, "revision"),
        ({"revision": 1}, "op"),
        ({"revision": 1, "op": "delete"}, "op"),
        ({"revision": 1, "op": "withdraw"}, "op"),
        ({"revision": 1, "op": "put"}, "line"),
        ({"revision": 1, "op": "put", "right": {"right_id": "R1"}}, "kind"),
        ({"revision": 1, "op": "register", "register": None}, "register"),
        ({"revision": 1, "op": "rules"}, "rules"),
        ({"revision": 1, "op": "rules", "rules": ["wording"]}, "rules"),
    ],
)
def test_an_entry_that_the_log_does_not_know_changes_nothing(entry: dict[str, Any], place: str) -> None:
    builder = WatchlistBuilder()
    with pytest.raises(RightError) as raised:
        builder.apply(entry)
    assert raised.value.field == place
    assert (builder.revision, len(builder)) == (0, 0)


def rules(revision: int, **pack: str) -> dict[str, Any]:
    return {"revision": revision, "op": "rules", "rules": pack}


def in_versions(builder: WatchlistBuilder) -> str:
    return builder.build().versions["rules"]


def test_a_rule_pack_of_the_log_is_in_force_and_in_the_versions() -> None:
    builder = WatchlistBuilder()
    shipped = in_versions(builder)
    pack = {"wording": 'version = "mine"\n[counterfeit_strong]\nen = ["bogus"]'}
    assert builder.apply(rules(1, **pack)) is True
    assert in_versions(builder) == read_rules(pack).version != shipped
    assert [phrase.text for phrase in builder.build().rules.phrases] == ["bogus"]
    assert builder.apply(rules(2)) is True
    assert in_versions(builder) == shipped


def test_an_older_or_equal_rule_pack_changes_nothing() -> None:
    builder = WatchlistBuilder()
    weights = "[signals]\nmark = 0.1"
    assert builder.apply(rules(5, weights=weights)) is True
    changes = [builder.apply(entry) for entry in (rules(4), rules(5, weights=weights), rules(6, weights=weights))]
    assert changes == [False, False, False]
    assert builder.build().rules.signals["mark"] == 0.1


def test_a_rule_pack_that_cannot_be_read_leaves_the_old_one_in_force() -> None:
    builder = WatchlistBuilder()
    builder.apply(rules(1, weights="[signals]\nmark = 0.1"))
    with pytest.raises(RulesError):
        builder.apply(rules(2, weights="[signals]\nmark = 7"))
    assert builder.build().rules.signals["mark"] == 0.1
    assert builder.revision == 1


@pytest.mark.parametrize(
    ("changes", "first", "last"),
    [
        ({}, None, None),
        ({"granted_on": "2016-03-02", "expires_on": "2026-03-01"}, "2016-03-02", "2026-03-01"),
        ({"status": "lapsed", "status_since": "2020-01-01"}, None, "2019-12-31"),
        ({"status": "lapsed", "status_since": "2020-01-01", "expires_on": "2019-06-01"}, None, "2019-06-01"),
        ({"status": "expired", "expires_on": "2020-01-01"}, None, "2020-01-01"),
        ({"status": "granted", "status_since": "2020-01-01"}, "2020-01-01", None),
        ({"status": "withdrawn", "status_since": "2020-01-01", "granted_on": "2016-03-02"}, "2016-03-02", "2019-12-31"),
    ],
)  # fmt: skip
def test_the_days_in_force(changes: dict[str, Any], first: str | None, last: str | None) -> None:
    expected = (NEVER if first is None else day(first), FOREVER if last is None else day(last))
    assert in_force(parse_right(put(1, **changes)["right"])) == expected


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "pending"},
        {"status": "pending", "granted_on": "2016-03-02"},
        {"status": "invalidated", "status_since": "2020-01-01"},
        {"status": "lapsed"},
        {"status": "withdrawn"},
    ],
)
def test_a_right_that_never_was_has_no_day_in_force(changes: dict[str, Any]) -> None:
    first, last = in_force(parse_right(put(1, **changes)["right"]))
    assert first > last


def day(text: str) -> int:
    return (date.fromisoformat(text) - EPOCH).days


def test_an_empty_watchlist() -> None:
    watchlist = WatchlistBuilder().build()
    assert (len(watchlist), watchlist.revision, watchlist.registers) == (0, 0, ())
    assert watchlist.rights_by_number("ZL200930123456.7") == []


def test_patents_are_found_by_number_and_trademarks_are_not() -> None:
    entries = [
        put(1, "P1", kind="design", number="2009301234567", marks=[]),
        put(2, "P2", kind="invention", number="ZL 200930123456.7", marks=[]),
        put(3, "P3", kind="design", number="2009301234664", marks=[]),
        put(4, "T1", number="2009301234567"),
    ]
    key = number_key("2009301234567")
    assert key is not None
    assert [right.right_id for right in built(entries).rights_by_number(key)] == ["P1", "P2"]
    assert built(entries).rights_by_number(key[:-1]) == []


def test_what_is_noted_of_a_right_is_worked_out_once_and_never_shared_with_another_watchlist() -> None:
    asked: list[str] = []

    def note(right: Right, _: Rules) -> str:
        asked.append(right.right_id)
        return right.marks[0]

    first, second = built([put(1)]), built([put(1, marks=["ADIDAS"])])
    noted = [watchlist.noted(note, watchlist.right(0)) for watchlist in (first, first, second, first)]
    assert noted == ["NIKE", "NIKE", "ADIDAS", "NIKE"]
    assert asked == ["R1", "R1"]


def first_mark(right: Right, _: Rules) -> str:
    return right.marks[0]


def test_notes_of_rights_take_no_more_than_their_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "NOTES", 2)
    watchlist = built([put(number, right_id) for number, right_id in enumerate(IDS, 1)])
    for row in range(3):
        watchlist.noted(first_mark, watchlist.right(row))
    assert len(watchlist._notes) <= 2
