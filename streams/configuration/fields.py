"""Turn a table of plain values into a frozen settings dataclass, checked field by field.

The dataclasses themselves are the description: name, type and default. Pure functions, no I/O.
"""

from __future__ import annotations

import dataclasses
import difflib
import types
import typing
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from streams.errors import SettingsError

Section = TypeVar("Section")
TRUE_WORDS = frozenset({"1", "true", "yes", "on"})
FALSE_WORDS = frozenset({"0", "false", "no", "off"})


def read_section(section: type[Section], values: Mapping[str, Any], place: str) -> Section:
    """`values` as one settings dataclass; what is not given keeps its default.

    Raises:
        SettingsError: an unknown key, a wrong type, a missing required key, or the dataclass refused a value.
    """
    hints = typing.get_type_hints(section)
    names = field_names(section)
    refuse_unknown(values, names, place)
    converted = {name: convert(value, hints[name], f"{place}.{name}") for name, value in values.items()}
    try:
        return section(**converted)
    except (TypeError, ValueError) as error:
        raise SettingsError(f"[{place}] {error}") from error


def field_names(section: Any) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(section) if field.init)


def refuse_unknown(given: Iterable[str], known: Iterable[str], place: str) -> None:
    """Raises SettingsError for the first unknown name, with the nearest known one."""
    known = tuple(known)
    for name in given:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"known here: {', '.join(known)}"
            raise SettingsError(f"unknown key {name!r} in [{place}]: {hint}")


def convert(value: Any, hint: Any, place: str) -> Any:
    """One value as its field's type. Texts (environment variables) are read as numbers, flags and comma lists.

    Raises:
        SettingsError: the value has another type. The value itself is not shown: it may be a secret.
    """
    kind = _without_none(hint)
    reader = _READERS.get(typing.get_origin(kind) or kind)
    if reader is None:
        raise SettingsError(f"{place}: cannot be set from a file (type {kind})")
    try:
        return reader(value)
    except (ValueError, TypeError):
        raise SettingsError(f"{place}: must be {_name(kind)}, not {type(value).__name__}") from None


def _without_none(hint: Any) -> Any:
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return next(part for part in typing.get_args(hint) if part is not type(None))
    if typing.get_origin(hint) is typing.Literal:
        return str
    return hint


def _name(kind: Any) -> str:
    names = {bool: "true or false", int: "a whole number", float: "a number", tuple: "a list of texts"}
    return names.get(typing.get_origin(kind) or kind, "a text")


def _flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if not isinstance(value, str) or word not in TRUE_WORDS | FALSE_WORDS:
        raise ValueError
    return word in TRUE_WORDS


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise TypeError
    return int(value)


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise TypeError
    return float(value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _path(value: Any) -> Path:
    return Path(_text(value)).expanduser()


def _texts(value: Any) -> tuple[str, ...]:
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, list | tuple):
        raise TypeError
    return tuple(_text(part).strip() for part in parts if _text(part).strip())


_READERS: dict[Any, Any] = {
    bool: _flag, int: _whole, float: _number, str: _text, Path: _path, tuple: _texts, Mapping: dict,
}  # fmt: skip
