"""Text that a store can take: hostile strings must never stop a write.

A lone surrogate has no UTF-8 form. It becomes U+FFFD, the replacement character, as `decode.py` does with pages, so
nothing is dropped and the length in code points stays. NUL and every other character is kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import orjson

_SURROGATES = re.compile("[\ud800-\udfff]")


def storable(text: str) -> str:
    """The text with each lone surrogate replaced by U+FFFD."""
    return text if text.isascii() else _SURROGATES.sub("\ufffd", text)


def json_text(value: Any) -> str:
    """A JSON value as text; lone surrogates replaced.

    Raises:
        TypeError: the value holds something JSON has no form for.
    """
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # orjson refuses lone surrogates; anything else it refuses, it refuses again
        return orjson.dumps(_storable_tree(value)).decode()


def _storable_tree(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, Mapping):
        return {storable(str(key)): _storable_tree(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_storable_tree(entry) for entry in value]
    return value
