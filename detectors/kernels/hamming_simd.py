"""Many Hamming distances in one step: what LLVM's loop vectoriser does not find by itself.

It becomes AVX-512 popcounts where the processor has them, byte shuffles on AVX2, and NEON on ARM: see simd.py.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba.core import cgutils, types

from detectors.kernels.simd import helper, splat, vector_load

PIECE_LANES = 32
"""How many stored pieces `near_pieces` looks at."""

ROW_LANES = 16
"""How many rows `near_rows` and `near_halves` look at."""


def _popcount(builder: Any, value: Any) -> Any:
    kind = value.type
    name = f"llvm.ctpop.v{kind.count}i{kind.element.width}" if isinstance(kind, ir.VectorType) else "llvm.ctpop.i64"
    function = cgutils.get_or_insert_function(builder.module, ir.FunctionType(kind, [kind]), name)
    return builder.call(function, [value])


def _at_most(builder: Any, counts: Any, limit: Any) -> Any:
    """A bit per lane."""
    lanes = counts.type.count
    return builder.bitcast(builder.icmp_unsigned("<=", counts, splat(builder, limit, lanes)), ir.IntType(lanes))


def _jit_popcount64(typingctx: Any, value: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _popcount(builder, arguments[0])

    return types.int64(types.uint64), codegen


def _jit_near_pieces(typingctx: Any, pieces: Any, place: Any, piece: Any, limit: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        stored = vector_load(context, builder, signature.args[0], arguments[0], arguments[1], PIECE_LANES)
        apart = builder.xor(stored, splat(builder, arguments[2], PIECE_LANES))
        return _at_most(builder, _popcount(builder, apart), arguments[3])

    return types.uint32(pieces, types.int64, types.uint16, types.uint16), codegen


def _rows(words: int) -> Callable[..., Any]:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array, step, start, *query, limit = arguments
        total = None
        for word in range(words):
            at = builder.add(builder.mul(step, ir.Constant(ir.IntType(64), word)), start)
            stored = vector_load(context, builder, signature.args[0], array, at, ROW_LANES)
            counts = _popcount(builder, builder.xor(stored, splat(builder, query[word], ROW_LANES)))
            total = counts if total is None else builder.add(total, counts)
        return _at_most(builder, total, limit)

    return codegen


def _jit_near_rows(
    typingctx: Any, columns: Any, stride: Any, place: Any, q0: Any, q1: Any, q2: Any, q3: Any, limit: Any
) -> Any:
    return types.uint16(columns, types.int64, types.int64, *[types.uint64] * 5), _rows(4)


def _jit_near_halves(typingctx: Any, columns: Any, stride: Any, place: Any, q0: Any, q1: Any, limit: Any) -> Any:
    return types.uint16(columns, types.int64, types.int64, *[types.uint64] * 3), _rows(2)


def _py_near_rows(columns: Any, stride: int, place: int, *query_and_limit: int) -> int:
    *query, limit = query_and_limit
    near = 0
    for lane in range(ROW_LANES):
        stored = [int(columns[word, place + lane]) for word in range(len(query))]
        near |= (sum((one ^ int(two)).bit_count() for one, two in zip(stored, query, strict=True)) <= limit) << lane
    return near


def _py_popcount64(value: int) -> int:
    return int(value).bit_count()


def _py_near_pieces(pieces: Any, place: int, piece: int, limit: int) -> int:
    near = [(int(stored) ^ int(piece)).bit_count() <= limit for stored in pieces[place : place + PIECE_LANES]]
    return sum(bit << lane for lane, bit in enumerate(near))


popcount64 = helper(_jit_popcount64, _py_popcount64)
"""(value : uint64) -> int64: the bits that are set."""

near_pieces = helper(_jit_near_pieces, _py_near_pieces)
"""(pieces : uint16[], place, piece, limit) -> uint32: bit k is set if pieces[place + k] is within `limit` of `piece`.

PIECE_LANES cells from `place` on must be there.
"""

near_rows = helper(_jit_near_rows, _py_near_rows)
"""(columns : uint64[4, stride], stride, place, four query words, limit) -> uint16: bit k is set if the code in column
place + k is within `limit` of the query. ROW_LANES columns from `place` on must be there."""

near_halves = helper(_jit_near_halves, _py_near_rows)
"""As near_rows, of the first 128 bits and two query words: a distance only grows, so what fails here fails."""
