"""Compiling: one place names Numba's options, one step writes the cache, everybody else only reads it."""

from __future__ import annotations

import ast
import errno
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest

import detectors
from detectors import warm_up  # noqa: F401  # imports every kernel
from detectors.kernels.jit import KERNELS, ReadOnlyCache, kernel

MEETS_NO_PAGE = {  # they make tables that are saved
    "detectors.kernels.near.fill_begins",
    "detectors.kernels.near_evidence.count_trigrams",
}
ROOT = Path(detectors.__file__).parent.parent

SCREEN_ONE_PAGE = """
from datetime import UTC, datetime
import numpy as np
import simplejpeg
from detectors.kernels.jit import KERNELS
from detectors.pictures import feature_index
from detectors.pictures.copies import compare_features, look_at, look_closely, register
from detectors.pictures.decoding import decode
from detectors.pictures.feature_index import FeatureIndex
from detectors.pictures.hashing import fingerprint
from detectors.pictures.warm_up import warm_up_pictures
from detectors.records import Page
from detectors.tables import MADE_HERE
from detectors.watchlist import WatchlistBuilder
from streams.pipeline import screen_page

builder = WatchlistBuilder()
builder.apply({"revision": 1, "op": "put", "right": {"right_id": "R", "kind": "trademark", "marks": ["NIKE"]}})
line = b'{"platform":"p","listing_id":"1","title":"replica N1KE","description":"for n i k e","attributes":{"a":"b"}}'
screening = screen_page(Page(line, datetime(2026, 11, 21, tzinfo=UTC)), builder.build())
assert len(screening.alerts) == 2, screening
assert fingerprint(decode(simplejpeg.encode_jpeg(np.zeros((64, 64, 3), np.uint8)))).quality == 0
noise = np.random.default_rng(2).integers(0, 255, (80, 60, 1), np.uint8).repeat(3, axis=2)
picture = decode(simplejpeg.encode_jpeg(np.ascontiguousarray(noise)))
registered, look, detail = register(picture), look_at(picture), look_closely(picture)
assert look.fingerprints[0] == registered.fingerprints[0]
for freshest in (10**9, 1):
    feature_index.FRESH = freshest
    index = FeatureIndex.of({0: registered.exemplar.features})
    (found,) = index.candidates(detail.queries, 1, 1.0)
    assert compare_features(registered.exemplar, detail, found.is_mirror)
warm_up_pictures()
assert not MADE_HERE, MADE_HERE
for name, dispatcher in KERNELS.items():
    print(name, sum(dispatcher.stats.cache_hits.values()), sum(dispatcher.stats.cache_misses.values()))
"""


def run(*arguments: str) -> str:
    """A fresh process with the environment of this one."""
    done = subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout + done.stderr


def cache_files() -> dict[str, int]:
    folder = ROOT / "detectors" / "kernels" / "__pycache__"
    return {path.name: path.stat().st_mtime_ns for path in folder.glob("*.n[bp]?")}


@pytest.mark.skipif(not KERNELS, reason="NUMBA_DISABLE_JIT is set: there is nothing to compile")
def test_a_fresh_process_compiles_nothing_and_writes_nothing() -> None:
    """After `make env`, which compiles; compiling once more here would take minutes and show no more."""
    before = cache_files()
    assert before, "nothing is compiled: run `make env`, or python -m detectors.warm_up"
    counts = [line.rsplit(maxsplit=2) for line in run("-c", SCREEN_ONE_PAGE).splitlines()]
    assert {name for name, _, _ in counts} == KERNELS.keys()
    unmet = [name for name, hits, misses in counts if misses != "0" or (hits == "0" and name not in MEETS_NO_PAGE)]
    assert unmet == []
    assert cache_files() == before


READ_PAST_THE_END = """
import os
os.environ["NUMBA_BOUNDSCHECK"] = "1"
import numpy as np
from detectors.kernels.near import fill_begins
try:
    fill_begins(np.zeros(1, np.uint32), np.array([0, 2], np.int32), np.zeros(4, np.uint8))
except IndexError:
    print("raised")
"""


@pytest.mark.skipif(not KERNELS, reason="NUMBA_DISABLE_JIT is set: there is nothing to compile")
def test_with_bounds_checked_a_kernel_raises_though_one_without_checks_is_saved() -> None:
    assert run("-c", READ_PAST_THE_END) == "raised\n"


@pytest.mark.skipif(not KERNELS, reason="NUMBA_DISABLE_JIT is set: there is nothing to compile")
def test_a_kernel_outside_the_compile_step_leaves_no_file() -> None:
    def add_one(values: object) -> object:
        return values + 1  # type: ignore[operator]

    before = cache_files()
    compiled = kernel(add_one)
    try:
        assert compiled(np.arange(3)).tolist() == [1, 2, 3]  # type: ignore[attr-defined]
        assert cache_files() == before
        assert list(Path(__file__).parent.glob("__pycache__/*.nb?")) == []
    finally:
        KERNELS.pop(f"{add_one.__module__}.{add_one.__name__}")


def test_helpers_that_count_no_references_make_no_arrays_and_give_none_back() -> None:
    """Nobody else would hold such an array: its memory would be freed under its user's hands."""
    makers = re.compile(r"np\.(zeros|ones|empty|full|arange|array|concatenate|where|unique|sort)\b|\.(copy|astype)\(")
    for path in sorted((ROOT / "detectors/kernels").glob("*.py")):
        source = path.read_text(encoding="utf-8")
        for function in ast.walk(ast.parse(source)):
            if isinstance(function, ast.FunctionDef) and "inline" in map(ast.unparse, function.decorator_list):
                written = ast.unparse(function)
                assert not makers.search(written), (path.name, function.name)
                assert "NDArray" not in ast.unparse(function.returns or ast.Constant(None)), (path.name, function.name)


def test_only_the_file_of_options_and_those_of_vector_code_name_numba() -> None:
    naming = [
        str(path.relative_to(ROOT))
        for folder in ("detectors", "sinks", "dashboards", "streams", "benchmarks")
        for path in (ROOT / folder).rglob("*.py")
        if re.search(r"\b(njit|numba\.|import numba|from numba)", path.read_text(encoding="utf-8"))
    ]
    assert sorted(naming) == [
        "detectors/kernels/hamming_simd.py",
        "detectors/kernels/jit.py",
        "detectors/kernels/simd.py",
        "detectors/kernels/strings_simd.py",
    ]


def test_the_cache_is_found_where_this_user_may_not_write(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    function = next(iter(KERNELS.values())).py_func
    assert Path(ReadOnlyCache(function).cache_path) == Path(function.__code__.co_filename).parent / "__pycache__"
