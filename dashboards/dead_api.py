"""`/api/v1/dead`: dead letters, how many there are, and what people decide about them."""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import web

from dashboards.access.audit import audited
from dashboards.access.principal import principal_of
from dashboards.alert_filters import dead_query, parse_letter
from dashboards.keys import CLOCK, DEAD, POOL
from dashboards.openapi_dead import MOST_LETTERS, MOST_NOTE
from dashboards.ports import Decided
from dashboards.problems import Problem, bad_field, json_object, json_response, refusing
from dashboards.readers import CLICKHOUSE
from detectors.errors import RightswatchError
from sinks.errors import StoreError, StoreRefused

ROWS = 100
RETRY, DISCARD = "retry", "discard"
FIELDS = ("letters", "decision", "note", "again")
RETRY_SECONDS = 60.0


async def letters(request: web.Request) -> web.Response:
    """A page of dead letters. `next` holds the parameters of the page behind it, or null at the end."""
    query = dead_query(request.query, ROWS)
    rows = await request.app[POOL].blocking(refusing(lambda: request.app[DEAD].page(query)), CLICKHOUSE)
    following = {"before_id": rows[-1]["letter_id"]} if len(rows) == query.limit else None
    return json_response({"dead_letters": rows, "next": following})


async def letter(request: web.Request) -> web.Response:
    letter_id = parse_letter(request.match_info["letter_id"], "letter_id")
    found = await request.app[POOL].blocking(refusing(lambda: request.app[DEAD].get(letter_id)), CLICKHOUSE)
    if found is None:
        raise Problem(404, "not_found", f"dead letter {letter_id}: not in the store; it may be older than what is kept")
    return json_response(found)


async def counts(request: web.Request) -> web.Response:
    return json_response({"counts": await request.app[POOL].blocking(request.app[DEAD].counts, CLICKHOUSE)})


async def decide(request: web.Request) -> web.Response:
    """Send letters again, or discard them; what became of each."""
    document = await _document(request)
    ids = [parse_letter(one, "letters") for one in document["letters"]]
    note = document.get("note") or ""
    dead, now = request.app[DEAD], request.app[CLOCK]()
    if document["decision"] == DISCARD:
        by = principal_of(request).name
        discard = refusing(lambda: dead.discard(ids, by=by, now=now, note=note))
        results = await request.app[POOL].blocking(discard, CLICKHOUSE)
    else:
        results = await _retry(request, ids, note, again=document.get("again") is True)
    said = [result.to_json() for result in results]
    made = [one["letter_id"] for one in said if one["status"] in ("retried", "discarded")]
    if made:
        await audited(request, f"dead.{document['decision']}", "dead letters", {"letters": made})
    return json_response({"results": said})


async def _retry(request: web.Request, ids: list[str], note: str, *, again: bool) -> list[Decided]:
    by = principal_of(request).name
    sending = request.app[DEAD].retry(ids, by=by, now=request.app[CLOCK](), note=note, again=again)
    try:
        return list(await asyncio.wait_for(sending, RETRY_SECONDS))
    except StoreRefused as error:
        raise Problem(400, "refused", str(error)) from error
    except StoreError as error:
        raise Problem(503, "store_unavailable", "ClickHouse does not answer: run `rightswatch doctor`") from error
    except (RightswatchError, TimeoutError) as error:
        detail = "the broker did not take everything: what it took is kept as sent again; try the rest once more"
        raise Problem(503, "broker_unavailable", detail) from error


async def _document(request: web.Request) -> dict[str, Any]:
    document = await json_object(request, FIELDS)
    if document.get("decision") not in (RETRY, DISCARD):
        raise bad_field("decision", f"must be {RETRY} or {DISCARD}")
    chosen = document.get("letters")
    if not isinstance(chosen, list) or not 1 <= len(chosen) <= MOST_LETTERS:
        raise bad_field("letters", f"must be a list of 1 to {MOST_LETTERS} ids")
    note = document.get("note", "")
    if not isinstance(note, str) or len(note) > MOST_NOTE:
        raise bad_field("note", f"must be a text of at most {MOST_NOTE} characters")
    if document["decision"] == DISCARD and not note.strip():
        raise bad_field("note", "say why, for those who look later")
    return document
