"""What people decided about what was observed in a period: the evidence of figures and calibrations.

An offer and a right are one group, and its last word counts: the newest judgement or review that nobody took back. It
is about the content that was judged: alerts of the same content by other detectors share it, an edited offer's do not.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Literal
from uuid import UUID

from detectors.calibration.evidence import Judged
from detectors.watchlist.allowed import QUARANTINED
from sinks.clickhouse.columns import milliseconds
from sinks.clickhouse.connection import Connection
from sinks.settings import ClickHouseSettings
from sinks.verdict_codes import INFRINGING, JUDGE, REVIEW, SCREENED, UNDO
from sinks.visible import EVERYTHING, Visible

MOST_FINDINGS = 200_000  # the newest; more verdicts make no figure better
_ALWAYS = datetime(2298, 12, 31, tzinfo=UTC)  # as late as the columns go
_WINDOW = (
    "observed_at >= fromUnixTimestamp64Milli({after:Int64}, 'UTC')"
    " AND observed_at < fromUnixTimestamp64Milli({before:Int64}, 'UTC')"
)
_GIVEN = f"""judged_at >= fromUnixTimestamp64Milli({{after:Int64}}, 'UTC')
    AND judged_at < fromUnixTimestamp64Milli({{known:Int64}}, 'UTC') AND verdict_id NOT IN (
        SELECT undoes FROM verdicts
        WHERE stage = '{UNDO}' AND judged_at < fromUnixTimestamp64Milli({{known:Int64}}, 'UTC')
    )"""  # noqa: S608 - our own words
_ALERTS = f"""
WITH words AS (
    SELECT group_id, listing_digest, verdict, reason_code FROM verdicts
    WHERE stage IN ('{JUDGE}', '{REVIEW}') AND {_GIVEN}
    ORDER BY group_version DESC, judged_at DESC LIMIT 1 BY group_id
)
SELECT group_id, right_id, detector, score, JSONExtractKeys(document, 'signals'), '', verdict, reason_code
FROM (
    SELECT group_id, right_id, detector, score, document, listing_digest, observed_at FROM alerts
    WHERE {{visible}} AND alert_id IN (
        SELECT alert_id FROM alerts_by_time WHERE {_WINDOW} AND group_id IN (SELECT group_id FROM words)
    )
    ORDER BY first_wins DESC LIMIT 1 BY alert_id
) AS raised INNER JOIN words USING (group_id, listing_digest)
WHERE {_WINDOW}
ORDER BY observed_at DESC, group_id, detector
LIMIT {MOST_FINDINGS}"""  # noqa: S608
_SCREENED = f"""
SELECT JSONExtractString(document, 'group_id'), right_id, detector, JSONExtractFloat(document, 'score'),
    JSONExtractKeys(document, 'signals'), screened, verdict, reason_code
FROM (
    SELECT * FROM screened_sample FINAL WHERE {_WINDOW} AND {{visible}} ORDER BY observed_at LIMIT 1 BY alert_id
) AS sample INNER JOIN (
    SELECT alert_id, verdict, reason_code FROM verdicts
    WHERE stage = '{SCREENED}' AND {_GIVEN}
    ORDER BY judged_at DESC LIMIT 1 BY alert_id
) AS words USING (alert_id)
ORDER BY observed_at DESC, alert_id
LIMIT {MOST_FINDINGS}"""  # noqa: S608
_RAISED = f"SELECT {{key}}, uniqExact(group_id) FROM alerts_by_time WHERE {_WINDOW} AND {{visible}} GROUP BY 1"  # noqa: S608
_SAMPLED = f"""
SELECT {{key}}, screened = '{QUARANTINED}', uniqExact(JSONExtractString(document, 'group_id'))
FROM screened_sample FINAL WHERE {_WINDOW} AND {{visible}} GROUP BY 1, 2"""  # noqa: S608
_WEIGHT = f"""
SELECT
    (SELECT sum(arraySum(mapValues(screened)) - screened['{QUARANTINED}']) FROM screenings FINAL WHERE {_WINDOW}),
    (SELECT count() FROM screened_sample FINAL WHERE {_WINDOW} AND screened != '{QUARANTINED}')"""  # noqa: S608

_WAITING = f"""
SELECT
    toString(argMinIf(alert_id, sipHash64(alert_id, {{who:String}}), NOT has({{skip:Array(UUID)}}, alert_id))),
    countIf(NOT has({{skip:Array(UUID)}}, alert_id))
