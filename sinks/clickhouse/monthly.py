"""What a month came to, for the work report: counts, times and deadlines, by what they are told apart by.

An offer and a right are one group and count once. Only verdicts given before the month's end count, and only what was
taken back before it does not: once a month is over and what was given is stored, its figures stay the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sinks.clickhouse.columns import milliseconds
from sinks.clickhouse.connection import Connection
from sinks.settings import ClickHouseSettings
from sinks.triage_policy import TriageSettings
from sinks.verdict_codes import INFRINGING, JUDGE, NOT_INFRINGING, REVIEW, UNDO
from sinks.visible import Visible

MOST_ROWS = 50  # of a table, those with the most groups
_BEFORE = "fromUnixTimestamp64Milli({before:Int64}, 'UTC')"
_WINDOW = f"observed_at >= fromUnixTimestamp64Milli({{after:Int64}}, 'UTC') AND observed_at < {_BEFORE}"
_GIVEN = f"""judged_at < {_BEFORE}
        AND verdict_id NOT IN (SELECT undoes FROM verdicts WHERE stage = '{UNDO}' AND judged_at < {_BEFORE})"""  # noqa: S608
_GROUPS = f"""
WITH found AS (
    SELECT
        group_id, uniqExact(alert_id) AS alerts, min(observed_at) AS first_seen, any(kind) AS kind,
        any(ifNull(right_id, '')) AS right_id, any(platform) AS platform, min(seller) AS seller,
        min(seller_region) AS region, groupUniqArray(detector) AS detectors,
        multiIf(max(tier = 'high'), 'high', max(tier = 'medium'), 'medium', 'low') AS tier
    FROM (SELECT * FROM alerts_by_time WHERE {_WINDOW} AND {{visible}})
    GROUP BY group_id
),
words AS (
    SELECT group_id, verdict FROM verdicts WHERE stage IN ('{JUDGE}', '{REVIEW}') AND {_GIVEN}
    ORDER BY group_version DESC, judged_at DESC LIMIT 1 BY group_id
),
firsts AS (
    SELECT group_id, min(judged_at) AS first_judged FROM verdicts WHERE stage = '{JUDGE}' AND {_GIVEN} GROUP BY group_id
),
groups AS (
    SELECT found.*, words.verdict AS verdict, firsts.first_judged AS first_judged
    FROM found LEFT JOIN words USING (group_id) LEFT JOIN firsts USING (group_id)
)
"""  # noqa: S608
_COUNTS = f"sum(alerts), count(), countIf(verdict != ''), countIf(verdict = '{INFRINGING}')"
_BY = f"""{_GROUPS}
SELECT {{key}} AS key, {_COUNTS} FROM groups GROUP BY key ORDER BY count() DESC, key LIMIT {MOST_ROWS}"""  # noqa: S608
_GIVEN_TIME = "multiIf(tier = 'high', {high:Int64}, tier = 'medium', {medium:Int64}, {low:Int64})"  # milliseconds
_DEADLINES = f"""{_GROUPS}
SELECT tier, count(), countIf(is_kept), countIf(due < {_BEFORE} AND NOT is_kept)
FROM (
    SELECT
        tier, first_seen + toIntervalMillisecond({_GIVEN_TIME}) AS due, verdict != '' AND first_judged <= due AS is_kept
    FROM groups
)
GROUP BY tier"""  # noqa: S608
_TO_VERDICT = f"""{_GROUPS}
SELECT count(), quantileExact(0.5)(taken), quantileExact(0.95)(taken) FROM (
    SELECT dateDiff('millisecond', first_seen, first_judged) / 1000 AS taken
    FROM groups WHERE verdict != '' AND first_judged >= first_seen
)"""  # noqa: S608
_TO_ALERT = f"""
SELECT count(), quantileExact(0.5)(taken), quantileExact(0.95)(taken) FROM (
    SELECT dateDiff('millisecond', listed, observed_at) / 1000 AS taken FROM (
        SELECT
            alert_id, observed_at,
            parseDateTime64BestEffortOrNull(JSONExtractString(document, 'listed_at'), 3, 'UTC') AS listed
        FROM alerts
        WHERE alert_id IN (SELECT alert_id FROM alerts_by_time WHERE {_WINDOW} AND {{visible}}) AND {_WINDOW}
            AND NOT JSONExtractBool(document, 'retrospective')
        ORDER BY first_wins DESC LIMIT 1 BY alert_id
    ) WHERE listed <= observed_at
)"""  # noqa: S608
_SEEN = f"SELECT sum(listings), count(), sum(dead) FROM screenings FINAL WHERE {_WINDOW}"  # noqa: S608
_VERDICTS = f"""
SELECT verdict, reason_code, count() FROM (
    SELECT verdict, reason_code FROM verdicts
    WHERE stage IN ('{JUDGE}', '{REVIEW}') AND verdict IN ('{INFRINGING}', '{NOT_INFRINGING}') AND {{visible}}
        AND judged_at >= fromUnixTimestamp64Milli({{after:Int64}}, 'UTC') AND {_GIVEN}
    LIMIT 1 BY verdict_id
)
GROUP BY verdict, reason_code ORDER BY count() DESC, verdict, reason_code"""  # noqa: S608

By = Literal["day", "region", "kind", "detector", "platform", "tier", "seller", "right"]
_KEYS: Mapping[By, str] = {
    "day": "toString(toDate(addMinutes(first_seen, {offset:Int32})))",
    "region": "if(match(region, '^[0-9]{6}'), concat(substring(region, 1, 2), '0000'), region)",
    "kind": "kind",
    "detector": "arrayJoin(detectors)",
    "platform": "platform",
    "tier": "tier",
    "seller": "seller",
    "right": "right_id",
}


@dataclass(frozen=True, slots=True)
class Counted:
    """`key`: "" where it is not known. `infringing` of `judged` of `groups`."""

    key: str
    alerts: int
    groups: int
    judged: int
    infringing: int


@dataclass(frozen=True, slots=True)
class Taken:
    """Seconds, of so many; None of nothing."""

    count: int
    median: float | None
    p95: float | None


@dataclass(frozen=True, slots=True)
class Deadline:
    """Groups of a tier: judged in time, and not judged when they were due. The rest was not due yet."""

    tier: str
    groups: int
    kept: int
    missed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """`listings`, `pages` and `dead` are None for whoever sees only a part: they are of no right and no region."""

    listings: int | None
    pages: int | None
    dead: int | None
    by: Mapping[By, tuple[Counted, ...]]
    verdicts: tuple[tuple[str, str, int], ...]  # given in the month: verdict, reason, how many
    to_alert: Taken
    to_verdict: Taken
    deadlines: tuple[Deadline, ...]


class MonthlyReader:
    """One connection, one thread at a time. Raises (every method): StoreUnavailable, StoreRefused."""

    def __init__(self, settings: ClickHouseSettings) -> None:
        self._connection = Connection(settings)

    def month(
        self, after: datetime, before: datetime, visible: Visible, policy: TriageSettings, offset_minutes: int
    ) -> Month:
        """`after` is inclusive, `before` exclusive; a day begins so many minutes before UTC's."""
        clauses, values = visible.conditions()
        values |= {"after": milliseconds(after), "before": milliseconds(before), "offset": offset_minutes}
        hours = {"high": policy.high_hours, "medium": policy.medium_hours, "low": policy.low_hours}
        values |= {tier: round(given * 3_600_000) for tier, given in hours.items()}
        seen = " AND ".join(["true", *clauses])

        def rows(sql: str) -> list[Any]:
            return self._connection.query(sql.replace("{visible}", seen), values)

        listings, pages, dead = rows(_SEEN)[0] if visible.is_everything else (None, None, None)
        return Month(
            listings=listings,
            pages=pages,
            dead=dead,
            by={by: tuple(Counted(*row) for row in rows(_BY.replace("{key}", key))) for by, key in _KEYS.items()},
            verdicts=tuple((verdict, reason, count) for verdict, reason, count in rows(_VERDICTS)),
            to_alert=_taken(rows(_TO_ALERT)[0]),
            to_verdict=_taken(rows(_TO_VERDICT)[0]),
            deadlines=tuple(sorted((Deadline(*row) for row in rows(_DEADLINES)), key=lambda one: one.tier)),
        )

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> MonthlyReader:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _taken(row: Any) -> Taken:
    count, median, p95 = row
    return Taken(count, median, p95) if count else Taken(0, None, None)
