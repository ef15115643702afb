"""What helpers of vector code are made with, and what LLVM does not find by itself in any kernel.

Each helper is plain LLVM code without intrinsics of a processor, so it becomes whatever this one is best at. With
NUMBA_DISABLE_JIT a plain Python function stands in, with the same meaning.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic


def vector_load(context: Any, builder: Any, kind: Any, array: Any, place: Any, lanes: int) -> Any:
    """The cells from `place` on."""
    data = context.make_array(kind)(context, builder, value=array).data
    width = kind.dtype.bitwidth
    vector = ir.VectorType(ir.IntType(width), lanes)
    pointer = builder.bitcast(builder.gep(data, [place]), vector.as_pointer())
    return builder.load(pointer, align=width // 8)


def vector_store(context: Any, builder: Any, kind: Any, array: Any, place: Any, value: Any) -> None:
    """Puts the value's lanes in the cells from `place` on."""
    data = context.make_array(kind)(context, builder, value=array).data
    pointer = builder.bitcast(builder.gep(data, [place]), value.type.as_pointer())
    builder.store(value, pointer, align=kind.dtype.bitwidth // 8)


def splat(builder: Any, value: Any, lanes: int) -> Any:
    """The value in every lane."""
    vector = ir.VectorType(value.type, lanes)
    one = builder.insert_element(ir.Constant(vector, ir.Undefined), value, ir.Constant(ir.IntType(32), 0))
    zeros = ir.Constant(ir.VectorType(ir.IntType(32), lanes), [0] * lanes)
    return builder.shuffle_vector(one, ir.Constant(vector, ir.Undefined), zeros)


def helper(jit: Callable[..., Any], plain: Callable[..., Any]) -> Any:
    """What a kernel calls: the code that `jit` makes, or its twin."""
    return plain if numba.config.DISABLE_JIT else intrinsic(jit)


def _jit_prefetch(typingctx: Any, array: Any, place: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, value=arguments[0]).data
        byte, number = ir.IntType(8).as_pointer(), ir.IntType(32)
        pointer = builder.bitcast(builder.gep(data, [arguments[1]]), byte)
        kind = ir.FunctionType(ir.VoidType(), [byte, number, number, number])
        function = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        builder.call(function, [pointer, *(ir.Constant(number, one) for one in (0, 3, 1))])
        return context.get_dummy_value()

    return types.void(array, types.int64), codegen


def _py_prefetch(array: Any, place: int) -> None:
    """Nothing: it only saves time."""


prefetch = helper(_jit_prefetch, _py_prefetch)
"""(array, place): have this cell of a contiguous array brought near; it may lie outside."""
