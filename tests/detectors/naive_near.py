"""The obvious version of the kernels near_*.py: every mark tried on every window, by what the words mean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from math import log2

from detectors.kernels import codes
from detectors.kernels import near_evidence as evidence
from detectors.kernels.codes import ALPHABETIC, LEET_SIGN, NO_GAP
from tests.detectors.naive import Hit, Pattern
from tests.detectors.naive_fold import Symbol
from tests.detectors.naive_near_han import in_chinese
from tests.detectors.naive_words import (
    DICTIONARY,
    KNOWN,
    LIKELY,
    STRONG,
    UNKNOWN,
    WEAK,
    is_han,
    is_latin,
    rare_words,
    roman_letters,
    spelled,
    syllables,
    trade_words,
    trigrams,
    words,
)

Window = tuple[int, list[list[Symbol]]]  # the first symbol's place in its field, and the words


def find(folded: Sequence[list[Symbol]], patterns: Sequence[Pattern]) -> list[Hit]:
    hits, before = set(), 0
    marks = [pattern for pattern in patterns if pattern.kind == codes.MARK]
    for field, symbols in enumerate(folded):
        for mark in marks:
            name = spelled(mark.symbols)
            found = in_chinese(symbols, name) if is_han(name) else in_letters(symbols, mark, name)
            for at, length, bits in [*found, *(pinyin(symbols, name) if is_han(name) else ())]:
                hits.add(Hit(field, before + at, length, mark.number, bits))
        before += len(symbols)
    return sorted(hits)


def script(word: str) -> str:
    if all("a" <= char <= "z" for char in word):
        return "latin"
    return "foreign" if all("\u0370" <= char < "\u0530" for char in word) else ""


def windows(symbols: Sequence[Symbol]) -> Iterator[Window]:
    """One to four neighbouring words of one script with at most a space, hyphen or dot between them."""
    row: list[tuple[int, list[Symbol]]] = []
    at = 0
    while at < len(symbols):
        end = at + 1
        while symbols[at].kind == ALPHABETIC and end < len(symbols) and is_inside(symbols[end]):
            end += 1
        word = list(symbols[at:end])
        kind = script(spelled(word)) if symbols[at].kind == ALPHABETIC else ""
        if not kind or len(word) > 32 or is_glued(symbols, at, end):
            row = []
        else:
            is_next = row and kind == script(spelled(row[-1][1])) and is_between_words(symbols[at].gap)
            row = [*(row if is_next else []), (at, word)][-4:]
            for back in range(1, len(row) + 1):
                if 4 <= sum(len(held) for _, held in row[-back:]) <= 32:
                    yield row[-back][0], [held for _, held in row[-back:]]
        at = end


def is_inside(symbol: Symbol) -> bool:
    return symbol.kind == ALPHABETIC and symbol.gap == NO_GAP


def is_glued(symbols: Sequence[Symbol], at: int, end: int) -> bool:
    figures = (codes.DIGIT, LEET_SIGN)
    before = at > 0 and symbols[at].gap == NO_GAP and symbols[at - 1].kind in figures
    return before or (end < len(symbols) and symbols[end].gap == NO_GAP and symbols[end].kind in figures)


def sort_of(word: str) -> int:
    if len(word) < 3 or words().get(word):
        return DICTIONARY
    if word in words():
        return KNOWN
    return DICTIONARY if is_form(word) else UNKNOWN


def is_form(word: str) -> bool:
    stems = []
    if len(word) < 5:
        return False
    rest = word.removesuffix("s")
    if rest != word:
        stems.append(rest)
    if rest[-2:] in ("er", "ed"):
        stems += [rest[:-1]] + ([rest[:-2]] if rest[-3] != "e" else [])
        stems += [rest[:-3]] if rest[-3] == rest[-4] else []
    if len(rest) >= 6 and rest.endswith("ing"):
        stems.append(rest[:-3])
    elif word.endswith("es"):
        stems.append(word[:-2])
    return any(words().get(stem, False) for stem in stems)


def in_letters(symbols: Sequence[Symbol], mark: Pattern, name: str) -> Iterator[tuple[int, int, int]]:
    is_three = len(name) == 3 and script(name) == "latin"
    if not is_latin(name) and not is_three:
        return
    for at, held in windows(symbols):
        text, sorts = "".join(map(spelled, held)), [sort_of(spelled(word)) for word in held]
        if is_three:
            if sorts == [UNKNOWN]:
                yield from contained(at, text, name, in_domain=is_domain(symbols[at + len(text) :]))
        elif script(text) == "foreign":
            amid = is_amid_its_script(symbols, at, at + len(text))
            is_rendered = bool(renderings(name) & {latin(text), latin(by_sound(text))})
            if is_rendered and (UNKNOWN in sorts or not amid):
                yield at, len(text), codes.TRANSLITERATION | (0 if amid else STRONG)
        elif len(text) < 32 and (sorts == [UNKNOWN] or (len(held) == 2 and sorts != [DICTIONARY, DICTIONARY])):
            in_domain = is_domain(symbols[at + len(text) :])
            points = evidence.SIGN if at == 0 or in_domain else evidence.LATER
            points += evidence.KNOWN_WORD if UNKNOWN not in sorts else 0
            if bits := slip(text, held, [sort != DICTIONARY for sort in sorts], mark, name, points):
                yield at, len(text), bits
            if len(held) == 1:
                yield from alike(at, text, name, "".join(symbol.raw for symbol in held[0]))
                yield from contained(at, text, name, in_domain=in_domain)
                yield from in_shop_name(at, text, mark, name, points)


def is_between_words(gap: int) -> bool:
    return codes.NO_GAP < gap <= codes.DOT or gap in (codes.AMPERSAND, codes.APOSTROPHE, codes.MIXED)


def is_domain(behind: Sequence[Symbol]) -> bool:
    """Whether a dot and two to five letters come next."""
    row = list(behind[:6])
    if not row or row[0].gap != codes.DOT or row[0].kind != ALPHABETIC:
        return False
    size = next((p for p in range(1, len(row)) if not is_inside(row[p])), len(row))
    return 2 <= size <= 5


def contained(at: int, text: str, name: str, *, in_domain: bool) -> Iterator[tuple[int, int, int]]:
    is_sign = at == 0 or in_domain
    for low in range(len(text) - len(name) + 1):
        before, behind = text[:low], text[low + len(name) :]
        if not text[low:].startswith(name) or not may_stand_inside(before, behind, name, is_sign=is_sign):
            continue
        rests = [rest for rest in (before, behind) if rest]
        is_word = bool(words().get(name) or (name[-1] == "s" and words().get(name[:-1])))
        is_known, is_trade_all = all(map(is_known_text, rests)), all(map(is_trade_text, rests))
        if len(name) == 3 and (is_word or not is_trade_all):
            continue
        if is_known or (len(before) < 2 and len(name) >= 7 and not is_word):
            points = 5 * (min(len(name), 8) - 5)
            points += evidence.IN_WORDS if is_known or len(name) >= evidence.UNMISTAKABLE else evidence.IN_ANYTHING
            if is_trade_all:
                points += evidence.IN_SHOP_NAME if len(before + behind) >= 3 else evidence.IN_PAIR
            if is_word:
                points += evidence.INSIDE_OF_WORD
            else:
                points += (0 if before else evidence.AT_START) + (evidence.IN_DOMAIN if in_domain else 0)
                points += evidence.AT_HEAD if at == 0 and is_trade_all else 0
            proved = strength(points, evidence.CERTAIN_INSIDE, evidence.PLAUSIBLE_INSIDE)
            yield at + low, len(name), codes.CONTAINED | (LIKELY if proved == STRONG and len(name) <= 4 else proved)


def may_stand_inside(before: str, behind: str, name: str, *, is_sign: bool) -> bool:
    if len(before + behind) == 1:
        return is_sign and bool(before) and len(name) >= 8
    if len(name) == 3:
        return is_sign and (not before or not behind)
    return bool(before + behind) and (not before or not behind or is_trade(before))


def alike(at: int, text: str, name: str, raw: str) -> Iterator[tuple[int, int, int]]:
    """Two letters for one that they are drawn like, when they are small; vv is a w in any case."""
    if len(raw) != len(text):
        return
    strengths = set()
    for pair, letter, enough in (("rn", "m", 5), ("cl", "d", 6), ("vv", "w", 0)):
        for place in range(len(text) - 1):
            is_pair = text[place : place + 2] == pair and (pair == "vv" or raw[place : place + 2] == pair)
            if is_pair and text[:place] + letter + text[place + 2 :] == name:
                is_long, is_rare = len(name) >= enough, text in rare_words() and pair != "vv"
                strengths.add((LIKELY if is_long else WEAK) if is_rare else (STRONG if is_long else LIKELY))
    for proved in strengths:
        yield at, len(text), codes.DIGRAPH | proved


def is_trade(text: str) -> bool:
    return text in trade_words()


def is_trade_text(text: str) -> bool:
    return is_trade(text) or any(is_trade(text[:p]) and is_trade(text[p:]) for p in range(2, len(text) - 1))


def is_known_text(text: str) -> bool:
    parts = [(text,), *((text[:p], text[p:]) for p in range(2, len(text) - 1))]
    return any(all(is_trade(part) or (len(part) >= 3 and part in words()) for part in split) for split in parts)


def in_shop_name(at: int, text: str, mark: Pattern, name: str, points: int) -> Iterator[tuple[int, int, int]]:
    for affix in range(2, 13):
        if len(text) - affix < (7 if affix == 2 else 5):
            continue
        for trade, rest, first in (
            (text[:affix], text[affix:], at + affix),
            (text[-affix:], text[:-affix], at),
        ):
            if is_trade(trade) and rest not in words() and (bits := slip(rest, [rest], [True], mark, name, points)):
                yield first, len(rest), bits


def slip(
    text: str,
    held: Sequence[Sequence[Symbol]] | Sequence[str],
    odd: Sequence[bool],
    mark: Pattern,
    name: str,
    points: int,
) -> int:
    place, step, is_ending = edit(text, name)
    if not step or not stands(len(text), [len(word) for word in held], odd, place, mark, name):
        return 0
    if len(held) == 2 and step == codes.TRANSPOSED and is_farther_over(text, name, place, len(held[0])):
        return 0
    if len(held) == 1 and any(symbol.gap != NO_GAP for symbol in mark.symbols[1:]) and len(text) < 10:
        return step | WEAK
    points += slip_points(text, name, step, is_ending=is_ending)
    proved = strength(points, evidence.CERTAIN, evidence.PLAUSIBLE)
    return step | (LIKELY if proved == STRONG and len(name) == 4 else proved)


def stands(size: int, lengths: Sequence[int], odd: Sequence[bool], place: int, mark: Pattern, name: str) -> bool:
    """Whether the breaks are where the mark has them, and the slip is in a word that may be one."""
    if len(lengths) == 1:
        return True
    owner = [number for number, length in enumerate(lengths) for _ in range(length)]
    if not (odd[owner[min(place, size - 1)]] or odd[owner[place - 1]]):
        return False
    breaks = [p for p, symbol in enumerate(mark.symbols) if p and symbol.gap != NO_GAP]
    if len(breaks) != 1 or len(lengths) != 2:
        return False
    (wanted,) = breaks
    shift = size - len(name)
    places = {wanted if wanted <= place else wanted + shift}
    if wanted == place and shift > 0:
        places.add(wanted + 1)
    return lengths[0] in places


def is_farther_over(text: str, name: str, place: int, middle: int) -> bool:
    """Whether a letter moved by two places and over the break."""
    return text[place + 2 : place + 3] != name[place + 2 : place + 3] and place < middle <= place + 2


def slip_points(text: str, name: str, step: int, *, is_ending: bool) -> int:
    by_length = {4: evidence.OF_FOUR, 5: evidence.OF_FIVE, 6: evidence.OF_SIX, 7: evidence.OF_SEVEN}
    points = implausibility(text) - evidence.PLAUSIBILITY + by_length.get(len(name), evidence.OF_MANY)
    if step != codes.ONE_LETTER:
        points += evidence.REPEATED
    elif len(text) != len(name):
        points += evidence.LEFT_OUT if len(text) < len(name) else evidence.PUT_IN
    points += evidence.ENDING if is_ending else 0
    points += evidence.RARE if text in rare_words() else 0
    return points + (evidence.OF_WORD if words().get(name) else 0)


def implausibility(text: str) -> int:
    threes, twos = trigrams()
    edged = f"^^{text}^"
    total = 0
    for p in range(len(edged) - 2):
        share = (threes[edged[p : p + 3]] + 0.3) / (twos[edged[p : p + 2]] + 27 * 0.3)
        total += min(round(-8 * log2(share)), 255)
    return total // (len(text) + 1)


def strength(points: int, certain: int, plausible: int) -> int:
    if points >= certain:
        return STRONG
    return LIKELY if points >= plausible else WEAK


def edit(text: str, name: str) -> tuple[int, int, bool]:
    """The place of the one slip, its step (0: none), and whether it is another ending."""
    shortest = min(len(text), len(name))
    at = next((p for p in range(shortest) if text[p] != name[p]), shortest)
    nothing = at, 0, False
    if text == name or at == 0:
        return nothing
    if len(text) == len(name):
        behind = next(p for p in range(len(text)) if text[-1 - p] != name[-1 - p])
        have, want = text[at : len(text) - behind], name[at : len(name) - behind]
        if len(have) == 1:
            return at, codes.ONE_LETTER, at == len(text) - 1
        is_moved = len(have) <= 3 and want in (have[1:] + have[0], have[-1] + have[:-1])
        return (at, codes.TRANSPOSED, False) if is_moved else nothing
    longer, shorter = (text, name) if len(text) > len(name) else (name, text)
    if longer[:at] + longer[at + 1 :] != shorter:
        return nothing
    if longer[at] == longer[at - 1]:
        return at, codes.DOUBLED, False
    is_ending = at == len(shorter)
    return nothing if is_ending and longer[at] == "s" else (at, codes.ONE_LETTER, is_ending)


def latin(text: str) -> str:
    return romanised("".join(roman_letters().get(char, "") for char in text))


def by_sound(text: str) -> str:
    """As it is heard: лю is lu, дж is j; у and а stand for u and a."""
    return text.replace("дж", "ж").replace("ю", "у").replace("я", "а")


def romanised(letters: str) -> str:
    out, last = "", ""
    for letter in letters:
        letter = {"q": "k", "w": "v", "b": "v", "y": "i"}.get(letter, letter)
        if letter == "x":
            out += ("" if last == "k" else "k") + "s"
            last = "s"
            continue
        out += letter if letter != last else ""
        last = letter
    return out


def renderings(name: str) -> set[str]:
    return {romanised(name.replace("c", c).replace("j", j)) for c, j in product("cks", "ji")}


def is_amid_its_script(symbols: Sequence[Symbol], at: int, end: int) -> bool:
    around = [*symbols[max(0, at - 24) : at], *symbols[end : end + 24]]
    return any("\u0370" <= symbol.base < "\u0530" for symbol in around)


def pinyin(symbols: Sequence[Symbol], name: str) -> Iterator[tuple[int, int, int]]:
    if not all(char in syllables() for char in name):
        return
    sounds = [syllables()[char] for char in name]
    for at, held in windows(symbols):
        texts = [spelled(word) for word in held]
        is_odd = any(sort_of(word) == UNKNOWN for word in texts)
        if (len(held) == 1 and is_odd and texts[0] == "".join(sounds)) or (len(held) > 1 and texts == sounds):
            strength = STRONG if is_odd or len(held) > 2 else WEAK
            yield at, len("".join(texts)), codes.PINYIN | strength
