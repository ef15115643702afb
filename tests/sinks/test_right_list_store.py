"""The list of rights: it follows the watchlist's log whoever writes to it, and finds what people look for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import update

from sinks.operational.right_history_store import Author, RightHistoryStore
from sinks.operational.right_list_store import CHUNK, RightListStore, RightQuery
from sinks.operational.rights_store import RightsStore
from sinks.operational.schema import watchlist_log
from sinks.settings import OperationalSettings

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)


def put(right_id: str, **fields: Any) -> dict[str, Any]:
    return {"op": "put", "right": {"right_id": right_id, "kind": "trademark", "marks": ["NIKE"], **fields}}


@pytest.fixture
def listed(operational: OperationalSettings) -> Iterator[RightListStore]:
    store = RightListStore(operational)
    yield store
    store.close()


def found(listed: RightListStore, **query: Any) -> list[str]:
    while listed.catch_up():
        pass
    return [right.document["right_id"] for right in listed.find(RightQuery(**query)).rights]


RIGHTS = [
    put("CN-TM-1", holder={"id": "h1", "name": "Nike, Inc."}, number="123"),
    put("CN-TM-2", holder={"id": "h2", "name": "Ａcme 有限公司"}, status="lapsed", marks=["100% Acme", "耐克"]),
    put("CN-ZL-3", holder={"id": "h1"}, kind="design", images=[{"pdq": "0f" * 32}], title="Chair_one"),
    put("CN-TM-4", aliases=["STRASSE"]),
]


SEARCHES: list[tuple[dict[str, Any], list[str]]] = [
    ({}, ["CN-TM-1", "CN-TM-2", "CN-TM-4", "CN-ZL-3"]),
    ({"text": "acme"}, ["CN-TM-2"]),
    ({"text": "inc. 123"}, ["CN-TM-1"]),
    ({"text": "inc. 124"}, []),
    ({"text": "耐克"}, ["CN-TM-2"]),
    ({"text": "straße"}, ["CN-TM-4"]),
    ({"text": "0%"}, ["CN-TM-2"]),
    ({"text": "r_o"}, ["CN-ZL-3"]),
    ({"text": "\0"}, ["CN-TM-1", "CN-TM-2", "CN-TM-4", "CN-ZL-3"]),
    ({"text": "%"}, ["CN-TM-2"]),
    ({"holder_id": "h1"}, ["CN-TM-1", "CN-ZL-3"]),
    ({"holder_id": "h1", "kind": "design"}, ["CN-ZL-3"]),
    ({"status": "lapsed"}, ["CN-TM-2"]),
    ({"holders": frozenset({"h2"})}, ["CN-TM-2"]),
    ({"holders": frozenset({"h2"}), "holder_id": "h1"}, []),
    ({"holders": frozenset()}, []),
    ({"after": "CN-TM-2"}, ["CN-TM-4", "CN-ZL-3"]),
]


def test_rights_are_found(listed: RightListStore, rights: RightsStore) -> None:
    """One test of all: a PostgreSQL database of its own takes longer than a search."""
    rights.apply(RIGHTS)
    assert [(query, found(listed, **query)) for query, _ in SEARCHES] == SEARCHES


def test_every_right_is_listed_once_over_the_pages(listed: RightListStore, rights: RightsStore) -> None:
    rights.apply(put(f"R{number:03}") for number in range(25))
    listed.catch_up()
    seen: list[str] = []
    after: str | None = None
    while True:
        page = listed.find(RightQuery(limit=10, after=after))
        seen += [right.document["right_id"] for right in page.rights]
        if (after := page.next) is None:
            break
    assert seen == [f"R{number:03}" for number in range(25)]


def test_the_list_says_how_far_it_is_behind_and_catches_up_with_a_long_import(
    listed: RightListStore, rights: RightsStore
) -> None:
    rights.apply(put(f"R{number:04}") for number in range(CHUNK + 7))
    assert listed.find(RightQuery()).behind == CHUNK + 7
    assert listed.catch_up() == 7
    assert listed.catch_up() == 0
    assert listed.find(RightQuery(after=f"R{CHUNK:04}")).rights[-1].document["right_id"] == f"R{CHUNK + 6:04}"


def test_a_withdrawn_right_is_listed_apart_with_its_last_form_until_it_comes_back(
    listed: RightListStore, rights: RightsStore
) -> None:
    rights.apply([put("A", title="Shoes"), put("B")])
    assert found(listed) == ["A", "B"]
    rights.apply([{"op": "withdraw", "right_id": "A"}])
    assert found(listed) == ["B"]
    listed.catch_up()
    (gone,) = listed.find(RightQuery(withdrawn=True)).rights
    assert (gone.revision, gone.document["title"], gone.is_held) == (3, "Shoes", False)
    rights.apply([put("A", title="Boots")])
    assert found(listed, text="boots") == ["A"]
    assert found(listed, withdrawn=True) == []


def test_a_right_put_and_withdrawn_within_one_import_is_listed_as_withdrawn(
    listed: RightListStore, rights: RightsStore
) -> None:
    rights.apply(
        [put("A"), {"op": "withdraw", "right_id": "A"}, put("B"), {"op": "withdraw", "right_id": "B"}, put("B")]
    )
    assert found(listed, withdrawn=True) == ["A"]
    assert found(listed) == ["B"]


def test_a_right_says_who_changed_it_last(
    listed: RightListStore, rights: RightsStore, operational: OperationalSettings
) -> None:
    rights.apply([put("A"), put("B")])
    desk = RightHistoryStore(operational)
    desk.put(put("B", title="x")["right"], based_on=2, author=Author("a1", "Ada"), now=NOW)
    desk.close()
    listed.catch_up()
    by = [(right.changed_by, right.revision) for right in listed.find(RightQuery()).rights]
    assert by == [("import", 1), ("Ada", 3)]
    assert listed.find(RightQuery(text="x")).rights[0].changed_at == NOW


def test_a_right_that_this_program_refuses_is_listed_so_that_somebody_can_correct_it(
    listed: RightListStore, rights: RightsStore
) -> None:
    rights.apply([put("A")])
    older = update(watchlist_log).values(document='{"right_id":"A","kind":"recipe"}')
    with rights._database.writing() as connection:
        connection.execute(older)
    assert found(listed, text="a") == ["A"]


@pytest.mark.parametrize("holder", ["x" * 900, "a\0b", "a\nb"])
def test_a_holder_of_any_name_is_found_by_it(listed: RightListStore, rights: RightsStore, holder: str) -> None:
    rights.apply([put("A", holder={"id": holder}), put("B", holder={"id": holder[:-1]})])
    assert found(listed, holder_id=holder) == ["A"]
    assert found(listed, holders=frozenset({holder})) == ["A"]


def test_what_else_the_log_carries_is_passed_over(listed: RightListStore, rights: RightsStore) -> None:
    rights.apply([{"op": "register", "register": {"office": "CN", "kinds": ["design"], "from": 2010, "to": 2026}}])
    rights.apply([put("A")])
    assert found(listed) == ["A"]
    assert listed.find(RightQuery()).behind == 0
