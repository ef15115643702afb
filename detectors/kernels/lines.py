"""Which lines of a page are not plainly a clean listing: one pass over the bytes, with no object touched.

Why bytes: asking the same of the decoded objects takes 2.0 to 2.5 times as long as `orjson.loads` line by line takes to
make them, and every dictionary has to be fetched into the processor again. This pass takes 0.4.

It reads JSON that orjson has accepted, so a token that begins well ends well; it only has to tell lines apart and
judge. In doubt a line is doubtful, and a slower reader looks at it. It may doubt a clean listing, never pass an
unclean one: what it passes is what detectors/plain.py would pass, its twin on decoded objects.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detectors.kernels.jit import inline, kernel

# What a name stands for, so what its value may be. A text that is required has one of the first two roles.
TITLE, IDENTITY, TEXT, PRICE, CHOICE, ATTRIBUTES, SELLER, IMAGES, NUMBER, OTHER = range(10)
# Groups of words: names of a listing, names of an image; then one for the values of each CHOICE.
LISTING_WORDS, IMAGE_WORDS = 0, 1

NOT_LINES = -1
PACKED_BYTES = 14  # a longer name is none that we know
_HALF = 7  # bytes that fit in one int64 beside its sign
_MASK = (1 << 56) - 1
_MOST_NAMES = 64  # unknown names, attributes or seller fields of one object that are compared with each other

_NEWLINE, _QUOTE, _COMMA, _POINT, _COLON = 0x0A, 0x22, 0x2C, 0x2E, 0x3A
_OPEN_LIST, _BACKSLASH, _CLOSE_LIST, _OPEN, _CLOSE = 0x5B, 0x5C, 0x5D, 0x7B, 0x7D
_ZERO, _ONE, _FOUR, _NINE, _N, _U = 0x30, 0x31, 0x34, 0x39, 0x6E, 0x75

_STOPS = np.zeros(256, np.bool_)  # bytes that end a run of a string's bytes
_STOPS[[_NEWLINE, _QUOTE, _BACKSLASH]] = True


@inline
def _skip_space(body: NDArray[np.uint8], at: int) -> int:
    while body[at] == 0x20 or body[at] == 0x09 or body[at] == 0x0D:
        at += 1
    return at


@inline
def _value_start(body: NDArray[np.uint8], at: int) -> int:
    """From the end of a name past its colon; -1 where there is none."""
    at = _skip_space(body, at)
    return _skip_space(body, at + 1) if body[at] == _COLON else -1


@inline
def _next_entry(body: NDArray[np.uint8], at: int, close: int) -> tuple[int, bool]:
    """From the end of a value to the next entry, or past the bracket, with whether it was that; -1 for neither."""
    at = _skip_space(body, at)
    if body[at] == close:
        return at + 1, True
    return (_skip_space(body, at + 1), False) if body[at] == _COMMA else (-1, True)


@inline
def _read_word(body: NDArray[np.uint8], at: int) -> tuple[int, int, int]:
    """Where the string ends (past its quote) and its bytes in two numbers: exact up to PACKED_BYTES, else a hash.

    -1 for one with an escape.
    """
    start, high, low = at, 0, 0
    byte = int(body[at])
    while byte != _QUOTE:
        if byte == _BACKSLASH or byte == _NEWLINE:
            return -1, 0, 0
        if at - start < _HALF:
            high = high << 8 | byte
        elif at - start < PACKED_BYTES:
            low = low << 8 | byte
        else:
            low = (low * 31 + byte) & _MASK
        at += 1
        byte = int(body[at])
    return at + 1, high, low


@inline
def _string_end(body: NDArray[np.uint8], at: int) -> int:
    """Past the closing quote; -1 for a string with an escaped control character, or that no quote closes."""
    while True:
        while not _STOPS[body[at]]:  # comparisons are three times as slow: the processor cannot guess their outcome
            at += 1
        if body[at] == _QUOTE:
            return at + 1
        if body[at] == _NEWLINE or body[at + 1] == _NEWLINE:
            return -1
        if body[at + 1] == _U and body[at + 2] == _ZERO and body[at + 3] == _ZERO and body[at + 4] <= _ONE:
            return -1
        at += 2


@inline
def _shows(body: NDArray[np.uint8], at: int, end: int) -> bool:
    """Whether the text surely has a character that is no white space. Ends at the first in nearly every text."""
    while at < end:
        byte = body[at]
        if byte == _BACKSLASH:
            code = body[at + 1] == _U and body[at + 2] >= _FOUR  # from U+4000 on there are no spaces
            return bool(code or body[at + 1] == _BACKSLASH or body[at + 1] == _QUOTE)
        if 0x20 < byte < 0x80 or 0xC2 < byte < 0xE1 or byte > 0xE3:
            return True
        # Spaces: U+0085, U+00A0; some of U+2000 to U+207F; U+3000.
        after = body[at + 1]
        if (byte == 0xC2 and after > 0xA0) or (byte == 0xE2 and after > 0x81) or (byte == 0xE3 and after > 0x80):
            return True
        at += 1
    return False


@inline
def _amount_end(body: NDArray[np.uint8], at: int) -> int:
    """Past an amount of at most 15 digits before and after the point; -1 for any other."""
    start = at
    while _ZERO <= body[at] <= _NINE:
        at += 1
    if at == start or at > start + 15:
        return -1
    if body[at] == _POINT:
        start = at + 1
        at = start
        while _ZERO <= body[at] <= _NINE:
            at += 1
        if at == start or at > start + 15:
            return -1
    return at


@inline
def _quality_end(body: NDArray[np.uint8], at: int) -> int:
    """Past a whole number from 0 to 100; -1 where that takes a closer look."""
    end = _amount_end(body, at)
    hundred = end - at == 3 and body[at] == _ONE and body[at + 1] == _ZERO and body[at + 2] == _ZERO
    return end if end - at <= 2 or hundred else -1


@inline
def _find_word(words: NDArray[np.int64], bounds: NDArray[np.int64], group: int, high: int, low: int) -> int:
    for row in range(bounds[group], bounds[group + 1]):
        if words[row, 0] == high and words[row, 1] == low:
            return row
    return -1


@inline
def _is_new(seen: NDArray[np.int64], count: int, high: int, low: int) -> bool:
    """Notes a name; False when the object has it already, may have it, or has too many to tell."""
    if count >= _MOST_NAMES:
        return False
    for row in range(count):
        if seen[row, 0] == high and seen[row, 1] == low:
            return False
    seen[count, 0], seen[count, 1] = high, low
    return True


@inline
def _texts_end(body: NDArray[np.uint8], at: int, most: int, null_allowed: bool, seen: NDArray[np.int64]) -> int:
    """Past an object of at most `most` texts, each with a name of its own; `at` is past its brace."""
    at = _skip_space(body, at)
    if body[at] == _CLOSE:
        return at + 1
    count = 0
    while True:
        if count >= most or body[at] != _QUOTE:
            return -1
        at, high, low = _read_word(body, at + 1)
        if at < 0 or not _is_new(seen, count, high, low):
            return -1
        count += 1
        at = _value_start(body, at)
        if at < 0:
            return -1
        if body[at] == _QUOTE:
            at = _string_end(body, at + 1)
            if at < 0:
                return -1
        elif body[at] == _N and null_allowed:
            at += 4
        else:
            return -1
        at, closed = _next_entry(body, at, _CLOSE)
        if closed:
            return at


@inline
def _image_end(
    body: NDArray[np.uint8],
    at: int,
    words: NDArray[np.int64],
    roles: NDArray[np.int64],
    bounds: NDArray[np.int64],
) -> int:
    """Past an object with names of an image only, at least one; `at` is past its brace."""
    at = _skip_space(body, at)
    found = 0
    while True:
        if body[at] != _QUOTE:
            return -1
        start = at + 1
        at, high, low = _read_word(body, start)
        if at < 0 or at - start > PACKED_BYTES:
            return -1
        word = _find_word(words, bounds, IMAGE_WORDS, high, low)
        if word < 0 or found >> word & 1:
            return -1
        found |= 1 << word
        at = _value_start(body, at)
        if at < 0:
            return -1
        if roles[word] == NUMBER:
            at = _quality_end(body, at)
        elif body[at] == _QUOTE:
            at = _string_end(body, at + 1)
        else:
            return -1
        if at < 0:
            return -1
        at, closed = _next_entry(body, at, _CLOSE)
        if closed:
            return at


@inline
def _images_end(
    body: NDArray[np.uint8],
    at: int,
    most: int,
    words: NDArray[np.int64],
    roles: NDArray[np.int64],
    bounds: NDArray[np.int64],
) -> int:
    """Past a list of at most `most` images; `at` is past its bracket."""
    at = _skip_space(body, at)
    if body[at] == _CLOSE_LIST:
        return at + 1
    count = 0
    while True:
        if count >= most or body[at] != _OPEN:
            return -1
        count += 1
        at = _image_end(body, at + 1, words, roles, bounds)
        if at < 0:
            return -1
        at, closed = _next_entry(body, at, _CLOSE_LIST)
        if closed:
            return at


@inline
def _string_value_end(
    body: NDArray[np.uint8],
    at: int,
    role: int,
    limit: int,
    words: NDArray[np.int64],
    bounds: NDArray[np.int64],
) -> int:
    """Past a listing's string that may stand under its name; `at` is past its quote."""
    if role == PRICE:
        end = _amount_end(body, at)
        return end + 1 if end >= 0 and body[end] == _QUOTE else -1
    if role == CHOICE:
        end, high, low = _read_word(body, at)
        known = end >= 0 and end - at <= PACKED_BYTES and _find_word(words, bounds, limit, high, low) >= 0
        return end if known else -1
    end = _string_end(body, at)
    if role == TEXT or role == OTHER or end < 0:
        return end
    if role == TITLE or role == IDENTITY:
        short = role == TITLE or end - 1 - at <= limit
        return end if short and _shows(body, at, end - 1) else -1
    return -1


