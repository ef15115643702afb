"""A document as PDF. Pure: the same document gives the same bytes.

Text is only ever drawn, glyph by glyph: a PDF has no markup that it could become, and no action, link or script is
made here. Each character comes from one of two embedded faces; what neither has is named by its code.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import groupby
from pathlib import Path

from fontTools.ttLib import TTFont
from fpdf import FPDF

from dashboards.papers.document import (
    Checklist,
    Column,
    Document,
    Facts,
    Paragraph,
    Part,
    Picture,
    Pictures,
    Table,
)
from dashboards.papers.lines import drawable, lines_of
from dashboards.papers.numbers import shown

FONTS = Path(__file__).parent / "fonts"
FACES = {"latin": FONTS / "DejaVuSans.ttf", "han": FONTS / "DroidSansFallbackFull.ttf"}
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)  # a file's date says when it was made, which would differ each time
LEFT, TOP, RIGHT, BOTTOM = 18.0, 18.0, 192.0, 278.0  # millimetres of A4
WIDTH = RIGHT - LEFT
LABEL = 48.0  # the width of a fact's name
GAP = 4.0
BAR, SHORT_BAR = 42.0, 18.0  # the width of the longest bar; beside many columns
MANY = 6  # columns
PICTURE_HEIGHT, CAPTION = 70.0, 16.0
HEADING = 18.0  # of a section, and the space above it
BODY, SMALL = 9.5, 7.5  # points
POINT = 25.4 / 72  # millimetres
INK, PALE, ACCENT, LINE = (26, 28, 33), (96, 102, 112), (29, 95, 160), (205, 210, 218)
Colour = tuple[int, int, int]


def pdf_of(document: Document) -> bytes:
    """The whole document, A4, its digest at the foot of every page. What is for the sender has pages of its own."""
    sheet = _Sheet(f"{document.furniture.digest} {document.digest}")
    sheet.set_title(document.title)
    sheet.set_lang("zh-Hans" if document.language == "zh" else document.language)
    sheet.add_page()
    sheet.write_text(document.title, 16)
    sheet.write_text(document.lead, BODY, PALE)
    filed = next((one for one in document.sections if not one.is_for_sender), None)
    for section in document.sections:
        if section is filed and section is not document.sections[0]:
            sheet.add_page()
            sheet.write_text(document.title, 16)
        sheet.keep(HEADING + _beginning(section.parts))
        sheet.down(3)
        sheet.write_text(section.title, 12, ACCENT)
        sheet.rule()
        for part in section.parts:
            _draw(sheet, part, document)
    return bytes(sheet.output())


@cache
def _advances(face: str) -> Mapping[int, float]:
    """How wide each character of a face is, in its size."""
    with TTFont(FACES[face], lazy=True) as font:
        widths, unit = font["hmtx"].metrics, font["head"].unitsPerEm
        return {code: widths[name][0] / unit for code, name in font.getBestCmap().items()}


def _face(character: str) -> str:
    """The face that has it; "" when neither does."""
    return next((face for face in FACES if ord(character) in _advances(face)), "")


def _measure(text: str, size: float) -> float:
    """Millimetres."""
    return sum(_advances(_face(one))[ord(one)] for one in text) * size * POINT


@dataclass(frozen=True, slots=True)
class _Cell:
    """Text in a column from `left` on; a number ends at the column's right edge."""

    left: float
    width: float
    text: str
    ends_right: bool = False


