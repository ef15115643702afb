"""Verdicts as lines of a file: JSON lines, or CSV that a spreadsheet opens without running anything in it.

A text that a spreadsheet would take for a formula (it begins with =, +, -, @ or their full-width forms, a tab or a line
break) gets an apostrophe before it, as OWASP advises. CSV begins with a byte order mark: without it a Chinese Excel
reads UTF-8 as GBK.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from io import StringIO
from typing import Any

import orjson

CSV, JSON_LINES = "csv", "jsonl"
FORMATS = (JSON_LINES, CSV)
FIELDS = (
    *("verdict_id", "judged_at", "stage", "verdict", "reason_code", "note", "judged_by", "undoes", "screened"),
    *("group_id", "group_version", "alert_id", "listing_digest", "revision", "detector", "score", "tier"),
    *("right_id", "subject", "platform", "seller_region", "versions"),
)
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
_MARK = "\ufeff"


def head_of(form: str) -> bytes:
    """What stands before the first verdict."""
    return (_MARK + _csv(FIELDS)).encode() if form == CSV else b""


def lines_of(verdicts: Iterable[Mapping[str, Any]], form: str) -> bytes:
    """Verdicts as `AlertReader.verdicts` gives them, one a line."""
    if form == JSON_LINES:
        return b"".join(orjson.dumps(verdict) + b"\n" for verdict in verdicts)
    return "".join(_csv(_cell(verdict[name]) for name in FIELDS) for verdict in verdicts).encode()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Mapping):
        value = orjson.dumps(value).decode()
    if not isinstance(value, str):
        return str(value)
    return f"'{value}" if value.startswith(_FORMULA) else value


def _csv(cells: Iterable[str]) -> str:
    line = StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(cells)
    return line.getvalue()
