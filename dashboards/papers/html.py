"""A document as one HTML file without scripts, its charts as SVG in it. Pure: same document, same bytes."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from html import escape

from dashboards.papers.document import (
    Checklist,
    Document,
    Facts,
    Furniture,
    Paragraph,
    Part,
    Picture,
    Pictures,
    Table,
)
from dashboards.papers.lines import drawable
from dashboards.papers.numbers import shown

_STYLE = """
body { font: 15px/1.5 system-ui, "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; max-width: 60rem; margin: 2rem auto;
  padding: 0 1rem; color: #1a1c21; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.15rem; color: #1d5fa0; border-bottom: 1px solid #cdd2da; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; margin: .5rem 0 1rem; }
caption { text-align: left; color: #606670; } th, td { text-align: left; padding: .3rem .6rem .3rem 0;
  border-bottom: 1px solid #cdd2da; overflow-wrap: anywhere; vertical-align: top; }
.number { text-align: right; white-space: nowrap; } footer { color: #606670; font-size: .8rem; margin-top: 2rem; }
svg { display: block; width: 9rem; height: .8rem; } rect { fill: #1d5fa0; } dt { color: #606670; }
figure { display: inline-block; margin: .5rem; }
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def html_of(document: Document) -> bytes:
    """The whole document, in UTF-8."""
    language = "zh-Hans" if document.language == "zh" else document.language
    body = "\n".join(_body(document))
    text = f"""<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<title>{_safe(document.title)}</title>
<style>{_STYLE}</style>
</head>
<body>
{body}
</body>
</html>
"""
    return text.encode()


def _body(document: Document) -> Iterator[str]:
    yield f"<h1>{_safe(document.title)}</h1>\n<p>{_safe(document.lead)}</p>"
    for section in document.sections:
        yield f"<h2>{_safe(section.title)}</h2>"
        for part in section.parts:
            yield _part(part, document.furniture)
    yield f"<footer>{_safe(document.furniture.digest)} <code>{document.digest}</code></footer>"


def _safe(text: str) -> str:
    """No markup, and nothing that hides or turns the direction."""
    return escape(drawable(text, lambda one: True))


def _part(part: Part, words: Furniture) -> str:
    match part:
        case Paragraph():
            return f"<p>{_safe(part.text)}</p>"
        case Facts():
            rows = (
                f"<dt>{_safe(one.label)}</dt><dd>{_safe(words.to_fill_in if one.value is None else one.value)}</dd>"
                for one in part.rows
            )
            return f"<dl>{''.join(rows)}</dl>"
        case Checklist():
            items = (
                f"<li>{'☑' if one.is_done else '☐'} {_safe(one.label)}: "
                f"{_safe(words.done if one.is_done else words.left)} {_safe(one.detail)}</li>"
                for one in part.items
            )
            return f"<ul>{''.join(items)}</ul>"
        case Pictures():
            return "".join(f"<figure>{_image(one, words)}</figure>" for one in part.pictures)
        case Table():
            return _table(part, words)


def _image(picture: Picture, words: Furniture) -> str:
    caption = f"<figcaption>{_safe(f'{picture.label} {picture.digest}')}</figcaption>"
    if picture.jpeg is None:
        return f"{_safe(words.not_kept)}{caption}"
    source = f"data:image/jpeg;base64,{base64.b64encode(picture.jpeg).decode()}"
    return f'<img alt="" height="280" src="{source}">{caption}'


def _table(table: Table, words: Furniture) -> str:
    caption = f"<caption>{_safe(table.title)}</caption>" if table.title else ""
    if not table.rows:
        return f"<p>{_safe(table.title)}</p><p>{_safe(words.none)}</p>"
    at = [one.id for one in table.columns].index(table.bars) if table.bars else -1
    values = [row[at] for row in table.rows if isinstance(row[at], int | float)] if table.bars else []
    most = max((float(value) for value in values if isinstance(value, int | float)), default=0.0)
    classes = ["" if one.kind == "text" else ' class="number"' for one in table.columns]
    head = "".join(
        f'<th scope="col"{kind}>{_safe(one.label)}</th>' for kind, one in zip(classes, table.columns, strict=True)
    )
    rows = []
    for row in table.rows:
        cells = "".join(
            f"<td{kind}>{_safe(shown(cell, one.kind))}</td>"
            for kind, one, cell in zip(classes, table.columns, row, strict=True)
        )
        rows.append(f"<tr>{cells}{_bar(row[at], most) if table.bars else ''}</tr>")
    head += "<td></td>" if table.bars else ""
    return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _bar(value: object, most: float) -> str:
    width = 100 * value / most if isinstance(value, int | float) and most > 0 else 0.0
    rect = f'<rect width="{width:.2f}" height="8"/>'
    return f'<td><svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">{rect}</svg></td>'
