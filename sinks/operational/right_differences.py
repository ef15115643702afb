"""What differs between two forms of a right, field by field, for people to read. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldDifference:
    """One field that differs: of a list what was added and what was removed, of anything else what it was and is.

    field : its full name, as problems name it: `holder.name`.
    was, now : None where the field was or is not there.
    """

    field: str
    was: Any = None
    now: Any = None
    added: tuple[Any, ...] = ()
    removed: tuple[Any, ...] = ()

    def to_json(self) -> dict[str, Any]:
        if self.added or self.removed:
            return {"field": self.field, "added": list(self.added), "removed": list(self.removed)}
        return {"field": self.field, "was": self.was, "now": self.now}


def differences(before: Document | None, after: Document | None, path: str = "") -> tuple[FieldDifference, ...]:
    """In the order of the fields' names, into nested objects. None: there was no right, or there is none any more."""
    found: list[FieldDifference] = []
    was_all, now_all = before or {}, after or {}
    for name in sorted({*was_all, *now_all}):
        was, now = was_all.get(name), now_all.get(name)
        if was == now or (not _says(was) and not _says(now)):
            continue
        field = f"{path}{name}"
        if all(isinstance(value, Mapping | None) for value in (was, now)):
            found.extend(differences(was, now, f"{field}."))
        elif all(isinstance(value, list | None) for value in (was, now)):
            found.append(_of_lists(field, was or [], now or []))
        else:
            found.append(FieldDifference(field=field, was=was, now=now))
    return tuple(found)


def _says(value: Any) -> bool:
    """Whether a field says anything: an empty list is as good as none; false and 0 are words."""
    return value is not None and value != [] and value != {} and value != ""


def _of_lists(field: str, was: list[Any], now: list[Any]) -> FieldDifference:
    added = tuple(value for value in now if value not in was)
    removed = tuple(value for value in was if value not in now)
    if added or removed:
        return FieldDifference(field=field, added=added, removed=removed)
    return FieldDifference(field=field, was=was, now=now)  # only their order, or how often each stands there
