"""Adding, withdrawing and asking in any order: the index answers as a dictionary that looks at every pair does."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from numpy.typing import NDArray

from detectors.pictures import index as index_module
from detectors.pictures import index_tiers
from detectors.pictures.index import FingerprintIndex
from tests.detectors.pictures.code_sets import SETS, flipped
from tests.detectors.pictures.naive_hamming import NaiveIndex, number

SEED = st.integers(0, 1 << 32)
CENTRES = {name: make(np.random.default_rng(8), 8) for name, make in SETS.items()}


class Changes(RuleBasedStateMachine):
    """Small blocks and little work at a time, so that changes meet jobs that have begun."""

    def __init__(self) -> None:
        super().__init__()
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(index_tiers, "BLOCK", 8)
        self.patch.setattr(index_tiers, "WIDE_BLOCK", 16)
        self.patch.setattr(index_module, "LEAST_WORK", 1)
        self.index, self.naive = FingerprintIndex(reserve=16), NaiveIndex()

    def teardown(self) -> None:
        self.patch.undo()

    @rule(
        name=st.sampled_from(sorted(CENTRES)),
        seed=SEED,
        count=st.integers(0, 24),
        threshold=st.sampled_from([0, 15, 16, 31, 40, 47, 48, 90]),
        work=st.sampled_from([0, 1_000, 1_000_000]),
    )
    def add(self, name: str, seed: int, count: int, threshold: int, work: int) -> None:
        random = np.random.default_rng(seed)
        codes = flipped(random, CENTRES[name][random.integers(0, 8, count)], 20)
        labels = random.integers(-5, 5, count)
        self.patch.setattr(index_module, "WORK", work)
        entries = self.index.add(codes, labels, threshold).tolist()
        assert not self.naive.entries.keys() & set(entries)
        for entry, code, label in zip(entries, codes, labels.tolist(), strict=True):
            self.naive.entries[entry] = number(code), label, threshold

    @rule(seed=SEED, share=st.sampled_from([0.1, 0.5, 1.0]), work=st.sampled_from([0, 1_000, 1_000_000]))
    def withdraw(self, seed: int, share: float, work: int) -> None:
        held = sorted(self.naive.entries)
        gone = np.random.default_rng(seed).permutation(held)[: int(len(held) * share)].astype(np.int64)
        self.patch.setattr(index_module, "WORK", work)
        self.index.withdraw(gone)
        for entry in gone.tolist():
            del self.naive.entries[entry]

    @rule()
    def settle(self) -> None:
        self.index.settle()

    @rule(name=st.sampled_from(sorted(CENTRES)), seed=SEED)
    def search(self, name: str, seed: int) -> None:
        queries = flipped(np.random.default_rng(seed), CENTRES[name], 40)
        assert answered(self.index, queries) == self.naive.search([number(code) for code in queries])

    @invariant()
    def holds_as_many(self) -> None:
        assert len(self.index) == len(self.naive.entries)


def answered(index: FingerprintIndex, queries: NDArray[np.uint64]) -> list[tuple[int, ...]]:
    found = index.search(queries)
    columns = (found.queries, found.entries, found.labels, found.distances)
    return list(zip(*(column.tolist() for column in columns), strict=True))


TestChanges = Changes.TestCase
TestChanges.settings = settings(deadline=None, max_examples=20, stateful_step_count=30)
