"""Saved tables: what is mapped is what is made, and only if it was made of what is here; one step writes."""

from __future__ import annotations

import builtins
import io
import sys
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

import detectors
from detectors import folding, lexicon, tables
from detectors.kernels.near import Lexicon
from detectors.tables import SavedTables, saved

DETECTORS = Path(detectors.__file__).parent


class Table(NamedTuple):
    """What a table may be made of."""

    words: NDArray[np.uint32]
    names: NDArray[np.uint64]
    letters: NDArray[np.uint8]


def table() -> Table:
    return Table(np.arange(5, dtype=np.uint32), np.arange(3, dtype=np.uint64), np.ones((2, 3), np.uint8))


def never() -> Table:
    raise AssertionError("made, though it was saved")


@pytest.fixture(autouse=True)
def _apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SavedTables, "folder", tmp_path)
    monkeypatch.setattr(tables, "MADE_HERE", [])


def save() -> Path:
    SavedTables.saving = True
    try:
        saved("table", Table, table)
    finally:
        SavedTables.saving = False
    return SavedTables.folder / "table.npy"


def test_what_is_mapped_is_what_was_made_in_a_form_that_compiled_kernels_take() -> None:
    save()
    made = table()._asdict()
    for name, mapped in saved("table", Table, never)._asdict().items():
        assert (mapped.dtype, mapped.tolist()) == (made[name].dtype, made[name].tolist())
        assert type(mapped) is np.ndarray
        assert mapped.flags.c_contiguous
        assert mapped.flags.aligned
        assert mapped.flags.writeable  # else Numba takes it for another type and compiles anew


def test_a_table_made_outside_the_compile_step_is_named_and_leaves_no_file(tmp_path: Path) -> None:
    assert saved("table", Table, table).words.tolist() == [0, 1, 2, 3, 4]
    assert tables.MADE_HERE == ["table"]
    assert list(tmp_path.iterdir()) == []


def test_a_table_made_of_other_sources_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    save()
    monkeypatch.setattr(tables, "_key", lambda: bytes(32))
    saved("table", Table, table)
    assert tables.MADE_HERE == ["table"]


@pytest.mark.parametrize("size", [0, 10, 70, -40, -1])
def test_a_table_that_was_cut_short_is_not_used(size: int) -> None:
    path = save()
    path.write_bytes(path.read_bytes()[:size])
    saved("table", Table, table)
    assert tables.MADE_HERE == ["table"]


def test_a_table_with_one_wrong_byte_is_not_used() -> None:
    path = save()
    content = path.read_bytes()
    for at in (0, 20, 130, len(content) - 1):
        path.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
        saved("table", Table, table)
    assert tables.MADE_HERE == ["table"] * 4


def test_all_code_and_data_that_tables_are_made_of_are_in_their_key(monkeypatch: pytest.MonkeyPatch) -> None:
    met: set[Path] = set()
    opened = io.open

    def note(frame: FrameType, event: str, _: Any) -> None:
        if event == "call":
            met.add(Path(frame.f_code.co_filename))

    def opening(file: Any, *arguments: Any, **options: Any) -> Any:
        met.add(Path(file))
        return opened(file, *arguments, **options)

    for module in (io, builtins):
        monkeypatch.setattr(module, "open", opening)
    monkeypatch.setattr(folding, "fold_table", folding._table)
    sys.setprofile(note)
    try:
        lexicon._lexicon()
    finally:
        sys.setprofile(None)
    ours = {path for path in met if path.is_relative_to(DETECTORS) and path.parent.name != "__pycache__"}
    assert {DETECTORS / "data/words.txt.gz", DETECTORS / "data/folding.tsv", DETECTORS / "lexicon.py"} <= ours
    assert ours <= set(tables.sources())


def test_the_saved_lexicon_is_the_one_that_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()  # the folder of `make env`
    mapped, made = saved("lexicon", Lexicon, lexicon._lexicon)._asdict(), lexicon._lexicon()._asdict()
    assert "lexicon" not in tables.MADE_HERE, "not saved: run `make env`, or python -m detectors.warm_up tables"
    assert {name: array.dtype for name, array in mapped.items()} == {name: array.dtype for name, array in made.items()}
    assert [name for name, array in made.items() if not np.array_equal(mapped[name], array)] == []
