"""The calibration in force and the one that verdicts suggest, as pages show them. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from detectors.calibration.document import APPLIED, read_calibration
from detectors.records import timestamp_text
from sinks.operational.calibration_store import Proposed
from sinks.visible import Visible


def shown_in_force(document: Mapping[str, Any], visible: Visible) -> dict[str, Any] | None:
    """None when the scores of the rule pack hold.

    Scores rest on everybody's verdicts: whoever sees a part is told the thresholds of that part, and their verdicts.
    """
    version = read_calibration(document).version
    if not version:
        return None
    thresholds = [
        {"right_id": right_id, **_told(entry, "shift")}
        for right_id, entry in document["thresholds"].items()
        if is_seen(right_id, visible)
    ]
    scores = [
        {"detector": detector, "signals": signals, **_told(entry, "score", "shipped")}
        for detector, cells in document["scores"].items()
        for signals, entry in cells.items()
        if visible.is_everything
    ]
    everybodys, own = document.get("verdicts", 0), sum(one["judged"] or 0 for one in thresholds)
    return {
        "version": version,
        "made_at": document["made_at"],
        "verdicts": everybodys if visible.is_everything else own,
        "applied": document.get(APPLIED),
        "scores": scores,
        "thresholds": thresholds,
    }


def shown_proposal(proposed: Proposed | None, visible: Visible) -> dict[str, Any] | None:
    """None also for whoever sees a part: it is about everybody's verdicts, and not theirs to apply."""
    if proposed is None or not visible.is_everything:
        return None
    return {"version": proposed.version, "made_at": timestamp_text(proposed.made_at), **proposed.changes}


def is_seen(right_id: str, visible: Visible) -> bool:
    """What a region's people may see are alerts, not which rights there are."""
    return visible.regions is None and (visible.rights is None or right_id in visible.rights)


def _told(entry: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Of an entry from a file, which need not say more than what holds."""
    return {name: entry.get(name) for name in (*names, "judged", "infringing")}