class _Sheet(FPDF):
    """A page with a place where the next thing goes (`self.y`), its text made of runs of one face each."""

    def __init__(self, foot: str) -> None:
        super().__init__(format="A4")
        self._foot = foot
        self.set_auto_page_break(False)
        self.set_creation_date(BEGINNING)
        self.set_creator("rightswatch")
        for face, path in FACES.items():
            self.add_font(face, "", path)

    def header(self) -> None:
        self.set_xy(LEFT, TOP)

    def footer(self) -> None:
        self._line(LEFT, 290, self._foot, SMALL, PALE)
        number = str(self.page_no())
        self._line(RIGHT - _measure(number, SMALL), 290, number, SMALL, PALE)

    def file_id(self) -> str:
        name = hashlib.sha256(self._foot.encode()).hexdigest()[:32].upper()
        return f"<{name}><{name}>"

    def down(self, millimetres: float) -> None:
        self.y += millimetres

    def keep(self, height: float) -> None:
        """A new page unless that much is left of this one."""
        if self.y + height > BOTTOM:
            self.add_page()

    def rule(self) -> None:
        self.set_draw_color(*LINE)
        self.set_line_width(0.2)
        self.line(LEFT, self.y, RIGHT, self.y)
        self.down(1.5)

    def write_text(self, text: str, size: float, colour: Colour = INK) -> None:
        """Over the full width, on as many pages as it takes."""
        for line in self.broken(text, WIDTH, size):
            self.keep(_height(size))
            self.put(LEFT, line, size, colour)
            self.down(_height(size))
        self.down(1)

    def broken(self, text: str, width: float, size: float) -> list[str]:
        safe = drawable(text, lambda one: bool(_face(one)))
        return list(lines_of(safe, width, lambda part: _measure(part, size)))

    def put(self, x: float, line: str, size: float, colour: Colour = INK, right: float | None = None) -> None:
        """One line at the present height, from `x`, or up to `right`."""
        start = x if right is None else right - _measure(line, size)
        self._line(start, self.y + size * POINT, line, size, colour)

    def row(self, cells: list[_Cell], size: float, colour: Colour = INK) -> float:
        """Cells side by side, each broken into lines. Gives the height at which the row begins.

        A cell is written to its end before the next one begins, so that who has the paper read out hears it whole;
        only what is longer than a page goes on by pieces of all cells.
        """
        broken = [(cell, self.broken(cell.text, cell.width, size)) for cell in cells]
        count, height = max(len(lines) for _, lines in broken), _height(size)
        on_one_page = int((BOTTOM - TOP) / height)
        begins = TOP
        for first in range(0, count, on_one_page):
            piece = min(on_one_page, count - first)
            self.keep(piece * height)
            begins = self.y
            for cell, lines in broken:
                self.y = begins
                for line in lines[first : first + piece]:
                    self.put(cell.left, line, size, colour, cell.left + cell.width if cell.ends_right else None)
                    self.down(height)
            self.y = begins + piece * height
        return begins

    def _line(self, x: float, y: float, text: str, size: float, colour: Colour) -> None:
        self.set_text_color(*colour)
        for face, run in _runs(text):
            self.set_font(face, size=size)
            self.text(x, y, run)
            x += _measure(run, size)


def _runs(text: str) -> Iterator[tuple[str, str]]:
    for face, run in groupby(text, key=_face):
        yield face, "".join(run)


def _height(size: float) -> float:
    return size * POINT * 1.45  # millimetres of a line


def _beginning(parts: Sequence[Part]) -> float:
    """How much of a section stays with its heading: a picture is not parted, of the rest a few lines."""
    return PICTURE_HEIGHT + CAPTION if parts and isinstance(parts[0], Pictures) else 16.0


def _draw(sheet: _Sheet, part: Part, document: Document) -> None:
    match part:
        case Paragraph():
            sheet.write_text(part.text, BODY)
        case Facts():
            for row in part.rows:
                known = row.value is not None
                value = row.value if row.value is not None else document.furniture.to_fill_in
                sheet.row(
                    [_Cell(LEFT, LABEL - 3, row.label), _Cell(LEFT + LABEL, WIDTH - LABEL, value)],
                    BODY,
                    INK if known else PALE,
                )
                sheet.down(0.8)
        case Checklist():
            for item in part.items:
                words = document.furniture.done if item.is_done else document.furniture.left
                detail = f"{words}: {item.detail}" if item.detail else words
                half = (WIDTH - 8) / 2
                cells = [_Cell(LEFT + 6, half, item.label), _Cell(LEFT + 8 + half, half, detail)]
                _box(sheet, sheet.row(cells, BODY), item.is_done)
                sheet.down(0.8)
        case Pictures():
            _draw_pictures(sheet, part, document.furniture.not_kept)
        case Table():
            _draw_table(sheet, part, document.furniture.none)
    sheet.down(1.5)


