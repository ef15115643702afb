"""Which lines of a page are plainly clean listings, and where their texts stand: one pass over the bytes.

Why bytes: making every object with orjson, looking at it and throwing it away again takes more than twice as long as
all of this, and nearly all that is wanted of a listing is its words. Objects are made of the few that may alert.

Any bytes may be given. In doubt a line is doubtful, and a slower reader looks at it. It may doubt a clean listing,
never pass an unclean one: what it passes is valid JSON that detectors/plain.py would pass, its twin on decoded objects.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detectors.kernels.jit import inline, kernel
from detectors.kernels.tokens import (
    CLOSE,
    CLOSE_LIST,
    LETTER_N,
    NEWLINE,
    OPEN,
    OPEN_LIST,
    PACKED_BYTES,
    PADDING,
    QUOTE,
    amount_end,
    next_entry,
    null_end,
    number_end,
    read_word,
    scalar_end,
    shows,
    skip_space,
    string_end,
    value_start,
)

# What a name stands for, so what its value may be. A text that is required has one of the first two roles.
TITLE, IDENTITY, TEXT, PRICE, CHOICE, ATTRIBUTES, SELLER, IMAGES, NUMBER, OTHER = range(10)
# Groups of words: names of a listing, names of an image; then one for the values of each CHOICE.
LISTING_WORDS, IMAGE_WORDS = 0, 1

NOT_KEPT = -1
ENTRY = 5  # numbers of an attribute: its line, where its name begins and ends, where its value does
_MOST_NAMES = 64  # unknown names, attributes or seller fields of one object that are compared with each other
_MOST_USUAL = 32  # names of a listing that are expected where they were in the one before


@inline
def _quality_end(body: NDArray[np.uint8], at: int) -> int:
    """Past a whole number from 0 to 100; -1 where that takes a closer look."""
    end = number_end(body, at)
    hundred = end - at == 3 and body[at] == 0x31 and body[at + 1] == 0x30 and body[at + 2] == 0x30
    return end if end - at <= 2 or hundred else -1


@inline
def _find_word(
    words: NDArray[np.uint64], bounds: NDArray[np.int64], group: int, high: np.uint64, low: np.uint64
) -> int:
    for row in range(bounds[group], bounds[group + 1]):
        if words[row, 0] == high and words[row, 1] == low:
            return row
    return -1


@inline
def _find_usual(
    words: NDArray[np.uint64],
    bounds: NDArray[np.int64],
    usual: NDArray[np.int64],
    place: int,
    high: np.uint64,
    low: np.uint64,
) -> int:
    """The word among the names of a listing, -1 for none; a platform writes them in the same order each time."""
    at = min(place, _MOST_USUAL - 1)
    row = usual[at]
    if words[row, 0] == high and words[row, 1] == low:
        return int(row)
    found = _find_word(words, bounds, LISTING_WORDS, high, low)
    if found >= 0:
        usual[at] = found
    return int(found)


@inline
def _is_new(seen: NDArray[np.uint64], count: int, high: np.uint64, low: np.uint64) -> bool:
    """Notes a name; False when the object has it already, may have it, or has too many to tell."""
    if count >= _MOST_NAMES:
        return False
    for row in range(count):
        if seen[row, 0] == high and seen[row, 1] == low:
            return False
    seen[count, 0], seen[count, 1] = high, low
    return True


@inline
def _texts_end(
    body: NDArray[np.uint8],
    at: int,
    most: int,
    null_allowed: bool,
    seen: NDArray[np.uint64],
    entries: NDArray[np.int32],
    escaped: NDArray[np.bool_],
    first: int,
) -> tuple[int, int]:
    """Past an object of at most `most` texts, each with a name of its own, and how many; `at` is past its brace.

    They are noted from row `first` of `entries`, as long as there is room.
    """
    at = skip_space(body, at)
    if body[at] == CLOSE:
        return at + 1, 0
    count = 0
    while True:
        if count >= most or body[at] != QUOTE:
            return -1, 0
        name = at + 1
        at, high, low = read_word(body, name)
        if at < 0 or not _is_new(seen, count, high, low):
            return -1, 0
        name_end = at - 1
        at = value_start(body, at)
        if at < 0:
            return -1, 0
        start = at + 1
        if body[at] == QUOTE:
            at, has_escape = string_end(body, start)
            if at >= 0 and first + count < len(entries):
                row = entries[first + count]
                row[1], row[2], row[3], row[4] = name, name_end, start, at - 1
                escaped[first + count] = has_escape
        else:
            at = null_end(body, at) if body[at] == LETTER_N and null_allowed else -1
        if at < 0:
            return -1, 0
        count += 1
        at, closed = next_entry(body, at, CLOSE)
        if closed:
            return at, count


@inline
def _image_end(
    body: NDArray[np.uint8],
    at: int,
    words: NDArray[np.uint64],
    roles: NDArray[np.int64],
    bounds: NDArray[np.int64],
) -> int:
    """Past an object with names of an image only, at least one; `at` is past its brace."""
    at = skip_space(body, at)
    found = 0
    while True:
        if body[at] != QUOTE:
            return -1
        start = at + 1
        at, high, low = read_word(body, start)
        if at < 0 or at - start > PACKED_BYTES:
            return -1
        word = _find_word(words, bounds, IMAGE_WORDS, high, low)
        if word < 0 or found >> word & 1:
            return -1
        found |= 1 << word
        at = value_start(body, at)
        if at < 0:
            return -1
        if roles[word] == NUMBER:
            at = _quality_end(body, at)
        elif body[at] == QUOTE:
            at, _ = string_end(body, at + 1)
        else:
            return -1
        if at < 0:
            return -1
        at, closed = next_entry(body, at, CLOSE)
        if closed:
            return at


@inline
def _images_end(
    body: NDArray[np.uint8],
    at: int,
    most: int,
    words: NDArray[np.uint64],
    roles: NDArray[np.int64],
    bounds: NDArray[np.int64],
) -> int:
    """Past a list of at most `most` images; `at` is past its bracket."""
    at = skip_space(body, at)
    if body[at] == CLOSE_LIST:
        return at + 1
    count = 0
    while True:
        if count >= most or body[at] != OPEN:
            return -1
        count += 1
        at = _image_end(body, at + 1, words, roles, bounds)
        if at < 0:
            return -1
        at, closed = next_entry(body, at, CLOSE_LIST)
        if closed:
            return at


@inline
def _string_value_end(
    body: NDArray[np.uint8],
    at: int,
    role: int,
    limit: int,
    words: NDArray[np.uint64],
    bounds: NDArray[np.int64],
) -> tuple[int, bool]:
    """Past a listing's string that may stand under its name, and whether it has an escape; `at` is past its quote."""
    if role == PRICE:
        end = amount_end(body, at)
        return (end + 1 if end >= 0 and body[end] == QUOTE else -1), False
    if role == CHOICE:
        end, high, low = read_word(body, at)
        known = end >= 0 and end - at <= PACKED_BYTES and _find_word(words, bounds, limit, high, low) >= 0
        return (end if known else -1), False
    end, has_escape = string_end(body, at)
    if role == TEXT or role == OTHER or end < 0:
        return end, has_escape
    if role == TITLE or role == IDENTITY:
        short = role == TITLE or end - 1 - at <= limit
        return (end if short and shows(body, at, end - 1) else -1), has_escape
    return -1, False


