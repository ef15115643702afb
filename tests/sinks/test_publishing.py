"""One publisher at a time; what it did not finish is published again."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from sinks.operational.rights_store import RightsStore
from sinks.settings import OperationalSettings


def put(right_id: str, mark: str = "NIKE") -> dict[str, Any]:
    return {"op": "put", "right": {"right_id": right_id, "kind": "trademark", "marks": [mark]}}


def revisions(store: RightsStore, *, everything: bool = False) -> list[int]:
    with store.publishing(everything=everything) as publication:
        assert publication.held
        return [entry["revision"] for entry in publication.entries]


def test_each_entry_is_published_once(rights: RightsStore) -> None:
    rights.apply([put("A"), put("B")])
    assert revisions(rights) == [1, 2]
    assert revisions(rights) == []
    rights.apply([put("C")])
    assert revisions(rights) == [3]
    assert rights.published_revision() == 3


def test_the_checkpoint_is_the_revision_at_the_start(rights: RightsStore) -> None:
    rights.apply([put("A")])
    with rights.publishing() as publication:
        rights.apply([put("B")])  # writers do not wait for the publisher
        assert publication.revision == 1
        assert [entry["revision"] for entry in publication.entries] == [1]
    assert rights.published_revision() == 1
    assert revisions(rights) == [2]


def test_what_failed_is_published_again(rights: RightsStore) -> None:
    rights.apply([put("A")])
    with pytest.raises(RuntimeError, match="broker"), rights.publishing() as publication:
        list(publication.entries)
        raise RuntimeError("broker away")
    assert revisions(rights) == [1]


def test_entries_not_read_to_the_end_do_not_count(rights: RightsStore) -> None:
    rights.apply([put("A"), put("B")])
    with rights.publishing() as publication:
        next(publication.entries)
    assert revisions(rights) == [1, 2]


def test_everything_is_the_latest_about_each_right_with_withdrawals(rights: RightsStore) -> None:
    rights.apply([put("A", "old"), put("B"), put("A", "new"), {"op": "withdraw", "right_id": "B"}])
    assert revisions(rights) == [1, 2, 3, 4]
    assert revisions(rights, everything=True) == [3, 4]


def test_a_log_begun_anew_has_another_number_and_counts_as_unpublished_until_it_is_complete(
    rights: RightsStore,
) -> None:
    rights.apply([put("A"), put("B")])
    with rights.publishing() as first:
        list(first.entries)
    with pytest.raises(RuntimeError, match="broker"), rights.publishing(everything=True) as second:
        next(second.entries)
        raise RuntimeError("broker away")
    assert rights.published_revision() == 0
    with rights.publishing() as third:  # the log is not empty any more
        assert [entry["revision"] for entry in third.entries] == [1, 2]
    assert (second.log, third.log) == (first.log + 1, first.log + 1)


def test_two_databases_number_their_logs_differently(tmp_path: Path) -> None:
    """Else a snapshot of one's log could pass for the other's, where compaction has taken the entry that tells."""
    numbers = set()
    for name in ("one", "other"):
        store = RightsStore(OperationalSettings.sqlite(tmp_path / name))
        with store.publishing() as publication:
            numbers.add(publication.log)
        store.close()
    assert len(numbers) == 2


def test_a_second_publisher_gets_nothing(rights: RightsStore, operational: OperationalSettings) -> None:
    other = RightsStore(operational)
    rights.apply([put("A")])
    with rights.publishing():
        with other.publishing() as second:
            assert not second.held
            assert list(second.entries) == []
        assert other.published_revision() == 0
    assert revisions(other) == [1]
    other.close()


def revisions_once_let_go(store: RightsStore, seconds: float = 30.0) -> list[int]:
    """PostgreSQL frees a killed client's lock when its backend notices, which is soon and not at once."""
    deadline = time.monotonic() + seconds
    while True:
        with store.publishing() as publication:
            if publication.held:
                return [entry["revision"] for entry in publication.entries]
        assert time.monotonic() < deadline, "the lock of a killed publisher is still held"
        time.sleep(0.02)


_HOLD = """
import sys
from sinks.operational.rights_store import RightsStore
from sinks.settings import OperationalSettings
with RightsStore(OperationalSettings(sys.argv[1])).publishing() as publication:
    print(len(list(publication.entries)), publication.held, flush=True)
    sys.stdin.read()
"""


def test_a_killed_publisher_lets_go_and_its_entries_come_again(
    rights: RightsStore, operational: OperationalSettings
) -> None:
    rights.apply([put("A")])
    command = [sys.executable, "-c", _HOLD, operational.url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"1 True\n"
        with rights.publishing() as publication:
            assert not publication.held
        holder.kill()
    assert revisions_once_let_go(rights) == [1]
