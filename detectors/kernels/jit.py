"""The one place that names Numba's options.

Kernels are compiled by `python -m detectors.warm_up` when the environment is made. Afterwards their cache is only
read: several processes that write one cache folder at the same time have crashed (numba#4807).
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from llvmlite import ir
from numba.core import types
from numba.core.caching import CompileResultCacheImpl, FunctionCache, IndexDataCacheFile, InTreeCacheLocator
from numba.np import arrayobj

Function = TypeVar("Function", bound=Callable[..., Any])

KERNELS: dict[str, Any] = {}
"""Every kernel by name, filled on import: what the compile step and the tests walk over."""


class _BesideTheSource(InTreeCacheLocator):  # type: ignore[misc]  # numba has no types
    """The cache is where the compile step put it, also where this user may not write: in a container, say.

    Numba's own locator would then look into the user's home instead, and every process would compile everything.
    """

    @classmethod
    def from_function(cls, py_func: Callable[..., Any], py_file: str) -> Any:
        return cls(py_func, py_file)


class _Implementation(CompileResultCacheImpl):  # type: ignore[misc]
    _locator_classes = (_BesideTheSource,)


class ReadOnlyCache(FunctionCache):  # type: ignore[misc]  # numba has no types
    """Loads compiled kernels, saves them only in the compile step. A change in any file of this folder voids it all.

    Numba itself looks at the kernel's own file only, and would go on with code that a helper's change made stale.
    """

    saving = False
    _impl_class = _Implementation

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__(function)
        self._cache_file = IndexDataCacheFile(self._cache_path, self._impl.filename_base, _folder_digest())

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        checks = bool(numba.config.BOUNDSCHECK)  # what is saved was compiled without
        return None if ReadOnlyCache.saving or checks else super().load_overload(sig, target_context)

    def save_overload(self, sig: Any, data: Any) -> None:
        if ReadOnlyCache.saving:
            super().save_overload(sig, data)


@cache
def _folder_digest() -> str:
    sources = sorted(Path(__file__).parent.glob("*.py"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()


_fix_integer_index = arrayobj.fix_integer_index


def _plain_index(context: Any, builder: Any, kind: Any, index: Any, size: Any) -> Any:
    """An index as it stands. Only one that is written as a negative number, x[-1], counts from the end.

    Numba tests every signed index for that, at every access, which takes a third of the time of folding and of
    decoding UTF-8. None of ours is computed negative: NUMBA_BOUNDSCHECK=1 makes every kernel raise if one is.
    """
    if isinstance(index, ir.Constant) and index.constant < 0:
        return _fix_integer_index(context, builder, kind, index, size)
    return context.cast(builder, index, kind, types.intp if kind.signed else types.uintp)


arrayobj.fix_integer_index = _plain_index  # numba has no setting for it


def kernel(function: Function) -> Function:
    """Compiles `function` on first use without the GIL; integers wrap, nothing is checked, no index may be negative."""
    dispatcher = numba.njit(nogil=True, boundscheck=False)(function)  # noqa: TID251
    if not numba.config.DISABLE_JIT:
        dispatcher._cache = ReadOnlyCache(dispatcher.py_func)  # noqa: SLF001  # the documented cache=True would write
        KERNELS[f"{function.__module__}.{function.__name__}"] = dispatcher
    return cast(Function, dispatcher)


def inline(function: Function) -> Function:
    """A helper that kernels call, and that LLVM must inline: a call would copy seven words for each array it is given,
    which was a third of the time of reading lines. Not a kernel of its own, so not cached.

    It counts no references to the arrays either, which is where half of the time of a near spelling went: the kernel
    holds them all. So it may not make arrays, nor give any back: that is for `making`.
    """
    return cast(
        Function,
        numba.njit(inspect.unwrap(function), nogil=True, boundscheck=False, _nrt=False, forceinline=True),  # noqa: TID251
    )


def making(function: Function) -> Function:
    """A helper that makes arrays, which counts references to them."""
    return cast(Function, numba.njit(inspect.unwrap(function), nogil=True, boundscheck=False))  # noqa: TID251
