"""Marks written together with other words: cheappaulsmithsale."""

from __future__ import annotations

from detectors.kernels.codes import CONTAINED, LIKELY, MARK, STRONG, WEAK
from detectors.kernels.jit import inline
from detectors.kernels.near import (
    DELETED,
    DICTIONARY,
    THREE,
    Found,
    Lexicon,
    Marks,
    NearIndex,
    Window,
    emit,
    is_new,
    mark_class,
    may_have,
    near_key,
    owners_of,
    part_hash,
    word_class,
)
from detectors.kernels.near_evidence import (
    CERTAIN_INSIDE,
    IN_ANYTHING,
    IN_PAIR,
    IN_SHOP_NAME,
    IN_WORDS,
    PLAUSIBLE_INSIDE,
    SHORT,
    UNMISTAKABLE,
    inside_points,
    strength,
)

CONTAINED_MARK = 4  # letters of a mark that may be found inside a word
THREE_LETTERS = 3  # ... inside a sign: the word that begins a title, or a domain
ONE_LETTER_MARK = 8  # ... of one that a sign has behind a single letter: ebankofamerica
LONG_MARK = 7  # letters of one that no other word begins with by chance: equitassfb
PART = 3  # letters of a word beside it
TRADE_PART = 2  # ... of one that shops are named with: my, uk
_S = 115
OTHER_TEXT, KNOWN_TEXT, TRADE_TEXT = 0, 1, 2


@inline
def _is_trade(window: Window, low: int, high: int, lexicon: Lexicon) -> bool:
    return high - low >= TRADE_PART and word_class(part_hash(window, low, high), lexicon.trade) != 0


@inline
def _is_word(window: Window, low: int, high: int, lexicon: Lexicon) -> bool:
    return high - low >= PART and word_class(part_hash(window, low, high), lexicon.words) != 0


@inline
def _text_of(window: Window, low: int, high: int, lexicon: Lexicon) -> int:
    """Whether the letters are nothing or words of trade, ordinary words, or neither; one or two written together."""
    if low == high or _is_trade(window, low, high, lexicon):
        return TRADE_TEXT
    best = KNOWN_TEXT if _is_word(window, low, high, lexicon) else OTHER_TEXT
    for middle in range(low + TRADE_PART, high - TRADE_PART + 1):
        first, second = _is_trade(window, low, middle, lexicon), _is_trade(window, middle, high, lexicon)
        if first and second:
            return TRADE_TEXT
        if (first or _is_word(window, low, middle, lexicon)) and (second or _is_word(window, middle, high, lexicon)):
            best = KNOWN_TEXT
    return best


@inline
def _is_mark(window: Window, low: int, high: int, mark: int, marks: Marks) -> bool:
    """Whether the letters, all of them a to z, are the mark."""
    first = marks.offsets[mark]
    if marks.kinds[mark] != MARK or marks.offsets[mark + 1] - first != high - low:
        return False
    for p in range(low, high):  # noqa: SIM110  # numba has no generators
        if window.letters[p] != marks.bases[first + p - low]:
            return False
    return True


@inline
def _is_plural(window: Window, low: int, high: int, lexicon: Lexicon) -> bool:
    """Whether the letters are a dictionary's word and an s."""
    return window.letters[high - 1] == _S and word_class(part_hash(window, low, high - 1), lexicon.words) == DICTIONARY


@inline
def _points(rest: int, low: int, high: int, size: int, is_head: bool, is_domain: bool, is_word: bool) -> int:
    """The points of a mark from low to high in a word of `size` letters; `rest`: what the others are."""
    beside = IN_ANYTHING if rest == OTHER_TEXT and high - low < UNMISTAKABLE else IN_WORDS
    if rest == TRADE_TEXT:
        beside = IN_SHOP_NAME if size - (high - low) >= PART else IN_PAIR
    is_shop = is_head and rest == TRADE_TEXT  # titles begin with brands, and those are made of words too
    return int(beside + inside_points(high - low, low == 0, is_shop, is_domain, is_word))


