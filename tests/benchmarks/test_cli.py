"""The benchmark program: what it lists, refuses and writes."""

from __future__ import annotations

import gc
import itertools
import json
from collections.abc import Sequence

import pytest

from benchmarks.cli import main
from benchmarks.records import Benchmark, BenchmarkError, Row
from benchmarks.registry import BENCHMARKS
from benchmarks.turns import take_turns

ROW = Row(metric="sums of 1 k numbers", unit="sums/s", ours=2.0, peer=4.0, peer_name="limit: itself", ratio=0.5)


def works(quick: bool) -> Sequence[Row]:
    return [ROW] if quick else [ROW, ROW]


def fails(quick: bool) -> Sequence[Row]:
    raise BenchmarkError("3 of 10 alerts are missing")


FAKES = {
    "works": Benchmark(summary="adds numbers", run=works, packages=("orjson",)),
    "fails": Benchmark(summary="cannot add", run=fails),
}


def test_lists_the_benchmarks(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([], BENCHMARKS) == 0
    printed = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in printed] == [
        "pipeline",
        "marks",
        "end-to-end",
        "latency",
        "workers",
        "soak",
        "cost",
        "peers",
        "scale",
        "accuracy-text",
        "learning",
        "accuracy-pictures",
        "packaging",
        "hamming",
        "fingerprint",
        "live",
        "queue",
        "leads",
        "boards",
        "hostile",
    ]


@pytest.mark.parametrize("arguments", [["nonsense"], ["works", "--fast"], ["works", "fails"]])
def test_what_it_does_not_know_is_a_usage_error(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments, FAKES) == 2
    captured = capsys.readouterr()
    assert not captured.out
    assert arguments[-1] in captured.err


def test_an_option_that_the_benchmark_does_not_take_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["works", "--show", "leetspeak"], FAKES) == 2
    assert capsys.readouterr().err == "works takes no --show\n"


def test_a_benchmark_gets_the_options_that_it_takes() -> None:
    taken: list[str | None] = []

    def shows(quick: bool, *, show: str | None = None) -> Sequence[Row]:
        taken.append(show)
        return [ROW]

    benchmark = Benchmark(summary="shows", run=shows, options=frozenset({"show"}))
    assert main(["shows"], {"shows": benchmark}) == 0
    assert main(["shows", "--show", "leetspeak"], {"shows": benchmark}) == 0
    assert taken == [None, "leetspeak"]


def test_json_has_the_contracts_form(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["works", "--quick", "--json"], FAKES) == 0
    document = json.loads(capsys.readouterr().out)
    assert list(document) == ["name", "machine", "versions", "rows"]
    assert document["name"] == "works"
    assert "cores" in document["machine"]
    assert list(document["versions"]) == ["python", "rightswatch", "orjson"]
    assert document["rows"] == [
        {
            "metric": "sums of 1 k numbers",
            "unit": "sums/s",
            "ours": 2.0,
            "peer": 4.0,
            "peer_name": "limit: itself",
            "ratio": 0.5,
        }
    ]


def test_people_get_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["works"], FAKES) == 0
    printed = capsys.readouterr().out
    assert printed.count("sums of 1 k numbers") == 2
    assert "limit: itself" in printed


def test_a_run_that_did_not_do_its_work_fails_and_gives_no_figures(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fails", "--json"], FAKES) == 1
    captured = capsys.readouterr()
    assert not captured.out
    assert captured.err == "fails: 3 of 10 alerts are missing\n"


def test_ours_and_the_peer_take_turns_after_a_warm_up() -> None:
    order: list[str] = []
    ticks = itertools.count()
    taken = take_turns(lambda: order.append("o"), lambda: order.append("p"), rounds=3, clock=lambda: float(next(ticks)))
    assert "".join(order) == "op" + "op" + "po" + "op"
    assert (taken.ours, taken.peer) == (1.0, 1.0)
    assert gc.get_freeze_count() == 0
