"""Near spellings in letters, found word by word: slips of the pen, pinyin, other alphabets, marks inside a word."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.kernels.codes import (
    ALPHABETIC,
    AMPERSAND,
    APOSTROPHE,
    DIGIT,
    DOT,
    LEET_SIGN,
    MIXED,
    NO_GAP,
    STRONG,
    TRANSLITERATION,
)
from detectors.kernels.jit import inline, kernel, making
from detectors.kernels.near import (
    DICTIONARY,
    KNOWN,
    LONGEST,
    SPELLED,
    Found,
    Lexicon,
    Marks,
    NearIndex,
    Symbols,
    Window,
    appended,
    joined,
    may_have,
    near_key,
    raised,
    word_class,
)
from detectors.kernels.near_alike import find_alike
from detectors.kernels.near_contained import CONTAINED_MARK, PART, THREE_LETTERS, TRADE_PART, find_contained
from detectors.kernels.near_edits import SHORTEST
from detectors.kernels.near_evidence import place_points
from detectors.kernels.near_slips import find_slips
from detectors.kernels.near_spelled import CYRILLIC_END, GREEK, find_pinyin, find_transliterations
from detectors.kernels.near_words_asked import changed_of, may_be_slip

WORDS = 4  # of a window: lu yi wei deng
SYLLABLE = 6  # letters of the longest, zhuang
LONGEST_TRADE = 12  # letters of a word that shops are named with: collections
SHOP_MARK = 5  # letters of a mark that a slip is looked for in beside a word of trade
SURE_MARK = 7  # letters of a mark ... of two letters: myequifaz
_NEIGHBOURHOOD = 24  # symbols on either side that tell which script a text is written in
LATIN, FOREIGN, OTHER = 1, 2, 0
_D, _E, _G, _I, _N, _R, _S = 100, 101, 103, 105, 110, 114, 115


class Held(NamedTuple):
    """The last words of a row, at most WORDS: first symbol and end: int64, hash: uint64, class: uint8 (word_class)."""

    firsts: NDArray[np.int64]
    ends: NDArray[np.int64]
    hashes: NDArray[np.uint64]
    classes: NDArray[np.uint8]


@inline
def _script(lowest: int, highest: int) -> int:
    """LATIN, FOREIGN (Greek or Cyrillic), or OTHER for letters in between, beyond or of both."""
    if lowest >= 97 and highest <= 122:
        return LATIN
    return FOREIGN if lowest >= GREEK and highest < CYRILLIC_END else OTHER


@inline
def _is_glued(first: int, end: int, low: int, high: int, kinds: NDArray[np.uint8], gaps: NDArray[np.uint8]) -> bool:
    """Whether a figure or a sign read as a letter touches the word: it is a model number, or leetspeak."""
    if first > low and gaps[first] == NO_GAP and (kinds[first - 1] == DIGIT or kinds[first - 1] == LEET_SIGN):
        return True
    return end < high and gaps[end] == NO_GAP and (kinds[end] == DIGIT or kinds[end] == LEET_SIGN)


@inline
def _is_between_words(gap: int) -> bool:
    """Whether the words on its sides may belong to one mark: Jack & Jones, Arc'teryx, Dr. Martens."""
    return NO_GAP < gap <= DOT or AMPERSAND <= gap <= APOSTROPHE or gap == MIXED


@inline
def _is_domain(end: int, high: int, kinds: NDArray[np.uint8], gaps: NDArray[np.uint8]) -> bool:
    """Whether a dot and two to five letters follow the words that end here."""
    after = end
    while after < high and after < end + 6 and kinds[after] == ALPHABETIC:
        if gaps[after] != (DOT if after == end else NO_GAP):
            break
        after += 1
    return 2 <= after - end <= 5


