"""One sweep's way through the proofs of screening, in the order in which ClickHouse stored them.

It goes over them in passes. The first reads all of the window; the later ones what has come since, because pages in
flight were still screened with the older rights. A proof counts as surely in order only after a while: an insert names
its second when it begins and is seen when it ends. So the cursor, from which a killed sweep goes on, stays that far
behind, and what is swept beyond it is remembered here.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from sinks.clickhouse.stored_pages import Proof

Place = tuple[int, str]
ReadProofs = Callable[[Place, int], list[Proof]]
"""The proofs behind a place, in order, at most so many."""
PROOFS_PER_READ = 10_000  # a read looks at all of the table's times, so it should bring much
PAGES_PER_BATCH = 100  # of up to 900 kB each
LATE_SECONDS = 60


class Course:
    """Give `swept` each batch of `next_batch` once it is through. A course that failed is thrown away."""

    def __init__(self, cursor: Place, read: ReadProofs) -> None:
        self.cursor = cursor  # everything up to here is swept, and nothing will come before it
        self.passes = 0
        self._read = read
        self._position = cursor  # read up to here in this pass
        self._waiting: deque[Proof] = deque()
        self._ahead: deque[Proof] = deque()  # read in this pass, beyond the cursor
        self._swept: set[Place] = set()  # beyond the cursor

    def next_batch(self) -> list[Proof]:
        """Proofs not swept yet; none at the end of a pass, and the next call begins another."""
        while not self._waiting:
            proofs = self._read(self._position, PROOFS_PER_READ)
            if not proofs:
                self._begin_pass()
                return []
            self._position = proofs[-1].place
            self._ahead.extend(proofs)
            self._waiting.extend(proof for proof in proofs if proof.place not in self._swept)
            self._advance()
        return [self._waiting.popleft() for _ in range(min(PAGES_PER_BATCH, len(self._waiting)))]

    def swept(self, batch: list[Proof]) -> None:
        self._swept.update(proof.place for proof in batch)
        self._advance()

    def _advance(self) -> None:
        while self._ahead and self._ahead[0].place in self._swept and self._ahead[0].age_seconds >= LATE_SECONDS:
            self.cursor = self._ahead.popleft().place
            self._swept.discard(self.cursor)

    def _begin_pass(self) -> None:
        self.passes += 1
        self._position = self.cursor
        self._ahead.clear()
