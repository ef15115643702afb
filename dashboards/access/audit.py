"""`audited`: what every handler that changes something calls once it has, so that the log says who did what."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web

from dashboards.access.principal import Principal, principal_of
from dashboards.keys import ACCESS, CLOCK, POOL
from dashboards.problems import Problem
from sinks.errors import StoreError
from sinks.operational.audit_store import MOST_DETAIL_BYTES
from sinks.text import json_text

MOST_TEXT = 300  # code points of one text of a detail
MOST_TEXTS = (MOST_TEXT, 50, 10)  # where there is no room for so many, fewer
MOST_NAMED = 20  # things that a detail names one by one
Plain = str | int | float | bool | None
Detail = Mapping[str, Plain | Sequence[Plain]]
log = logging.getLogger(__name__)


async def audited(request: web.Request, action: str, subject: str, detail: Detail | None = None) -> None:
    """Write down that whoever asks did `action` (dotted words, as `right.put`) to `subject` (an id).

    `detail` holds ids, codes and numbers: no text of a listing, no secret, no note. Long texts and lists are cut.

    Raises:
        Problem: 503, the log did not take it. The act itself is done then, and stands in the server's own log.
    """
    await audit_as(request, principal_of(request), action, subject, detail)


async def audit_as(
    request: web.Request, who: Principal, action: str, subject: str, detail: Detail | None = None
) -> None:
    """The same for somebody who is not known by the request, as one who signs in.

    Raises:
        Problem: as `audited`.
    """
    app, shown = request.app, shortened(detail or {})

    def append() -> None:
        try:
            app[ACCESS].audit.append(
                by_id=who.account_id, by_name=who.name, action=action, subject=subject, detail=shown, now=app[CLOCK]()
            )
        except StoreError:
            log.critical("not in the audit log: %s by %s to %s", action, who.account_id, subject)
            raise

    try:
        await app[POOL].blocking(append)
    except Problem as problem:
        problem.extra["done"] = True
        raise


def shortened(detail: Detail) -> dict[str, Any]:
    """Of a list the first few and how many there are; of a text its beginning, as much as an entry holds.

    However much somebody wrote into an act, it never keeps the act out of the log.
    """
    return next(
        (shown for most in MOST_TEXTS if len(json_text(shown := _shown(detail, most)).encode()) <= MOST_DETAIL_BYTES),
        {"cut": True},
    )


def _shown(detail: Detail, most: int) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for name, value in detail.items():
        if isinstance(value, str) or not isinstance(value, Sequence):
            shown[name] = _cut(value, most)
        else:
            shown[name] = [_cut(one, most) for one in value[:MOST_NAMED]]
            if len(value) > MOST_NAMED:
                shown[f"{name}_count"] = len(value)
    return shown


def _cut(value: Plain, most: int) -> Plain:
    return value if not isinstance(value, str) or len(value) <= most else value[:most] + "…"
