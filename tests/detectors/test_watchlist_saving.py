"""A base that was saved and restored says of every page what it said before, also after changes on top of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.watchlist import Watchlist, WatchlistBuilder
from detectors.watchlist.base import Base
from detectors.watchlist.saving import Saved, SavedError, restore, save
from streams.pipeline import screen_page
from tests.detectors import test_pipeline as generated
from tests.detectors import test_watchlist_changes as changing
from tests.detectors.floor import listing, page, right

Json = dict[str, Any]


def copied(base: Base) -> Base:
    """Saved and restored, by way of bytes as a file does it."""
    saved = save(base)
    arrays = {
        name: np.frombuffer(bytearray(array.tobytes()), array.dtype).reshape(array.shape)
        for name, array in saved.arrays.items()
    }
    return restore(Saved(orjson.loads(orjson.dumps(saved.document)), arrays))


def assert_alike(one: Watchlist, other: Watchlist, listings: list[Json]) -> None:
    assert (one.revision, len(one), list(one.right_ids)) == (other.revision, len(other), list(other.right_ids))
    assert (one.registers, one.versions, one.allowed) == (other.registers, other.versions, other.allowed)
    assert one.calibration == other.calibration
    body = page([*listings, changing.CLAIMS])
    assert screen_page(body, one, show_screened=True) == screen_page(body, other, show_screened=True)
    assert screen_page(body, one, sample_share=0.5) == screen_page(body, other, sample_share=0.5)


@settings(max_examples=12, deadline=None)
@given(st.lists(changing.entries, max_size=6), st.lists(changing.entries, max_size=6), generated.pages)
def test_a_restored_base_and_what_changes_later_are_as_if_the_whole_log_had_been_read(
    before: Sequence[Json], after: Sequence[Json], listings: list[Json]
) -> None:
    builder, log = changing.with_base()
    for entry in before:
        log.append({"revision": len(log) + 1, **entry})
        builder.apply(log[-1])
    resumed = WatchlistBuilder()
    resumed.take(copied(builder.merging()()))
    assert len(resumed) == len(builder)
    assert_alike(resumed.update(), changing.built(log), listings)
    for entry in after:
        log.append({"revision": len(log) + 1, **entry})
        resumed.apply(log[-1])
    for entry in log:  # it may be read once more from its beginning
        resumed.apply(entry)
    assert len(resumed) == len(resumed.update())
    assert_alike(resumed.update(), changing.built(log), listings)


@settings(max_examples=12, deadline=None)
@given(st.lists(changing.entries, max_size=6), st.lists(changing.entries, max_size=6), generated.pages)
def test_a_base_that_another_process_compiled_loses_nothing_of_what_is_newer_here(
    taken_in: Sequence[Json], newer: Sequence[Json], listings: list[Json]
) -> None:
    builder, log = changing.with_base()
    elsewhere, _ = changing.with_base()
    for entry in taken_in:
        log.append({"revision": len(log) + 1, **entry})
        builder.apply(log[-1])
        elsewhere.apply(log[-1])
    for entry in newer:
        log.append({"revision": len(log) + 1, **entry})
        builder.apply(log[-1])
    builder.update()
    builder.take(copied(elsewhere.merging()()))
    assert len(builder) == len(builder.update())
    assert_alike(builder.update(), changing.built(log), listings)


def test_what_is_compiled_here_when_a_saved_base_is_taken_is_left() -> None:
    builder, _ = changing.with_base()
    overtaken = builder.merging()()
    builder.apply({"revision": 41, "op": "withdraw", "right_id": "F20"})
    builder.take(copied(builder.merging()()))
    builder.adopt(overtaken)
    assert len(builder.update()) == 39


def test_a_right_that_was_withdrawn_does_not_come_back_when_its_old_entry_is_read_again() -> None:
    builder, log = changing.with_base()
    builder.apply({"revision": 41, "op": "withdraw", "right_id": "F20"})
    resumed = WatchlistBuilder()
    resumed.take(copied(builder.merging()()))
    assert [resumed.apply(entry) for entry in log] == [False] * len(log)
    assert resumed.update().right_of("F20") is None


def test_fingerprints_of_every_threshold_are_found_after_a_restore() -> None:
    rng = np.random.default_rng(5)
    builder = WatchlistBuilder()
    codes = [rng.bytes(32).hex() for _ in range(40)]
    for number, code in enumerate(codes):
        image = {"images": [{"pdq": code}], "threshold": {"image_distance": number}}
        builder.apply({"revision": number + 1, "op": "put", "right": right(f"R{number:02}", marks=[], **image)})
    words = np.array([[int(code[at : at + 16], 16) for at in range(0, 64, 16)] for code in codes], np.uint64)
    words[::2, 0] ^= np.uint64(0b111)
    base = builder.merging()()
    expected, found = base.watchlist.pictures_near(words), copied(base).watchlist.pictures_near(words)
    assert len(expected.rights) >= 37
    assert all(np.array_equal(getattr(expected, name), getattr(found, name)) for name in expected.__slots__)


def a_saved_base() -> Saved:
    builder, _ = changing.with_base()
    return save(builder.merging()())


@pytest.mark.parametrize("name", ["segment.patterns.trie.labels", "segment.pictures.index.state", "revisions.held"])
def test_a_saved_base_without_one_of_its_arrays_is_refused(name: str) -> None:
    saved = a_saved_base()
    arrays = {known: array for known, array in saved.arrays.items() if known != name}
    with pytest.raises(SavedError, match="lacks something"):
        restore(replace(saved, arrays=arrays))


@pytest.mark.parametrize(
    ("key", "value"), [("detector", "2020.1"), ("rules", "another"), ("rights", 7), ("pack", {"goods": "["})]
)
def test_a_saved_base_of_another_version_or_content_is_refused(key: str, value: object) -> None:
    saved = a_saved_base()
    with pytest.raises(SavedError):
        restore(replace(saved, document={**saved.document, key: value}))


def test_every_array_is_saved_and_nothing_is_copied_on_the_way_back() -> None:
    saved = a_saved_base()
    base = restore(saved)
    assert base.watchlist.base.patterns.trie.labels is saved.arrays["segment.patterns.trie.labels"]
    assert base.watchlist.base.documents.data is saved.arrays["segment.documents.data"]
    assert base.watchlist.base.right(3).right_id == "F03"
    assert screen_page(page([listing("zorbdx")]), base.watchlist).matches
