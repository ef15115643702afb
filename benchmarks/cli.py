"""The command line. Exit codes: 0 done, 1 the run did not do its work, 2 usage."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence

from benchmarks.machine import machine, versions
from benchmarks.records import Benchmark, BenchmarkError
from benchmarks.report import Report
from detectors.errors import RightswatchError

FAILED, USAGE = 1, 2


def main(arguments: Sequence[str], benchmarks: Mapping[str, Benchmark]) -> int:
    """Run what the arguments ask for and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Without a name: list the benchmarks.")
    parser.add_argument("name", nargs="?", help="the benchmark to run")
    parser.add_argument("--quick", action="store_true", help="less work: shows that it runs; the figures are rough")
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")
    parser.add_argument("--pack", metavar="DIR", help="accuracy-*: (also) use the data pack in this folder")
    parser.add_argument("--show", metavar="ROW", help="accuracy-*: what went wrong in one row, on stderr")
    try:
        options = parser.parse_args(arguments)
    except SystemExit as stop:  # argparse has told the user
        return int(stop.code or 0)
    if options.name is None:
        print(_listing(benchmarks))
        return 0
    if options.name not in benchmarks:
        print(f"no benchmark is called {options.name!r}; there are: {', '.join(benchmarks)}", file=sys.stderr)
        return USAGE
    given = {name: getattr(options, name) for name in ("pack", "show") if getattr(options, name) is not None}
    strange = given.keys() - benchmarks[options.name].options
    if strange:
        print(f"{options.name} takes no --{min(strange)}", file=sys.stderr)
        return USAGE
    return _run(options.name, benchmarks[options.name], options, given)


def _listing(benchmarks: Mapping[str, Benchmark]) -> str:
    width = max(map(len, benchmarks), default=0)
    return "\n".join(f"{name.ljust(width)}  {benchmark.summary}" for name, benchmark in benchmarks.items())


def _run(name: str, benchmark: Benchmark, options: argparse.Namespace, given: Mapping[str, str]) -> int:
    try:
        rows = benchmark.run(options.quick, **given)
    except (BenchmarkError, RightswatchError) as problem:
        print(f"{name}: {problem}", file=sys.stderr)
        return FAILED
    report = Report(name=name, machine=machine(), versions=versions(benchmark.packages), rows=rows)
    print(report.to_json() if options.json else report.to_text())
    return 0
