"""The obvious version of the kernels near_*.py: every mark tried on every window, by what the words mean."""

from __future__ import annotations

import gzip
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from itertools import product
from math import log2

from detectors.kernels import codes
from detectors.kernels import near_evidence as evidence
from detectors.kernels.codes import ALPHABETIC, HAN, LEET_SIGN, NO_GAP
from tests.detectors.naive import Hit, Pattern
from tests.detectors.naive_fold import Symbol, fold

WEAK, STRONG, LIKELY = codes.WEAK, codes.STRONG, codes.WEAK | codes.LIKELY
UNKNOWN, KNOWN, DICTIONARY = 0, 1, 2
Window = tuple[int, list[list[Symbol]]]  # the first symbol's place in its field, and the words


@cache
def listed_words() -> list[tuple[str, bool]]:
    """Ordinary words as folded, and whether a dictionary has them."""
    listed = unpacked("words.txt.gz")
    folded = fold([word.removeprefix("+") for word in listed])
    return [(spelled(symbols), word[0] == "+") for symbols, word in zip(folded, listed, strict=True)]


@cache
def words() -> dict[str, bool]:
    return dict(listed_words())


@cache
def rare_words() -> frozenset[str]:
    return frozenset(unpacked("rare.txt.gz"))


@cache
def trade_words() -> frozenset[str]:
    lines = (files("detectors") / "data/trade.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(" ".join(line for line in lines if not line.startswith("#")).split())


def unpacked(name: str) -> list[str]:
    return gzip.decompress((files("detectors") / "data" / name).read_bytes()).decode().splitlines()


@cache
def trigrams() -> tuple[Counter[str], Counter[str]]:
    """How often a letter follows two others, and those two are followed at all; ^ is the edge of a word."""
    edged = [f"^^{word}^" for word, _ in listed_words() if all("a" <= char <= "z" for char in word)]
    threes = Counter(word[p : p + 3] for word in edged for p in range(len(word) - 2))
    twos = Counter(word[p : p + 2] for word in edged for p in range(len(word) - 2))
    return threes, twos


@cache
def table(name: str) -> dict[str, str]:
    lines = (files("detectors") / "data" / name).read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t") for line in lines if not line.startswith("#"))


@cache
def syllables() -> dict[str, str]:
    return {char: syllable for syllable, chars in table("sounds.tsv").items() for char in chars}


@cache
def roman_letters() -> dict[str, str]:
    return {
        letter: roman
        for letters, romans in table("romans.tsv").items()
        for letter, roman in zip(letters, romans.split(), strict=True)
    }


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


def spelled(symbols: Sequence[Symbol]) -> str:
    return "".join(symbol.base for symbol in symbols)


def is_latin(name: str) -> bool:
    return name.isascii() and name.isalpha() and 4 <= len(name) < 32


def is_han(name: str) -> bool:
    return 2 <= len(name) <= 8 and all("\u3400" <= char <= "\u9fff" for char in name)


# letters --------------------------------------------------------------------------------------------------------


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
    if not is_latin(name):
        return
    for at, held in windows(symbols):
        text, sorts = "".join(map(spelled, held)), [sort_of(spelled(word)) for word in held]
        if script(text) == "foreign":
            amid = is_amid_its_script(symbols, at, at + len(text))
            is_rendered = romanised("".join(roman_letters().get(char, "") for char in text)) in renderings(name)
            if is_rendered and (UNKNOWN in sorts or not amid):
                yield at, len(text), codes.TRANSLITERATION | (0 if amid else STRONG)
        elif len(text) < 32 and (sorts == [UNKNOWN] or (len(held) == 2 and sorts != [DICTIONARY, DICTIONARY])):
            in_domain = is_domain(symbols[at + len(text) :])
            points = evidence.SIGN if at == 0 or in_domain else evidence.LATER
            points += evidence.KNOWN_WORD if UNKNOWN not in sorts else 0
            if bits := slip(text, held, [sort != DICTIONARY for sort in sorts], mark, name, points):
                yield at, len(text), bits
            if len(held) == 1:
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
    for low in range(len(text) - len(name) + 1):
        before, behind = text[:low], text[low + len(name) :]
        is_behind = not before or not behind or is_trade(before)
        if not text[low:].startswith(name) or len(before + behind) < 2 or not is_behind:
            continue
        rests = [rest for rest in (before, behind) if rest]
        is_word = bool(words().get(name) or (name[-1] == "s" and words().get(name[:-1])))
        if all(map(is_known_text, rests)) or (not before and len(name) >= 7 and not is_word):
            is_shop = len(before + behind) >= 3 and all(map(is_trade_text, rests))
            points = 5 * (min(len(name), 8) - 5)
            points += evidence.IN_WORDS if all(map(is_known_text, rests)) else evidence.IN_ANYTHING
            points += evidence.IN_SHOP_NAME if is_shop else 0
            if is_word:
                points += evidence.INSIDE_OF_WORD
            else:
                points += (0 if before else evidence.AT_START) + (evidence.IN_DOMAIN if in_domain else 0)
            proved = strength(points, evidence.CERTAIN_INSIDE, evidence.PLAUSIBLE_INSIDE)
            yield at + low, len(name), codes.CONTAINED | (LIKELY if proved == STRONG and len(name) == 4 else proved)


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


# Chinese --------------------------------------------------------------------------------------------------------


@cache
def han_words() -> dict[str, int]:
    """Word -> 2 for a common one, 1 for another."""
    listed = gzip.decompress((files("detectors") / "data/han_words.txt.gz").read_bytes()).decode().splitlines()
    return {word.removeprefix("+"): 2 if word[0] == "+" else 1 for word in listed}


@cache
def look_alikes() -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for char, others in table("shapes.tsv").items():
        for other in others:
            found[char].add(other)
            found[other].add(char)
    for members in table("families.tsv").values():
        for char in members:
            found[char] |= set(members) - {char}
    return found


def heard(char: str) -> str:
    """The syllable as those hear it who tell neither zh from z nor ing from in."""
    syllable = syllables().get(char, "")
    for written, sound in (("zh", "z"), ("ch", "c"), ("sh", "s")):
        if syllable.startswith(written):
            syllable = sound + syllable.removeprefix(written)
    return syllable[:-1] if syllable.endswith(("ang", "eng", "ing")) else syllable


def in_chinese(symbols: Sequence[Symbol], name: str) -> Iterator[tuple[int, int, int]]:
    for at in range(len(symbols)):
        low, high = run(symbols, at)
        if at + len(name) + 1 <= high and (bits := split(symbols, at, low, high, name)):
            yield at, len(name) + 1, bits
        elif at + len(name) <= high and (bits := changed(symbols, at, low, high, name)):
            yield at, len(name), bits


def run(symbols: Sequence[Symbol], at: int) -> tuple[int, int]:
    """The Chinese characters around a place that nothing separates."""
    if symbols[at].kind != HAN:
        return at, at
    low, high = at, at + 1
    while low > 0 and symbols[low].gap == NO_GAP and symbols[low - 1].kind == HAN:
        low -= 1
    while high < len(symbols) and symbols[high].gap == NO_GAP and symbols[high].kind == HAN:
        high += 1
    return low, high


def changed(symbols: Sequence[Symbol], at: int, low: int, high: int, name: str) -> int:
    text = spelled(symbols[at : at + len(name)])
    places = [p for p in range(len(name)) if text[p] != name[p]]
    if not places:
        return 0
    here = text[places[0] : places[-1] + 1]
    if len(places) == len(here) == 2 and here[::-1] == name[places[0] : places[-1] + 1]:
        step = codes.TRANSPOSED
    elif all(heard(text[p]) and heard(text[p]) == heard(name[p]) for p in places):
        step = codes.HOMOPHONE
    elif len(places) > 1:
        return 0
    elif text[places[0]] in look_alikes()[name[places[0]]]:
        step = codes.SHAPE
    elif len(name) > 2 and places[0] > 0:
        step = codes.ONE_CHARACTER
    else:
        return 0
    return weighed(step, symbols, (low, high), (at, at + len(name)), [at + p for p in places], name, places)


def split(symbols: Sequence[Symbol], at: int, low: int, high: int, name: str) -> int:
    text = spelled(symbols[at : at + len(name) + 1])
    place = next((p for p in range(len(name)) if text[p] != name[p]), None)
    if place is None or text[place + 2 :] != name[place + 1 :]:
        return 0
    if text[place : place + 2] not in table("parts.tsv").get(name[place], "").split():
        return 0
    odd = [at + place, at + place + 1]
    return weighed(codes.SPLIT, symbols, (low, high), (at, at + len(text)), odd, name, [place])


def weighed(
    step: int,
    symbols: Sequence[Symbol],
    bounds: tuple[int, int],
    span: tuple[int, int],
    odd: Sequence[int],
    name: str,
    places: Sequence[int],
) -> int:
    """The step with its strength, by what ordinary words explain. odd: places in the text, `places` in the mark."""
    (low, high), (at, end) = bounds, span
    spans = [
        (first, first + size, han_words().get(spelled(symbols[first : first + size]), 0))
        for size in (2, 3, 4)
        for first in range(low, high - size + 1)
    ]
    spans = [(first, stop, known) for first, stop, known in spans if known]
    cover = max((known for first, stop, known in spans if any(first <= p < stop for p in odd)), default=0)
    cut = max((known for first, stop, known in spans if first < at < stop or first < end < stop), default=0)
    kept = ["" if p in places else char for p, char in enumerate(name)]
    pieces = ["".join(kept[p : p + size]) for size in (2, 3, 4) for p in range(len(name)) if all(kept[p : p + size])]
    rest = max((han_words().get(piece, 0) for piece in pieces if len(piece) > 1), default=0)
    begins = (2 if at == 0 else 1) if at == low else 0
    is_edged = (at == low or any(stop == at for _, stop, _ in spans)) and (
        end == high or any(first == end for first, _, _ in spans)
    )
    doubt = cover + cut + (2 - begins) + (not is_edged)
    if len(name) == 2 and step != codes.SPLIT:
        return step | WEAK if not cut and cover < 2 and doubt <= 2 else 0
    doubt += cover == 2
    if step == codes.ONE_CHARACTER and len(name) == 3:
        doubt += (0, 1, 3)[rest]
    elif step in (codes.SPLIT, codes.TRANSPOSED):
        doubt -= 2 * (len(name) > 2)
    elif begins == 0:
        doubt += rest == 2 or (rest > 0 and step == codes.ONE_CHARACTER)
    if doubt <= (1 if step == codes.ONE_CHARACTER and len(name) == 3 else 2):
        return step | STRONG
    if doubt > 4:
        return 0
    return step | (LIKELY if doubt <= 2 or (doubt == 3 and begins == 2) else WEAK)
