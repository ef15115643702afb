"""The bytes of strings, many in one step: see simd.py."""

from __future__ import annotations

import sys
from typing import Any

from llvmlite import ir
from numba.core import cgutils, types

from detectors.kernels.simd import helper, splat, vector_load, vector_store

LANES = 32
"""How many bytes `plain_run` and `widen_ascii` look at."""

WORD_BYTES = 8
"""How many `word_at` reads."""

_FIRST_PLAIN, _LAST_PLAIN, _QUOTE, _BACKSLASH = 0x20, 0x7F, 0x22, 0x5C


def _first_of(builder: Any, lanes: Any) -> Any:
    """The number of the first lane that is true, LANES for none."""
    bits, flag = ir.IntType(LANES), ir.IntType(1)
    count = cgutils.get_or_insert_function(builder.module, ir.FunctionType(bits, [bits, flag]), f"llvm.cttz.i{LANES}")
    first = builder.call(count, [builder.bitcast(lanes, bits), ir.Constant(flag, 0)])
    return builder.zext(first, ir.IntType(64))


def _jit_plain_run(typingctx: Any, octets: Any, place: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        seen = vector_load(context, builder, signature.args[0], arguments[0], arguments[1], LANES)
        quote, backslash, space = (
            splat(builder, ir.Constant(ir.IntType(8), byte), LANES) for byte in (_QUOTE, _BACKSLASH, _FIRST_PLAIN)
        )
        # With a sign, a byte above ASCII is below zero: one comparison for those and for control characters.
        special = builder.icmp_signed("<", seen, space)
        special = builder.or_(special, builder.icmp_unsigned("==", seen, quote))
        special = builder.or_(special, builder.icmp_unsigned("==", seen, backslash))
        return _first_of(builder, special)

    return types.int64(octets, types.int64), codegen


def _py_plain_run(octets: Any, place: int) -> int:
    count, _ = 0, octets[place + LANES - 1]  # all of them must be there
    for byte in octets[place : place + LANES].tolist():
        if not _FIRST_PLAIN <= byte <= _LAST_PLAIN or byte in (_QUOTE, _BACKSLASH):
            break
        count += 1
    return count


def _jit_word_at(typingctx: Any, octets: Any, place: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        loaded = vector_load(context, builder, signature.args[0], arguments[0], arguments[1], WORD_BYTES)
        return builder.bitcast(loaded, ir.IntType(64))

    return types.uint64(octets, types.int64), codegen


def _py_word_at(octets: Any, place: int) -> int:
    _ = octets[place + WORD_BYTES - 1]
    return int.from_bytes(octets[place : place + WORD_BYTES].tobytes(), sys.byteorder)


def _jit_widen_ascii(typingctx: Any, octets: Any, place: Any, wide: Any, to: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        seen = vector_load(context, builder, signature.args[0], arguments[0], arguments[1], LANES)
        widened = builder.zext(seen, ir.VectorType(ir.IntType(32), LANES))
        vector_store(context, builder, signature.args[2], arguments[2], arguments[3], widened)
        return _first_of(builder, builder.icmp_signed("<", seen, splat(builder, ir.Constant(ir.IntType(8), 0), LANES)))

    return types.int64(octets, types.int64, wide, types.int64), codegen


def _py_widen_ascii(octets: Any, place: int, wide: Any, to: int) -> int:
    seen, _ = octets[place : place + LANES], wide[to + LANES - 1]  # all of them must be there
    wide[to : to + LANES] = seen
    return next((n for n, byte in enumerate(seen.tolist()) if byte > _LAST_PLAIN), LANES)


plain_run = helper(_jit_plain_run, _py_plain_run)
"""(octets : uint8[], place) -> int64: how many bytes from `place` on are ASCII that may stand in a JSON string by
itself: no quote, backslash or control character. At most LANES, and as many must be there."""

word_at = helper(_jit_word_at, _py_word_at)
"""(octets : uint8[], place) -> uint64: eight bytes as a number, in the order of this processor."""

widen_ascii = helper(_jit_widen_ascii, _py_widen_ascii)
"""(octets : uint8[], place, wide : uint32[], to) -> int64: puts LANES bytes from `place` on in the cells of `wide` from
`to` on, and says how many of them are ASCII before any other. As many must be there of both."""
