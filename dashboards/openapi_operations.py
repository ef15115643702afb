"""What the routes in the API's description are made of. Pure functions."""

from __future__ import annotations

from typing import Any

from dashboards.openapi_shapes import reference

JSON = "application/json"
PROBLEM = "application/problem+json"


def content(schema: dict[str, Any], media_type: str = JSON) -> dict[str, Any]:
    return {media_type: {"schema": schema}}


def good(description: str, schema: str) -> dict[str, Any]:
    return {"description": description, "content": content(reference(schema))}


def answers(good: dict[str, Any], *refusals: int) -> dict[str, Any]:
    """200 as given; refusals are problem documents."""
    described: dict[str, Any] = {"200": good}
    for status in sorted({*refusals, 401, 421, 429}):
        described[str(status)] = {"description": REFUSALS[status], "content": content(reference("Problem"), PROBLEM)}
    return described


REFUSALS = {
    400: "A parameter has no usable value; `field` names it",
    401: "With accounts on: not signed in, and no key that holds",
    403: "Not among what your roles may do, or the request comes from a page of another site",
    404: "Not in the store",
    408: "The body took too long to arrive",
    409: "What holds now does not allow it, or somebody else changed it meanwhile: read it again",
    413: "The body, or a part of it, is larger than is looked at",
    415: "The body is declared neither as JSON nor as multipart/form-data",
    421: "The Host header does not name this service",
    422: "The body cannot be used; `field` names what is wrong with it",
    428: "Something has to be done first; `detail` says what",
    429: "More requests than one may send, or the name is locked; `Retry-After` says when to go on",
    503: "Not available just now; `Retry-After` says when to try again",
}


def query(name: str, description: str, schema: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": description, "schema": schema or {"type": "string"}}


def path(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": schema}