@inline
def _listing_end(
    body: NDArray[np.uint8],
    at: int,
    words: NDArray[np.int64],
    roles: NDArray[np.int64],
    limits: NDArray[np.int64],
    bounds: NDArray[np.int64],
    seen: NDArray[np.int64],
    nested: NDArray[np.int64],
) -> int:
    """The line feed after a line that is plainly a clean listing; -1 for one in doubt."""
    at = _skip_space(body, at)
    if body[at] != _OPEN:
        return -1
    at = _skip_space(body, at + 1)
    found, required, others = 0, 0, 0
    while True:
        if body[at] != _QUOTE:
            return -1
        start = at + 1
        at, high, low = _read_word(body, start)
        if at < 0:
            return -1
        word = _find_word(words, bounds, LISTING_WORDS, high, low) if at - start <= PACKED_BYTES else -1
        role, limit = OTHER, 0
        if word >= 0:
            role, limit = int(roles[word]), int(limits[word])
            if found >> word & 1:
                return -1
            found |= 1 << word
            required += role <= IDENTITY
        else:
            if not _is_new(seen, others, high, low):
                return -1
            others += 1
        at = _value_start(body, at)
        if at < 0:
            return -1
        byte = body[at]
        if byte == _QUOTE:
            at = _string_value_end(body, at + 1, role, limit, words, bounds)
        elif byte == _N:
            at = at + 4 if role > IDENTITY else -1
        elif role == ATTRIBUTES or role == SELLER:
            at = _texts_end(body, at + 1, limit, role == SELLER, nested) if byte == _OPEN else -1
        elif role == IMAGES:
            at = _images_end(body, at + 1, limit, words, roles, bounds) if byte == _OPEN_LIST else -1
        elif role == PRICE:
            at = _amount_end(body, at)
        elif role == OTHER and byte != _OPEN and byte != _OPEN_LIST:
            while body[at] != _COMMA and body[at] != _CLOSE and body[at] > 0x20:  # a number or a truth value
                at += 1
        else:
            return -1
        if at < 0:
            return -1
        at, closed = _next_entry(body, at, _CLOSE)
        if closed:
            break
    if at < 0 or required < 3:
        return -1
    at = _skip_space(body, at)
    return at if body[at] == _NEWLINE else -1


