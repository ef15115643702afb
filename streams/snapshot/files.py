"""One snapshot as a directory of two files: `arrays`, all of them one after the other, and `manifest`, what they are.

The manifest's first line is the SHA-256 of its second, which is JSON. Opening reads it and looks at the size of
`arrays`; that file itself is mapped, and only pages that somebody looks at are read. `check_arrays` reads it all.
"""

from __future__ import annotations

import hashlib
import mmap
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import orjson
from numpy.typing import NDArray

from detectors.errors import RightswatchError

ARRAYS, MANIFEST = "arrays", "manifest"
ALIGNMENT = 4096  # a page: what one array's readers touch is no other array's
CHUNK = 1 << 22

Arrays = Mapping[str, NDArray[np.generic]]


class SnapshotError(RightswatchError):
    """A snapshot that is damaged, or of another service, version or log: the log is read from its start instead."""


class SnapshotForeign(SnapshotError):
    """A snapshot that is whole, and of another version or service."""


def write_snapshot(folder: Path, facts: Mapping[str, Any], arrays: Arrays) -> None:
    """Both files in a new folder, on the disk when this returns.

    Raises:
        OSError: no room, or the folder is there.
    """
    folder.mkdir(parents=True)
    with _synced(folder / ARRAYS) as file:
        placed = dict(_placed(file, arrays))
        size = file.tell()
    body = orjson.dumps({**facts, "bytes": size, "arrays": placed})
    with _synced(folder / MANIFEST) as file:
        file.write(hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
    sync_folder(folder)


def read_manifest(folder: Path) -> dict[str, Any]:
    """What the snapshot says of itself.

    Raises:
        SnapshotError: it is not what was written.
    """
    try:
        digest, _, body = (folder / MANIFEST).read_bytes().partition(b"\n")
        size = (folder / ARRAYS).stat().st_size
    except OSError as error:
        raise SnapshotError(f"{folder}: cannot be read ({error.strerror})") from error
    if hashlib.sha256(body).hexdigest().encode() != digest:
        raise SnapshotError(f"{folder}: the manifest is damaged")
    manifest: dict[str, Any] = orjson.loads(body)
    if size != manifest.get("bytes"):
        raise SnapshotError(f"{folder}: {ARRAYS} has {size} bytes, not {manifest.get('bytes')}")
    return manifest


def map_arrays(folder: Path, manifest: Mapping[str, Any]) -> dict[str, NDArray[np.generic]]:
    """The arrays, in memory that all processes share that map them. They stay valid when the file is removed.

    Mapped so that they may be written (a page that is, is copied for the writer): kernels are compiled for such, and
    Numba would take arrays that cannot be written for another type. Nobody writes, and a test looks after that.

    Raises:
        SnapshotError: the file cannot be mapped, or is too short for its arrays.
    """
    try:
        with (folder / ARRAYS).open("rb") as file:
            memory = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
        return {name: _array(memory, **where) for name, where in manifest["arrays"].items()}
    except (OSError, ValueError, TypeError) as error:
        raise SnapshotError(f"{folder}: {ARRAYS} cannot be mapped ({error})") from error


def check_arrays(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Reads everything, at about a gigabyte a second.

    Raises:
        SnapshotError: an array is not what was written; names it.
    """
    try:
        with (folder / ARRAYS).open("rb") as file:
            for name, where in manifest["arrays"].items():
                if _digest(file, where["at"], _size(**where)) != where["sha256"]:
                    raise SnapshotError(f"{folder}: the array {name} is damaged")
    except OSError as error:
        raise SnapshotError(f"{folder}: cannot be read ({error.strerror})") from error


def sync_folder(folder: Path) -> None:
    """Makes what was renamed or made in it last through a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _synced(path: Path) -> Iterator[BinaryIO]:
    with path.open("wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def _placed(file: BinaryIO, arrays: Arrays) -> Iterator[tuple[str, dict[str, Any]]]:
    """Writes each array and says where it is."""
    for name, array in arrays.items():
        at = -(-file.tell() // ALIGNMENT) * ALIGNMENT
        file.seek(at)
        content = np.ascontiguousarray(array).reshape(-1).view(np.uint8).data if array.size else b""
        file.write(content)
        shape, digest = list(array.shape), hashlib.sha256(content).hexdigest()
        yield name, {"at": at, "dtype": array.dtype.str, "shape": shape, "sha256": digest}


def _array(memory: mmap.mmap, at: int, dtype: str, shape: list[int], **_: object) -> NDArray[np.generic]:
    kind = np.dtype(dtype)
    if 0 in shape:
        return np.empty(shape, kind)
    return np.frombuffer(memory, kind, int(np.prod(shape, dtype=np.int64)), at).reshape(shape)


def _size(dtype: str, shape: list[int], **_: object) -> int:
    return int(np.prod(shape, dtype=np.int64)) * np.dtype(dtype).itemsize


def _digest(file: BinaryIO, at: int, size: int) -> str:
    digest = hashlib.sha256()
    file.seek(at)
    while size and (chunk := file.read(min(size, CHUNK))):
        digest.update(chunk)
        size -= len(chunk)
    return digest.hexdigest()
