"""What the boards' queries of ClickHouse share. `uniq` is exact up to 65,536, and then within a hundredth.

An alert counts once, when it was first observed (`alert_firsts`), so content that is seen again is no new alert. A page
counts once for each time that it was on the stream. Times are filtered with `_ms`: the plain macro would lose what is
left of the last second.
"""

from __future__ import annotations

from dashboards.grafana.model import Sql

SEEN = "$__timeFilter_ms(observed_at)"
STEP = "$__timeInterval(observed_at) AS time"
PER_MINUTE = "count() * 60 / $__interval_s"
DONE = "state = 'closed' OR (state = 'shelved' AND shelved_until > now64(3))"
GROUP = "cityHash64(group_id)"
"""Of eight bytes: sets and joins of half a million groups take two thirds of what their ids of sixteen take."""
WAITS = (  # as far back as the queue shows
    "observed_at > now64(3) - INTERVAL 30 DAY\n"  # noqa: S608 - our own words, as below
    f"    AND {GROUP} NOT IN (SELECT {GROUP} FROM triage_states FINAL WHERE {DONE})"
)
RANK = "multiIf(tier = 'high', 1, tier = 'medium', 2, 3)"


def chosen(column: str, variable: str) -> str:
    """The condition that a variable sets; none while all of its values are chosen."""
    return f"$__conditionalAll({column} IN (${{{variable}:singlequote}}), ${variable})"


def waiting(where: str) -> Sql:
    """Groups that nobody has decided about, by the highest tier of their alerts, and how long the oldest has waited.

    Whatever the range: as far back as the queue shows. No FINAL: what is found again is of the same group, and later.
    """
    return Sql(
        "SELECT ['high', 'medium', 'low'][rank] AS tier, count() AS groups,\n"  # noqa: S608
        "    dateDiff('second', min(first), now()) AS oldest_seconds\nFROM (\n"
        f"    SELECT min({RANK}) AS rank, min(observed_at) AS first\n    FROM alert_firsts\n"
        f"    WHERE {WAITS} AND {where}\n    GROUP BY group_id\n)\nGROUP BY rank\nORDER BY rank"
    )


def leading_sellers(found: str, many: int) -> str:
    """The condition of the sellers with the most alerts among what a subquery finds.

    They are found by hashes first: texts of hundreds of thousands, kept with what is counted of each, take longer.
    """
    return (
        "cityHash64(seller) IN (\n    SELECT hash FROM (\n"  # noqa: S608
        f"        SELECT cityHash64(seller) AS hash, count() AS alerts FROM ({found})\n"
        f"        WHERE seller != '' GROUP BY hash ORDER BY alerts DESC LIMIT {many}\n    )\n)"
    )


def alerts_by(label: str, where: str) -> Sql:
    """Alerts per minute over time, a series for each value of a column."""
    return Sql(
        f"SELECT {STEP}, {label}, {PER_MINUTE} AS alerts\n"
        f"FROM alert_firsts FINAL\nWHERE {SEEN} AND {where}\nGROUP BY time, {label}\nORDER BY time",
        is_series=True,
    )


def counted_in(column: str, where: str = "1") -> Sql:
    """What screenings counted by reason, per minute; a page that is sent again is screened again."""
    return Sql(
        f"SELECT {STEP}, reason, sum(many) * 60 / $__interval_s AS counted\n"
        f"FROM screenings FINAL\nARRAY JOIN mapKeys({column}) AS reason, mapValues({column}) AS many\n"
        f"WHERE {SEEN} AND {where}\nGROUP BY time, reason\nORDER BY time",
        is_series=True,
    )
