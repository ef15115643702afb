"""The tables of a rule pack's files, each checked: a refusal names the file, the table and the entry."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from detectors.errors import RightswatchError
from detectors.kernels import codes

WORDING_KINDS = {
    "counterfeit_strong": codes.COUNTERFEIT_STRONG,
    "counterfeit_weak": codes.COUNTERFEIT_WEAK,
    "counterfeit_beside": codes.COUNTERFEIT_BESIDE,
    "off_platform_contact": codes.OFF_PLATFORM_CONTACT,
    "negation": codes.NEGATION,
    "negation_after": codes.NEGATION_AFTER,
    "no_negation": codes.INNOCENT,
    "innocent": codes.INNOCENT,
    "compatible_before": codes.COMPATIBLE_BEFORE,
    "compatible_after": codes.COMPATIBLE_AFTER,
    "no_compatible": codes.INNOCENT,
}
COUNTERFEIT = (codes.COUNTERFEIT_STRONG, codes.COUNTERFEIT_WEAK, codes.COUNTERFEIT_BESIDE)
BESIDE = "innocent_beside"
MAX_PHRASE = 60  # characters; a pattern has at most 64 symbols
MAX_GROUPS = 32  # bits of a word
_MARK_SIGNS = str.maketrans("", "", " -.·'’&")


class RulesError(RightswatchError):
    """A rule file that does not say what it must."""


@dataclass(frozen=True, slots=True)
class Phrase:
    kind: int  # of kernels.codes
    text: str


@dataclass(frozen=True, slots=True)
class BesideGroup:
    """`wording` is innocent where one of `words` stands beside it."""

    name: str
    wording: tuple[str, ...]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Nickname:
    """What the trade calls a mark. `only`: nothing else is called so; `also_words`: ordinary words too."""

    marks: tuple[str, ...]
    only: tuple[str, ...]
    also_words: tuple[str, ...]


def same_wording(text: str) -> str:
    """Equal for spellings that folding makes one phrase: case, width and accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char) and not char.isspace())


def same_mark(text: str) -> str:
    """Equal for the ways a register writes one mark: LOUIS VUITTON, Louis-Vuitton."""
    return text.translate(_MARK_SIGNS).casefold()


def read_toml(name: str, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RulesError(f"{name}: {error}") from error
    except RecursionError:
        raise RulesError(f"{name}: is nested too deeply") from None


def read_phrases(wording: Mapping[str, Any]) -> list[Phrase]:
    """Every phrase of wording.toml; a counterfeit wording or innocent phrase stands in one table only."""
    phrases: list[Phrase] = []
    known: dict[str, str] = {}
    for table, languages in wording.items():
        if table in ("version", BESIDE):
            continue
        if table not in WORDING_KINDS:
            raise RulesError(f"wording.toml [{table}]: unknown table, known are {', '.join((*WORDING_KINDS, BESIDE))}")
        for language, texts in _mapping(f"wording.toml [{table}]", languages).items():
            place = f"wording.toml [{table}] {language}"
            for text in _texts(place, texts):
                if WORDING_KINDS[table] in (*COUNTERFEIT, codes.INNOCENT):
                    other = known.setdefault(same_wording(text), table)
                    if WORDING_KINDS[other] != WORDING_KINDS[table]:
                        raise RulesError(f"{place}: {text!r} is in [{other}] too, it can be only one of them")
                phrases.append(Phrase(WORDING_KINDS[table], text))
    return phrases


def read_beside(wording: Mapping[str, Any], phrases: list[Phrase]) -> list[BesideGroup]:
    """The groups of [innocent_beside]; what they excuse must be wording that is looked for."""
    known = {same_wording(phrase.text) for phrase in phrases if phrase.kind in COUNTERFEIT}
    groups = []
    for name, table in _mapping(f"wording.toml [{BESIDE}]", wording.get(BESIDE, {})).items():
        place = f"wording.toml [{BESIDE}.{name}]"
        languages = dict(_mapping(place, table))
        excused = tuple(_texts(f"{place} wording", languages.pop("wording", None)))
        for text in excused:
            if same_wording(text) not in known:
                raise RulesError(f"{place} wording: {text!r} is in no counterfeit table, so there is nothing to excuse")
        words = (word for language, texts in languages.items() for word in _texts(f"{place} {language}", texts))
        groups.append(BesideGroup(name, excused, tuple(words)))
    if len(groups) > MAX_GROUPS:
        raise RulesError(f"wording.toml [{BESIDE}]: has {len(groups)} groups, at most {MAX_GROUPS} are possible")
    return groups


def read_nicknames(aliases: Mapping[str, Any]) -> list[Nickname]:
    """The entries of aliases.toml; a mark stands in one entry only."""
    for table in aliases.keys() - {"version", "nickname"}:
        raise RulesError(f"aliases.toml [{table}]: unknown table, known is [[nickname]]")
    entries = aliases.get("nickname", [])
    if not isinstance(entries, list):
        raise RulesError("aliases.toml [nickname]: must be written [[nickname]], once for each mark")
    return list(_nicknames(entries))


def _nicknames(entries: list[Any]) -> Iterator[Nickname]:
    seen: set[str] = set()
    for number, entry in enumerate(entries, 1):
        place = f"aliases.toml [[nickname]] entry {number}"
        fields = _mapping(place, entry)
        for name in fields.keys() - {"marks", "only", "also_words"}:
            raise RulesError(f"{place} {name}: unknown, known are marks, only, also_words")
        marks = tuple(_texts(f"{place} marks", fields.get("marks")))
        for mark in marks:
            if same_mark(mark) in seen:
                raise RulesError(f"{place} marks: {mark!r} stands in an earlier entry; write its nicknames there")
        seen |= {same_mark(mark) for mark in marks}
        names = [tuple(_texts(f"{place} {name}", fields.get(name, []))) for name in ("only", "also_words")]
        yield Nickname(marks, *names)


def read_weights(numbers: Mapping[str, Any], table: str, shipped: Mapping[str, Any]) -> dict[str, float]:
    """A table of weights.toml, in the order of the shipped one; what it does not name is as shipped."""
    for unknown in numbers.keys() - shipped.keys() - {"version"}:
        raise RulesError(f"weights.toml [{unknown}]: unknown table, known are {', '.join(shipped)}")
    values = _mapping(f"weights.toml [{table}]", numbers.get(table, {}))
    for name, value in values.items():
        place = f"weights.toml [{table}] {name}"
        if name not in shipped[table]:
            raise RulesError(f"{place}: unknown, known are {', '.join(shipped[table])}")
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            raise RulesError(f"{place}: must be a number between 0 and 1")
    return {**shipped[table], **values}


def _mapping(place: str, value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise RulesError(f"{place}: must be a table")
    return value


def _texts(place: str, values: Any) -> list[str]:
    """A list of phrases, each of which something can be found by."""
    if not isinstance(values, list):
        raise RulesError(f"{place}: must be a list of texts")
    for number, text in enumerate(values, 1):
        if not isinstance(text, str) or not text.strip():
            raise RulesError(f"{place} entry {number}: must be a text that is not empty")
        if not text[0].isalnum():
            raise RulesError(f"{place} entry {number}: {text!r} begins with a sign, which is not looked for")
        if len(text) > MAX_PHRASE:
            raise RulesError(f"{place} entry {number}: is longer than {MAX_PHRASE} characters")
    return values
