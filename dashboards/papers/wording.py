"""The words of the papers: the pages' own, and those that only papers have."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from dashboards.catalogue import Catalogues
from dashboards.papers.document import Furniture

_OWN = Catalogues(Path(__file__).parent / "words")


def page_words() -> Catalogues:
    """The pages' own words, for who has no web process."""
    return Catalogues(Path(__file__).parents[1] / "messages")


class Words:
    """Both catalogues in one language."""

    def __init__(self, catalogues: Catalogues, language: str) -> None:
        self.language = language
        self._messages: Mapping[str, str] = {**catalogues.messages(language), **_OWN.messages(language)}

    def say(self, key: str, **values: object) -> str:
        """The message with its places filled: a value is put in as it is, whatever braces it has."""
        text = self._messages[key]
        return text.format_map({name: str(value) for name, value in values.items()}) if values else text

    def word(self, family: str, code: str) -> str:
        """The word of a code; one that has none is shown as it is."""
        return self._messages.get(f"{family}.{code}", code)

    def list_of(self, values: object) -> str | None:
        """A list of the contract as one text; None when there is nothing in it."""
        found = [str(value) for value in values] if isinstance(values, list | tuple) else []
        return self.say("list").join(found) or None

    @property
    def furniture(self) -> Furniture:
        return Furniture(
            to_fill_in=self.say("furniture.to_fill_in"),
            not_kept=self.say("furniture.not_kept"),
            none=self.say("furniture.none"),
            done=self.say("furniture.done"),
            left=self.say("furniture.left"),
            digest=self.say("furniture.digest"),
        )
