"""Near spellings in letters, found word by word: slips of the pen, pinyin, other alphabets, marks inside a word."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detectors.kernels.codes import ALPHABETIC, DOT, NO_GAP, STRONG, TRANSLITERATION
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
from detectors.kernels.near_words_asked import ask_words, nothing_asked
from detectors.kernels.near_words_read import CARRIED, FOREIGN, OTHER, WORDS, Words, carry, no_words, read_on

SYLLABLE = 6  # letters of the longest, zhuang
LONGEST_TRADE = 12  # letters of a word that shops are named with: collections
SHOP_MARK = 5  # letters of a mark that a slip is looked for in beside a word of trade
SURE_MARK = 7  # letters of a mark ... of two letters: myequifaz
_NEIGHBOURHOOD = 24  # symbols on either side that tell which script a text is written in
_D, _E, _G, _I, _N, _R, _S = 100, 101, 103, 105, 110, 114, 115


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


@inline
def _fill(window: Window, word: int, last: int, most: int, words: Words, text: Symbols) -> int:
    """Puts the words from `word` to `last` in the window, returns its size, or 0 when that is too much or too little.

    A word of a class above `most` is not odd: a slip is not looked for in it.
    """
    first, end = words.firsts[word], words.ends[last]
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
    window: Window, part: Window, words: Words, word: int, text: Symbols,
    marks: Marks, near: NearIndex, lexicon: Lexicon, found: Found, count: int, field: int,
) -> int:  # fmt: skip
    """Marks near one unknown word, drawn like it, and inside it."""
    first, end = int(words.firsts[word]), int(words.ends[word])
    size = _fill(window, word, word, 0, words, text)
    is_head = first == text.fields[field]
    is_domain = _is_domain(end, int(text.fields[field + 1]), text.kinds, text.gaps)
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
    window: Window, words: Words, last: int, changed: int, until: int, text: Symbols,
    marks: Marks, near: NearIndex, lexicon: Lexicon, found: Found, count: int, field: int,
) -> int:  # fmt: skip
    """Marks of two words that `last` and the one before are a slip away from, in a letter from `changed` to `until`.

    A name may be a slip, a dictionary's word is none.
    """
    first, end = int(words.firsts[last - 1]), int(words.ends[last])
    low, high = text.fields[field], text.fields[field + 1]
    is_known = words.classes[last - 1] != 0 and words.classes[last] != 0
    size = _fill(window, last - 1, last, KNOWN, words, text)
    if not 0 < size < LONGEST:
        return count
    points = place_points(first == low or _is_domain(end, high, text.kinds, text.gaps), is_known)
    return int(
        find_slips(
            window, size, 2, changed - first, until - first, points, marks, near, lexicon, found, count, field, first
        )
    )


@inline
def _find_spelled(
    window: Window, words: Words, last: int, spelled: int, text: Symbols,
    marks: Marks, near: NearIndex, lexicon: Lexicon, found: Found, count: int, field: int,
) -> int:  # fmt: skip
    """Chinese marks of which the words up to `last` are the syllables."""
    whole, unknown = words.hashes[last], words.classes[last] == 0
    end = words.ends[last]
    for number in range(2, spelled + 1):
        word = last + 1 - number
        unknown = unknown or words.classes[word] == 0
        first = words.firsts[word]
        whole = joined(words.hashes[word], whole, window.powers[end - words.ends[word]])
        if not may_have(near_key(whole, SPELLED), near.bits):
            continue
        size = _fill(window, word, last, 0, words, text)
        if size > 0:
            count = find_pinyin(window, size, number, unknown, marks, near, lexicon, found, count, field, first)
            if count < 0:
                return -1
    return count


@inline
def _find_foreign(
    window: Window, words: Words, last: int, text: Symbols,
    marks: Marks, near: NearIndex, lexicon: Lexicon, found: Found, count: int, field: int,
) -> int:  # fmt: skip
    """Latin marks that the words up to `last` render in Greek or Cyrillic.

    Amid its own script an ordinary word is a word.
    """
    unknown = False
    low, high = text.fields[field], text.fields[field + 1]
    for word in range(last, last - words.rows[last], -1):
        unknown = unknown or words.classes[word] == 0
        first, end = words.firsts[word], words.ends[last]
        is_plain = _is_amid_its_script(first, end, low, high, text)
        if is_plain and not unknown:
            continue
        size = _fill(window, word, last, 0, words, text)
        if size > 0:
            step = TRANSLITERATION if is_plain else TRANSLITERATION | STRONG
            count = find_transliterations(window, size, step, marks, near, lexicon, found, count, field, first)
            if count < 0:
                return -1
    return count


@inline
def _classify(
    filled: int, window: Window, words: Words, bases: NDArray[np.uint32], ordinary: NDArray[np.uint32]
) -> None:
    """What sort of word each of the block is."""
    firsts, ends, hashes, classes = words.firsts, words.ends, words.hashes, words.classes
    letters, prefix = window.letters, window.prefix
    for word in range(CARRIED, filled):
        first, size = firsts[word], ends[word] - firsts[word]
        classes[word] = DICTIONARY if size < PART else word_class(hashes[word], ordinary)
        if classes[word] != 0:
            continue
        for p in range(size):
            letters[p] = bases[first + p]
            prefix[p + 1] = appended(prefix[p], int(letters[p]))
        classes[word] = DICTIONARY if _is_form(letters, prefix, size, ordinary) else 0


@kernel
def find_near_words(text: Symbols, marks: Marks, near: NearIndex, lexicon: Lexicon, found: Found) -> int:
    """Fills `found` with near spellings in letters. Returns how many, or -1 when there is no room.

    A word that is no ordinary one is tried by itself; two words where a mark of two begins or ends with one of them,
    which a slip in the other leaves as it is; and up to four that are syllables of Chinese. A block of words goes
    through each step before the next one, as in automaton.py.
    """
    window, part, words, asked = _new_window(), _new_window(), no_words(), nothing_asked()
    bases, syllables = text.bases, lexicon.syllable_words  # a record's fields cost in a loop
    firsts, ends, hashes, classes = words.firsts, words.ends, words.hashes, words.classes
    field, at, before, row = 0, int(text.fields[0]), OTHER, 0
    count, spelled = 0, 0  # hits, and how many of the last words are syllables
    while field < text.fields.size - 1:
        filled, field, at, before, row = read_on(
            field, at, before, row, bases, text.kinds, text.gaps, text.fields, lexicon.words, words
        )
        _classify(filled, window, words, bases, lexicon.words)
        ask_words(filled, words, window.powers, bases, near, asked)
        for word in range(CARRIED, filled):
            size, place = ends[word] - firsts[word], int(words.fields[word])
            if words.rows[word] == 1:
                spelled = 0
            if words.scripts[word] == FOREIGN:
                count = _find_foreign(window, words, word, text, marks, near, lexicon, found, count, place)
            else:
                if classes[word] == 0 and size >= SHORTEST:
                    count = _find_in_word(window, part, words, word, text, marks, near, lexicon, found, count, place)
                is_syllable = size <= SYLLABLE and word_class(hashes[word], syllables) != 0
                spelled = spelled + 1 if is_syllable else 0
                if spelled > 1 and count >= 0:
                    count = _find_spelled(
                        window, words, word, min(spelled, WORDS), text,
                        marks, near, lexicon, found, count, place,
                    )  # fmt: skip
                if asked.untils[word] != 0 and count >= 0:
                    count = _find_in_pair(
                        window, words, word, int(asked.changed[word]), int(asked.untils[word]), text,
                        marks, near, lexicon, found, count, place,
                    )  # fmt: skip
            if count < 0:
                return -1
        carry(filled, words)
    return count