@inline
def _listing_end(
    body: NDArray[np.uint8],
    at: int,
    words: NDArray[np.uint64],
    roles: NDArray[np.int64],
    limits: NDArray[np.int64],
    keeps: NDArray[np.int64],
    bounds: NDArray[np.int64],
    usual: NDArray[np.int64],
    seen: NDArray[np.uint64],
    nested: NDArray[np.uint64],
    span: NDArray[np.int32],
    has_escape: NDArray[np.bool_],
    entries: NDArray[np.int32],
    escaped: NDArray[np.bool_],
    first: int,
) -> tuple[int, int]:
    """The line feed after a line that is plainly a clean listing, and its attributes; -1 for one in doubt."""
    at = skip_space(body, at)
    if body[at] != OPEN:
        return -1, 0
    at = skip_space(body, at + 1)
    found, required, others, attributes, names = 0, 0, 0, 0, 0
    while True:
        if body[at] != QUOTE:
            return -1, 0
        start = at + 1
        at, high, low = read_word(body, start)
        if at < 0:
            return -1, 0
        word = -1
        if at - start <= PACKED_BYTES:
            word = _find_usual(words, bounds, usual, names, high, low)
        names += 1
        role, limit, kept = OTHER, 0, NOT_KEPT
        if word >= 0:
            role, limit, kept = int(roles[word]), int(limits[word]), int(keeps[word])
            if found >> word & 1:
                return -1, 0
            found |= 1 << word
            required += role <= IDENTITY
        else:
            if not _is_new(seen, others, high, low):
                return -1, 0
            others += 1
        at = value_start(body, at)
        if at < 0:
            return -1, 0
        value, byte = at, body[at]
        if byte == QUOTE:
            at, has = _string_value_end(body, at + 1, role, limit, words, bounds)
            if kept >= 0:
                span[kept, 0], span[kept, 1], has_escape[kept] = value + 1, at - 1, has
        elif byte == LETTER_N:
            at = null_end(body, at) if role > IDENTITY else -1
        elif role == ATTRIBUTES:
            at, attributes = (
                _texts_end(body, at + 1, limit, False, nested, entries, escaped, first) if byte == OPEN else (-1, 0)
            )
        elif role == SELLER:
            at, _ = (
                _texts_end(body, at + 1, limit, True, nested, entries[:0], escaped[:0], 0) if byte == OPEN else (-1, 0)
            )
            span[kept, 0], span[kept, 1] = value, at
        elif role == IMAGES:
            at = _images_end(body, at + 1, limit, words, roles, bounds) if byte == OPEN_LIST else -1
        elif role == PRICE:
            at = number_end(body, at)
        else:
            at = scalar_end(body, at) if role == OTHER else -1
        if at < 0:
            return -1, 0
        at, closed = next_entry(body, at, CLOSE)
        if closed:
            break
    if at < 0 or required < 3:
        return -1, 0
    at = skip_space(body, at)
    return (at if body[at] == NEWLINE else -1), attributes


