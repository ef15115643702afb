"""Near spellings in letters, found word by word: slips of the pen, pinyin, other alphabets, marks inside a word."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detectors.kernels.codes import ALPHABETIC, DIGIT, DOT, LEET_SIGN, NO_GAP, STRONG, TRANSLITERATION
from detectors.kernels.entrance import is_set
from detectors.kernels.jit import inline, kernel
from detectors.kernels.near import (
    DICTIONARY,
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
    near_key,
    raised,
    word_class,
)
from detectors.kernels.near_contained import CONTAINED_MARK, PART, find_contained
from detectors.kernels.near_edits import SHORTEST
from detectors.kernels.near_slips import find_slips
from detectors.kernels.near_spelled import CYRILLIC_END, GREEK, find_pinyin, find_transliterations

WORDS = 4  # of a window: lu yi wei deng
SLIP_WORDS = 2  # of a window that may hold a slip: most marks have no more, and every window costs
SYLLABLE = 6  # letters of the longest, zhuang
_NEIGHBOURHOOD = 24  # symbols on either side that tell which script a text is written in
LATIN, FOREIGN, OTHER = 1, 2, 0
_D, _E, _G, _I, _N, _R, _S = 100, 101, 103, 105, 110, 114, 115


@inline
def _script(first: int, end: int, bases: NDArray[np.uint32]) -> int:
    """LATIN, FOREIGN (Greek or Cyrillic), or OTHER for anything else or a mixture."""
    latin, foreign = True, True
    for at in range(first, end):
        latin = latin and 97 <= bases[at] <= 122
        foreign = foreign and GREEK <= bases[at] < CYRILLIC_END
    return LATIN if latin else (FOREIGN if foreign else OTHER)


@inline
def _is_glued(first: int, end: int, low: int, high: int, kinds: NDArray[np.uint8], gaps: NDArray[np.uint8]) -> bool:
    """Whether a figure or a sign read as a letter touches the word: it is a model number, or leetspeak."""
    if first > low and gaps[first] == NO_GAP and (kinds[first - 1] == DIGIT or kinds[first - 1] == LEET_SIGN):
        return True
    return end < high and gaps[end] == NO_GAP and (kinds[end] == DIGIT or kinds[end] == LEET_SIGN)


@inline
def _is_form(window: Window, size: int, lexicon: Lexicon) -> bool:
    """Whether the window is a form of a dictionary's word: lounger, casters, grated. Names have no forms."""
    if size < 5:
        return False
    end = window.letters[size - 1]
    cut = size - 1 if end == _S else size  # the plural's s
    if cut < size and word_class(window.prefix[cut], lexicon.words) == DICTIONARY:
        return True
    last, before = window.letters[cut - 1], window.letters[cut - 2]
    if before == _E and (last == _R or last == _D or last == _S):
        for stem in (cut - 1, cut - 2, cut - 3):
            doubled = stem != cut - 3 or window.letters[stem] == window.letters[stem - 1]
            if doubled and word_class(window.prefix[stem], lexicon.words) == DICTIONARY:
                return True
    if cut >= 6 and last == _G and before == _N and window.letters[cut - 3] == _I:
        return word_class(window.prefix[cut - 3], lexicon.words) == DICTIONARY
    return before == _E and end == _S and word_class(window.prefix[size - 2], lexicon.words) == DICTIONARY


@inline
def _is_amid_its_script(first: int, end: int, low: int, high: int, text: Symbols) -> bool:
    """Whether more of the same script stands around: a Russian listing writes a name in Russian letters."""
    for at in range(max(low, first - _NEIGHBOURHOOD), min(high, end + _NEIGHBOURHOOD)):
        if (at < first or at >= end) and GREEK <= text.bases[at] < CYRILLIC_END:
            return True
    return False


