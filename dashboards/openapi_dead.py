"""The shapes of dead letters in the API's description, and of what people decide about them."""

from __future__ import annotations

from typing import Any

from dashboards.openapi_shapes import COUNT, MOMENT, OPTIONAL_TEXT, TEXT, list_of, object_of, reference
from sinks.clickhouse.dead_outcomes import OUTCOMES
from sinks.clickhouse.dead_query import STATES

MOST_LETTERS = 500  # decided about in one request
MOST_NOTE = 500  # code points
DEAD_FIELDS: dict[str, Any] = {
    "letter_id": TEXT,
    "state": reference("DeadState"),
    "reason": TEXT | {"description": "not_json, no_title, screening_failed, alerts_unreadable ..."},
    "topic": TEXT,
    "partition": {"type": "integer"},
    "offset": {"type": "integer"},
    "line": COUNT | {"description": "Within its page, from 1; 0: the whole message"},
    "length": COUNT | {"description": "Of all of it, in bytes"},
    "sha256": TEXT,
    "page": OPTIONAL_TEXT | {"description": "SHA-256 of the page or message that it came on"},
    "trace_id": OPTIONAL_TEXT | {"description": "What log lines about that page carry"},
    "observed_at": MOMENT,
    "stored_at": MOMENT,
    "excerpt": TEXT | {"description": "The start of its content, a stranger's text"},
    "decision": {"anyOf": [{"type": "null"}, reference("DeadDecisionKept")]},
    "outcome": {"anyOf": [{"type": "null"}, reference("DeadOutcome")]},
}
DEAD_SCHEMAS: dict[str, Any] = {
    "DeadState": {"type": "string", "enum": list(STATES)},
    "DeadLetter": object_of(DEAD_FIELDS),
    "DeadLetterPage": object_of(
        {
            "dead_letters": list_of("DeadLetter"),
            "next": {
                "description": "Parameters of the next page; null at the end",
                "anyOf": [{"type": "null"}, object_of({"before_id": TEXT})],
            },
        }
    ),
    "DeadLetterDetail": object_of(
        DEAD_FIELDS
        | {
            "text": TEXT | {"description": "The first 64 KiB; what is no UTF-8 is U+FFFD"},
            "decisions": list_of("DeadDecisionKept") | {"description": "All of them, oldest first"},
            "whole": object_of(
                {
                    "source": OPTIONAL_TEXT | {"description": "Where all of it was found: head, page or whole_page"},
                    "bytes": COUNT,
                    "why_not": TEXT | {"description": "Why not; a retry looks into the topic, too"},
                }
            ),
        }
    ),
    "DeadDecisionKept": object_of(
        {
            "decision": {"type": "string", "enum": ["retried", "discarded"]},
            "note": TEXT,
            "by": TEXT,
            "at": MOMENT,
            "sent": object_of({"page": TEXT, "topic": TEXT, "partition": {"type": "integer"}, "offset": COUNT}),
        },
        ("decision", "note", "by", "at"),
    ),
    "DeadOutcome": object_of(
        {
            "state": {"type": "string", "enum": list(OUTCOMES)},
            "listings": COUNT,
            "alerts": COUNT,
            "dead_letters": {"type": "array", "items": TEXT, "description": "Those that came of the retry"},
        },
        description="What came of the last retry",
    ),
    "DeadCounts": object_of(
        {
            "counts": {
                "type": "array",
                "items": object_of({"reason": TEXT, "state": reference("DeadState"), "count": COUNT, "oldest": MOMENT}),
            }
        }
    ),
    "DeadDecision": object_of(
        {
            "letters": {"type": "array", "items": TEXT, "minItems": 1, "maxItems": MOST_LETTERS},
            "decision": {"type": "string", "enum": ["retry", "discard"]},
            "note": TEXT | {"maxLength": MOST_NOTE, "description": "Why; a discard needs it"},
            "again": {"type": "boolean", "description": "Also those that were sent again before"},
        },
        ("letters", "decision"),
        additionalProperties=False,
    ),
    "DeadDecided": object_of(
        {
            "results": {
                "type": "array",
                "items": object_of(
                    {
                        "letter_id": TEXT,
                        "status": {"type": "string", "enum": ["retried", "discarded", "already", "refused", "unknown"]},
                        "detail": TEXT,
                    }
                ),
            }
        }
    ),
}
