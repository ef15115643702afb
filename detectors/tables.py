"""Tables that take long to make out of detectors/data: saved by the compile step beside the kernels, mapped ever after.

As with the kernels only `make env` writes, and a file counts only if it was made of the very sources that are here.
Without such a file a table is made as ever, for this process alone.
"""

from __future__ import annotations

import hashlib
import io
import mmap
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

Arrays = Mapping[str, NDArray[np.generic]]
Record = TypeVar("Record")

MADE_HERE: list[str] = []
"""The tables that this process had to make, since none that fits was saved."""

_HERE = Path(__file__).parent
_SOURCES = ("data/*.tsv", "data/*.txt", "data/*.gz", "kernels/*.py", "folding.py", "lexicon.py", "tables.py")
_DIGEST = hashlib.sha256().digest_size


class SavedTables:
    """saving: whether tables are made and saved, as the compile step has it, or mapped. folder: beside the kernels."""

    saving = False
    folder = _HERE / "kernels" / "__pycache__"


def saved(name: str, kind: type[Record], make: Callable[[], Record]) -> Record:
    """A record of arrays: mapped if it was saved, else made.

    Mapped so that they may be written, which nobody does: Numba would take others for another type of array.
    """
    if not SavedTables.saving:
        arrays = _mapped(_path(name))
        if arrays is not None:
            return kind(**arrays)
    record = make()
    if SavedTables.saving:
        _save(_path(name), {part: getattr(record, part) for part in _parts(kind)})
    else:
        MADE_HERE.append(name)
    return record


def sources() -> Iterator[Path]:
    """The data and the code that tables are made of; a test looks whether any is missing."""
    for pattern in _SOURCES:
        yield from sorted(_HERE.glob(pattern))


@cache
def _key() -> bytes:
    """SHA-256 over all that a table is made of. 3 MB, 6 ms."""
    digest = hashlib.sha256(f"{sys.byteorder} {sys.version} {np.__version__}".encode())
    for path in sources():
        digest.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.digest()


def _parts(kind: Any) -> list[str]:
    """Of a dataclass or a NamedTuple."""
    return [one.name for one in fields(kind)] if is_dataclass(kind) else kind._fields


def _path(name: str) -> Path:
    return SavedTables.folder / f"{name}.npy"


def _save(path: Path, arrays: Arrays) -> None:
    """One record of all arrays in NumPy's format; after it the key, and the SHA-256 of everything before."""
    kind = np.dtype([(name, array.dtype, array.shape) for name, array in arrays.items()], align=True)
    record = np.zeros((), kind)
    for name, array in arrays.items():
        record[name] = array
    written = io.BytesIO()
    npy.write_array(written, record, version=(1, 0), allow_pickle=False)
    content = written.getvalue() + _key()
    path.parent.mkdir(exist_ok=True)
    unfinished = path.with_suffix(f".{os.getpid()}")
    unfinished.write_bytes(content + hashlib.sha256(content).digest())
    unfinished.replace(path)


def _mapped(path: Path) -> Arrays | None:
    """None: there is none, it is damaged, or it was made of other sources. Nothing is read out of it before."""
    try:
        with path.open("rb") as file:
            memory = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
    except (OSError, ValueError):  # an empty file cannot be mapped
        return None
    content, checksum = memoryview(memory)[:-_DIGEST], memory[-_DIGEST:]
    if content[-_DIGEST:] != _key() or hashlib.sha256(content).digest() != checksum:
        return None
    npy.read_magic(memory)
    shape, _, kind = npy.read_array_header_1_0(memory)
    record: NDArray[np.void] = np.ndarray(shape, kind, memory, memory.tell())
    return {name: record[name] for name in kind.names or ()}