@inline
def _is_form(letters: NDArray[np.uint32], prefix: NDArray[np.uint64], size: int, words: NDArray[np.uint32]) -> bool:
    """Whether the letters are a form of a dictionary's word: lounger, casters, grated. Names have no forms."""
    if size < 5:
        return False
    end = letters[size - 1]
    cut = size - 1 if end == _S else size  # the plural's s
    if cut < size and word_class(prefix[cut], words) == DICTIONARY:
        return True
    last, before = letters[cut - 1], letters[cut - 2]
    if before == _E and (last == _R or last == _D):
        for stem in (cut - 1, cut - 2, cut - 3):
            fits = stem == cut - 1 or letters[stem - 1] != _E  # a stem's own e takes an r, not another er
            if stem == cut - 3:
                fits = letters[stem] == letters[stem - 1]
            if fits and word_class(prefix[stem], words) == DICTIONARY:
                return True
    if cut >= 6 and last == _G and before == _N and letters[cut - 3] == _I:
        return word_class(prefix[cut - 3], words) == DICTIONARY
    return before == _E and end == _S and word_class(prefix[size - 2], words) == DICTIONARY


@inline
def _is_amid_its_script(first: int, end: int, low: int, high: int, text: Symbols) -> bool:
    """Whether more of the same script stands around: a Russian listing writes a name in Russian letters."""
    for at in range(max(low, first - _NEIGHBOURHOOD), min(high, end + _NEIGHBOURHOOD)):
        if (at < first or at >= end) and GREEK <= text.bases[at] < CYRILLIC_END:
            return True
    return False


@making
def _new_window() -> Window:
    powers = np.ones(LONGEST + 1, np.uint64)
    for p in range(LONGEST):
        powers[p + 1] = raised(powers[p])
    return Window(
        np.zeros(LONGEST, np.uint32),
        np.zeros(LONGEST + 1, np.uint64),
        np.zeros(LONGEST, np.bool_),
        np.zeros(LONGEST, np.bool_),
        powers,
    )


@making
def _no_words() -> Held:
    return Held(
        np.zeros(WORDS, np.int64), np.zeros(WORDS, np.int64), np.zeros(WORDS, np.uint64), np.zeros(WORDS, np.uint8)
    )


@inline
def _make_room(
    firsts: NDArray[np.int64], ends: NDArray[np.int64], hashes: NDArray[np.uint64], classes: NDArray[np.uint8]
) -> None:
    """Lets go of the first of WORDS held words."""
    for p in range(WORDS - 1):
        firsts[p], ends[p], hashes[p], classes[p] = firsts[p + 1], ends[p + 1], hashes[p + 1], classes[p + 1]


@inline
def _fill(window: Window, word: int, held: int, most: int, words: Held, text: Symbols) -> int:
    """Puts the held words from number `word` in the window, returns its size, or 0 when that is too much or too little.

    A word of a class above `most` is not odd: a slip is not looked for in it.
    """
    first, end = words.firsts[word], words.ends[held - 1]
    if not SHORTEST <= end - first <= LONGEST:
        return 0
    for p in range(end - first):
        window.letters[p] = text.bases[first + p]
        window.breaks[p] = p == 0 or text.gaps[first + p] != NO_GAP
        word += p > 0 and window.breaks[p]
        window.odd[p] = words.classes[word] <= most
        window.prefix[p + 1] = appended(window.prefix[p], int(window.letters[p]))
    return int(end - first)


@inline
def _find_in_shop_name(
    window: Window, part: Window, size: int, points: int,
    marks: Marks, near: NearIndex, lexicon: Lexicon, found: Found, count: int, field: int, first: int,
) -> int:  # fmt: skip
    """Marks that one unknown word is a slip away from, but for a word of trade before or behind: seresstostore."""
    prefix, powers, trade = window.prefix, window.powers, lexicon.trade
    for affix in range(TRADE_PART, min(LONGEST_TRADE, size - SHOP_MARK) + 1):
        if affix == TRADE_PART and size - affix < SURE_MARK:
            continue
        for at in (affix, 0):
            end = at + size - affix
            beside = prefix[affix] if at > 0 else np.uint64(prefix[size] - prefix[end] * powers[affix])
            if word_class(beside, trade) == 0:
                continue
            for p in range(end - at):
                part.letters[p] = window.letters[at + p]
                part.prefix[p + 1] = appended(part.prefix[p], int(part.letters[p]))
            if word_class(part.prefix[end - at], lexicon.words) != 0:
                continue
            count = find_slips(
                part, end - at, 1, 0, end - at, points, marks, near, lexicon, found, count, field, first + at
            )
            if count < 0:
                return -1
    return count


