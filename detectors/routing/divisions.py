"""The administrative divisions of China by their codes (GB/T 2260), those that are no more among them.

The table is made by tools/divisions.py, from the divisions in force at the end of each year since 1980.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Literal

Level = Literal["province", "prefecture", "county"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Division:
    """One division. `until` is None while it is in force; else `successors` are the codes that took its place.

    A successor may be wider than what it follows (its prefecture or province), never another place.
    """

    code: str
    name: str
    since: int  # the first year at whose end it was listed
    until: int | None
    successors: tuple[str, ...] = ()

    @property
    def level(self) -> Level:
        if self.code.endswith("0000"):
            return "province"
        return "prefecture" if self.code.endswith("00") else "county"

    @property
    def is_in_force(self) -> bool:
        return self.until is None


class Divisions:
    """All of them, by code."""

    def __init__(self, by_code: Mapping[str, Division]) -> None:
        self._by_code = MappingProxyType(dict(by_code))

    def find(self, code: str) -> Division | None:
        """The division of a code of six digits; shorter codes (44, 4403) stand for what they begin, longer ones, as
        streets and villages have them, for their county. None for what never was a code."""
        digits = code.strip()
        if not (digits.isascii() and digits.isdigit() and len(digits) in (2, 4, 6, 9, 12)):
            return None
        return self._by_code.get(digits[:6].ljust(6, "0"))

    def all(self) -> Iterable[Division]:
        return self._by_code.values()

    def full_name(self, code: str) -> str:
        """With what it lies in, widest first: 广东省深圳市南山区."""
        names = []
        for length in (2, 4, 6):
            division = self._by_code.get(code[:length].ljust(6, "0"))
            if division is not None and division.name not in names and division.name not in GATHERING:
                names.append(division.name)
        return "".join(names)


GATHERING = ("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划")
"""Names of codes that only gather counties under a province: no place of their own."""


@cache
def divisions() -> Divisions:
    """The table that ships with this version."""
    text = files("detectors").joinpath("data/divisions.tsv").read_text("utf-8")
    rows = (line.split("\t") for line in text.splitlines() if not line.startswith("#"))
    return Divisions(
        {
            code: Division(
                code=code,
                name=name,
                since=int(since),
                until=None if until == "-" else int(until),
                successors=tuple(filter(None, later.split(","))),
            )
            for code, since, until, name, later in rows
        }
    )
