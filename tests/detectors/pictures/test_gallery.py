"""The rights' pictures that the second tier finds: put and withdrawn while others look, in whatever order."""

from __future__ import annotations

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import pytest

from detectors.pictures.copies import Detail, Exemplar, exemplar_of, look_closely
from detectors.pictures.gallery import Gallery
from detectors.pictures.seen import CloseMatch
from tests.detectors.pictures.edited import NAMES, PROTECTED, cropped_and_covered, original, sent
from tests.detectors.pictures.made import decoded

SOME = (*NAMES[::4], PROTECTED)


@cache
def exemplar(name: str) -> Exemplar:
    return exemplar_of(decoded(original(name)))


@cache
def exemplars() -> dict[str, Exemplar]:
    return {name: exemplar(name) for name in SOME}


@cache
def detail(name: str = PROTECTED) -> Detail:
    return look_closely(decoded(sent(cropped_and_covered(name))))


def named(found: tuple[CloseMatch, ...]) -> list[str]:
    return [one.registered for one in found]


def test_a_cropped_and_covered_picture_is_found_among_others() -> None:
    (found,) = Gallery(exemplars()).find(detail())
    assert (found.registered, found.match.how) == (PROTECTED, "features")


def test_nothing_is_found_in_an_empty_gallery() -> None:
    assert Gallery().find(detail()) == ()


def test_what_is_added_and_withdrawn_counts_at_once() -> None:
    gallery = Gallery({name: one for name, one in exemplars().items() if name != PROTECTED})
    seen = [named(gallery.find(detail()))]
    gallery.add(PROTECTED, exemplar(PROTECTED))
    seen.append(named(gallery.find(detail())))
    gallery.keep_only(gallery.digests - {PROTECTED})
    seen.append(named(gallery.find(detail())))
    assert (seen, len(gallery)) == ([[], [PROTECTED], []], len(SOME) - 1)


def test_one_that_is_put_and_withdrawn_at_once_is_there() -> None:
    gallery = Gallery()
    gallery.change({PROTECTED: exemplar(PROTECTED)}, [PROTECTED])
    assert gallery.digests == {PROTECTED}


@pytest.mark.parametrize("seed", range(3))
def test_however_it_was_filled_the_same_is_found(seed: int) -> None:
    order = random.Random(seed).sample(SOME, len(SOME))
    grown = Gallery()
    for at in range(0, len(order), 5):
        some = {name: exemplar(name) for name in order[at : at + 5]}
        grown.change({name: exemplar(order[0]) for name in some})  # other pictures first, under their names
        grown.change(some, order[:at:7])
    grown.change({name: exemplar(name) for name in order[::7]})
    asked = [detail(name) for name in SOME[::6]]
    built = Gallery(exemplars())
    assert [grown.find(one) for one in asked] == [built.find(one) for one in asked]


def test_who_looks_while_it_changes_sees_the_pictures_of_one_moment() -> None:
    """Two names for one picture are put and withdrawn together: never is only one of them seen."""
    gallery, both = Gallery(exemplars()), {f"copy {n}": exemplar(PROTECTED) for n in range(2)}
    stop = threading.Event()

    def change() -> None:
        while not stop.is_set():
            gallery.change(both)
            gallery.keep_only(exemplars())

    with ThreadPoolExecutor(1) as thread:
        changing = thread.submit(change)
        seen = {tuple(sorted(named(gallery.find(detail())))) for _ in range(40)}
        stop.set()
        changing.result()
    assert seen <= {(PROTECTED,), ("copy 0", "copy 1", PROTECTED)}


def test_memory_for_a_picture_is_bounded() -> None:
    assert Gallery(exemplars()).nbytes / len(SOME) < 30_000
