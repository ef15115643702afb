"""A sweep's way through the proofs: each page once, late ones too, and a cursor that leaves none behind."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sinks.clickhouse.stored_pages import Proof
from streams.retro import course as course_module
from streams.retro.course import LATE_SECONDS, Course, Place

OLD = LATE_SECONDS


def proof(second: int, page: str, age: int = OLD) -> Proof:
    return Proof(second, page, revision=1, age_seconds=age)


class Table:
    """Proofs as ClickHouse gives them."""

    def __init__(self, *proofs: Proof) -> None:
        self.proofs = list(proofs)

    def read(self, after: Place, limit: int) -> list[Proof]:
        return sorted((one for one in self.proofs if one.place > after), key=lambda one: one.place)[:limit]


def sweep_pass(course: Course) -> list[str]:
    """The pages that come until the end of a pass, each batch counted as through."""
    pages: list[str] = []
    while batch := course.next_batch():
        pages += [one.page for one in batch]
        course.swept(batch)
    return pages


def test_pages_come_in_order_and_once() -> None:
    table = Table(proof(2, "a"), proof(1, "b"), proof(1, "a", OLD))
    course = Course((0, ""), table.read)
    assert sweep_pass(course) == ["a", "b", "a"]
    assert course.cursor == (2, "a")
    assert sweep_pass(course) == []
    assert course.passes == 2


def test_a_proof_seen_late_is_swept_in_a_later_pass() -> None:
    table = Table(proof(10, "b", age=1), proof(11, "c", age=0))
    course = Course((0, ""), table.read)
    assert sweep_pass(course) == ["b", "c"]
    table.proofs.append(proof(10, "a", age=1))
    assert sweep_pass(course) == ["a"]


def test_the_cursor_stays_behind_what_may_still_come_and_follows_when_it_is_sure() -> None:
    table = Table(proof(1, "a"), proof(10, "b", age=1))
    course = Course((0, ""), table.read)
    sweep_pass(course)
    assert course.cursor == (1, "a")
    table.proofs = [replace(one, age_seconds=OLD) for one in table.proofs]
    assert sweep_pass(course) == []
    assert course.cursor == (10, "b")


def test_a_batch_that_is_not_through_does_not_move_the_cursor() -> None:
    course = Course((0, ""), Table(proof(1, "a"), proof(2, "b")).read)
    assert len(course.next_batch()) == 2
    assert course.cursor == (0, "")


ROWS = st.lists(
    st.tuples(st.integers(0, 6), st.sampled_from("abc"), st.integers(0, 2)), max_size=14, unique_by=lambda row: row[:2]
)


@given(rows=ROWS, young_from=st.integers(0, 6), pages_per_batch=st.integers(1, 3))
def test_whenever_proofs_show_each_is_swept_once(
    rows: list[tuple[int, str, int]], young_from: int, pages_per_batch: int
) -> None:
    """Rows: second, page, the pass before which it shows. What is older than `young_from` is there from the start."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(course_module, "PROOFS_PER_READ", 4)
        patch.setattr(course_module, "PAGES_PER_BATCH", pages_per_batch)
        table, swept = Table(), list[Place]()
        course = Course((-1, ""), table.read)
        for number in range(3):
            for second, page, shows in rows:
                is_old = second < young_from
                if number == (0 if is_old else shows):
                    table.proofs.append(proof(second, page, OLD if is_old else 0))
            while batch := course.next_batch():
                swept += [one.place for one in batch]
                course.swept(batch)
        assert sorted(swept) == sorted((second, page) for second, page, _ in rows)
