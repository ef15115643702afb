"""The figures in the API's description."""

from __future__ import annotations

from typing import Any

from dashboards.openapi_operations import answers, content, good, query
from dashboards.openapi_shapes import COUNT, MOMENT, NUMBER, TEXT, map_of, object_of, reference

MAYBE = {"type": ["number", "null"]}
MAYBE_COUNT = {"type": ["integer", "null"]}
COUNTED = {"judged": MAYBE_COUNT, "infringing": MAYBE_COUNT}
FIGURES: dict[str, Any] = {
    "raised": COUNT | {"description": "Offers that alerted, once for each right"},
    "judged": COUNT | {"description": "Of those, how many were judged"},
    "infringing": COUNT,
    "precision": reference("Estimate"),
    "sampled": COUNT | {"description": "Screened matches kept for people to judge"},
    "sampled_judged": COUNT,
    "sampled_infringing": COUNT,
    "missed": MAYBE | {"description": "Estimated number of infringements about which nothing was said"},
    "miss_rate": reference("Estimate"),
}
QUALITY = object_of({"calibration_error": NUMBER, "brier_score": NUMBER})
CHANGE = {"before": NUMBER, "after": NUMBER, **COUNTED}


def _array(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": object_of(properties)}


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [{"type": "null"}, schema]}


FIGURES_SCHEMAS: dict[str, Any] = {
    "Estimate": object_of(
        {
            "value": MAYBE | {"description": "null: nobody judged enough to say"},
            "low": NUMBER | {"description": "Of the 95 % interval"},
            "high": NUMBER,
        }
    ),
    "Calibration": object_of(
        {
            "version": TEXT,
            "made_at": MOMENT,
            "verdicts": COUNT,
            "applied": _or_null(object_of({"by": TEXT, "at": MOMENT})),
            "scores": _array({"detector": TEXT, "signals": TEXT, "score": NUMBER, "shipped": MAYBE, **COUNTED}),
            "thresholds": _array({"right_id": TEXT, "shift": NUMBER, **COUNTED}),
        }
    ),
    "CalibrationProposal": object_of(
        {
            "version": TEXT,
            "made_at": MOMENT,
            "verdicts": COUNT,
            "scores": _array({"detector": TEXT, "signals": TEXT, **CHANGE}),
            "thresholds": _array({"right_id": TEXT, **CHANGE}),
            "before": _or_null(QUALITY),
            "after": _or_null(QUALITY) | {"description": "On verdicts that were left out when it was made"},
        }
    ),
    "Figures": object_of(
        {
            "after": MOMENT,
            "before": MOMENT,
            "weight": NUMBER | {"description": "How many screened matches one of the sample stands for"},
            "overall": object_of(FIGURES),
            "by_right": _array({"right_id": TEXT, **FIGURES}),
            "by_detector": _array({"detector": TEXT, **FIGURES}),
            "by_reason": _array(
                {"verdict": TEXT, "reason_code": TEXT, "screened": {"type": "boolean"}, "count": COUNT}
            ),
            "curve": _array(
                {
                    "low": NUMBER,
                    "mean_score": NUMBER,
                    "judged": COUNT,
                    "infringing": COUNT,
                    "share": reference("Estimate"),
                }
            ),
            "calibration_error": MAYBE,
            "brier_score": MAYBE,
            "may_apply": {"type": "boolean", "description": "Whether whoever asks may put the proposal in force"},
            "in_force": _or_null(reference("Calibration")),
            "proposal": _or_null(reference("CalibrationProposal")),
            "rights": map_of({"type": "object"}),
        }
    ),
    "BlindMatch": object_of(
        {
            "match": _or_null({"type": "object"})
            | {"description": "As an alert, without what the machine made of it; null: nothing is left to judge"},
            "listing": _or_null({"type": "object"}),
            "right": _or_null({"type": "object"}),
            "reason_codes": map_of({"type": "array", "items": TEXT}) | {"description": "Of each verdict"},
            "waiting": COUNT | {"description": "How many of the last 30 days nobody judged, but those of `skip`"},
        }
    ),
    "CalibrationChoice": object_of({"version": TEXT | {"maxLength": 60}}, additionalProperties=False),
    "CalibrationApplied": object_of({"revision": COUNT, "version": TEXT}),
}
FIGURES_PATHS: dict[str, Any] = {
    "/api/v1/figures": {
        "get": {
            "summary": "Precision and miss rate of what was observed in a period, with intervals, and the calibrations",
            "parameters": [
                query("after", "Observed at this moment or later; 30 days before `before` unless given", MOMENT),
                query("before", "Observed before this moment; now unless given", MOMENT),
                query("lang", "Ignored here; pages use it"),
            ],
            "responses": answers(good("The figures", "Figures"), 400, 403, 503),
        }
    },
    "/api/v1/screened/next": {
        "get": {
            "summary": "A match that did not alert, chosen at random, to be judged without knowing why it did not",
            "parameters": [
                query("skip", "Ids of matches that are not to come up, with commas between them; at most 50"),
                query("lang", "Ignored here; pages use it"),
            ],
            "responses": answers(good("One match, or none", "BlindMatch"), 400, 403, 503),
        }
    },
    "/api/v1/calibration": {
        "post": {
            "summary": "Put in force the calibration that verdicts suggest",
            "requestBody": {"required": True, "content": content(reference("CalibrationChoice"))},
            "responses": answers(good("It is in force", "CalibrationApplied"), 400, 403, 409, 413, 415, 503),
        }
    },
}
