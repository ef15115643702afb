"""The benchmark `hamming` measures what it says, or fails. No time is asserted."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks import hamming, hamming_changes
from benchmarks.hamming_codes import KINDS, clustered_codes
from benchmarks.memory import MostMemory
from benchmarks.records import BenchmarkError
from detectors.pictures.index import FingerprintIndex, Matches

CODES = KINDS["clustered"](np.random.default_rng(1), 2000)


def test_members_of_a_cluster_are_near_copies_of_each_other() -> None:
    codes = clustered_codes(np.random.default_rng(2), 2000)
    apart = np.bitwise_count(codes[:100, None] ^ codes).sum(axis=2)
    near = apart[(apart > 0) & (apart < 80)]
    assert len(near) == 100 * 49
    assert 27 < near.mean() < 33


def test_each_row_has_its_peer_and_its_size() -> None:
    rows = list(hamming._search_rows(CODES, "clustered", 1, has_multi_hash=True))
    assert [row.peer_name.split(".")[0] for row in rows] == [
        "faiss IndexBinaryFlat",
        "faiss IndexBinaryMultiHash 11 x 23",
        "limit: at most",
        "limit: at most",
    ]
    assert all("2 k clustered codes" in row.metric for row in rows)


def test_the_most_memory_is_what_the_block_takes() -> None:
    with MostMemory() as memory:
        taken = np.ones(4_000_000, np.int64)
    assert memory.bytes >= 0.95 * taken.nbytes


def test_an_index_that_misses_a_pair_fails_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    class Blind(FingerprintIndex):
        def search(self, codes: object) -> Matches:
            found = super().search(codes)  # type: ignore[arg-type]
            return Matches(**{name: getattr(found, name)[1:] for name in Matches.__slots__})

    monkeypatch.setattr(hamming, "FingerprintIndex", Blind)
    with pytest.raises(BenchmarkError, match="pairs"):
        list(hamming._search_rows(CODES, "clustered", 1, has_multi_hash=False))


def test_an_entry_that_stays_after_it_was_withdrawn_fails_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hamming_changes, "CHANGES", 2000)
    monkeypatch.setattr(FingerprintIndex, "withdraw", lambda *_: None)
    with pytest.raises(BenchmarkError, match="withdrawn"):
        list(hamming_changes.change_rows(CODES, 31, "2 k"))
