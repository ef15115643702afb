"""The routes of judging in the API's description."""

from __future__ import annotations

from typing import Any

from dashboards.openapi_operations import answers, content, good, path, query
from dashboards.openapi_shapes import MOMENT, TEXT, UUID, reference
from dashboards.triage.queries import CHOICES, MOST_CAUSE, ROWS
from dashboards.triage.verdict_lines import FORMATS
from dashboards.triage.views_api import MOST_NAME
from sinks.clickhouse.queue_query import MOST_CAUSES, MOST_GROUPS

GROUP = "/api/v1/groups/{group_id}"
GROUP_ID, ALERT_ID = path("group_id", UUID), path("alert_id", UUID)
NAME = path("name", {"type": "string", "minLength": 1, "maxLength": MOST_NAME})
LANG = query("lang", "Ignored here; pages use it")
CAUSE: dict[str, Any] = {"type": "string", "maxLength": MOST_CAUSE}


def _choice(name: str, description: str) -> dict[str, Any]:
    return query(name, description, {"type": "string", "enum": list(CHOICES[name])})


FILTERS = [
    _choice("state", "Only groups in this state; mine: those that one has claimed. As default: open"),
    query(
        "text",
        "In some alert's title, subject or seller's name, whatever its case",
        {"type": "string", "maxLength": 200},
    ),
    query("tier", "Only groups whose highest tier this is", reference("Tier")),
    query("detector", "Only groups with a finding of this detector", reference("Detector")),
    query("right_id", "Only groups about this right", {"type": "string", "maxLength": 200}),
    query("platform", "Only offers on this platform", {"type": "string", "maxLength": 200}),
    query("seller", "Only this seller: `platform:id`", CAUSE),
    _choice("cause_by", "With `cause`: what groups share"),
    query("cause", "Only groups of this cause, as /api/v1/queue/causes names it", CAUSE),
]


def _limit(most: int) -> dict[str, Any]:
    return query("limit", "At most so many", {"type": "integer", "minimum": 1, "maximum": most, "default": ROWS})


def _post(summary: str, body: str, answer: dict[str, Any], *refusals: int, parameters: Any = ()) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "summary": summary,
        "requestBody": {"required": True, "content": content(reference(body))},
        "responses": answers(answer, 400, 403, *refusals, 413, 415, 503),
    }
    return {"post": operation | ({"parameters": list(parameters)} if parameters else {})}


def _act(summary: str, body: str) -> dict[str, Any]:
    """An act on one group."""
    return _post(summary, body, good("The state from now on", "ActGiven"), 404, 409, parameters=[GROUP_ID])


TRIAGE_PATHS: dict[str, Any] = {
    "/api/v1/queue": {
        "get": {
            "summary": "Groups of alerts to judge, with their states, how many there are, and whether they are a flood",
            "parameters": [
                *FILTERS,
                _choice("sort", "urgent: own claims first, then by tier and deadline; newest: by the last alert"),
                _limit(MOST_GROUPS),
                query("after", "Keyset paging: take it from `next`", {"type": "string", "maxLength": 200}),
                LANG,
            ],
            "responses": answers(good("A page", "QueuePage"), 400, 403, 503),
        }
    },
    "/api/v1/queue/causes": {
        "get": {
            "summary": "What the groups of the queue share, those of the most groups first",
            "parameters": [
                _choice("by", "seller, right, or fingerprint: the picture that matched, else the title")
                | {"required": True},
                *FILTERS,
                _limit(MOST_CAUSES),
                LANG,
            ],
            "responses": answers(good("The causes", "QueueCauses"), 400, 403, 503),
        }
    },
    "/api/v1/queue/claim": _post(
        "Take groups for oneself: those that are named, or the next that is free",
        "QueueClaim",
        good("What was taken, and what was not", "QueueClaimed"),
    ),
    "/api/v1/queue/release": _post(
        "Give own claims back", "QueueRelease", good("What was given back", "QueueReleased")
    ),
    "/api/v1/queue/shelve": _post(
        "Put groups aside for a while, or all of a right or a seller, those to come too",
        "QueueShelve",
        good("What was put aside", "QueueShelved"),
        404,
    ),
    "/api/v1/queue/unshelve": _post(
        "Take them back before their time", "QueueUnshelve", good("What was taken back", "QueueShelved"), 404
    ),
    GROUP: {
        "get": {
            "summary": "One group with its alerts, its state, and what people did with it",
            "parameters": [GROUP_ID],
            "responses": answers(good("The group", "GroupDetail"), 400, 403, 404, 503),
        }
    },
    f"{GROUP}/undo": _act("Take back one's own latest act, within ten minutes", "ActUndo"),
    f"{GROUP}/ask_expert": _act("Send the group to an expert with a question", "ActAsk"),
    f"{GROUP}/opinion": _act("An expert's answer; it decides nothing", "ActOpinion"),
    f"{GROUP}/review": _act("A second person's verdict, which confirms or overrules the first", "ActReview"),
    "/api/v1/verdicts": _post(
        "A verdict on up to 200 groups",
        "VerdictsGive",
        good("What was given, and what was refused and why", "VerdictsGiven"),
    ),
    "/api/v1/verdicts/export": {
        "get": {
            "summary": "All verdicts that people gave, oldest first, each with the alert that was judged",
            "parameters": [
                query("after", "Given at this moment or later", MOMENT),
                query("format", "JSON lines, or CSV for spreadsheets", {"type": "string", "enum": list(FORMATS)}),
                LANG,
            ],
            "responses": answers(
                {
                    "description": "A file, one verdict a line; an undo is a line that names what it `undoes`",
                    "content": content(TEXT, "application/x-ndjson") | content(TEXT, "text/csv"),
                },
                400,
                403,
                503,
            ),
        }
    },
    "/api/v1/alerts/{alert_id}/verdict": _post(
        "A verdict on the group of one alert",
        "VerdictGive",
        good("The state from now on", "ActGiven"),
        404,
        409,
        parameters=[ALERT_ID],
    ),
    "/api/v1/screened/{alert_id}/verdict": _post(
        "A verdict on a match that did not alert, out of the sample",
        "ScreenedVerdict",
        good("What was given", "ScreenedVerdictGiven"),
        404,
        parameters=[ALERT_ID],
    ),
    "/api/v1/views": {
        "get": {
            "summary": "The filters that one keeps under names",
            "responses": answers(good("The views", "Views"), 403, 503),
        }
    },
    "/api/v1/views/{name}": {
        "put": {
            "summary": "Keep filters under a name",
            "parameters": [NAME],
            "requestBody": {"required": True, "content": content(reference("ViewPut"))},
            "responses": answers(good("What is kept", "View"), 400, 403, 413, 415, 503),
        },
        "delete": {
            "summary": "Forget a view",
            "parameters": [NAME],
            "responses": answers(good("Its name", "ViewRemoved"), 400, 403, 404, 503),
        },
    },
}