FROM (
    SELECT DISTINCT alert_id FROM screened_sample
    WHERE {_WINDOW} AND {{visible}}
        AND alert_id NOT IN (SELECT alert_id FROM verdicts WHERE stage = '{SCREENED}' AND {_GIVEN})
)"""  # noqa: S608

Kind = Literal["right_id", "detector", "everything"]
_KEYS: Mapping[Kind, str] = {"right_id": "ifNull(right_id, '')", "detector": "detector", "everything": "''"}


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding with the last word about it."""

    group_id: str
    judged: Judged
    verdict: str
    reason_code: str


@dataclass(frozen=True, slots=True)
class Sampled:
    """Groups in the sample of what was screened: those that stand for many, and those kept whole (quarantined)."""

    of_share: int = 0
    whole: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """What was observed in a period, and what is known about it.

    raised, sampled : groups by right ("" for claims without one), by detector, and together under "".
    weight : how many screened matches one of the sample stands for, at least 1.
    """

    findings: tuple[Finding, ...]
    screened: tuple[Finding, ...]
    raised: Mapping[Kind, Mapping[str, int]]
    sampled: Mapping[Kind, Mapping[str, Sampled]]
    weight: float


class JudgedReader:
    """One connection, one thread at a time. Raises (every method): StoreUnavailable, StoreRefused."""

    def __init__(self, settings: ClickHouseSettings) -> None:
        self._connection = Connection(settings)

    def evidence(self, after: datetime, before: datetime) -> list[Judged]:
        """All findings observed in the period that were judged, the newest first."""
        rows = [*self._rows(_ALERTS, after, before, EVERYTHING), *self._rows(_SCREENED, after, before, EVERYTHING)]
        return [_finding(row).judged for row in rows]

    def observed(self, after: datetime, before: datetime, visible: Visible, known: datetime | None = None) -> Observed:
        """`after` is inclusive, `before` exclusive; only what may be seen. `known`: by what was judged before then."""
        until = milliseconds(known or _ALWAYS)
        screened_total, sampled_total = self._rows(_WEIGHT, after, before, EVERYTHING)[0]
        return Observed(
            findings=tuple(map(_finding, self._rows(_ALERTS, after, before, visible, known=until))),
            screened=tuple(map(_finding, self._rows(_SCREENED, after, before, visible, known=until))),
            raised={kind: self._raised(kind, after, before, visible) for kind in _KEYS},
            sampled={kind: self._sampled(kind, after, before, visible) for kind in _KEYS},
            weight=max(1.0, screened_total / sampled_total) if sampled_total else 1.0,
        )

    def waiting(
        self, after: datetime, before: datetime, visible: Visible, *, who: str, skip: Collection[UUID] = ()
    ) -> tuple[str | None, int]:
        """A screened match of the sample that nobody judged, at random; and how many there are. Leaves out `skip`.

        Each of the people who judge (`who`) goes through the sample in an order of their own.
        """
        ((alert_id, waiting),) = self._rows(_WAITING, after, before, visible, who=who, skip=list(skip))
        return (alert_id if waiting else None), waiting

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> JudgedReader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _raised(self, kind: Kind, after: datetime, before: datetime, visible: Visible) -> Mapping[str, int]:
        return dict(self._rows(_RAISED.replace("{key}", _KEYS[kind]), after, before, visible))

    def _sampled(self, kind: Kind, after: datetime, before: datetime, visible: Visible) -> Mapping[str, Sampled]:
        found: dict[str, Sampled] = {}
        for key, is_whole, groups in self._rows(_SAMPLED.replace("{key}", _KEYS[kind]), after, before, visible):
            known = found.get(key, Sampled())
            found[key] = Sampled(known.of_share, groups) if is_whole else Sampled(groups, known.whole)
        return found

    def _rows(self, sql: str, after: datetime, before: datetime, visible: Visible, **more: Any) -> list[Any]:
        clauses, values = visible.conditions()
        period = {"after": milliseconds(after), "before": milliseconds(before), "known": milliseconds(_ALWAYS), **more}
        return self._connection.query(sql.replace("{visible}", " AND ".join(["true", *clauses])), {**period, **values})


def _finding(row: Any) -> Finding:
    group_id, right_id, detector, score, signals, screened, verdict, reason_code = row
    judged = Judged(
        right_id=right_id,
        detector=detector,
        signals=frozenset(signals),
        score=score,
        is_infringing=verdict == INFRINGING,
        screened=screened,
    )
    return Finding(str(group_id), judged, verdict, reason_code)
