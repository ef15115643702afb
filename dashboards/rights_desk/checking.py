"""Whether a right that somebody sent can be put on the watchlist; what is wrong is named field by field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboards.problems import Problem
from detectors.errors import RightError
from detectors.rights import KINDS, parse_right
from sinks.visible import Visible

MOST_ERRORS = 20
Fault = dict[str, str]


def checked_right(document: Any, right_id: str, visible: Visible) -> dict[str, Any]:
    """The right to put, with its id.

    Raises:
        Problem: 400 with all that is wrong in `errors`; the first of them is its `field` and `detail`.
    """
    if not isinstance(document, dict):
        raise _refused([_fault("right", "must be a JSON object: the whole right")])
    if document.get("right_id", right_id) != right_id:
        raise _refused([_fault("right_id", "must be the id in the address, or be left out: an id never changes")])
    right = {**document, "right_id": right_id}
    faults = _faults(right)
    if not faults and not visible.owns(right):
        own = ", ".join(sorted(visible.holders or ()))
        faults = [_fault("holder.id", f"must be one of your own: {own}")]
    if faults:
        raise _refused(faults)
    return right


def refuse_unknown_pictures(
    right: Mapping[str, Any], before: Mapping[str, Any] | None, missing: frozenset[str]
) -> None:
    """Pictures that nobody has sent are not watched for: better said now than found out by what is never found.

    missing : digests under which no picture is kept. What the right said before is let pass.
    """
    known = (before or {}).get("images") or []
    faults = [
        _fault(f"images[{number}]", "is no picture that is kept: send it to the right's pictures first")
        for number, image in enumerate(right.get("images") or [])
        if image not in known and (_digest(image) in missing or not image.get("pdq"))
    ]
    if faults:
        raise _refused(faults)


def digests_of(right: Mapping[str, Any]) -> set[str]:
    """Of the pictures that a right names; one that passed `checked_right`."""
    return {digest for image in right.get("images") or [] if (digest := _digest(image))}


def _digest(image: Mapping[str, Any]) -> str:
    return str(image.get("digest") or "").lower()


def _faults(right: dict[str, Any]) -> list[Fault]:
    """`parse_right` stops at the first: what it complains about is left out, and it is asked again."""
    faults: list[Fault] = []
    bad: set[str] = set()
    while len(faults) < MOST_ERRORS:
        remaining = {name: value for name, value in right.items() if name not in bad}
        if "kind" in bad:
            remaining["kind"] = KINDS[0]
        try:
            parse_right(remaining)
        except RightError as error:
            top = error.field.split(".")[0].split("[")[0]
            if top in bad or (faults and top not in right):  # it only lacks what was left out
                return faults
            faults.append({"field": error.field, "detail": str(error).removeprefix(f"right {error.right_id}: ")})
            bad.add(top)
        else:
            return faults
    return faults


def _fault(field: str, remedy: str) -> Fault:
    return {"field": field, "detail": f"{field}: {remedy}"}


def _refused(faults: list[Fault]) -> Problem:
    first = faults[0]
    return Problem(400, "bad_parameter", first["detail"], field=first["field"], errors=faults)