@inline
def _find_in_word(
    window: Window, part: Window, size: int, is_head: bool, is_domain: bool, text: Symbols,
    marks: Marks, near: NearIndex, lexicon: Lexicon, found: Found, count: int, field: int, first: int,
) -> int:  # fmt: skip
    """Marks near one unknown word, drawn like it, and inside it."""
    points = place_points(is_domain or is_head, False)
    if may_have(near_key(window.prefix[size], SPELLED), near.bits):
        count = find_pinyin(window, size, 1, True, marks, near, lexicon, found, count, field, first)
    if count >= 0 and size < LONGEST:
        count = find_slips(window, size, 1, 0, size, points, marks, near, lexicon, found, count, field, first)
        if count >= 0:
            count = find_alike(window, size, text, marks, near, lexicon, found, count, field, first)
    if count >= 0 and size >= THREE_LETTERS + TRADE_PART and size < LONGEST:
        count = find_contained(window, size, is_head, is_domain, lexicon, marks, near, found, count, field, first)
        if count >= 0 and size >= CONTAINED_MARK + TRADE_PART:
            count = _find_in_shop_name(window, part, size, points, marks, near, lexicon, found, count, field, first)
    return count


@inline
def _find_in_pair(
    window: Window, words: Held, held: int, changed: int, until: int, low: int, high: int, text: Symbols,
    marks: Marks, near: NearIndex, lexicon: Lexicon, found: Found, count: int, field: int,
) -> int:  # fmt: skip
    """Marks of two words that the last two are a slip away from, in a letter from `changed` to `until`.

    A name may be a slip, a dictionary's word is none.
    """
    first, end = int(words.firsts[held - 2]), int(words.ends[held - 1])
    is_known = words.classes[held - 2] != 0 and words.classes[held - 1] != 0
    size = _fill(window, held - 2, held, KNOWN, words, text)
    if not 0 < size < LONGEST:
        return count
    points = place_points(first == low or _is_domain(end, high, text.kinds, text.gaps), is_known)
    return int(find_slips(window, size, 2, changed, until, points, marks, near, lexicon, found, count, field, first))


@inline
def _find_spelled(
    window: Window, words: Held, held: int, spelled: int, text: Symbols,
    marks: Marks, near: NearIndex, lexicon: Lexicon, found: Found, count: int, field: int,
) -> int:  # fmt: skip
    """Chinese marks of which the last words are the syllables."""
    whole, unknown = words.hashes[held - 1], words.classes[held - 1] == 0
    end = words.ends[held - 1]
    for number in range(2, spelled + 1):
        word = held - number
        unknown = unknown or words.classes[word] == 0
        first = words.firsts[word]
        whole = joined(words.hashes[word], whole, window.powers[end - words.ends[word]])
        if not may_have(near_key(whole, SPELLED), near.bits):
            continue
        size = _fill(window, word, held, 0, words, text)
        if size > 0:
            count = find_pinyin(window, size, number, unknown, marks, near, lexicon, found, count, field, first)
            if count < 0:
                return -1
    return count


@inline
def _find_foreign(
    window: Window, words: Held, held: int, low: int, high: int, text: Symbols,
    marks: Marks, near: NearIndex, lexicon: Lexicon, found: Found, count: int, field: int,
) -> int:  # fmt: skip
    """Latin marks that the last words render in Greek or Cyrillic. Amid its own script an ordinary word is a word."""
    unknown = False
    for word in range(held - 1, -1, -1):
        unknown = unknown or words.classes[word] == 0
        first, end = words.firsts[word], words.ends[held - 1]
        is_plain = _is_amid_its_script(first, end, low, high, text)
        if is_plain and not unknown:
            continue
        size = _fill(window, word, held, 0, words, text)
        if size > 0:
            step = TRANSLITERATION if is_plain else TRANSLITERATION | STRONG
            count = find_transliterations(window, size, step, marks, near, lexicon, found, count, field, first)
            if count < 0:
                return -1
    return count


