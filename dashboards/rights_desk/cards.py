"""What the list and the history of rights answer. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from detectors.records import timestamp_text
from sinks.operational.right_history_store import HeldRight, RightChange
from sinks.operational.right_list_store import ListedRight
from sinks.visible import Visible, holder_id_of

SHOWN_MARKS = 5
_PLAIN = ("kind", "office", "number", "title", "status", "status_as_of", "expires_on")


def card_of(listed: ListedRight) -> dict[str, Any]:
    """What a list says of a right. Its shape was checked when it came; its values are not trusted here."""
    document = listed.document
    holder = document.get("holder")
    marks, images = (document.get(name) for name in ("marks", "images"))
    images = [image for image in images if isinstance(image, Mapping)] if isinstance(images, list) else []
    return {
        "right_id": document.get("right_id"),
        **{name: document.get(name) for name in _PLAIN},
        "holder": {"id": holder_id_of(document), "name": holder.get("name") if isinstance(holder, Mapping) else None},
        "marks": [str(mark) for mark in marks[:SHOWN_MARKS]] if isinstance(marks, list) else [],
        "pictures": len(images),
        "picture": next((image["digest"] for image in images if isinstance(image.get("digest"), str)), None),
        "revision": listed.revision,
        "is_held": listed.is_held,
        "changed_by": listed.changed_by,
        "changed_at": timestamp_text(listed.changed_at),
    }


def history_of(
    right_id: str, held: HeldRight, changes: Sequence[RightChange], limit: int, visible: Visible
) -> dict[str, Any]:
    """The right with its changes. Of one that changed hands its holder sees what was changed since."""
    return {
        "right_id": right_id,
        "revision": held.revision,
        "is_held": held.document is not None,
        "right": held.last,
        "changes": [_change(change, visible) for change in changes if _is_own(change.holder_id, visible)],
        "next": changes[-1].revision if len(changes) == limit and changes[-1].based_on else None,
    }


def _change(change: RightChange, visible: Visible) -> dict[str, Any]:
    document = change.to_json()
    return document if _is_own(change.holder_before, visible) else {**document, "differences": []}


def _is_own(holder_id: str | None, visible: Visible) -> bool:
    return visible.holders is None or holder_id in visible.holders
