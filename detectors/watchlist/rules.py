"""The rule pack: wording, nicknames, weights, goods and the words of patents, as data files that a lawyer can edit.

Each is checked at load; a refusal names the file, the table and the entry.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Any, TypeVar

from detectors.goods.source import GoodsError, GoodsSource, read_goods_source
from detectors.patents.wording import PatentWording, PatentWordingError, read_wording
from detectors.watchlist.rule_tables import (
    BesideGroup,
    Nickname,
    Phrase,
    RulesError,
    read_beside,
    read_nicknames,
    read_phrases,
    read_toml,
    read_weights,
    same_mark,
)

__all__ = ["PACK_FILES", "Rules", "RulesError", "default_rules", "read_rules", "shipped_pack"]

Content = TypeVar("Content")

PACK_FILES = ("wording", "aliases", "weights", "goods", "patents")
"""The files of a pack, without `.toml`. A pack need not have them all: what is missing is taken as shipped."""


@dataclass(frozen=True)
class Rules:
    """What turns matches into alerts. `version` names the exact content: it stands in every alert."""

    version: str
    phrases: tuple[Phrase, ...]
    beside: tuple[BesideGroup, ...]
    nicknames: tuple[Nickname, ...]
    signals: Mapping[str, float]
    claims: Mapping[str, float]
    tiers: Mapping[str, float]
    price_share: float
    near_spellings: bool  # whether spellings near a mark are looked for
    goods: GoodsSource
    patents: PatentWording

    def nicknames_of(self, marks: tuple[str, ...]) -> dict[str, Nickname]:
        """What the trade calls a right with these marks: nickname -> where it comes from."""
        entries = (self._by_mark[key] for key in map(same_mark, marks) if key in self._by_mark)
        return {name: entry for entry in entries for name in (*entry.only, *entry.also_words)}

    @cached_property
    def _by_mark(self) -> dict[str, Nickname]:
        return {same_mark(mark): entry for entry in self.nicknames for mark in entry.marks}


@cache
def shipped_pack() -> dict[str, str]:
    """The pack that ships with this version: file name without `.toml` -> its text."""
    folder = files("detectors") / "data"
    return {name: (folder / f"{name}.toml").read_text(encoding="utf-8") for name in PACK_FILES}


@cache
def default_rules() -> Rules:
    """The rules of the pack that ships with this version."""
    return read_rules({})


def read_rules(pack: Mapping[str, Any]) -> Rules:
    """Reads a pack: TOML texts by file name. A file that it lacks, and a weight that it leaves out, is the shipped one.

    Raises:
        RulesError: a file is not TOML, or a table or entry is unknown or says what it cannot; names the place.
    """
    for name, text in pack.items():
        if name not in PACK_FILES:
            raise RulesError(f"{name}: is no file of a rule pack, those are {_file_names()}")
        if not isinstance(text, str):
            raise RulesError(f"{name}.toml: must be a text")
    whole = {**shipped_pack(), **pack}
    tables = {name: read_toml(f"{name}.toml", whole[name]) for name in ("wording", "aliases", "weights")}
    shipped = read_toml("weights.toml", shipped_pack()["weights"])
    weights = {table: read_weights(tables["weights"], table, shipped) for table in shipped if table != "version"}
    if weights["tiers"]["medium"] >= weights["tiers"]["high"]:
        raise RulesError("weights.toml [tiers]: high must be above medium")
    phrases = read_phrases(tables["wording"])
    return Rules(
        version=_version(tables["wording"], whole),
        phrases=tuple(phrases),
        beside=tuple(read_beside(tables["wording"], phrases)),
        nicknames=tuple(read_nicknames(tables["aliases"])),
        signals=weights["signals"],
        claims=weights["claims"],
        tiers=weights["tiers"],
        price_share=weights["limits"]["price_share"],
        near_spellings=weights["limits"]["near_spellings"] >= 0.5,
        goods=_checked(read_goods_source, whole["goods"]),
        patents=_checked(read_wording, whole["patents"]),
    )


def _checked(read: Callable[[bytes], Content], text: str) -> Content:
    try:
        return read(text.encode("utf-8", "surrogatepass"))
    except (GoodsError, PatentWordingError) as error:
        raise RulesError(str(error)) from error


def _version(wording: Mapping[str, Any], pack: Mapping[str, str]) -> str:
    content = "\0".join(pack[name] for name in PACK_FILES).encode("utf-8", "surrogatepass")
    return f"{wording.get('version', 'unversioned')}+{hashlib.sha256(content).hexdigest()[:12]}"


def _file_names() -> str:
    return ", ".join(f"{name}.toml" for name in PACK_FILES)