def _box(sheet: _Sheet, top: float, is_done: bool) -> None:
    sheet.set_draw_color(*INK)
    sheet.set_line_width(0.25)
    x, y = LEFT, top + 0.5
    sheet.rect(x, y, 3, 3)
    if is_done:
        sheet.line(x + 0.6, y + 1.6, x + 1.3, y + 2.4)
        sheet.line(x + 1.3, y + 2.4, x + 2.5, y + 0.6)


def _draw_pictures(sheet: _Sheet, part: Pictures, not_kept: str) -> None:
    width = (WIDTH - GAP) / 2
    for first in range(0, len(part.pictures), 2):
        pair = part.pictures[first : first + 2]
        sheet.keep(PICTURE_HEIGHT + CAPTION)
        for number, picture in enumerate(pair):
            _draw_picture(sheet, picture, LEFT + number * (width + GAP), width)
        sheet.down(PICTURE_HEIGHT + 2)
        captions = [
            f"{one.label}\nSHA-256 {one.digest}" + ("" if one.jpeg is not None else f"\n{not_kept}") for one in pair
        ]
        sheet.row([_Cell(LEFT + n * (width + GAP), width, text) for n, text in enumerate(captions)], SMALL, PALE)


def _draw_picture(sheet: _Sheet, picture: Picture, x: float, width: float) -> None:
    sheet.set_draw_color(*LINE)
    sheet.rect(x, sheet.y, width, PICTURE_HEIGHT)
    if picture.jpeg is not None:
        y = sheet.y
        sheet.image(io.BytesIO(picture.jpeg), x, y, width, PICTURE_HEIGHT, keep_aspect_ratio=True)
        sheet.y = y


def _draw_table(sheet: _Sheet, table: Table, none: str) -> None:
    sheet.keep(18)
    if table.title:
        sheet.write_text(table.title, BODY, PALE)
    if not table.rows:
        sheet.write_text(none, BODY)
        return
    places = list(_places(table))
    _table_row(sheet, [_Cell(*place, one.label, one.kind != "text") for place, one in places], PALE)
    at = [one.id for one in table.columns].index(table.bars) if table.bars else -1
    values = [float(cell) for row in table.rows if isinstance(cell := row[at], int | float)] if table.bars else []
    for row in table.rows:
        cells = [
            _Cell(*place, shown(cell, one.kind), one.kind != "text")
            for (place, one), cell in zip(places, row, strict=True)
        ]
        top = _table_row(sheet, cells)
        value = row[at]
        if table.bars and isinstance(value, int | float) and value > 0:
            sheet.set_fill_color(*ACCENT)
            longest = _longest_bar(table)
            sheet.rect(RIGHT - longest, top + 1, max(0.2, longest * value / max(values)), 2.6, style="F")


def _longest_bar(table: Table) -> float:
    return SHORT_BAR if len(table.columns) >= MANY else BAR


def _places(table: Table) -> Iterator[tuple[tuple[float, float], Column]]:
    """The left edge and width of each column: names take twice what numbers do, less where these are many."""
    width = WIDTH - (_longest_bar(table) + GAP if table.bars else 0)
    name = 1.8 if len(table.columns) >= MANY else 2.2
    shares = [name if one.kind == "text" else 1.0 for one in table.columns]
    left = LEFT
    for share, one in zip(shares, table.columns, strict=True):
        taken = width * share / sum(shares)
        yield (left, taken - 2), one
        left += taken


def _table_row(sheet: _Sheet, cells: list[_Cell], colour: Colour = INK) -> float:
    """Draws one row with a line below it. Gives the height at which it begins."""
    top = sheet.row(cells, SMALL + 0.5, colour)
    sheet.down(0.4)
    sheet.rule()
    sheet.down(-1.0)
    return top