@kernel
def find_near_words(text: Symbols, marks: Marks, near: NearIndex, lexicon: Lexicon, found: Found) -> int:
    """Fills `found` with near spellings in letters. Returns how many, or -1 when there is no room.

    A word that is no ordinary one is tried by itself; two words where a mark of two begins or ends with one of them,
    which a slip in the other leaves as it is; and up to four that are syllables of Chinese.
    """
    count = 0
    window, part, words = _new_window(), _new_window(), _no_words()
    bases, kinds, gaps, fields = text.bases, text.kinds, text.gaps, text.fields  # a record's fields cost in a loop
    bits, pairs, ordinary, syllables = near.bits, near.pairs, lexicon.words, lexicon.syllable_words
    letters, prefix, breaks, odd = window.letters, window.prefix, window.breaks, window.odd
    powers = window.powers
    firsts, ends, hashes, classes = words.firsts, words.ends, words.hashes, words.classes
    for field in range(fields.size - 1):
        low, high = fields[field], fields[field + 1]
        held, spelled = 0, 0  # words in a row, and how many of the last are syllables
        before = OTHER
        end = low
        while end < high:
            at = end
            end = at + 1
            if kinds[at] != ALPHABETIC:
                before = OTHER
                continue
            lowest = highest = int(bases[at])
            hashed = appended(np.uint64(0), lowest)
            while end < high and kinds[end] == ALPHABETIC and gaps[end] == NO_GAP:
                letter = int(bases[end])
                hashed = appended(hashed, letter)
                lowest, highest = min(lowest, letter), max(highest, letter)
                end += 1
            script = _script(lowest, highest)
            if script == OTHER or end - at > LONGEST or _is_glued(at, end, low, high, kinds, gaps):
                before = OTHER
                continue
            if before != script or not _is_between_words(int(gaps[at])):
                held, spelled = 0, 0
            before = script
            size = end - at
            sort = DICTIONARY if size < PART else word_class(hashed, ordinary)
            if sort == 0:
                for p in range(size):
                    letters[p], breaks[p], odd[p] = bases[at + p], p == 0, True
                    prefix[p + 1] = appended(prefix[p], int(bases[at + p]))
                sort = DICTIONARY if _is_form(letters, prefix, size, ordinary) else 0
            if held == WORDS:
                _make_room(firsts, ends, hashes, classes)
                held -= 1
            firsts[held], ends[held], hashes[held], classes[held] = at, end, hashed, sort
            held += 1
            if script == FOREIGN:
                count = _find_foreign(window, words, held, low, high, text, marks, near, lexicon, found, count, field)
                if count < 0:
                    return -1
                continue
            if sort == 0 and size >= SHORTEST:
                is_domain = _is_domain(end, high, kinds, gaps)
                count = _find_in_word(
                    window, part, size, at == low, is_domain, text, marks, near, lexicon, found, count, field, at
                )
            spelled = spelled + 1 if end - at <= SYLLABLE and word_class(hashed, syllables) != 0 else 0
            if spelled > 1 and count >= 0:
                count = _find_spelled(
                    window, words, held, min(spelled, held), text, marks, near, lexicon, found, count, field
                )
            if held > 1 and count >= 0 and (classes[held - 2] != DICTIONARY or sort != DICTIONARY):
                begun = firsts[held - 2]
                changed, until = changed_of(hashes[held - 2], hashed, sort != DICTIONARY, begun, at, end, bases, pairs)
                if changed < until and end - begun < LONGEST:
                    whole = joined(hashes[held - 2], hashed, powers[size])
                    if may_be_slip(whole, changed, until, end, bases, powers, bits):
                        count = _find_in_pair(
                            window, words, held, changed - begun, until - begun, low, high, text,
                            marks, near, lexicon, found, count, field,
                        )  # fmt: skip
            if count < 0:
                return -1
    return count