@inline
def _object_end(body: NDArray[np.uint8], at: int) -> int:
    """The line feed after a line that is one whole object, whatever it holds; -1 for any other."""
    at = _skip_space(body, at)
    if body[at] != _OPEN:
        return -1
    depth, quoted = 0, False
    while True:
        byte = body[at]
        if byte == _NEWLINE:
            return -1
        if quoted:
            if byte == _BACKSLASH and body[at + 1] != _NEWLINE:
                at += 1
            elif byte == _QUOTE:
                quoted = False
        elif byte == _QUOTE:
            quoted = True
        elif byte == _OPEN or byte == _OPEN_LIST:
            depth += 1
        elif byte == _CLOSE or byte == _CLOSE_LIST:
            depth -= 1
            if depth == 0:
                break
        at += 1
    at = _skip_space(body, at + 1)
    return at if body[at] == _NEWLINE else -1


@kernel
def find_doubtful(
    body: NDArray[np.uint8],
    longest: int,
    words: NDArray[np.int64],
    roles: NDArray[np.int64],
    limits: NDArray[np.int64],
    bounds: NDArray[np.int64],
    doubtful: NDArray[np.int32],
) -> int:
    """Fills `doubtful`, int32[lines], with the numbers from 0 of the lines in doubt and returns how many they are.

    NOT_LINES when some line is not one whole object, or there are more lines or fewer than `doubtful` has room for.

    body: uint8[n], ends in a line feed; with commas for line feeds and brackets around it, it is valid JSON.
    longest: bytes of a line that needs no look at the lengths of its texts.
    words: int64[w, 2], as _read_word packs them, roles, limits: int64[w]; a limit is the most bytes of an identity,
    the most entries of a list or an object, the group of a choice's values. bounds: int64[groups + 1] into words.
    """
    seen, nested = np.empty((_MOST_NAMES, 2), np.int64), np.empty((_MOST_NAMES, 2), np.int64)
    at, line, count = 0, 0, 0
    while at < body.size:
        if line == doubtful.size:
            return NOT_LINES
        end = _listing_end(body, at, words, roles, limits, bounds, seen, nested)
        if end < 0 or end - at > longest:
            end = _object_end(body, at)
            if end < 0:
                return NOT_LINES
            doubtful[count] = line
            count += 1
        at = end + 1
        line += 1
    return count if line == doubtful.size else NOT_LINES
