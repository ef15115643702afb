"""What a paper holds, in one language and before it has a form. Frozen, no I/O, no clock.

The makers in this folder (`pdf.py`, `html.py`, `csv.py` and `as_json` here) give the same bytes for the same document.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Literal

import orjson

Cell = str | int | float | None
ColumnKind = Literal["text", "count", "share", "seconds"]


@dataclass(frozen=True, slots=True)
class Fact:
    """A named value. None: nobody here knows it, so whoever sends the paper has to fill it in."""

    id: str
    label: str
    value: str | None


@dataclass(frozen=True, slots=True)
class Facts:
    rows: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str


@dataclass(frozen=True, slots=True)
class Picture:
    """`jpeg` is of our own making; None: no longer kept."""

    label: str
    digest: str
    jpeg: bytes | None


@dataclass(frozen=True, slots=True)
class Pictures:
    """Shown side by side."""

    pictures: tuple[Picture, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """`share` is between 0 and 1."""

    id: str
    label: str
    kind: ColumnKind = "text"


@dataclass(frozen=True, slots=True)
class Table:
    """`bars`: the column (its id) that is also drawn, one bar a row; its values are not negative."""

    id: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    bars: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """An item of a checklist: `is_done` here, or `detail` says what is left to do."""

    id: str
    label: str
    is_done: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Checklist:
    items: tuple[Check, ...]


Part = Facts | Paragraph | Pictures | Table | Checklist


@dataclass(frozen=True, slots=True)
class Section:
    """`is_for_sender`: for whoever sends the paper, and no part of what is filed; such sections come first."""

    id: str
    title: str
    parts: tuple[Part, ...]
    is_for_sender: bool = False


@dataclass(frozen=True, slots=True)
class Furniture:
    """The words that the form itself needs."""

    to_fill_in: str
    not_kept: str  # in place of a picture
    none: str  # in place of the rows of an empty table
    done: str
    left: str
    digest: str  # before the digest of the content


@dataclass(frozen=True, slots=True)
class Document:
    language: str
    title: str
    lead: str
    sections: tuple[Section, ...]
    furniture: Furniture

    @property
    def digest(self) -> str:
        """SHA-256 of the content as canonical JSON, hex: printed on every form of it."""
        content = orjson.dumps(_content(self), option=orjson.OPT_SORT_KEYS)
        return hashlib.sha256(content).hexdigest()

    @property
    def tables(self) -> tuple[Table, ...]:
        return tuple(part for section in self.sections for part in section.parts if isinstance(part, Table))


def as_json(document: Document) -> dict[str, Any]:
    """The document as JSON, with `digest`. Pictures are named by their SHA-256."""
    return {**_content(document), "digest": document.digest}


def _content(document: Document) -> dict[str, Any]:
    sections = [
        {"id": one.id, "title": one.title, "parts": [_part(part) for part in one.parts]}
        | ({"for_sender": True} if one.is_for_sender else {})
        for one in document.sections
    ]
    return {"language": document.language, "title": document.title, "lead": document.lead, "sections": sections}


def _part(part: Part) -> dict[str, Any]:
    match part:
        case Facts():
            return {
                "facts": [
                    {"id": row.id, "label": row.label, "value": row.value, "to_fill_in": row.value is None}
                    for row in part.rows
                ]
            }
        case Paragraph():
            return {"text": part.text}
        case Pictures():
            return {
                "pictures": [
                    {"label": one.label, "digest": one.digest, "is_kept": one.jpeg is not None} for one in part.pictures
                ]
            }
        case Table():
            return {
                "table": part.id,
                "title": part.title,
                "columns": [{"id": one.id, "label": one.label, "kind": one.kind} for one in part.columns],
                "rows": [list(row) for row in part.rows],
            }
        case Checklist():
            return {
                "checklist": [
                    {"id": one.id, "label": one.label, "done": one.is_done, "detail": one.detail} for one in part.items
                ]
            }
