"""Ways to write a mark so that a plain search misses it. Pure functions of the mark and a seeded random source.

Each is documented in README.md under its name; the registry and that table must name the same ones, a test says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

from streams.demo.glyphs import INVISIBLE, LEET, LOOK_ALIKES, MATHEMATICAL, SEPARATORS, STROKES, TRADITIONAL


@dataclass(frozen=True, slots=True)
class Disguise:
    """`apply` returns the mark in disguise, or None when this disguise cannot be put on it."""

    name: str
    apply: Callable[[str, Random], str | None]


def homoglyph(mark: str, random: Random) -> str | None:
    """One to all letters become Cyrillic, Greek or Armenian look-alikes."""
    return _swap_some(mark, LOOK_ALIKES, random)


def leetspeak(mark: str, random: Random) -> str | None:
    """One or two letters become digits or signs that are read as them."""
    return _swap_some(mark, LEET | {letter.upper(): signs for letter, signs in LEET.items()}, random, most=2)


def full_width(mark: str, random: Random) -> str | None:
    """Every printable ASCII character becomes its full-width form."""
    del random
    return _changed(mark, "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in mark))


def math_alphanumeric(mark: str, random: Random) -> str | None:
    """Every ASCII letter becomes one of a mathematical alphabet: bold, script, fraktur ..."""
    start = random.choice(MATHEMATICAL)
    return _changed(mark, "".join(_mathematical(c, start) for c in mark))


def zero_width(mark: str, random: Random) -> str | None:
    """Invisible characters between some of the characters, at least one."""
    gaps = _some(list(range(1, len(mark))), random)
    if not gaps:
        return None
    return "".join((random.choice(INVISIBLE) if i in gaps else "") + c for i, c in enumerate(mark))


def combining_strokes(mark: str, random: Random) -> str | None:
    """The same combining stroke or underline on every letter."""
    stroke = random.choice(STROKES)
    return _changed(mark, "".join(c + stroke if c.isalpha() else c for c in mark))


def separators(mark: str, random: Random) -> str | None:
    """The same separator between all characters."""
    if len(mark) < 2 or not mark.isalnum():
        return None
    return random.choice(SEPARATORS).join(mark)


def traditional(mark: str, random: Random) -> str | None:
    """Simplified characters become traditional ones."""
    del random
    return _changed(mark, "".join(TRADITIONAL.get(c, c) for c in mark))


DISGUISES: Mapping[str, Disguise] = {
    function.__name__: Disguise(function.__name__, function)
    for function in (
        homoglyph,
        leetspeak,
        full_width,
        math_alphanumeric,
        zero_width,
        combining_strokes,
        separators,
        traditional,
    )
}


def _swap_some(mark: str, table: Mapping[str, str], random: Random, most: int | None = None) -> str | None:
    chosen = _some([i for i, c in enumerate(mark) if c in table], random, most)
    if not chosen:
        return None
    return "".join(random.choice(table[c]) if i in chosen else c for i, c in enumerate(mark))


def _some(places: list[int], random: Random, most: int | None = None) -> set[int]:
    """At least one of the places, at most `most` of them."""
    if not places:
        return set()
    return set(random.sample(places, random.randint(1, min(most or len(places), len(places)))))


def _mathematical(character: str, start: int) -> str:
    if "A" <= character <= "Z":
        return chr(start + ord(character) - ord("A"))
    if "a" <= character <= "z":
        return chr(start + 26 + ord(character) - ord("a"))
    return character


def _changed(mark: str, disguised: str) -> str | None:
    return None if disguised == mark else disguised
