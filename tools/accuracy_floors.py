"""Writes tests/benchmarks/accuracy_floors.toml from what this tree measures: `python -m tools.accuracy_floors`.

Look at the difference before you commit it: a floor is lowered only with a reason.
"""

from __future__ import annotations

from pathlib import Path

from benchmarks.accuracy.measure import measure
from benchmarks.accuracy.records import metric
from benchmarks.accuracy.run import quick_work
from benchmarks.accuracy.systems import Ours

OUT = Path(__file__).parent.parent / "tests" / "benchmarks" / "accuracy_floors.toml"
HEADER = """\
# What `python -m benchmarks accuracy-text --quick` must reach on shipped data; written by tools/accuracy_floors.py.
# Raise a floor when a row gets better. Lower one only with a reason in the commit message.
"""


def main() -> None:
    outcome = measure(quick_work(), Ours())
    lines = [HEADER, f"recall = {outcome.recall().value:.3f} # over all rows of disguises, signs and wording\n"]
    lines.append("[false_per_thousand] # at most: untouched titles, each listing with each subject")
    lines += [f"{language} = {outcome.false_per_thousand(language):.3f}" for language in outcome.work.honest]
    lines.append("\n[shares] # at least: cases that come out as wanted")
    lines += [
        f'"{metric(group, policy)}" = {outcome.share(group, policy).value:.3f}'
        for group in outcome.work.groups
        for policy in group.policies
    ]
    OUT.write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
