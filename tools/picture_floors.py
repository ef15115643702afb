"""Writes tests/benchmarks/picture_floors.toml from what this tree measures: `python -m tools.picture_floors`.

Look at the difference before you commit it: a floor is lowered only with a reason.
"""

from __future__ import annotations

from pathlib import Path

from benchmarks.pictures.measure import measure, rows
from benchmarks.pictures.run import quick_work
from benchmarks.pictures.systems import Ours

OUT = Path(__file__).parent.parent / "tests" / "benchmarks" / "picture_floors.toml"
HEADER = """\
# What `python -m benchmarks accuracy-pictures --quick` must reach on what ships; written by tools/picture_floors.py.
# Raise a floor when a row gets better. Lower one only with a reason in the commit message.

[found] # at least: the share of cases whose picture is found
"""


def main() -> None:
    outcome = measure(quick_work(), Ours())
    found = {name: outcome.recall(cases).value for name, cases in rows(outcome.work).items() if cases}
    OUT.write_text(HEADER + "".join(f'"{name}" = {value:.3f}\n' for name, value in found.items()), "utf-8")


if __name__ == "__main__":
    main()
