"""The work of the benchmark `fingerprint`: sheets of photographs. No time is asserted."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from benchmarks import fingerprint
from benchmarks.fingerprint import Work
from benchmarks.records import BenchmarkError


@pytest.mark.parametrize("side", fingerprint.SIDES)
def test_pictures_are_jpegs_of_the_size_and_no_two_alike(side: int) -> None:
    bodies = fingerprint._sheets(side, 3)
    opened = [Image.open(io.BytesIO(body)) for body in bodies]
    assert [(image.format, image.size) for image in opened] == [("JPEG", (side, side))] * 3
    assert len(set(bodies)) == 3


def test_bits_are_those_of_the_picture_that_differs_most() -> None:
    row = fingerprint._bits(Work(800, fingerprint._sheets(800, 4)))
    assert (row.unit, row.peer) == ("bits", 10)
    assert row.ours <= 10
    assert row.ratio == 10 / max(row.ours, 1)


def test_pictures_without_anything_in_them_are_no_measurement() -> None:
    stream = io.BytesIO()
    Image.new("RGB", (800, 800)).save(stream, "JPEG")
    with pytest.raises(BenchmarkError, match="only 0 of 1"):
        fingerprint._bits(Work(800, [stream.getvalue()]))


def test_a_refused_picture_is_no_measurement() -> None:
    with pytest.raises(BenchmarkError, match="not_a_picture"):
        fingerprint._picture(b"<html>")