@inline
def _emit_inside(
    window: Window, low: int, high: int, size: int, is_head: bool, is_domain: bool, lexicon: Lexicon,
    marks: Marks, near: NearIndex, found: Found, count: int, field: int, first: int,
) -> int:  # fmt: skip
    """The marks that stand from low to high, if the rest is words, or the mark is long and begins the word."""
    before = count
    tag = DELETED if high - low > THREE_LETTERS else THREE
    begin, stop = owners_of(near_key(part_hash(window, low, high), tag), near)
    for slot in range(begin, stop):
        mark = near.owners[slot]
        if not is_new(found, before, count, mark) or not _is_mark(window, low, high, mark, marks):
            continue  # the bucket may hold other keys of the same mark
        rest = min(_text_of(window, 0, low, lexicon), _text_of(window, high, size, lexicon))
        is_word = mark_class(mark, marks, lexicon) == DICTIONARY or _is_plural(window, low, high, lexicon)
        if rest == OTHER_TEXT and (low > 1 or high - low < LONG_MARK or is_word):
            continue
        if high - low == THREE_LETTERS and (is_word or rest != TRADE_TEXT):
            continue  # globalgolf is not Glo
        points = _points(rest, low, high, size, is_head, is_domain, is_word)
        proved = strength(points, CERTAIN_INSIDE, PLAUSIBLE_INSIDE)
        if high - low <= SHORT and proved == STRONG:
            proved = WEAK | LIKELY
        count = emit(found, count, field, first + low, high - low, mark, CONTAINED | proved)
        if count < 0:
            return -1
    return count


@inline
def find_contained(
    window: Window, size: int, is_head: bool, is_domain: bool, lexicon: Lexicon,
    marks: Marks, near: NearIndex, found: Found, count: int, field: int, first: int,
) -> int:  # fmt: skip
    """Marks inside one unknown word whose rest is ordinary words: cheappaulsmithsale.

    One in the middle is looked for only behind a word of trade, which spares nearly all the questions to the filter.
    In a sign, the word that begins a title or a domain, also marks of three letters, and long ones behind one letter.
    """
    if is_head or is_domain:
        count = _find_in_sign(window, size, is_head, is_domain, lexicon, marks, near, found, count, field, first)
    bits, trade = near.bits, lexicon.trade  # a record's fields cost in a loop
    prefix, powers = window.prefix, window.powers
    for low in range(size - CONTAINED_MARK + 1):
        if count < 0:
            return -1
        is_behind = low == 0 or (low >= TRADE_PART and word_class(prefix[low], trade) != 0)
        for high in range(low + CONTAINED_MARK if is_behind else size, size + 1):
            hashed = prefix[high] - prefix[low] * powers[high - low]
            if high - low > size - TRADE_PART or not may_have(near_key(hashed, DELETED), bits):
                continue
            count = _emit_inside(
                window, low, high, size, is_head, is_domain, lexicon, marks, near, found, count, field, first
            )
            if count < 0:
                return -1
    return count


@inline
def _find_in_sign(
    window: Window, size: int, is_head: bool, is_domain: bool, lexicon: Lexicon,
    marks: Marks, near: NearIndex, found: Found, count: int, field: int, first: int,
) -> int:  # fmt: skip
    """Marks that only a sign has inside: ibmstore, ebankofamerica."""
    last = size - THREE_LETTERS
    for low, high, tag in ((0, THREE_LETTERS, THREE), (last, size, THREE), (1, size, DELETED)):
        if tag == DELETED and size <= ONE_LETTER_MARK:
            continue
        if count < 0 or not may_have(near_key(part_hash(window, low, high), tag), near.bits):
            continue
        count = _emit_inside(
            window, low, high, size, is_head, is_domain, lexicon, marks, near, found, count, field, first
        )
    return count
