"""Blocks that disagree because something was drawn over them: strips at the top or the bottom, boxes in corners."""

import numpy as np
import numpy.typing as npt

from detectors.kernels.jit import inline, kernel

Blocks = npt.NDArray[np.uint8]

STRIP = 0.3  # of the height: the highest strip
BOX = 0.16  # of the area: the largest box
DISAGREES, AGREES = 1, 2


@inline
def counted(blocks: Blocks, top: int, bottom: int, left: int, right: int, kind: int) -> int:
    found = 0
    for y in range(top, bottom):
        for x in range(left, right):
            found += blocks[y, x] == kind
    return found


@inline
def gain(blocks: Blocks, top: int, bottom: int, left: int, right: int) -> int:
    """What is won by leaving a rectangle out. It may not cost more than it wins."""
    wrong = counted(blocks, top, bottom, left, right, DISAGREES)
    return wrong - counted(blocks, top, bottom, left, right, AGREES)


@kernel
def cover(blocks: Blocks, rectangles: int) -> int:
    """Leaves out at most so many rectangles at the edge (sets their blocks to 0), each the one that explains the most.

    blocks : uint8[rows, columns], 0 nothing to compare, 1 disagrees, 2 agrees; changed in place.

    Returns:
        How many were left out. Only one of them may be a strip.
    """
    rows, columns = blocks.shape
    used, striped = 0, False
    for _ in range(rectangles):
        best, t, b, le, r, is_strip = 0, 0, 0, 0, 0, False
        for height in range(1, rows // 2 + 1):
            for bottom in range(2):
                top = rows - height if bottom else 0
                if not striped and height <= STRIP * rows:
                    won = gain(blocks, top, top + height, 0, columns)
                    if won > best:
                        best, t, b, le, r, is_strip = won, top, top + height, 0, columns, True
                for width in range(1, columns // 2 + 2):
                    if height * width > BOX * rows * columns:
                        break
                    for side in range(2):
                        left = columns - width if side else 0
                        won = gain(blocks, top, top + height, left, left + width)
                        if won > best:
                            best, t, b, le, r, is_strip = won, top, top + height, left, left + width, False
        if best == 0:
            return used
        used += 1
        striped = striped or is_strip
        blocks[t:b, le:r] = 0
    return used
