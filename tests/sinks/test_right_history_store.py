"""Changes of rights by people: who, when and why, what differed, and that nobody overwrites what he has not seen."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sinks.errors import StaleRevision, StoreRefused
from sinks.operational.right_differences import differences
from sinks.operational.right_history_store import Author, RightHistoryStore
from sinks.operational.rights_store import RightsStore
from sinks.settings import OperationalSettings

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
ADA = Author("account-1", "Ada")


def right(**fields: Any) -> dict[str, Any]:
    return {"right_id": "R1", "kind": "trademark", "marks": ["NIKE"], **fields}


@pytest.fixture
def desk(operational: OperationalSettings) -> Iterator[RightHistoryStore]:
    store = RightHistoryStore(operational)
    yield store
    store.close()


def put(desk: RightHistoryStore, based_on: int, reason: str = "", **fields: Any) -> int:
    return desk.put(right(**fields), based_on=based_on, author=ADA, now=NOW, reason=reason)


def test_a_change_is_kept_with_who_when_why_and_what_differed(desk: RightHistoryStore) -> None:
    assert put(desk, 0, "new client", classes=["25"], holder={"id": "h1", "name": "Nike"}) == 1
    assert put(desk, 1, "class 18 too", classes=["25", "18"], holder={"id": "h1", "name": "Nike Inc."}) == 2
    changed, first = (change.to_json() for change in desk.history("R1"))
    about = {"op": "put", "by": "Ada", "at": "2026-11-21T10:00:00.000Z"}
    assert first == {**about, "revision": 1, "based_on": 0, "reason": "new client", "differences": []}
    assert changed == {
        **about,
        "revision": 2,
        "based_on": 1,
        "reason": "class 18 too",
        "differences": [
            {"field": "classes", "added": ["18"], "removed": []},
            {"field": "holder.name", "was": "Nike", "now": "Nike Inc."},
        ],
    }


def test_what_came_from_a_file_is_history_too(desk: RightHistoryStore, rights: RightsStore) -> None:
    rights.apply([{"op": "put", "right": right()}, {"op": "put", "right": right(title="Shoes")}])
    newest, oldest = desk.history("R1")
    assert [(change.by, change.revision, change.based_on) for change in (newest, oldest)] == [
        ("import", 2, 1),
        ("import", 1, 0),
    ]
    assert [difference.field for difference in newest.differences] == ["title"]
    assert abs(newest.at - datetime.now(UTC)) < timedelta(minutes=5)


def test_a_change_based_on_an_older_form_is_refused_and_changes_nothing(
    desk: RightHistoryStore, rights: RightsStore
) -> None:
    put(desk, 0)
    rights.apply([{"op": "put", "right": right(title="Imported")}])
    with pytest.raises(StaleRevision, match="at revision 2 and not 1; read it again") as stale:
        put(desk, 1, title="Mine")
    assert (stale.value.revision, stale.value.based_on) == (2, 1)
    with pytest.raises(StaleRevision):
        put(desk, 0, title="As if it were new")
    with pytest.raises(StaleRevision):
        desk.withdraw("R1", based_on=1, author=ADA, now=NOW, reason="over")
    held = desk.held("R1")
    assert held is not None
    assert (held.revision, held.document) == (2, right(title="Imported"))
    assert rights.revision() == 2


def test_of_two_who_change_the_same_form_at_once_one_is_told(
    desk: RightHistoryStore, operational: OperationalSettings
) -> None:
    put(desk, 0)

    def change(number: int) -> bool:
        store = RightHistoryStore(operational)
        try:
            put(store, 1, title=f"by {number}")
        except StaleRevision:
            return False
        finally:
            store.close()
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(change, range(4))) == 1
    assert len(desk.history("R1")) == 2


def test_a_right_that_is_withdrawn_keeps_its_history_and_may_come_back(
    desk: RightHistoryStore, rights: RightsStore
) -> None:
    put(desk, 0, title="Shoes")
    assert desk.withdraw("R1", based_on=1, author=ADA, now=NOW, reason="the client left") == 2
    assert rights.get("R1") is None
    held = desk.held("R1")
    assert held is not None
    assert (held.revision, held.document, held.last) == (2, None, right(title="Shoes"))
    assert [(change.op, change.reason) for change in desk.history("R1")] == [
        ("withdraw", "the client left"),
        ("put", ""),
    ]
    assert put(desk, 2, "back", title="Shoes") == 3


def test_saving_what_holds_already_is_no_change(desk: RightHistoryStore, rights: RightsStore) -> None:
    put(desk, 0)
    rights.apply([{"op": "put", "right": {**right(), "right_id": "R2"}}])
    assert put(desk, 1, "nothing new") == 1
    assert rights.revision() == 2
    assert len(desk.history("R1")) == 1


def test_the_history_is_read_in_parts(desk: RightHistoryStore) -> None:
    for number in range(5):
        put(desk, number, title=f"form {number}")
    newest = desk.history("R1", limit=2)
    assert [change.revision for change in newest] == [5, 4]
    assert [change.revision for change in desk.history("R1", before=4, limit=2)] == [3, 2]
    assert [difference.was for difference in newest[1].differences] == ["form 2"]


@pytest.mark.parametrize("right_id", ["never seen", "\0", ""])
def test_a_right_that_never_was_is_not_held(desk: RightHistoryStore, right_id: str) -> None:
    assert desk.held(right_id) is None


@pytest.mark.parametrize(("fields", "reason", "message"), [
    ({"marks": []}, "", "nothing to match"),
    ({}, "x" * 501, "reason: longer than 500"),
])  # fmt: skip
def test_what_cannot_be_kept_is_refused(
    desk: RightHistoryStore, fields: dict[str, Any], reason: str, message: str
) -> None:
    with pytest.raises(StoreRefused, match=message):
        put(desk, 0, reason, **fields)
    assert desk.held("R1") is None


@pytest.mark.parametrize(("before", "after", "expected"), [
    ({"a": 1}, {"a": 1}, []),
    ({"a": None, "b": []}, {"c": {}, "d": ""}, []),
    ({"well_known": False}, {"well_known": True}, [{"field": "well_known", "was": False, "now": True}]),
    ({"threshold": {"score": 0.5}}, {}, [{"field": "threshold.score", "was": 0.5, "now": None}]),
    ({"marks": ["a", "b"]}, {"marks": ["b", "a"]}, [{"field": "marks", "was": ["a", "b"], "now": ["b", "a"]}]),
    ({"allow": [{"phrase": "x"}]}, {"allow": [{"phrase": "y"}]},
     [{"field": "allow", "added": [{"phrase": "y"}], "removed": [{"phrase": "x"}]}]),
    ({"title": 5}, {"title": ["5"]}, [{"field": "title", "was": 5, "now": ["5"]}]),
])  # fmt: skip
def test_differences_are_named_by_field(
    before: dict[str, Any], after: dict[str, Any], expected: list[dict[str, Any]]
) -> None:
    assert [difference.to_json() for difference in differences(before, after)] == expected
