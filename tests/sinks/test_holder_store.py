"""Whose each right is, as the log says it last; on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from sinks.errors import StoreUnavailable
from sinks.operational.holder_store import CHUNKS_PER_LOOKUP, HolderStore
from sinks.operational.right_list_store import CHUNK
from sinks.operational.rights_store import RightsStore
from sinks.settings import OperationalSettings


def put(right_id: str, holder: Any) -> dict[str, Any]:
    right = {"right_id": right_id, "kind": "trademark", "marks": ["NIKE"]}
    return {"op": "put", "right": right if holder is None else {**right, "holder": {"id": holder}}}


@pytest.fixture
def holders(operational: OperationalSettings, rights: RightsStore) -> Iterator[HolderStore]:
    with closing(HolderStore(operational)) as store:
        yield store


def of(store: HolderStore, *ids: str) -> set[str]:
    return set(store.rights_of(frozenset(ids)).rights)


def test_a_holder_has_the_rights_that_name_it(rights: RightsStore, holders: HolderStore) -> None:
    rights.apply([put("A", "h1"), put("B", "h2"), put("C", "h1"), put("D", None), put("E", 7)])
    assert of(holders, "h1") == {"A", "C"}
    assert of(holders, "h1", "h2") == {"A", "B", "C"}
    assert of(holders, "7") == {"E"}, "a number is read as a text, as the detectors read it"
    assert of(holders, "h3") == of(holders) == set()


def test_a_right_that_changes_hands_is_the_new_holders_at_once(rights: RightsStore, holders: HolderStore) -> None:
    rights.apply([put("A", "h1"), put("B", "h1")])
    assert of(holders, "h1") == {"A", "B"}
    rights.apply([put("A", "h2"), put("B", None)])
    assert (of(holders, "h1"), of(holders, "h2")) == (set(), {"A"})


def test_a_withdrawn_right_stays_its_last_holders(rights: RightsStore, holders: HolderStore) -> None:
    rights.apply([put("A", "h1")])
    rights.apply([{"op": "withdraw", "right_id": "A"}])
    assert of(holders, "h1") == {"A"}


def test_a_holders_id_may_be_of_any_length_and_script(rights: RightsStore, holders: HolderStore) -> None:
    long = "泽" * 5_000
    rights.apply([put("A", long), put("B", "h' OR 1=1 --")])
    assert of(holders, long) == {"A"}
    assert of(holders, "h' OR 1=1 --") == {"B"}


def test_after_a_large_import_it_reads_on_and_says_so_meanwhile(rights: RightsStore, holders: HolderStore) -> None:
    count = CHUNK * CHUNKS_PER_LOOKUP + 1
    rights.apply(put(f"R{number}", "h1") for number in range(count))
    with pytest.raises(StoreUnavailable, match="still being read"):
        of(holders, "h1")
    assert len(of(holders, "h1")) == count
