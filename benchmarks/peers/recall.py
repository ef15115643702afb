"""How many disguised marks each finds: "equal recall" is shown, not said.

The disguises are those of accuracy-text that a script of public libraries can undo, each in a real title, for a right
whose every use is wanted. What it cannot (a letter for any other, drawn alike, split or unrelated characters) is left
out of the comparison, and ours looks for it all the same.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

from benchmarks.accuracy.corpus import shipped
from benchmarks.accuracy.disguises import disguises
from benchmarks.accuracy.records import Case
from benchmarks.accuracy.systems import Ours
from benchmarks.peers.environment import interpreter
from benchmarks.peers.programs.texts import text_of

UNDONE_BY_BOTH = (
    *("identical", "separated", "struck_out", "zero_width", "confusable", "leetspeak", "transliterated"),
    *("transposed", "doubled", "contained"),
    *("zh_separated", "zh_struck_out", "zh_zero_width", "other_script"),
    *("pinyin", "pinyin_of_two", "homophone", "homophone_of_two"),
)


@dataclass(frozen=True, slots=True)
class Recall:
    """Shares of `cases` disguised marks that are found."""

    cases: int
    ours: float
    peer: float


def recalls(count: int) -> Mapping[str, Recall]:
    """By kind of disguise, `count` cases each."""
    groups = {group.name: group.cases for group in disguises(shipped(), count)}
    cases = [case for some in groups.values() for case in some]
    mine, theirs = iter(_ours(cases)), iter(_peers(cases))
    return {
        name: Recall(len(some), _share([next(mine) for _ in some]), _share([next(theirs) for _ in some]))
        for name, some in groups.items()
    }


def together(by_kind: Mapping[str, Recall], kinds: Sequence[str] = UNDONE_BY_BOTH) -> Recall:
    """Over all cases of these kinds."""
    some = [by_kind[kind] for kind in kinds]
    cases = sum(one.cases for one in some)
    ours = sum(one.ours * one.cases for one in some) / cases
    return Recall(cases, ours, sum(one.peer * one.cases for one in some) / cases)


def _ours(cases: Sequence[Case]) -> list[bool]:
    rights = [{**case.right, "policy": "any_use"} for case in cases if case.right]
    alerts = Ours().look([case.listing for case in cases], rights).alerts
    return [
        case.right is not None and case.right["right_id"] in alerts.get(case.listing["listing_id"], ())
        for case in cases
    ]


def _peers(cases: Sequence[Case]) -> list[bool]:
    marks = [case.right["marks"][0] for case in cases if case.right]
    given = {"marks": marks, "cases": [[text_of(case.listing), place] for place, case in enumerate(cases)]}
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        Path(file.name).write_bytes(orjson.dumps(given))
        command = [interpreter(), "-m", "benchmarks.peers.programs.recall", file.name]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE)  # noqa: S603 - our own program
    found: list[bool] = orjson.loads(done.stdout)
    return found


def _share(found: Sequence[bool]) -> float:
    return sum(found) / len(found) if found else 0.0
