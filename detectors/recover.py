"""A reader for JSON that is not quite JSON: gets what can be got out of one line, whatever it holds.

It exists so that a broken line cannot hide a listing. One pass over tokens found by one regular expression, an
explicit stack, no recursion, linear time: about 0.3 us per token, so 10 MB of brackets cost seconds, never hours,
and ordinary text costs next to nothing.

What it forgives: byte order marks, invalid UTF-8 and lone surrogates (U+FFFD each), raw control characters in
strings, NaN and Infinity (null), trailing and missing commas, names without quotes, nesting deeper than 32 levels
(dropped), a line cut short (what was there is kept), text before or after the object.

A name given twice: for ids, price and other single values the last one holds, as with orjson. Text is never
hidden that way: title, description, brand, category and attributes keep every different value, one per line in the
order given; lists are put one after the other. Several objects on one line are read as one object.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

MAX_DEPTH = 32
JOINER = "\n"
LAST_HOLDS = frozenset(
    [
        "platform",
        "listing_id",
        "url",
        "price",
        "currency",
        "condition",
        "lang",
        "state",
        "listed_at",
        "market",
        "ships_from",
    ]
)

_TOKEN = re.compile(
    r"""
    [\s,\x00]*+(?:
      (?P<text>"[^"\\]*+(?:\\.[^"\\]*+)*+(?P<end>"|\\?\Z))
    | (?P<open>[\[{])
    | (?P<close>[\]}])
    | (?P<colon>:)
    | (?P<bare>[^\s,"\[\]{}:\x00]++)
    | \Z)
    """,
    re.VERBOSE | re.DOTALL,
)
_SKIP = re.compile(
    r'[^"\[\]{}]*+(?:"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)|(?P<open>[\[{]++)|(?P<close>[\]}])|\Z)', re.DOTALL
)
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.?))", re.DOTALL)
_SIMPLE = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_WORDS: dict[str, Any] = {"true": True, "false": False, "null": None}
_NOT_NUMBERS = frozenset({"nan", "inf", "infinity", "none", "undefined"})
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(slots=True)
class Recovered:
    """`found` says whether there was an object at all; `warnings` names each kind of repair once."""

    value: dict[str, Any] = field(default_factory=dict)
    found: bool = False
    warnings: set[str] = field(default_factory=set)


def read_listing(line: bytes, *, exact_numbers: bool = False) -> Recovered:
    """Read one line as one JSON object, however broken. Never raises.

    Args:
        line: the bytes of the line.
        exact_numbers: give numbers as the text they were written in, for ids too large for a float.
    """
    warnings: set[str] = set()
    text = _decode(line, warnings)
    start = text.find("{")
    if start < 0 or text[:1] == "[":
        return Recovered(warnings=warnings)
    if start > 0:
        warnings.add("leading_garbage")
    reader = _Reader(text, start, exact_numbers, warnings)
    return Recovered(reader.read(), True, warnings)


def _decode(line: bytes, warnings: set[str]) -> str:
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        warnings.add("invalid_utf8")
        text = line.decode("utf-8", "replace")
    if text[:1] == "\ufeff":
        warnings.add("byte_order_mark")
    return text.lstrip("\ufeff\x00 \t\r\n")


class _Container:
    """An open object or list; `repeats` holds all values of names that came more than once."""

    __slots__ = ("items", "name", "names", "repeats")

    def __init__(self, *, is_object: bool) -> None:
        self.names: dict[str, Any] | None = {} if is_object else None
        self.items: list[Any] = []
        self.name: str | None = None
        self.repeats: dict[str, list[Any]] = {}

    def close(self, last_holds: frozenset[str]) -> Any:
        if self.names is None:
            return self.items
        for name, values in self.repeats.items():
            self.names[name] = values[-1] if name in last_holds else combine(values)
        return self.names


class _Reader:
    def __init__(self, text: str, position: int, exact_numbers: bool, warnings: set[str]) -> None:
        self.text = text
        self.position = position
        self.exact_numbers = exact_numbers
        self.warnings = warnings
        self.stack: list[_Container] = []
        self.open_objects = 0
        self.root = _Container(is_object=True)
        self.roots = 0

    def read(self) -> dict[str, Any]:
        text, length, scan = self.text, len(self.text), _TOKEN.match
        while self.position < length:
            token = scan(text, self.position)
            assert token is not None  # noqa: S101 - every character starts some token
            self.position = token.end()
            self._take(token)
        if self.stack:
            self.warnings.add("truncated")
        while self.stack:
            self._pop()
        value = self.root.close(LAST_HOLDS)
        assert isinstance(value, dict)  # noqa: S101
        return value

    def _take(self, token: re.Match[str]) -> None:
        kind = token.lastgroup if token.lastgroup != "end" else "text"
        if kind == "open":
            self._open(token["open"])
        elif kind == "close":
            self._close(token["close"])
        elif kind == "colon" or kind is None:
            return
        elif not self.stack:
            self.warnings.add("trailing_garbage")
        elif kind == "text":
            if token["end"] != '"':
                self.warnings.add("truncated")
            self._value(self._string(token["text"]), is_bare=False)
        else:
            self._bare(token["bare"])

    def _open(self, bracket: str) -> None:
        if len(self.stack) >= MAX_DEPTH:
            self._skip()
            self._value(None, is_bare=False)
            return
        if not self.stack:
            if bracket == "[":
                self.warnings.add("trailing_garbage")
            self.roots += 1
            if self.roots > 1:
                self.warnings.add("several_objects")
            self.stack.append(self.root)
            self.open_objects += 1
            return
        self.stack.append(_Container(is_object=bracket == "{"))
        self.open_objects += bracket == "{"

    def _skip(self) -> None:
        """Pass over a value that is too deep, its opening bracket already read."""
        self.warnings.add("too_deep")
        depth, length = 1, len(self.text)
        while depth and self.position < length:
            token = _SKIP.match(self.text, self.position)
            assert token is not None  # noqa: S101
            self.position = token.end()
            if token["open"]:
                depth += len(token["open"])
            elif token["close"]:
                depth -= 1
        if depth:
            self.warnings.add("truncated")

    def _close(self, bracket: str) -> None:
        """Close the nearest container of this kind, and what was left open in it; none open: ignore the bracket."""
        is_object = bracket == "}"
        wanted = self.open_objects if is_object else len(self.stack) - self.open_objects
        if not wanted:
            self.warnings.add("stray_bracket")
            return
        while True:
            closed = self._pop()
            if closed == is_object:
                return
            self.warnings.add("stray_bracket")

    def _pop(self) -> bool:
        container = self.stack.pop()
        is_object = container.names is not None
        self.open_objects -= is_object
        if is_object and container.name is not None:
            self._put(container, None)
        if container is not self.root:
            self._value(container.close(frozenset()), is_bare=False)
        return is_object

    def _bare(self, word: str) -> None:
        lowered = word.lower() if len(word) <= 12 else word
        if _NUMBER.fullmatch(word):
            self._value(self._number(word), is_bare=True)
        elif lowered in _WORDS:
            self._value(_WORDS[lowered], is_bare=True)
        elif lowered.lstrip("+-") in _NOT_NUMBERS:
            self.warnings.add("nan")
            self._value(None, is_bare=True)
        else:
            self.warnings.add("bare_word")
            self._value(word, is_bare=True)

    def _number(self, word: str) -> Any:
        if self.exact_numbers:
            return word
        if len(word) <= 18 and word.lstrip("-").isdecimal():
            return int(word)
        number = float(word) if len(word) <= 400 else float("inf")
        if number in (float("inf"), float("-inf")):
            self.warnings.add("huge_number")
            return word[:400]
        return number

    def _value(self, value: Any, *, is_bare: bool) -> None:
        container = self.stack[-1]
        if container.names is None:
            container.items.append(value)
        elif container.name is None:
            container.name = str(value) if is_bare or isinstance(value, str) else ""
        else:
            self._put(container, value)

    def _put(self, container: _Container, value: Any) -> None:
        name, names = container.name, container.names
        assert name is not None  # noqa: S101
        assert names is not None  # noqa: S101
        container.name = None
        if name in names:
            self.warnings.add("duplicate_key")
            container.repeats.setdefault(name, [names[name]]).append(value)
        else:
            names[name] = value

    def _string(self, quoted: str) -> str:
        text = quoted[1:-1] if len(quoted) > 1 and quoted[-1] == '"' else quoted[1:]
        if "\\" not in text:
            return text
        text = _ESCAPE.sub(_unescape, text)
        if _LONE_SURROGATE.search(text):
            text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
            if "\ufffd" in text:
                self.warnings.add("lone_surrogate")
        return text


def _unescape(match: re.Match[str]) -> str:
    code, character = match.groups()
    return chr(int(code, 16)) if code else _SIMPLE.get(character, character)


def combine(values: list[Any]) -> Any:
    """Values of one repeated name as one value that loses no text: null never hides, equal values count once."""
    present = [value for value in values if value is not None]
    if not present:
        return None
    if all(isinstance(value, dict) for value in present):
        return _merge(present)
    if all(isinstance(value, list) for value in present):
        return [item for value in present for item in value]
    if any(isinstance(value, dict | list) for value in present):
        return present
    texts = list(dict.fromkeys(str(value) for value in present))
    return present[-1] if len(texts) == 1 else JOINER.join(texts)


def _merge(objects: list[dict[str, Any]]) -> dict[str, Any]:
    """One object out of several; recursion is bounded by MAX_DEPTH, which the reader enforces."""
    gathered: Counter[str] = Counter()
    collected: dict[str, list[Any]] = {}
    for name, value in (pair for entry in objects for pair in entry.items()):
        gathered[name] += 1
        collected.setdefault(name, []).append(value)
    return {name: values[0] if gathered[name] == 1 else combine(values) for name, values in collected.items()}
