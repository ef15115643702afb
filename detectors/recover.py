"""A reader for JSON that is not quite JSON: gets what can be got out of one line, whatever it holds.

It exists so that a broken line cannot hide a listing. One pass over tokens found by one regular expression, an
explicit stack, no recursion, linear time: about 1 us per token, so 10 MB of nothing but brackets cost some ten
seconds and 10 MB of ordinary text a tenth of one.

What it forgives: a byte order mark, invalid UTF-8 and lone surrogates (U+FFFD each), raw control characters and
quotes inside strings, NaN and Infinity (null), commas too many or too few, names without quotes, nesting deeper
than 32 levels (dropped), a line cut short (what was there is kept), text before or after the object.

A name given twice: for ids, price and other single values the last one that is not null holds, as with orjson.
Text is never hidden that way: title, description, brand, category, seller and attributes keep every different
value, one per line in the order given; lists are put one after the other. Several objects on one line are read as
one object.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

MAX_DEPTH = 32
JOINER = "\n"
LAST_HOLDS = frozenset(
    {"platform", "listing_id", "url", "price", "currency", "condition", "lang", "state", "listed_at", "market"}
    | {"ships_from"}
)

# A quote ends a string only where JSON could go on after it; any other is taken as part of the text. (?!), which never
# matches, is for Python before 3.11.5: there a possessive group ends where its last attempt had got to when it failed,
# and so took the quote along; the attempt at (?!) gets nowhere (CPython's gh-106052).
_STRING = r'"[^"\\]*+(?:(?:\\.|"(?!\s*+(?:[,:}\]]|\Z))|(?!))[^"\\]*+)*+(?:"|\\?\Z)'
_TOKEN = re.compile(rf'[\s,\0]*+(?:({_STRING})|([\[{{])|([\]}}])|:|([^\s,"\[\]{{}}:\0]++)|\Z)', re.DOTALL)
_SKIP = re.compile(rf'[^"\[\]{{}}]*+(?:{_STRING}|([\[{{]++)|([\]}}])|\Z)', re.DOTALL)
_TEXT, _OPEN, _CLOSE, _BARE = 1, 2, 3, 4
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.?))", re.DOTALL)
_SIMPLE = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_WORDS: dict[str, Any] = {"true": True, "false": False, "null": None}
_NOT_NUMBERS = frozenset({"nan", "inf", "infinity", "none", "undefined"})
_NO_NAMES: dict[str, Any] = {}  # what lists share, so that opening one costs less; never written to
_SURROGATE = re.compile("[\ud800-\udfff]")


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
    reader = _Reader(text, exact_numbers, warnings)
    return Recovered(reader.read(start), True, warnings)


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
    """An open object (`names`) or list (`items`); `repeats` holds all values of a name that came more than once."""

    __slots__ = ("items", "name", "names", "repeats")

    def __init__(self, *, is_object: bool) -> None:
        self.names: dict[str, Any] = {} if is_object else _NO_NAMES
        self.items: list[Any] | None = None if is_object else []
        self.name: str | None = None
        self.repeats: dict[str, list[Any]] | None = None

    def add(self, value: Any) -> None:
        """Take a list's next item, or an object's next name or the value for it."""
        if self.items is not None:
            self.items.append(value)
        elif self.name is None:
            self.name = value if isinstance(value, str) else ""
        elif self.name in self.names:
            if self.repeats is None:
                self.repeats = {}
            self.repeats.setdefault(self.name, [self.names[self.name]]).append(value)
            self.name = None
        else:
            self.names[self.name] = value
            self.name = None

    def close(self, last_holds: frozenset[str] = frozenset()) -> Any:
        if self.items is not None:
            return self.items
        if self.name is not None:
            self.add(None)
        for name, values in (self.repeats or {}).items():
            self.names[name] = _last(values) if name in last_holds else _combine(values)
        return self.names


class _Reader:
    def __init__(self, text: str, exact_numbers: bool, warnings: set[str]) -> None:
        self.text = text
        self.exact_numbers = exact_numbers
        self.warnings = warnings
        self.root = _Container(is_object=True)
        self.stack: list[_Container] = []
        self.open_objects = 0

    def read(self, position: int) -> dict[str, Any]:
        text, length, match, stack = self.text, len(self.text), _TOKEN.match, self.stack
        while position < length:
            token = match(text, position)
            if token is None:  # no character fails to start a token; go on all the same
                position += 1
                continue
            position, kind = token.end(), token.lastindex
            if kind == _OPEN and len(stack) >= MAX_DEPTH:
                position = self._skip(position)
                stack[-1].add(None)
            elif kind == _OPEN:
                self._open(is_object=token[_OPEN] == "{")
            elif not stack:
                if kind is not None:
                    self.warnings.add("trailing_garbage")
                if kind == _TEXT:  # closed too early, perhaps: a name of the object may be what follows
                    self._open(is_object=True)
                    self.root.add(self._string(token[_TEXT]))
            elif kind == _TEXT:
                stack[-1].add(self._string(token[_TEXT]))
            elif kind == _BARE:
                self._bare(token[_BARE])
            elif kind == _CLOSE:
                self._close(token[_CLOSE] == "}")
        if stack:
            self.warnings.add("truncated")
        while stack:
            self._pop()
        value: dict[str, Any] = self.root.close(LAST_HOLDS)
        return value

    def _open(self, *, is_object: bool) -> None:
        if self.stack:
            self.stack.append(_Container(is_object=is_object))
        else:  # any further object on the line goes into the same one
            if self.root.names or not is_object:
                self.warnings.add("several_objects")
            is_object = True
            self.stack.append(self.root)
        self.open_objects += is_object

    def _skip(self, position: int) -> int:
        """The position after a value that is too deep, whose opening bracket has been read."""
        self.warnings.add("too_deep")
        text, length, depth = self.text, len(self.text), 1
        while depth and position < length:
            token = _SKIP.match(text, position)
            if token is None:
                break
            position = token.end()
            if token.lastindex == 1:
                depth += len(token[1])
            elif token.lastindex == 2:
                depth -= 1
        return position

    def _close(self, is_object: bool) -> None:
        """Close the nearest container of this kind, and what was left open in it; none open: pass over the bracket."""
        still_open = self.open_objects if is_object else len(self.stack) - self.open_objects
        if not still_open:
            self.warnings.add("stray_bracket")
            return
        while self._pop() != is_object:
            self.warnings.add("stray_bracket")

    def _pop(self) -> bool:
        container = self.stack.pop()
        is_object = container.items is None
        self.open_objects -= is_object
        if container.repeats:
            self.warnings.add("duplicate_key")
        if self.stack:
            self.stack[-1].add(container.close())
        elif container.name is not None:
            container.add(None)
        return is_object

    def _bare(self, word: str) -> None:
        container = self.stack[-1]
        if container.items is None and container.name is None:
            self.warnings.add("bare_word")
            container.add(word)
        elif _NUMBER.fullmatch(word):
            container.add(self._number(word))
        elif word.lower() in _WORDS:
            container.add(_WORDS[word.lower()])
        elif word.lower().lstrip("+-") in _NOT_NUMBERS:
            self.warnings.add("nan")
            container.add(None)
        else:
            self.warnings.add("bare_word")
            container.add(word)

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

    def _string(self, quoted: str) -> str:
        closed = len(quoted) > 1 and quoted[-1] == '"'
        text = quoted[1:-1] if closed else quoted[1:]
        if "\\" not in text:
            return text
        text = _ESCAPE.sub(_unescape, text)
        if _SURROGATE.search(text):
            before = text.count("\ufffd")
            text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
            if text.count("\ufffd") > before:
                self.warnings.add("lone_surrogate")
        return text


def _unescape(match: re.Match[str]) -> str:
    code, character = match.groups()
    return chr(int(code, 16)) if code else _SIMPLE.get(character, character)


def _last(values: list[Any]) -> Any:
    return next((value for value in reversed(values) if value is not None), None)


def _combine(values: list[Any]) -> Any:
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
    """One object out of several. It calls itself at most MAX_DEPTH deep, since the reader goes no deeper."""
    collected: dict[str, list[Any]] = {}
    for entry in objects:
        for name, value in entry.items():
            collected.setdefault(name, []).append(value)
    return {name: values[0] if len(values) == 1 else _combine(values) for name, values in collected.items()}
