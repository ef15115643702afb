"""The goods lexicon's file, detectors/data/goods.toml, read and checked. What it says, not yet in a form to search."""

from __future__ import annotations

import hashlib
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from detectors.errors import RightswatchError
from detectors.goods.classes import LAST_CLASS, class_bits

# What else a word may say, as bits above the classes.
ACCESSORY = 1 << 48  # the goods are made to go with others
SECOND_HAND = 1 << 49
MADE_TO_FIT = 1 << 50
THING_FIRST = 1 << 51  # a language that names the thing before what sort it is of
TURN = 1 << 52  # what follows is not what is offered
AMBIGUOUS = 1 << 53  # as often no goods at all
COVER = 1 << 54  # goods around a thing of a given shape

_FLAG_TABLES = {
    "accessories": ACCESSORY,
    "second_hand": SECOND_HAND,
    "made_to_fit": MADE_TO_FIT,
    "turns": TURN,
    "ambiguous": AMBIGUOUS,
    "covers": COVER,
    "no_goods": 0,
}
KEPT = 4  # versions held ready: the shipped one, the one in force and the one before it
MAX_TERM = 60  # characters; a pattern has at most 64 symbols
_OTHER_TABLES = ("version", "class", "attributes", "related", "reaches", "describes", "no_parts", "limits")
_LANGUAGES = ("en", "zh", "ja", "ko", "de", "romance", "eu")


