"""From what was observed and judged to figures with their intervals. Pure functions.

An offer and a right are one group and count once, whatever detectors found of it. By detector a group counts once for
each detector that found it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from detectors.calibration.intervals import Interval, Share
from detectors.calibration.measures import (
    Bin,
    Scored,
    Stratum,
    brier_score,
    calibration_error,
    curve,
    miss_rate,
)
from detectors.watchlist.allowed import QUARANTINED
from sinks.clickhouse.judged import Finding, Kind, Observed, Sampled

MOST_ROWS = 500  # rights, those with the most verdicts


def figures_of(observed: Observed) -> dict[str, Any]:
    """All figures of a period, as the API answers them."""
    scored = [Scored(one.judged.score, one.judged.is_infringing) for one in observed.findings]
    return {
        "weight": observed.weight,
        "overall": _row(observed, "everything", ""),
        "by_right": _rows(observed, "right_id"),
        "by_detector": _rows(observed, "detector"),
        "by_reason": _reasons([*observed.findings, *observed.screened]),
        "curve": [_bin(one) for one in curve(scored)],
        "calibration_error": calibration_error(scored),
        "brier_score": brier_score(scored),
    }


def _rows(observed: Observed, kind: Kind) -> list[dict[str, Any]]:
    """Those about which anything was judged, the most first."""
    keys = {_key(one, kind) for one in (*observed.findings, *observed.screened)} - {""}
    rows = [{kind: key, **_row(observed, kind, key)} for key in sorted(keys)]
    return sorted(rows, key=lambda row: -(row["judged"] + row["sampled_judged"]))[:MOST_ROWS]


def _key(one: Finding, kind: Kind) -> str:
    if kind == "everything":
        return ""
    return one.judged.right_id or "" if kind == "right_id" else one.judged.detector


def _row(observed: Observed, kind: Kind, key: str) -> dict[str, Any]:
    found = _by_group(observed.findings, kind, key)
    precision = Share(sum(found.values()), len(found))
    raised = observed.raised[kind].get(key, 0)
    strata = _strata(observed, kind, key)
    missed = miss_rate(strata, raised, precision)
    return {
        "raised": raised,
        "judged": precision.total,
        "infringing": precision.hits,
        "precision": _estimate(precision.value, precision.interval),
        "sampled": sum(one.sampled for one in strata),
        "sampled_judged": sum(one.judged for one in strata),
        "sampled_infringing": sum(one.infringing for one in strata),
        "missed": missed.missed,
        "miss_rate": _estimate(missed.value, missed.interval),
    }


def _by_group(found: Sequence[Finding], kind: Kind, key: str) -> Mapping[str, bool]:
    return {one.group_id: one.judged.is_infringing for one in found if _key(one, kind) == key}


def _strata(observed: Observed, kind: Kind, key: str) -> list[Stratum]:
    """What was sampled by the share, and what is kept whole since its picture is quarantined."""
    counts = observed.sampled[kind].get(key, Sampled())
    whole = [one for one in observed.screened if one.judged.screened == QUARANTINED]
    of_share = [one for one in observed.screened if one.judged.screened != QUARANTINED]
    parts = ((counts.of_share, observed.weight, of_share), (counts.whole, 1.0, whole))
    judged = [(sampled, weight, _by_group(some, kind, key)) for sampled, weight, some in parts]
    return [
        Stratum(sampled=sampled, weight=weight, judged=len(some), infringing=sum(some.values()))
        for sampled, weight, some in judged
        if sampled
    ]


def _reasons(found: Sequence[Finding]) -> list[dict[str, Any]]:
    words = {(one.group_id, one.judged.screened): (one.verdict, one.reason_code) for one in found}
    counts = Counter((verdict, code, bool(screened)) for (_, screened), (verdict, code) in words.items())
    return [
        {"verdict": verdict, "reason_code": code, "screened": screened, "count": count}
        for (verdict, code, screened), count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ]


def _bin(one: Bin) -> dict[str, Any]:
    return {
        "low": one.low,
        "mean_score": one.mean_score,
        "judged": one.share.total,
        "infringing": one.share.hits,
        "share": _estimate(one.share.value, one.share.interval),
    }


def _estimate(value: float | None, interval: Interval) -> dict[str, float | None]:
    return {"value": value, "low": interval.low, "high": interval.high}
