"""Texts that stand somewhere in UTF-8 bytes: their code points one after the other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detectors.kernels.jit import kernel
from detectors.kernels.strings_simd import LANES, widen_ascii


@kernel
def read_texts(
    content: NDArray[np.uint8],
    spans: NDArray[np.int32],
    code_points: NDArray[np.uint32],
    starts: NDArray[np.int32],
) -> None:
    """Fills `code_points`, uint32[as many as bytes, and LANES], and where each text starts in it: int32[texts + 1].

    content: whole characters, lone surrogates too. spans: int32[texts, 2], where each starts and ends.
    """
    count, last = 0, content.size - LANES  # the last place that as many bytes may be read from
    for text in range(len(spans)):
        starts[text] = count
        at, end = spans[text, 0], spans[text, 1]
        while at < end:
            byte = np.uint32(content[at])
            if byte < 0x80:
                run = 1
                if at <= last:
                    run = min(widen_ascii(content, at, code_points, count), end - at)
                else:
                    code_points[count] = byte
                at, count = at + run, count + run
                continue
            if byte < 0xE0:
                code_points[count] = (byte & 0x1F) << 6 | (content[at + 1] & 0x3F)
                at += 2
            elif byte < 0xF0:
                middle = np.uint32(content[at + 1] & 0x3F) << 6
                code_points[count] = (byte & 0x0F) << 12 | middle | (content[at + 2] & 0x3F)
                at += 3
            else:
                second, third = np.uint32(content[at + 1] & 0x3F), np.uint32(content[at + 2] & 0x3F)
                code_points[count] = (byte & 0x07) << 18 | second << 12 | third << 6 | (content[at + 3] & 0x3F)
                at += 4
            count += 1
    starts[len(spans)] = count
