"""Records as columns for an insert, every value in the form its column takes. Pure functions, no I/O.

A column is built here and checked here, so that a bad record is refused by name before anything is sent.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from detectors.records import Alert, Page, SampledMatch
from sinks.clickhouse.listing_row import ListingRow
from sinks.errors import StoreRefused
from sinks.text import json_text, storable

Record = TypeVar("Record")
Columns = dict[str, Sequence[Any]]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NO_DIGEST = "0" * 64
_MILLISECOND = timedelta(milliseconds=1)
_UINT32_MAX = 2**32 - 1


def alert_columns(alerts: Sequence[Alert]) -> Columns:
    return columns_of("alert", alerts, _alert_row)


def page_columns(pages: Sequence[Page]) -> Columns:
    return columns_of("page", pages, _page_row)


def listing_columns(rows: Sequence[ListingRow]) -> Columns:
    return columns_of("listing", rows, _listing_row)


def screened_columns(sampled: Sequence[SampledMatch]) -> Columns:
    return columns_of("screened match", sampled, _screened_row)


def screening_columns(documents: Sequence[Mapping[str, Any]]) -> Columns:
    return columns_of("screening", documents, _screening_row)


def dead_letter_columns(documents: Sequence[Mapping[str, Any]]) -> Columns:
    return columns_of("dead letter", documents, _dead_letter_row)


def milliseconds(moment: datetime | str) -> int:
    """Milliseconds since 1970 in UTC, the form a DateTime64(3) column takes fastest.

    Raises:
        ValueError: a text that is no date and time, or a moment without a zone or outside 1900 to 2298.
    """
    when = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    if when.tzinfo is None:
        raise ValueError("a date and time without a time zone")
    if not 1900 <= when.year <= 2298:
        raise ValueError("a date outside 1900 to 2298")
    return (when - EPOCH) // _MILLISECOND


def digest_bytes(text: str) -> bytes:
    """A SHA-256 in hex as its 32 bytes.

    Raises:
        ValueError: it is not 64 hexadecimal digits.
    """
    digest = bytes.fromhex(text)
    if len(digest) != 32:
        raise ValueError("a digest that is not 64 hexadecimal digits")
    return digest


def columns_of(what: str, records: Sequence[Record], row: Callable[[Record], dict[str, Any]]) -> Columns:
    """Columns of a batch.

    Raises:
        StoreRefused: `row` cannot make one of a record, whose position is named.
    """
    rows = []
    for position, record in enumerate(records):
        try:
            rows.append(row(record))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise StoreRefused(
                f"{what} {position} of the batch cannot be stored: {type(error).__name__} {error}"
            ) from error
    return {name: [entry[name] for entry in rows] for name in rows[0]} if rows else {}


def _alert_row(alert: Alert) -> dict[str, Any]:
    return {
        "alert_id": UUID(alert.alert_id),
        "group_id": UUID(alert.group_id),
        "platform": storable(alert.platform),
        "listing_id": storable(alert.listing_id),
        "title": storable(alert.title),
        "seller_name": storable(str(alert.seller.get("name") or "")),
        "subject": storable(alert.subject),
        "right_id": None if alert.right_id is None else storable(alert.right_id),
        "kind": storable(alert.kind),
        "detector": storable(alert.detector),
        "score": float(alert.score),
        "tier": storable(alert.tier),
        "observed_at": milliseconds(alert.observed_at),
        "revision": _unsigned(alert.revision),
        "page": digest_bytes(alert.page),
        "listing_digest": digest_bytes(alert.listing_digest),
        "document": json_text(alert.to_json()),
    }


def _screened_row(sampled: SampledMatch) -> dict[str, Any]:
    alert = sampled.alert
    return {
        "observed_at": milliseconds(alert.observed_at),
        "alert_id": UUID(alert.alert_id),
        "screened": storable(sampled.screened),
        "platform": storable(alert.platform),
        "right_id": None if alert.right_id is None else storable(alert.right_id),
        "detector": storable(alert.detector),
        "document": json_text(sampled.to_json()),
    }


def _page_row(page: Page) -> dict[str, Any]:
    return {
        "digest": digest_bytes(page.digest),
        "body": bytes(page.body),
        "observed_at": milliseconds(page.observed_at),
        "topic": storable(page.topic),
        "partition": page.partition,
        "offset": page.offset,
        "bytes": len(page.body),
        "listings": sum(1 for line in page.body.split(b"\n") if line.strip()),
    }


def _listing_row(row: ListingRow) -> dict[str, Any]:
    return {
        "platform": storable(row.platform),
        "listing_id": storable(row.listing_id),
        "page": digest_bytes(row.page),
        "line": _unsigned(row.line),
        "listing_digest": digest_bytes(row.listing_digest),
        "seller_id": storable(row.seller_id),
        "price": row.price,
        "currency": storable(row.currency),
        "category": storable(row.category),
        "market": storable(row.market),
        "state": storable(row.state),
        "condition": storable(row.condition),
        "listed_at": None if row.listed_at is None else milliseconds(row.listed_at),
        "observed_at": milliseconds(row.observed_at),
    }


def _screening_row(document: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "observed_at": milliseconds(document["observed_at"]),
        "page": digest_bytes(document["page"]),
        "topic": storable(document["topic"]),
        "partition": int(document["partition"]),
        "offset": int(document["offset"]),
        "revision": _unsigned(document["revision"]),
        "versions": json_text(document["versions"]),
        **{name: _unsigned(document[name]) for name in ("listings", "matches", "alerts", "dead")},
        "screened": _counts(document["screened"]),
        "warnings": _counts(document["warnings"]),
        "worker": storable(str(document.get("worker") or "")),
    }


def _dead_letter_row(document: Mapping[str, Any]) -> dict[str, Any]:
    try:
        head = base64.b64decode(document["head"], validate=True)
    except binascii.Error as error:
        raise ValueError(f"head is not base64: {error}") from error
    return {
        "observed_at": milliseconds(document["observed_at"]),
        "sha256": digest_bytes(document["sha256"]),
        "topic": storable(document["topic"]),
        "partition": int(document["partition"]),
        "offset": int(document["offset"]),
        "line": _unsigned(document["line"]),
        "reason": storable(document["reason"]),
        "length": _unsigned(document["length"]),
        "head": head,
        "page": digest_bytes(document.get("page") or NO_DIGEST),  # an older worker does not say
    }


def _counts(counts: Mapping[str, Any]) -> dict[str, int]:
    return {storable(str(reason)): min(_unsigned(count), _UINT32_MAX) for reason, count in counts.items()}


def _unsigned(value: Any) -> int:
    number = int(value)
    if number < 0:
        raise ValueError(f"a negative count: {number}")
    return number
