"""Counting bits with one instruction."""

from typing import Any

import numba
from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic


@intrinsic
def ones(typing_context: Any, value: Any) -> Any:
    """The number of ones in a uint64, as int64: llvm.ctpop, which vectorises."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        function = builder.module.declare_intrinsic("llvm.ctpop", [ir.IntType(64)])
        return builder.call(function, [arguments[0]])

    return types.int64(numba.uint64), generate
