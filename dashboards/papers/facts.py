"""Facts of papers, named in the catalogues as `fact.*`. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from dashboards.papers.document import Fact, Facts
from dashboards.papers.wording import Words


def facts_of(words: Words, values: Mapping[str, object]) -> Facts:
    """What says nothing is left to whoever sends the paper."""
    return Facts(tuple(Fact(name, words.say(f"fact.{name}"), _text(value)) for name, value in values.items()))


def _text(value: object) -> str | None:
    text = "" if value is None else str(value).strip()
    return text or None