@inline
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
def _fill(window: Window, first: int, end: int, word: int, known: NDArray[np.bool_], text: Symbols) -> None:
    """Puts the symbols from `first` to `end` in the window; they begin with the held word number `word`."""
    for p in range(end - first):
        window.letters[p] = text.bases[first + p]
        window.breaks[p] = p == 0 or text.gaps[first + p] != NO_GAP
        word += p > 0 and window.breaks[p]
        window.odd[p] = not known[word]
        window.prefix[p + 1] = appended(window.prefix[p], int(window.letters[p]))


@kernel
def find_near_words(text: Symbols, marks: Marks, near: NearIndex, lexicon: Lexicon, found: Found) -> int:
    """Fills `found` with near spellings in letters. Returns how many, or -1 when there is no room.

    Windows of one to four words are tried, of one or two for slips, unless all their words are ordinary ones; pinyin
    may be spelled in those.
    """
    count = 0
    window = _new_window()
    bases, kinds, gaps, fields = text.bases, text.kinds, text.gaps, text.fields  # a record's fields cost in a loop
    ordinary, bits, powers = lexicon.words, near.bits, window.powers
    firsts, ends, hashes = np.zeros(WORDS, np.int64), np.zeros(WORDS, np.int64), np.zeros(WORDS, np.uint64)
    known = np.zeros(WORDS, np.bool_)
    for field in range(fields.size - 1):
        low, high = fields[field], fields[field + 1]
        held = 0
        before = OTHER
        end = low
        while end < high:
            at = end
            end = at + 1
            if kinds[at] != ALPHABETIC:
                before = OTHER
                continue
            hashed = appended(np.uint64(0), int(bases[at]))
            while end < high and kinds[end] == ALPHABETIC and gaps[end] == NO_GAP:
                hashed = appended(hashed, int(bases[end]))
                end += 1
            script = _script(at, end, bases)
            if script == OTHER or end - at > LONGEST or _is_glued(at, end, low, high, kinds, gaps):
                before = OTHER
                continue
            if before != script or gaps[at] > DOT or gaps[at] == NO_GAP:
                held = 0
            before = script
            if held == WORDS:
                for p in range(WORDS - 1):
                    firsts[p], ends[p], known[p], hashes[p] = firsts[p + 1], ends[p + 1], known[p + 1], hashes[p + 1]
                held -= 1
            firsts[held], ends[held], hashes[held] = at, end, hashed
            known[held] = end - at < PART or word_class(hashed, ordinary) != 0
            if not known[held]:
                _fill(window, at, end, held, known, text)
                known[held] = _is_form(window, end - at, lexicon)
            held += 1
            unknown, syllables = False, True
            whole = np.uint64(0)
            for words in range(1, held + 1):
                word = held - words
                first = int(firsts[word])
                size = end - first
                if size > LONGEST:
                    break
                whole = joined(hashes[word], whole, powers[end - int(ends[word])])
                unknown = unknown or not known[word]
                syllables = syllables and ends[word] - first <= SYLLABLE
                if size < SHORTEST:
                    continue
                spelled = script == LATIN and (unknown if words == 1 else syllables)
                spelled = spelled and is_set(near_key(whole, SPELLED), bits)
                if not (unknown or spelled):
                    continue
                _fill(window, first, end, word, known, text)
                if spelled:
                    count = find_pinyin(window, size, words, unknown, marks, near, lexicon, found, count, field, first)
                if script == LATIN and count >= 0 and unknown and size < LONGEST and words <= SLIP_WORDS:
                    count = find_slips(window, size, words, marks, near, lexicon, found, count, field, first)
                    if count >= 0 and words == 1 and size >= CONTAINED_MARK + PART:
                        count = find_contained(window, size, lexicon, marks, near, found, count, field, first)
                elif script == FOREIGN:
                    is_plain = _is_amid_its_script(first, end, low, high, text)
                    step = TRANSLITERATION if is_plain else TRANSLITERATION | STRONG
                    count = find_transliterations(window, size, step, marks, near, lexicon, found, count, field, first)
                if count < 0:
                    return -1
    return count
