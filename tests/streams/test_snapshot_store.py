"""Snapshots on disk: what is written is what is mapped, what is damaged or foreign is refused, one process writes."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from detectors.kernels.jit import KERNELS
from detectors.watchlist import WatchlistBuilder
from detectors.watchlist.base import Base
from streams.pipeline import screen_page
from streams.snapshot import store as store_module
from streams.snapshot.files import ARRAYS, MANIFEST, SnapshotError, read_manifest
from streams.snapshot.store import CURRENT, LogPlace, Snapshot, SnapshotStore
from tests.detectors.floor import listing, page, right

PLACE = LogPlace(offset=7, timestamp_ms=1_700_000_000_000, number=1)
BODY = page([listing("new zorbfx and niike shoes", images=[{"pdq": "0f" * 32}])])


def a_base(rights: int = 60) -> Base:
    builder = WatchlistBuilder()
    builder.apply({"revision": 1, "op": "put", "right": right("N", images=[{"pdq": "0f" * 32}])})
    for number in range(2, rights + 1):
        mark = f"zorb{chr(97 + number % 26)}x"
        builder.apply({"revision": number, "op": "put", "right": right(f"F{number:02}", marks=[mark])})
    return builder.merging()()


def a_store(tmp_path: Path, topic: str = "watchlist", code: str = "code") -> SnapshotStore:
    return SnapshotStore(tmp_path, topic, code=lambda: code)


def written(store: SnapshotStore, base: Base | None = None) -> str:
    with store.making() as is_ours:
        assert is_ours
        return store.write(base or a_base(), PLACE, compiled_seconds=2.5)


def loaded(store: SnapshotStore) -> Snapshot:
    return store.load(store.current() or "none is current")


def test_what_was_written_is_mapped_and_screens_alike(tmp_path: Path) -> None:
    base, store = a_base(), a_store(tmp_path)
    name = written(store, base)
    snapshot = loaded(store)
    assert (snapshot.name, snapshot.place, snapshot.compiled_seconds) == (name, PLACE, 2.5)
    assert snapshot.bytes == (store.folder / name / ARRAYS).stat().st_size
    expected = screen_page(BODY, base.watchlist, show_screened=True)
    assert expected.alerts
    assert screen_page(BODY, snapshot.base.watchlist, show_screened=True) == expected


def test_no_kernel_is_compiled_anew_for_arrays_that_are_mapped(tmp_path: Path) -> None:
    base, store = a_base(), a_store(tmp_path)
    screen_page(BODY, base.watchlist)
    compiled = {name: list(kernel.signatures) for name, kernel in KERNELS.items()}
    written(store, base)
    screen_page(BODY, loaded(store).base.watchlist)
    assert {name: list(kernel.signatures) for name, kernel in KERNELS.items()} == compiled


def test_a_snapshot_names_the_code_that_its_maker_began_with(tmp_path: Path) -> None:
    """An upgrade replaces the files under it."""
    codes = ["older"]
    store = SnapshotStore(tmp_path, "watchlist", code=lambda: codes[-1])
    codes.append("newer")
    name = written(store)
    with pytest.raises(SnapshotError, match="another code"):
        a_store(tmp_path, code="newer").load(name)


def cut(folder: Path) -> None:
    with (folder / ARRAYS).open("r+b") as file:
        file.truncate(file.seek(0, 2) - 1)


def alter(folder: Path) -> None:
    content = (folder / MANIFEST).read_bytes()
    (folder / MANIFEST).write_bytes(content.replace(b'"offset":7', b'"offset":8'))


def lose(folder: Path) -> None:
    (folder / ARRAYS).unlink()


@pytest.mark.parametrize(
    ("damage", "said"), [(cut, "has .* bytes, not"), (alter, "manifest is damaged"), (lose, "cannot be read")]
)
def test_a_damaged_snapshot_is_refused(tmp_path: Path, damage: Callable[[Path], None], said: str) -> None:
    store = a_store(tmp_path)
    damage(store.folder / written(store))
    with pytest.raises(SnapshotError, match=said):
        loaded(store)


def test_one_altered_byte_is_found_by_the_full_check_which_names_the_array(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    name = written(store)
    store.check(name)
    place = read_manifest(store.folder / name)["arrays"]["segment.documents.data"]["at"]
    with (store.folder / name / ARRAYS).open("r+b") as file:
        file.seek(place)
        file.write(b"?")
    with pytest.raises(SnapshotError, match=r"the array segment\.documents\.data is damaged"):
        store.check(name)


def test_a_snapshot_of_other_code_or_another_service_is_refused(tmp_path: Path) -> None:
    name = written(a_store(tmp_path))
    with pytest.raises(SnapshotError, match="another code"):
        a_store(tmp_path, code="newer").load(name)
    shutil.copytree(tmp_path / "watchlist", tmp_path / "other.watchlist")
    with pytest.raises(SnapshotError, match="another topic"):
        a_store(tmp_path, "other.watchlist").load(name)


def test_a_snapshot_of_another_format_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = written(a_store(tmp_path))
    monkeypatch.setattr(store_module, "FORMAT", store_module.FORMAT + 1)
    with pytest.raises(SnapshotError, match="another format"):
        a_store(tmp_path).load(name)


def test_one_process_makes_a_snapshot_at_a_time(tmp_path: Path) -> None:
    with a_store(tmp_path).making() as first, a_store(tmp_path).making() as second:
        assert (first, second) == (True, False)
    with a_store(tmp_path).making() as later:
        assert later


def test_the_one_before_and_what_a_killed_process_left_are_removed_and_what_is_mapped_stays_valid(
    tmp_path: Path,
) -> None:
    store = a_store(tmp_path)
    written(store, a_base(40))
    before = loaded(store)
    (store.folder / "making-killed").mkdir()
    name = written(store, a_base(50))
    assert sorted(path.name for path in store.folder.iterdir() if path.is_dir()) == [name]
    assert (len(before.base.watchlist), len(loaded(store).base.watchlist)) == (40, 50)
    assert before.base.watchlist.base.right(39).right_id == "N"


def test_a_full_disk_leaves_the_current_snapshot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(folder: Path, *_: object) -> None:
        folder.mkdir()
        raise OSError(28, "No space left on device")

    store = a_store(tmp_path)
    name = written(store)
    monkeypatch.setattr(store_module, "write_snapshot", fail)
    with pytest.raises(OSError, match="No space"):
        written(store)
    assert loaded(store).name == name
    assert [path.name for path in store.folder.iterdir() if path.is_dir()] == [name]


def test_a_snapshot_that_nobody_should_load_is_gone_and_a_newer_one_stays(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    old = written(store)
    new = written(store)
    store.discard(old)
    assert store.current() == new
    store.discard(new)
    assert store.current() is None


READER = """
import sys, pathlib
from streams.snapshot.files import map_arrays, read_manifest
folder = pathlib.Path(sys.argv[1])
arrays = map_arrays(folder, read_manifest(folder))
total = sum(int(array.reshape(-1).view("u1").astype("u8").sum()) for array in arrays.values())
print(total, flush=True)
sys.stdin.read()
"""


def test_two_processes_that_screen_by_one_snapshot_have_its_memory_once(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    written(store, a_base(2_000))
    snapshot = loaded(store)
    screen_page(BODY, snapshot.base.watchlist)
    folder = store.folder / snapshot.name
    with subprocess.Popen(
        [sys.executable, "-c", READER, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert int(other.stdout.readline()) > 0
        here = mapping(folder / ARRAYS)
        assert here["Rss"] > 0
        assert here["Private_Dirty"] == 0
        assert here["Pss"] <= here["Rss"] / 2 + 8  # each page is of both; kilobytes, rounded


def mapping(path: Path) -> dict[str, int]:
    """What this process has of a mapped file, in kilobytes."""
    sizes: dict[str, int] = {}
    is_ours = False
    for line in Path("/proc/self/smaps").read_text().splitlines():
        first, *rest = line.split()
        if not first.endswith(":"):
            is_ours = bool(rest) and line.endswith(str(path))
        elif is_ours and rest[-1] == "kB":
            sizes[first[:-1]] = sizes.get(first[:-1], 0) + int(rest[0])
    return sizes


def test_the_manifest_says_what_is_in_the_file(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    folder = store.folder / written(store)
    manifest = orjson.loads((folder / MANIFEST).read_bytes().partition(b"\n")[2])
    assert manifest["saved"]["rights"] == 60
    assert manifest["arrays"]["revisions.held"]["dtype"] == "<i8"
    assert (store.folder / CURRENT).read_text() == folder.name
