"""The one place that names Numba's options.

Kernels are compiled by `python -m detectors.kernels` when the environment is made. Afterwards their cache is only
read: several processes that write one cache folder at the same time have crashed (numba#4807).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
from numba.core.caching import FunctionCache

Function = TypeVar("Function", bound=Callable[..., Any])

KERNELS: dict[str, Any] = {}
"""Every kernel by name, filled on import: what the compile step and the tests walk over."""


class ReadOnlyCache(FunctionCache):  # type: ignore[misc]  # numba has no types
    """Loads compiled kernels, saves them only in the compile step."""

    saving = False

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        if ReadOnlyCache.saving:
            return None  # Numba looks at the kernel's own file only: what a change in codes.py left behind is stale
        return super().load_overload(sig, target_context)

    def save_overload(self, sig: Any, data: Any) -> None:
        if ReadOnlyCache.saving:
            super().save_overload(sig, data)


def kernel(function: Function) -> Function:
    """Compiles `function` on first use without the GIL; integers wrap, nothing is checked."""
    dispatcher = numba.njit(nogil=True, boundscheck=False)(function)  # noqa: TID251
    if not numba.config.DISABLE_JIT:
        dispatcher._cache = ReadOnlyCache(dispatcher.py_func)  # noqa: SLF001  # the documented cache=True would write
        KERNELS[f"{function.__module__}.{function.__name__}"] = dispatcher
    return cast(Function, dispatcher)


def inline(function: Function) -> Function:
    """A helper that kernels call; LLVM inlines it. Not a kernel of its own, so not cached."""
    return cast(Function, numba.njit(inspect.unwrap(function), nogil=True, boundscheck=False))  # noqa: TID251
