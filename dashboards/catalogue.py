"""The words of the pages in each language, and which language a request gets."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from pathlib import Path

import orjson

LANGUAGES = {"en": "English", "zh": "中文"}
MESSAGES = Path(__file__).parent / "messages"
DEFAULT = "en"
COOKIE = "rw_lang"
ONE_YEAR_SECONDS = 31_536_000
PLACE = re.compile(r"\{\{\s*([\w.]+)\s*\}\}")


class Catalogues:
    """All messages by language and key. Loaded once; a test keeps the languages' keys and places alike."""

    def __init__(self, folder: Path) -> None:
        self._messages: dict[str, dict[str, str]] = {
            language: orjson.loads((folder / f"{language}.json").read_bytes()) for language in LANGUAGES
        }

    def messages(self, language: str) -> Mapping[str, str]:
        return self._messages[language]

    def embedded(self, language: str) -> str:
        """The messages as JSON that may stand inside a `<script type="application/json">` element."""
        return orjson.dumps(self._messages[language]).decode().replace("<", "\\u003c")

    def fill(self, template: str, language: str, values: Mapping[str, str]) -> str:
        """Replace each `{{key}}` by the value or message of that name, escaped; `values` ending in `_raw` are not."""
        messages = self._messages[language]

        def put(place: re.Match[str]) -> str:
            key = place.group(1)
            if key in values:
                return values[key] if key.endswith("_raw") else html.escape(values[key])
            return html.escape(messages[key])

        return PLACE.sub(put, template)


def choose_language(asked: str | None, saved: str | None, accepted: str | None) -> str:
    """The language of a page: what the address asks for, else the saved choice, else what the browser prefers."""
    for choice in (asked, saved):
        if choice in LANGUAGES:
            return choice
    return _preferred(accepted or "") or DEFAULT


def _preferred(header: str) -> str | None:
    """The known language with the highest quality in an Accept-Language header; the first wins a tie."""
    best: tuple[float, str] | None = None
    for entry in header[:1000].split(","):
        name, _, parameter = entry.partition(";")
        language = name.strip().split("-")[0].lower()
        quality = _quality(parameter)
        if language in LANGUAGES and quality > (best[0] if best else 0.0):
            best = (quality, language)
    return best[1] if best else None


def _quality(parameter: str) -> float:
    match = re.fullmatch(r"\s*q=([01](?:\.\d{0,3})?)\s*", parameter)
    return float(match.group(1)) if match else 1.0 if not parameter.strip() else 0.0
