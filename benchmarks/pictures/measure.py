"""The measurement: every system looks at every case, against all protected pictures at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from zlib import crc32

from PIL import Image

from benchmarks.accuracy.scores import Share
from benchmarks.pictures.corpus import Corpus, Picture
from benchmarks.pictures.edits import EDITS, apply, pairs
from benchmarks.pictures.records import Case, System

MOST_STRANGERS = 40  # kept decoded, to fill collages


@dataclass(frozen=True)
class Work:
    corpus: Corpus
    cases: Sequence[Case]


@dataclass(frozen=True)
class Outcome:
    """What a system said: for each case the numbers of protected pictures."""

    work: Work
    found: Sequence[frozenset[int]]

    def recall(self, cases: Sequence[int]) -> Share:
        """Of some cases, by number: whether the very picture was found."""
        return Share(sum(self.is_found(i) for i in cases), len(cases))

    def is_found(self, case: int) -> bool:
        protected = self.work.corpus.protected
        return any(protected[n] == self.work.cases[case].picture for n in self.found[case])

    def false_matches(self) -> Iterator[tuple[Case, Picture]]:
        """Protected pictures of another product, said to be in a case."""
        for case, found in zip(self.work.cases, self.found, strict=True):
            for number in sorted(found):
                picture = self.work.corpus.protected[number]
                if picture.group != case.picture.group:
                    yield case, picture

    @property
    def unrelated_pairs(self) -> int:
        """Pairs of a case and a protected picture of another product."""
        protected = self.work.corpus.protected
        own: dict[str, int] = {}
        for picture in protected:
            own[picture.group] = own.get(picture.group, 0) + 1
        return sum(len(protected) - own.get(case.picture.group, 0) for case in self.work.cases)


def prepare(corpus: Corpus, *, singles: int, pair_cases: int, every: int = 1) -> Work:
    """Cases: `singles` pictures for each edit, `pair_cases` for each pair of edits (one of `every`), all untouched."""
    wanted = [((name,), singles) for name in EDITS] + [(pair, pair_cases) for pair in pairs()[::every]]
    strangers = [picture.load() for picture in corpus.strangers[:MOST_STRANGERS]]
    images: dict[Picture, Image.Image] = {}
    cases: list[Case] = []
    for edits, count in wanted:
        rng = Random(crc32("+".join(edits).encode()))
        for picture in rng.sample(corpus.protected, min(count, len(corpus.protected))):
            if picture not in images:
                images[picture] = picture.load()
            data = apply(edits, images[picture], rng, strangers)
            if data is not None:
                cases.append(Case(edits, picture, data))
    cases += [Case((), picture, picture.path.read_bytes()) for picture in corpus.protected + corpus.strangers]
    return Work(corpus, cases)


def measure(work: Work, system: System) -> Outcome:
    system.register([Path(picture.path).read_bytes() for picture in work.corpus.protected])
    return Outcome(work, [system.look(case.data) for case in work.cases])


def rows(work: Work) -> Mapping[str, Sequence[int]]:
    """The rows of the table: numbers of cases by name. A pair counts in the row of each of its edits."""
    table: dict[str, list[int]] = {name: [] for name in EDITS}
    two: dict[str, list[int]] = {f"two: {name} and another": [] for name in EDITS}
    every: list[int] = []
    for number, case in enumerate(work.cases):
        if len(case.edits) == 1:
            table[case.edits[0]].append(number)
        elif case.edits:
            every.append(number)
            for name in case.edits:
                two[f"two: {name} and another"].append(number)
    return table | two | {"two edits, all": every}
