"""Finding codes near a code among millions: tables of buckets that share some of the bits (Indyk and Motwani 1998).

Not exact, and need not be: a copied picture has dozens of blobs, of which a few must be found. What is found is
compared in full, so a hit is always within the distance.
"""

import numpy as np
import numpy.typing as npt

from detectors.kernels.correspond import apart
from detectors.kernels.jit import inline, kernel

Codes = npt.NDArray[np.uint64]
Numbers = npt.NDArray[np.int32]


@inline
def bucket(codes: Codes, row: int, positions: Numbers, table: int) -> int:
    """The chosen bits of a code as a number."""
    key = 0
    for k in range(positions.shape[1]):
        at = positions[table, k]
        bit = codes[row, at // 64] >> np.uint64(at % 64) & np.uint64(1)
        key = key * 2 + int(bit)
    return key


@kernel
def fill_buckets(codes: Codes, positions: Numbers, starts: Numbers, members: Numbers) -> None:
    """Sorts the rows into the buckets of every table, by counting.

    Args:
        positions: int32[tables, k], which bits make the key.
        starts: int32[tables, 2 ** k + 1] of zeros, gets where each bucket starts in `members`.
        members: int32[tables, len(codes)], gets the rows.
    """
    keys = np.empty(len(codes), np.int32)
    for table in range(len(positions)):
        for row in range(len(codes)):
            keys[row] = bucket(codes, row, positions, table)
            starts[table, keys[row] + 1] += 1
        for key in range(1, starts.shape[1]):
            starts[table, key] += starts[table, key - 1]
        for row in range(len(codes)):
            at = starts[table, keys[row]]
            members[table, at] = row
            starts[table, keys[row]] += 1
        for key in range(starts.shape[1] - 1, 0, -1):
            starts[table, key] = starts[table, key - 1]
        starts[table, 0] = 0


@kernel
def look_up(
    queries: Codes, codes: Codes, positions: Numbers, starts: Numbers, members: Numbers, most: int, hits: Numbers
) -> int:
    """Writes query and row of what shares a bucket and is within `most` bits; returns how many, at most len(hits).

    A row is written once a query, however many tables have it. `hits` is int32[room, 2].
    """
    count = 0
    for query in range(len(queries)):
        for table in range(len(positions)):
            key = bucket(queries, query, positions, table)
            for at in range(starts[table, key], starts[table, key + 1]):
                row = members[table, at]
                if apart(queries, query, codes, row) > most:
                    continue
                known = False
                for before in range(table):
                    same = bucket(queries, query, positions, before) == bucket(codes, row, positions, before)
                    known = known or same
                if known:
                    continue
                if count == len(hits):
                    return count
                hits[count, 0], hits[count, 1] = query, row
                count += 1
    return count


@kernel
def scan(queries: Codes, codes: Codes, most: int, hits: Numbers) -> int:
    """As `look_up`, among few codes, without tables: finds them all."""
    count = 0
    for query in range(len(queries)):
        for row in range(len(codes)):
            if apart(queries, query, codes, row) <= most:
                if count == len(hits):
                    return count
                hits[count, 0], hits[count, 1] = query, row
                count += 1
    return count
