"""Lines read in a picture that belong together: a mark may stand on two of them. Pure geometry."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from detectors.pictures.seen import ReadLine

SAME_SIZE = 2.0  # a line may be so many times as tall as the next and belong to it
BESIDE = 1.5  # heights between two lines of a row
BELOW = 1.0  # heights between a line and the one under it
OVERLAP = 0.5  # of the smaller one, across the direction in which they follow each other
MOST_LINES = 200  # of a picture, with whoever read them; comparing them is quadratic


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that are read in one go, joined by a blank. starts : where each begins in `text`, in code points."""

    text: str
    lines: tuple[ReadLine, ...]
    starts: tuple[int, ...]

    def place(self, start: int, end: int) -> tuple[int, int, int, int]:
        """The first and the last line of a span, where the span begins in the first, and where it ends in the last."""
        first, last = bisect_right(self.starts, start) - 1, bisect_right(self.starts, max(start, end - 1)) - 1
        return first, last, start - self.starts[first], end - self.starts[last]


def blocks_of(lines: Sequence[ReadLine]) -> list[Block]:
    """The lines of one picture as blocks, whatever order they are given in."""
    lines = sorted(lines, key=lambda line: (line.box[1], line.box[0]))[:MOST_LINES]
    group = list(range(len(lines)))  # union by the least number

    def root(at: int) -> int:
        while group[at] != at:
            at = group[at]
        return at

    for one in range(len(lines)):
        for other in range(one):
            if _follow(lines[one], lines[other]):
                least, most = sorted((root(one), root(other)))
                group[most] = least
    members: dict[int, list[ReadLine]] = {}
    for at, line in enumerate(lines):
        members.setdefault(root(at), []).append(line)
    return [_block(_in_rows(block)) for block in members.values()]


def _block(lines: Sequence[ReadLine]) -> Block:
    starts, at = [], 0
    for line in lines:
        starts.append(at)
        at += len(line.text) + 1
    return Block(" ".join(line.text for line in lines), tuple(lines), tuple(starts))


def _in_rows(lines: Sequence[ReadLine]) -> list[ReadLine]:
    """From top to bottom, and within a row from left to right."""
    rows: list[list[ReadLine]] = []
    for line in lines:
        if rows and _overlap(rows[-1][0], line, 1) > OVERLAP:
            rows[-1].append(line)
        else:
            rows.append([line])
    return [line for row in rows for line in sorted(row, key=lambda line: line.box[0])]


def _follow(one: ReadLine, other: ReadLine) -> bool:
    heights = sorted((_height(one), _height(other)))
    if heights[1] > SAME_SIZE * heights[0]:
        return False
    is_beside = _overlap(one, other, 1) > OVERLAP and _gap(one, other, 0) <= BESIDE * heights[0]
    return is_beside or (_overlap(one, other, 0) > OVERLAP and _gap(one, other, 1) <= BELOW * heights[0])


def _height(line: ReadLine) -> float:
    return max(1.0, line.box[3] - line.box[1])


def _gap(one: ReadLine, other: ReadLine, axis: int) -> float:
    """Pixels between them along x (0) or y (1); negative where they overlap."""
    return max(one.box[axis], other.box[axis]) - min(one.box[axis + 2], other.box[axis + 2])


def _overlap(one: ReadLine, other: ReadLine, axis: int) -> float:
    """The share of the smaller one that lies beside the other, along x (0) or y (1)."""
    smaller = min(one.box[axis + 2] - one.box[axis], other.box[axis + 2] - other.box[axis])
    return -_gap(one, other, axis) / max(1.0, smaller)
