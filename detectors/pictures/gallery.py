"""The rights' pictures that the second tier can find, by the digests of their bytes; they may change while it looks."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from detectors.pictures.copies import CopyMatch, Detail, Exemplar, compare_features
from detectors.pictures.feature_index import FeatureIndex
from detectors.pictures.placement import Size
from detectors.pictures.seen import CloseMatch

MOST_CANDIDATES: Final = 8  # that are checked pixel by pixel
LEAST_VOTES: Final = 1.0


@dataclass(frozen=True, slots=True)
class _Held:
    """All of one moment. thumbnails : packed, with the published size of each picture."""

    index: FeatureIndex[str]
    thumbnails: Mapping[str, tuple[bytes, Size]]
    additions: int = 0


class Gallery:
    """Usable from any thread: who looks sees the pictures of one moment, and waits for nobody.

    About 23 kB a picture with 200 blobs, 20 kB on average. Changes are best made many at a time: each makes small
    tables anew, and after a quarter of the pictures all of them.
    """

    def __init__(self, pictures: Mapping[str, Exemplar] | None = None) -> None:
        self._changing = threading.Lock()
        self._held = _Held(FeatureIndex.of({}), {})
        if pictures:
            self.change(pictures)

    def __len__(self) -> int:
        return len(self._held.thumbnails)

    @property
    def nbytes(self) -> int:
        """Bytes in memory, less what Python adds for each picture."""
        held = self._held
        return held.index.nbytes + sum(len(packed) for packed, _ in held.thumbnails.values())

    @property
    def additions(self) -> int:
        """How often pictures were added: who looked when it was less may find more now."""
        return self._held.additions

    @property
    def digests(self) -> frozenset[str]:
        """SHA-256 of the bytes of each picture, in hex."""
        return frozenset(self._held.thumbnails)

    def add(self, digest: str, picture: Exemplar) -> None:
        """Holds one picture more; see `change`."""
        self.change({digest: picture})

    def change(self, put: Mapping[str, Exemplar], withdrawn: Collection[str] = ()) -> None:
        """Adds or replaces pictures by digest and forgets others, all at one moment."""
        put = dict(sorted(put.items()))  # so that the order in which rights come makes no difference
        with self._changing:
            held = self._held
            left = held.thumbnails.keys() & set(withdrawn)
            if not put and not left:
                return
            kept = {digest: one for digest, one in held.thumbnails.items() if digest not in left}
            kept |= {digest: (one.packed, one.size) for digest, one in put.items()}
            index = held.index.changed({digest: one.features for digest, one in put.items()}, left - put.keys())
            self._held = _Held(index, kept, held.additions + bool(put))

    def keep_only(self, digests: Collection[str]) -> None:
        """Forgets every picture but these."""
        self.change({}, self.digests - set(digests))

    def find(self, detail: Detail) -> tuple[CloseMatch, ...]:
        """The pictures that are in a listing's, each once, those with the most agreeing blobs first."""
        held = self._held
        best: dict[str, CopyMatch] = {}
        for candidate in held.index.candidates(detail.queries, MOST_CANDIDATES, LEAST_VOTES):
            exemplar = Exemplar(candidate.features, *held.thumbnails[candidate.key])
            match = compare_features(exemplar, detail, candidate.is_mirror)
            if match and (candidate.key not in best or match.pairs > best[candidate.key].pairs):
                best[candidate.key] = match
        found = sorted(best.items(), key=lambda one: (-one[1].pairs, one[0]))
        return tuple(CloseMatch(digest, match) for digest, match in found)
