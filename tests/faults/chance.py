"""Random faults out of a seed that is printed: RIGHTSWATCH_FAULTS_SEED=N runs the same ones again."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from tests.faults.crew import Crew

SEED_VARIABLE = "FAULTS_SEED"
LONGEST_FREEZE_SECONDS = 8.0  # longer than a session in the group, so that some wake up replaced
LONGEST_DOWN_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Fault:
    """What befell which part."""

    part: str
    kind: str  # kill, freeze, hang (frozen for ever, until the supervisor kills it)
    seconds: float  # that it is down or frozen

    def strike(self, crew: Crew) -> None:
        if self.kind == "kill":
            crew.kill(self.part, self.seconds)
        else:
            crew.freeze(self.part, self.seconds, for_ever=self.kind == "hang")


def seeded() -> random.Random:
    """Of the variable FAULTS_SEED, or of the clock."""
    seed = int(os.environ.get(SEED_VARIABLE) or time.time_ns() % 1_000_000)  # noqa: TID251 - the test's own
    print(f"\n{SEED_VARIABLE}={seed}")
    return random.Random(seed)


def kills(chance: random.Random, parts: Sequence[str], count: int) -> list[Fault]:
    """SIGKILLs: every part once before any comes again."""
    faults: list[Fault] = []
    while len(faults) < count:
        order = chance.sample(list(parts), len(parts))
        faults += [Fault(part, "kill", chance.uniform(0.2, LONGEST_DOWN_SECONDS)) for part in order]
    return faults[:count]


def freezes(chance: random.Random, parts: Sequence[str], count: int, longest: float) -> list[Fault]:
    """SIGSTOPs, some with a SIGCONT later, some without."""
    chosen = chance.sample(list(parts), count)
    return [Fault(part, chance.choice(("freeze", "freeze", "hang")), chance.uniform(0.5, longest)) for part in chosen]


def strike_over(
    crew: Crew, faults: Sequence[Fault], places: Sequence[float], progress: Callable[[], float], seconds: float
) -> None:
    """Strike each fault when the run's progress (0 to 1) reaches its place; `seconds` for each to come."""
    for fault, place in zip(faults, places, strict=True):
        crew.until(lambda place=place: progress() >= place, f"{place:.0%} of the run", seconds)  # type: ignore[misc]
        if crew.is_done(fault.part):  # as a feed at its end: there is nothing to kill any more
            fault = replace(fault, part=next(iter(crew.parts)))
        crew.until(lambda fault=fault: crew.is_up(fault.part), f"{fault.part} runs", seconds)  # type: ignore[misc]
        print(f"  at {place:5.1%}: {fault.kind} {fault.part} for {fault.seconds:.1f} s")
        fault.strike(crew)


def places(chance: random.Random, count: int) -> list[float]:
    """One at random in each of `count` equal parts of the run."""
    return [(number + chance.random()) / count for number in range(count)]
