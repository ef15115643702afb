"""Tokens of JSON in a page's bytes, each judged as strictly as orjson does: past its end, or -1 where it is in doubt.

Every function may be called on any bytes that have a line feed and PADDING more behind it: none goes past the line
feed, though vectors and words are read beyond it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detectors.kernels.jit import inline
from detectors.kernels.strings_simd import LANES, WORD_BYTES, plain_run, word_at

NEWLINE, QUOTE, COMMA, POINT, COLON, MINUS, PLUS = 0x0A, 0x22, 0x2C, 0x2E, 0x3A, 0x2D, 0x2B
OPEN_LIST, BACKSLASH, CLOSE_LIST, OPEN, CLOSE = 0x5B, 0x5C, 0x5D, 0x7B, 0x7D
LETTER_E, LETTER_F, LETTER_N, LETTER_T = 0x65, 0x66, 0x6E, 0x74
_ZERO, _NINE, _FOUR, _U, _SPACE = 0x30, 0x39, 0x34, 0x75, 0x20

PADDING = LANES
PACKED_BYTES = 2 * WORD_BYTES  # a longer name is none that we know
_MIX = np.uint64(0x9E3779B97F4A7C15)  # Fibonacci hashing: odd, near 2**64 / golden ratio
# By the bytes that are left of a word, in the order of this processor.
_MASKS = np.array(
    [np.frombuffer((b"\xff" * left).ljust(WORD_BYTES, b"\0"), np.uint64)[0] for left in range(WORD_BYTES + 1)]
)

# What begins with a byte above ASCII: a character of so many bytes, or none.
_TWO, _THREE, _FOUR_BYTES = 2, 3, 4
_CLASSES = np.zeros(256, np.uint8)
_CLASSES[0xC2:0xE0], _CLASSES[0xE0:0xF0], _CLASSES[0xF0:0xF5] = _TWO, _THREE, _FOUR_BYTES
_ESCAPES = np.zeros(256, np.bool_)
_ESCAPES[list(b'"\\/bfnrt')] = True


@inline
def skip_space(body: NDArray[np.uint8], at: int) -> int:
    while body[at] == _SPACE or body[at] == 0x09 or body[at] == 0x0D:
        at += 1
    return at


@inline
def value_start(body: NDArray[np.uint8], at: int) -> int:
    """From the end of a name past its colon; -1 where there is none."""
    at = skip_space(body, at)
    return skip_space(body, at + 1) if body[at] == COLON else -1


@inline
def next_entry(body: NDArray[np.uint8], at: int, close: int) -> tuple[int, bool]:
    """From the end of a value to the next entry, or past the bracket, with whether it was that; -1 for neither."""
    at = skip_space(body, at)
    if body[at] == close:
        return at + 1, True
    return (skip_space(body, at + 1), False) if body[at] == COMMA else (-1, True)


@inline
def _continues(byte: int) -> bool:
    return byte & 0xC0 == 0x80


@inline
def _character_size(body: NDArray[np.uint8], at: int) -> int:
    """Bytes of the character that is not ASCII; 0 for one that UTF-8 does not know: overlong, a surrogate, too high."""
    kind, first, second = int(_CLASSES[body[at]]), int(body[at]), int(body[at + 1])
    if kind < _TWO or not _continues(second):
        return 0
    if kind == _TWO:
        return 2
    if (first == 0xE0 and second < 0xA0) or (first == 0xED and second > 0x9F) or not _continues(int(body[at + 2])):
        return 0
    if kind == _THREE:
        return 3
    if (first == 0xF0 and second < 0x90) or (first == 0xF4 and second > 0x8F) or not _continues(int(body[at + 3])):
        return 0
    return 4


@inline
def _hex_value(body: NDArray[np.uint8], at: int) -> int:
    """The number that four hexadecimal digits stand for; -1 for anything else."""
    value = 0
    for place in range(at, at + 4):
        byte = int(body[place])
        letter = byte | _SPACE  # a to f, whatever the case
        if _ZERO <= byte <= _NINE:
            value = value << 4 | (byte - _ZERO)
        elif 0x61 <= letter <= LETTER_F:
            value = value << 4 | (letter - 0x61 + 10)
        else:
            return -1
    return value


@inline
def _escape_size(body: NDArray[np.uint8], at: int) -> int:
    """Bytes of the escape that begins here; 0 for an unknown one, a control character, half of a surrogate pair."""
    if _ESCAPES[body[at + 1]]:
        return 2
    if body[at + 1] != _U:
        return 0
    value = _hex_value(body, at + 2)
    if value < _SPACE:
        return 0
    if value & 0xF800 != 0xD800:
        return 6
    if value >= 0xDC00 or body[at + 6] != BACKSLASH or body[at + 7] != _U:
        return 0
    return 12 if _hex_value(body, at + 8) & 0xFC00 == 0xDC00 else 0


@inline
def string_end(body: NDArray[np.uint8], at: int) -> tuple[int, bool]:
    """Past the closing quote, and whether there was an escape; -1 for a string in doubt."""
    escaped = False
    while True:
        run = plain_run(body, at)
        while run == LANES:
            at += run
            run = plain_run(body, at)
        at += run
        while body[at] >= 0x80:  # where there is one character of these, there are more
            size = _character_size(body, at)
            if size == 0:
                return -1, escaped
            at += size
        if body[at] == QUOTE:
            return at + 1, escaped
        if body[at] < _SPACE:
            return -1, escaped
        if body[at] == BACKSLASH:
            escaped = True
            size = _escape_size(body, at)
            if size == 0:
                return -1, escaped
            at += size


@inline
def _first_bytes(word: np.uint64, size: int) -> np.uint64:
    """What `word_at` reads where `size` bytes are left, as if zeros stood behind them."""
    return np.uint64(word & _MASKS[min(max(size, 0), WORD_BYTES)])


@inline
def read_word(body: NDArray[np.uint8], at: int) -> tuple[int, np.uint64, np.uint64]:
    """Where the string ends (past its quote) and its bytes in two numbers: exact up to PACKED_BYTES, else a hash.

    -1 for one with an escape or otherwise in doubt.
    """
    end, escaped = string_end(body, at)
    if end < 0 or escaped:
        return -1, np.uint64(0), np.uint64(0)
    size = end - 1 - at
    high, low = _first_bytes(word_at(body, at), size), _first_bytes(word_at(body, at + WORD_BYTES), size - WORD_BYTES)
    for more in range(PACKED_BYTES, size, WORD_BYTES):
        low = (low ^ _first_bytes(word_at(body, at + more), size - more)) * _MIX
    return end, high, low


@inline
def shows(body: NDArray[np.uint8], at: int, end: int) -> bool:
    """Whether the text surely has a character that is no white space. Ends at the first in nearly every text."""
    while at < end:
        byte = body[at]
        if byte == BACKSLASH:
            code = body[at + 1] == _U and body[at + 2] >= _FOUR  # from U+4000 on there are no spaces
            return bool(code or body[at + 1] == BACKSLASH or body[at + 1] == QUOTE)
        if 0x20 < byte < 0x80 or 0xC2 < byte < 0xE1 or byte > 0xE3:
            return True
        # Spaces: U+0085, U+00A0; some of U+2000 to U+207F; U+3000.
        after = body[at + 1]
        if (byte == 0xC2 and after > 0xA0) or (byte == 0xE2 and after > 0x81) or (byte == 0xE3 and after > 0x80):
            return True
        at += 1
    return False


@inline
def _digits_end(body: NDArray[np.uint8], at: int) -> int:
    """Past one to fifteen digits; -1 for none, or more."""
    start = at
    while _ZERO <= body[at] <= _NINE:
        at += 1
    return at if start < at <= start + 15 else -1


@inline
def amount_end(body: NDArray[np.uint8], at: int) -> int:
    """Past an amount of at most 15 digits before and after the point; -1 for any other."""
    at = _digits_end(body, at)
    return _digits_end(body, at + 1) if at >= 0 and body[at] == POINT else at


@inline
def number_end(body: NDArray[np.uint8], at: int) -> int:
    """Past such an amount as JSON writes it: no zero before other digits."""
    is_padded = body[at] == _ZERO and _ZERO <= body[at + 1] <= _NINE
    return -1 if is_padded else amount_end(body, at)


@inline
def _tail_end(body: NDArray[np.uint8], at: int, second: int, third: int, fourth: int) -> int:
    return at + 4 if body[at + 1] == second and body[at + 2] == third and body[at + 3] == fourth else -1


@inline
def null_end(body: NDArray[np.uint8], at: int) -> int:
    """Past `null`, which begins here if anything does; -1 for another word."""
    return _tail_end(body, at, 0x75, 0x6C, 0x6C)


@inline
def scalar_end(body: NDArray[np.uint8], at: int) -> int:
    """Past a truth value or a number of ordinary size; -1 for any other."""
    if body[at] == LETTER_T:
        return _tail_end(body, at, 0x72, 0x75, 0x65)
    if body[at] == LETTER_F:
        end = _tail_end(body, at, 0x61, 0x6C, 0x73)
        return end + 1 if end >= 0 and body[end] == LETTER_E else -1
    at = number_end(body, at + 1 if body[at] == MINUS else at)
    if at < 0 or body[at] | _SPACE != LETTER_E:
        return at
    at += 2 if body[at + 1] == MINUS or body[at + 1] == PLUS else 1
    end = _digits_end(body, at)
    return end if end - at <= 2 else -1