class GoodsError(RightswatchError):
    """A goods file that does not say what it must."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GoodsSource:
    """What the file says. meanings: a spelling -> its class bits and flags. near: for each class, the bits of all
    classes related to it, its own included. describes: a word as `plain` gives it -> classes whose goods it describes.
    """

    version: str
    meanings: Mapping[str, int]
    near: tuple[int, ...]
    describes: Mapping[str, int]
    kind_attributes: frozenset[str]
    condition_attributes: frozenset[str]
    no_parts: int
    resale_price_share: float


@cache
def goods_source() -> GoodsSource:
    """The file that ships with this version."""
    return read_goods_source((files("detectors") / "data/goods.toml").read_bytes())


@lru_cache(maxsize=KEPT)
def read_goods_source(content: bytes) -> GoodsSource:
    """Reads the file; one content gives one object, so that what is compiled from it can be kept too.

    Raises:
        GoodsError: it is not TOML, or a table or value is unknown, missing or out of range; names the place.
    """
    try:
        tables = tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise GoodsError(f"goods.toml: {error}") from error
    for table in tables:
        if table not in _FLAG_TABLES and table not in _OTHER_TABLES:
            raise GoodsError(f"goods.toml [{table}]: unknown table")
    attributes = _table(tables, "attributes")
    share = _table(tables, "limits").get("resale_price_share")
    if not isinstance(share, float) or not 0 <= share <= 1:
        raise GoodsError("goods.toml [limits] resale_price_share: must be a number between 0 and 1")
    return GoodsSource(
        version=f"{tables.get('version', 'unversioned')}+{hashlib.sha256(content).hexdigest()[:12]}",
        meanings=_meanings(tables),
        near=_near(_table(tables, "related"), tables.get("reaches", {})),
        describes={plain(word): _classes("describes", word, of) for word, of in _table(tables, "describes").items()},
        kind_attributes=_names(attributes, "kind"),
        condition_attributes=_names(attributes, "condition"),
        no_parts=_classes("no_parts", "classes", _table(tables, "no_parts").get("classes")),
        resale_price_share=share,
    )


def plain(text: str) -> str:
    """A word without case, width and accents: what two spellings of one word share."""
    if text.isascii():
        return text.strip().casefold()
    decomposed = unicodedata.normalize("NFKD", text.strip().casefold())
    if not decomposed.isalpha():  # letters alone have no accents beside them
        decomposed = "".join([char for char in decomposed if not unicodedata.combining(char)])
    return unicodedata.normalize("NFC", decomposed)


def _meanings(tables: Mapping[str, Any]) -> dict[str, int]:
    """Each spelling and all that its word means. Kana keep their voicing marks, which are no accents."""
    meanings: dict[str, int] = {}
    for text, meaning in _entries(tables):
        key = text.casefold() if any(ord(char) >= 0x2E80 for char in text) else plain(text)
        meanings[key] = meanings.get(key, 0) | meaning
    return meanings


def _entries(tables: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    for number, languages in _table(tables, "class").items():
        if not isinstance(languages, Mapping):
            raise GoodsError(f"goods.toml [class] {number}: must be a table")
        if not number.isdecimal() or not 1 <= int(number) <= LAST_CLASS:
            raise GoodsError(f"goods.toml [class.{number}]: is no class, give 1 to {LAST_CLASS}")
        terms = {name: of for name, of in languages.items() if name != "heading"}
        yield from _spelled(f"class.{number}", terms, 1 << int(number))
    for table, flag in _FLAG_TABLES.items():
        if table == "covers" and table not in tables:
            continue  # a rule pack written before there was this table
        yield from _spelled(table, _table(tables, table), flag)


def _spelled(table: str, languages: Mapping[str, Any], meaning: int) -> Iterator[tuple[str, int]]:
    for language, terms in languages.items():
        if language not in _LANGUAGES:
            raise GoodsError(f"goods.toml [{table}] {language}: unknown language, known are {', '.join(_LANGUAGES)}")
        if not isinstance(terms, list):
            raise GoodsError(f"goods.toml [{table}] {language}: must be a list of texts")
        for number, term in enumerate(terms, 1):
            if not isinstance(term, str) or not 0 < len(term.strip()) <= MAX_TERM:
                place = f"goods.toml [{table}] {language} entry {number}"
                raise GoodsError(f"{place}: must be a text of 1 to {MAX_TERM} characters")
        first = THING_FIRST if language == "romance" and meaning & class_bits(range(LAST_CLASS + 1)) else 0
        for term in terms:
            for spelling in _forms(term, language):
                yield spelling, meaning | first


def _forms(term: str, language: str) -> tuple[str, ...]:
    """A term and its plural, where the language makes it by rule."""
    if language == "en" and not term.endswith("s"):
        if term.endswith(("x", "z", "ch", "sh")):
            return term, f"{term}es"
        if term.endswith("y") and term[-2:-1] not in "aeiou":
            return term, f"{term[:-1]}ies"
        return term, f"{term}s"
    if language == "romance" and " " not in term and not term.endswith(("s", "x")):
        return term, f"{term}s"
    return (term,)


def _table(tables: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    table = tables.get(name)
    if not isinstance(table, Mapping):
        raise GoodsError(f"goods.toml [{name}]: is missing")
    return table


def _classes(table: str, name: str, numbers: Any) -> int:
    is_list = isinstance(numbers, list) and numbers and all(type(number) is int for number in numbers)
    if not is_list or not all(1 <= number <= LAST_CLASS for number in numbers):
        raise GoodsError(f"goods.toml [{table}] {name}: must be a list of classes, 1 to {LAST_CLASS}")
    return class_bits(numbers)


def _near(markets: Mapping[str, Any], reaches: Mapping[str, Any]) -> tuple[int, ...]:
    """For each class of a mark the classes of goods near it; `reaches` holds one way only."""
    near = [1 << number for number in range(LAST_CLASS + 1)]
    for market, numbers in markets.items():
        bits = _classes("related", market, numbers)
        for number in numbers:
            near[number] |= bits
    for name, reach in reaches.items():
        if not isinstance(reach, Mapping) or set(reach) != {"marks", "goods"}:
            raise GoodsError(f"goods.toml [reaches] {name}: write {{ marks = [classes], goods = [classes] }}")
        goods = _classes("reaches", f"{name}.goods", reach["goods"])
        _classes("reaches", f"{name}.marks", reach["marks"])
        for number in reach["marks"]:
            near[number] |= goods
    return tuple(near)


def _names(attributes: Mapping[str, Any], name: str) -> frozenset[str]:
    names = attributes.get(name)
    if not isinstance(names, list) or not all(isinstance(one, str) for one in names):
        raise GoodsError(f"goods.toml [attributes] {name}: must be a list of texts")
    return frozenset(one.casefold() for one in names)