@kernel
def read_lines(
    body: NDArray[np.uint8],
    longest: int,
    words: NDArray[np.uint64],
    roles: NDArray[np.int64],
    limits: NDArray[np.int64],
    keeps: NDArray[np.int64],
    bounds: NDArray[np.int64],
    ends: NDArray[np.int32],
    plain: NDArray[np.bool_],
    spans: NDArray[np.int32],
    has_escape: NDArray[np.bool_],
    entries: NDArray[np.int32],
    escaped: NDArray[np.bool_],
) -> tuple[int, int]:
    """Judges every line and notes where its texts stand.

    Returns how many lines there are and how many attributes the plain ones have; -1 and 0 when there are more lines
    than room: then all must be given anew.

    body: uint8[n], ends in a line feed and PADDING bytes. longest: bytes of a line that needs no look at the lengths
    of its texts. words: uint64[w, 2], as read_word packs them, roles, limits, keeps: int64[w]; a limit is the most
    bytes of an identity, the most entries of a list or an object, the group of a choice's values; keeps says which of
    the `spans` notes the value. bounds: int64[groups + 1] into words.

    Filled, one row a line: ends, its line feed; plain; spans: int32[lines, kept, 2] and has_escape: bool[lines, kept],
    zeros before: where a string stands without its quotes, or an object with its braces. entries: int32[a, ENTRY]
    and escaped: bool[a], one row an attribute, with room for one in six bytes, fewer there cannot be.
    """
    seen, nested = np.empty((_MOST_NAMES, 2), np.uint64), np.empty((_MOST_NAMES, 2), np.uint64)
    usual = np.full(_MOST_USUAL, np.int64(bounds[LISTING_WORDS]))
    at, line, count, last = 0, 0, 0, body.size - PADDING
    while at < last:
        if line == ends.size:
            return -1, 0
        end, attributes = _listing_end(
            body, at, words, roles, limits, keeps, bounds, usual, seen, nested, spans[line], has_escape[line],
            entries, escaped, count,
        )  # fmt: skip
        plain[line] = end >= 0 and end - at <= longest
        if plain[line]:
            for row in range(count, count + attributes):
                entries[row, 0] = line
            count += attributes
        else:
            end = at
            while body[end] != NEWLINE:
                end += 1
            spans[line], has_escape[line] = 0, False
        ends[line] = end
        at = end + 1
        line += 1
    return line, count
