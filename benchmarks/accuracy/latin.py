"""Disguises of marks in Latin letters. Each takes a mark and gives it disguised, or None where it cannot.

Made with the standard library and the tables of benchmarks/data only. `mark` is letters and single spaces.
"""

from __future__ import annotations

from random import Random

from benchmarks.accuracy.tables import Tables

FULL_WIDTH = 0xFEE0  # from an ASCII letter to its full-width form
MATHEMATICAL = (0x1D400, 0x1D434, 0x1D5D4, 0x1D670)  # bold, italic, sans-serif bold, monospace: capital A
NO_ITALIC_H = 0x1D455  # U+210E stands in its place
STROKES = "\u0335\u0336\u0337\u0338\u0332\u0333\u0305\u20e6"
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u180e\ufe0f"
SIGNS = ".-_*·'/~ "
LEETSPEAK = {"a": "4@", "b": "8", "e": "3", "g": "9", "i": "1!", "l": "1|", "o": "0", "s": "5$", "t": "7", "z": "2"}
CYRILLIC = dict(zip("abdefgiklmnoprstuvz", "абдефгиклмнопрстувз", strict=True))  # ISO 9, where it is one to one
GREEK = dict(zip("aefgiklmnoprstz", "αεφγικλμνοπρστζ", strict=True))
ALPHABET = "abcdefghijklmnopqrstuvwxyz"
PRAISE = ("cheap", "buy", "best", "my", "the", "official", "super", "discount", "top", "new")
TRADE = ("sale", "shop", "store", "outlet", "online", "deals", "factory", "direct", "world", "club")


def other_case(mark: str, rng: Random, _: Tables) -> str | None:
    """NIKE, nike, nIkE; full width; mathematical letters; words joined: ordinary writing, the same mark in law."""
    styles = (
        str.upper,
        str.lower,
        str.swapcase,
        lambda text: "".join(rng.choice((c.upper(), c.lower())) for c in text),
        lambda text: "".join(chr(ord(c) + FULL_WIDTH) if c != " " else "\u3000" for c in text),
        lambda text: _mathematical(text, rng.choice(MATHEMATICAL)),
        lambda text: text.replace(" ", ""),
    )
    return rng.choice(styles)(mark)


def _mathematical(text: str, capital_a: int) -> str:
    out = []
    for c in text:
        code = capital_a + ord(c) - 65 if c.isupper() else capital_a + 26 + ord(c) - 97
        out.append(c if c == " " else "\u210e" if code == NO_ITALIC_H else chr(code))
    return "".join(out)


def separated(mark: str, rng: Random, _: Tables) -> str | None:
    """One sign or space between all letters: N.I.K.E, n i k e."""
    return rng.choice(SIGNS).join(mark.replace(" ", ""))


def struck_out(mark: str, rng: Random, _: Tables) -> str | None:
    """A combining stroke on every letter: N̶i̶k̶e̶."""
    stroke = rng.choice(STROKES)
    return "".join(c if c == " " else c + stroke for c in mark)


def zero_width(mark: str, rng: Random, _: Tables) -> str | None:
    """Invisible characters at one to three places inside."""
    places = set(rng.sample(range(1, len(mark)), min(len(mark) - 1, rng.randint(1, 3))))
    return "".join((rng.choice(INVISIBLE) if i in places else "") + c for i, c in enumerate(mark))


def confusable(mark: str, rng: Random, tables: Tables) -> str | None:
    """One to all letters become letters of another script that UTS 39 lists as drawn alike."""
    places = [i for i, c in enumerate(mark) if c in tables.confusables]
    return _swapped(mark, rng, places, {i: tables.confusables[mark[i]] for i in places}, len(places))


def leetspeak(mark: str, rng: Random, _: Tables) -> str | None:
    """One or two letters become digits or signs: N1ke, n1k3."""
    places = [i for i, c in enumerate(mark) if c.lower() in LEETSPEAK]
    return _swapped(mark, rng, places, {i: LEETSPEAK[mark[i].lower()] for i in places}, 2)


def _swapped(mark: str, rng: Random, places: list[int], choices: dict[int, str], most: int) -> str | None:
    if not places:
        return None
    chosen = set(rng.sample(places, rng.randint(1, min(most, len(places)))))
    return "".join(rng.choice(choices[i]) if i in chosen else c for i, c in enumerate(mark))


def transliterated(mark: str, rng: Random, _: Tables) -> str | None:
    """The whole mark in Cyrillic or Greek, where every letter has one counterpart: ПУМА."""
    tables = [table for table in (CYRILLIC, GREEK) if all(c in table for c in mark.lower().replace(" ", ""))]
    if not tables:
        return None
    table = rng.choice(tables)
    text = "".join(table.get(c, " ") for c in mark.lower())
    if table is GREEK and text.endswith("σ"):
        text = text[:-1] + "ς"
    return rng.choice((text.upper(), text.title(), text))


def one_letter(mark: str, rng: Random, _: Tables) -> str | None:
    """One letter changed, put in or (of five) left out, not a word's first: a different beginning is another mark."""
    place = rng.randrange(1, len(mark))
    if " " in (mark[place], mark[place - 1]):
        return None
    letter = _cased(rng.choice([c for c in ALPHABET if c != mark[place].lower()]), mark[place])
    rests = [letter + mark[place + 1 :], letter + mark[place:]]
    rests += [mark[place + 1 :]] if len(mark) > 4 else []
    return mark[:place] + rng.choice(rests)


def _cased(letter: str, model: str) -> str:
    return letter.upper() if model.isupper() else letter.lower()


def transposed(mark: str, rng: Random, _: Tables) -> str | None:
    """Two neighbours swapped, not the first of a word; capitals stay where they are: adiads."""
    place = rng.randrange(1, len(mark) - 1)
    one, other = mark[place], mark[place + 1]
    if " " in (one, other, mark[place - 1]) or one.lower() == other.lower():
        return None
    return mark[:place] + _cased(other, one) + _cased(one, other) + mark[place + 2 :]


def doubled(mark: str, rng: Random, _: Tables) -> str | None:
    """A letter written twice, or a double letter once: nikke, guci."""
    doubles = [i for i in range(1, len(mark)) if mark[i].lower() == mark[i - 1].lower()]
    if doubles and rng.random() < 0.5:
        place = rng.choice(doubles)
        return mark[:place] + mark[place + 1 :]
    place = rng.randrange(len(mark))
    return None if mark[place] == " " else mark[: place + 1] + mark[place].lower() + mark[place + 1 :]


def contained(mark: str, rng: Random, _: Tables) -> str | None:
    """Written together with ordinary trade words, as in shop and domain names: cheapnikeoutlet."""
    joined = mark.replace(" ", "").lower()
    before, after = rng.choice(PRAISE), rng.choice(TRADE)
    return rng.choice((before + joined, joined + after, before + joined + after))
