"""`/api/v1/reports/{month}`: the work report of a month, of what whoever asks may see."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import orjson
from aiohttp import web

from dashboards.access.visible import visible_of
from dashboards.figures.keys import FIGURES
from dashboards.keys import POOL
from dashboards.papers.csv import csv_of
from dashboards.papers.document import Document, as_json
from dashboards.papers.html import html_of
from dashboards.papers.keys import PAPERS
from dashboards.papers.languages import words_of
from dashboards.papers.month import CHINA_HOURS, MonthName, month_of
from dashboards.papers.pdf import pdf_of
from dashboards.papers.report import report_of
from dashboards.parameters import refuse_unknown
from dashboards.problems import bad_field

JSON, CSV = "json", "csv"
FORMATS = {JSON: "application/json", "pdf": "application/pdf", "html": "text/html", CSV: "text/csv"}


async def report(request: web.Request) -> web.Response:
    """The report, or one of its tables as CSV."""
    query = request.query
    refuse_unknown(query, ("format", "hours", "lang", "table"))
    form = query.get("format") or JSON
    if form not in FORMATS:
        raise bad_field("format", f"use one of {', '.join(FORMATS)}")
    words, month = words_of(request), _month(request.match_info["month"], query)
    visible, reports = await visible_of(request), request.app[FIGURES].reports
    found = await request.app[POOL].blocking(lambda: reports.report(month, visible), "ClickHouse")
    document = report_of(found, words)
    table = _table(document, query) if form == CSV else ""
    async with request.app[PAPERS]:
        made = await asyncio.to_thread(_bytes_of, document, form, table)
    response = web.Response(body=made, content_type=FORMATS[form], charset=None if form in (JSON, "pdf") else "utf-8")
    if form != JSON:
        name = f"report-{month}-{words.language}{f'-{table}' if table else ''}.{form}"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _month(text: str, query: Mapping[str, str]) -> MonthName:
    hours = query.get("hours") or str(CHINA_HOURS)
    if not (len(hours) <= 3 and hours.isascii() and hours.removeprefix("-").isdigit() and -12 <= int(hours) <= 14):
        raise bad_field("hours", "must be between -12 and 14: how much more clocks show there than UTC's")
    try:
        return month_of(text, int(hours))
    except ValueError as error:
        raise bad_field("month", str(error)) from error


def _table(document: Document, query: Mapping[str, str]) -> str:
    names = [one.id for one in document.tables]
    table = query.get("table") or names[0]
    if table not in names:
        raise bad_field("table", f"use one of {', '.join(names)}")
    return table


def _bytes_of(document: Document, form: str, table: str) -> bytes:
    if form == CSV:
        return csv_of(next(one for one in document.tables if one.id == table))
    if form == JSON:
        return orjson.dumps(as_json(document))
    return html_of(document) if form == "html" else pdf_of(document)
