"""Disguises of marks in Chinese characters: each takes a mark and gives it disguised, or None where it cannot."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from random import Random

from opencc import OpenCC

from benchmarks.accuracy.latin import INVISIBLE, STROKES
from benchmarks.accuracy.tables import Character, Tables

SIGNS = "·.*-_/|~ 丶丨、+"
ORDINARY = "大小新老金银华美天中国红安乐家福利佳宝丽"  # characters that names are made of


def separated(mark: str, rng: Random, _: Tables) -> str | None:
    """One sign or space between all characters: 苏·菲."""
    return rng.choice(SIGNS).join(mark)


def zero_width(mark: str, rng: Random, _: Tables) -> str | None:
    """An invisible character at one place inside."""
    place = rng.randrange(1, len(mark))
    return mark[:place] + rng.choice(INVISIBLE) + mark[place:]


def struck_out(mark: str, rng: Random, _: Tables) -> str | None:
    """A combining stroke on every character."""
    stroke = rng.choice(STROKES)
    return "".join(c + stroke for c in mark)


def other_script(mark: str, rng: Random, _: Tables) -> str | None:
    """Simplified becomes traditional and the other way round (OpenCC s2t, t2s): ordinary writing."""
    forms = sorted({_converter(name).convert(mark) for name in ("s2t", "t2s")} - {mark})
    return rng.choice(forms) if forms else None


def pinyin(mark: str, rng: Random, tables: Tables) -> str | None:
    """The sound in Latin letters: naike, nai ke, NaiKe."""
    sounds = [_facts(c, tables).pinyin for c in mark]
    if not all(sounds):
        return None
    syllables = [sound for sound in sounds if sound]
    text = rng.choice(("", "", " ")).join(syllables)
    titled = text.title() if " " in text else "".join(syllable.title() for syllable in syllables)
    return rng.choice((text, titled, text.upper()))


def homophone(mark: str, rng: Random, tables: Tables) -> str | None:
    """One or two characters become others of the same toneless sound: 耐磕."""
    return _swapped(mark, rng, tables, lambda facts: facts.homophones, first=0, most=2)


def look_alike(mark: str, rng: Random, tables: Tables) -> str | None:
    """One character becomes one of a similar shape: 蓝月壳."""
    return _swapped(mark, rng, tables, lambda facts: facts.look_alikes, first=0, most=1)


def split(mark: str, rng: Random, tables: Tables) -> str | None:
    """One character is written as its two parts side by side: 而寸克."""
    return _swapped(mark, rng, tables, lambda facts: facts.parts, first=0, most=1)


def one_character(mark: str, rng: Random, tables: Tables) -> str | None:
    """One character, not the first, becomes an unrelated one that names are made of."""
    return _swapped(mark, rng, tables, lambda _: ORDINARY, first=1, most=1)


def _swapped(
    mark: str,
    rng: Random,
    tables: Tables,
    choices: Callable[[Character], str | tuple[str, ...]],
    *,
    first: int,
    most: int,
) -> str | None:
    options = {i: choices(_facts(c, tables)) for i, c in enumerate(mark) if i >= first}
    places = [i for i, option in options.items() if option]
    if not places:
        return None
    chosen = set(rng.sample(places, rng.randint(1, min(most, len(places)))))
    return "".join(rng.choice(options[i]) if i in chosen else c for i, c in enumerate(mark))


def _facts(character: str, tables: Tables) -> Character:
    return tables.characters.get(character, Character())


@cache
def _converter(name: str) -> OpenCC:
    return OpenCC(name)
