"""An index as plain arrays and back, for one that was loaded, settled and is only asked from then on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from detectors.kernels.hamming_simd import ROW_LANES
from detectors.pictures.index_columns import Columns
from detectors.pictures.index_parts import Block, Segment
from detectors.pictures.index_tiers import Tier, make_tiers

Arrays = Mapping[str, NDArray[np.generic]]
Number = TypeVar("Number", np.uint64, np.int32, np.int64)


def index_arrays(columns: Columns, tiers: Sequence[Tier]) -> dict[str, NDArray[np.generic]]:
    """The parts by name. `state`: int64, slots ever used, then for each tier its cutoff, entries held and withdrawn.

    Slots that are free are not kept, and jobs under way neither: what is added later gets slots of its own.
    """
    state = [columns.count] + [number for tier in tiers for number in (tier.cutoff, tier.held, tier.dead)]
    arrays: dict[str, NDArray[np.generic]] = {
        "state": np.array(state, np.int64),
        "words": _tight(columns.words, columns.count),
        "thresholds": _tight(columns.thresholds, columns.count),
        "labels": _tight(columns.labels, columns.count),
    }
    for number, tier in enumerate(tiers):
        for place, block in enumerate(tier.blocks):
            name = f"tier{number}.block{place}"
            arrays[f"{name}.words"] = _tight(block.words, block.count)
            arrays[f"{name}.slots"] = block.slots[: block.count]
        for place, segment in enumerate(tier.segments):
            name = f"tier{number}.segment{place}"
            arrays |= {f"{name}.{part}": getattr(segment, part) for part in Segment.__slots__}
    return arrays


def index_parts(arrays: Arrays) -> tuple[Columns, list[Tier]]:
    """What `index_arrays` made, over the arrays as they are. Raises KeyError for one that is missing."""
    tiers = make_tiers()
    count, *numbers = arrays["state"].tolist()
    columns = Columns(arrays["words"], arrays["thresholds"], arrays["labels"], count)  # type: ignore[arg-type]
    for number, tier in enumerate(tiers):
        tier.cutoff, tier.held, tier.dead = numbers[3 * number : 3 * number + 3]
        while (name := f"tier{number}.block{len(tier.sealed)}") + ".slots" in arrays:
            slots = arrays[f"{name}.slots"]
            tier.sealed.append(Block(arrays[f"{name}.words"], slots, len(slots)))  # type: ignore[arg-type]
        while (name := f"tier{number}.segment{len(tier.segments)}") + ".slots" in arrays:
            tier.segments.append(Segment(*(arrays[f"{name}.{part}"] for part in Segment.__slots__)))  # type: ignore[arg-type]
    return columns, tiers


def _tight(column: NDArray[Number], count: int) -> NDArray[Number]:
    """Without the room for more; kernels look at ROW_LANES codes at a time, so there is 0 behind the last."""
    tight = np.zeros((*column.shape[:-1], max(1, -(-count // ROW_LANES)) * ROW_LANES), column.dtype)
    tight[..., :count] = column[..., :count]
    return tight
