"""The board of a rights holder: the alerts on chosen rights, where they were found, and what became of them."""

from __future__ import annotations

from dashboards.grafana.boards.sql import GROUP, PER_MINUTE, SEEN, STEP, alerts_by, chosen, leading_sellers, waiting
from dashboards.grafana.model import Board, Choice, Kind, Listed, Panel, Row, Sql

CHOSEN = f"{chosen('right_id', 'right')} AND {chosen('tier', 'tier')}"
RIGHTS = Sql(
    "SELECT right_id FROM alert_firsts WHERE right_id IS NOT NULL GROUP BY right_id ORDER BY count() DESC LIMIT 5000"
)
FOUND = f"SELECT * FROM alert_firsts FINAL WHERE {SEEN} AND {CHOSEN}"  # noqa: S608 - our own words, as below
# For counts of groups: what is found again is of the same group, so it needs no merging.
IN_GROUPS = f"SELECT group_id, observed_at FROM alert_firsts WHERE {SEEN} AND {CHOSEN}"  # noqa: S608


def _judged(verdict: str) -> str:
    judged = f"state = 'closed' AND verdict = '{verdict}' AND {chosen('right_id', 'right')}"
    return f"{GROUP} IN (SELECT {GROUP} FROM triage_states FINAL WHERE {judged})"  # noqa: S608


# Looked up in two sets: a join with the states takes twice as long.
BECAME = (
    f"multiIf({_judged('infringing')}, 'infringing',\n"
    f"    {_judged('not_infringing')}, 'not_infringing', 'waiting') AS became"
)
TOTALS = Sql(f"SELECT count() AS alerts, uniq(group_id) AS groups, uniq(seller) AS sellers\nFROM ({FOUND})")
OUTCOMES = Sql(f"SELECT {BECAME}, uniq(group_id) AS groups\nFROM ({IN_GROUPS})\nGROUP BY became\nORDER BY groups DESC")
OUTCOMES_WHEN = Sql(
    f"SELECT {STEP}, {BECAME}, {PER_MINUTE} AS alerts\nFROM ({FOUND})\nGROUP BY time, became\nORDER BY time",
    is_series=True,
)
SELLERS = Sql(
    "SELECT seller, any(seller_name) AS seller_name, count() AS alerts,\n"
    f"    countIf({_judged('infringing')}) AS infringing, max(observed_at) AS last_seen\n"
    f"FROM ({FOUND})\nWHERE {leading_sellers(FOUND, 50)}\n"
    "GROUP BY seller\nORDER BY alerts DESC"
)
PLATFORMS = Sql(
    f"SELECT platform, count() AS alerts, countIf({_judged('infringing')}) AS infringing,\n"
    f"    countIf({_judged('not_infringing')}) AS not_infringing, max(observed_at) AS last_seen\n"
    f"FROM ({FOUND})\nGROUP BY platform\nORDER BY alerts DESC"
)
TIME_TO_VERDICT = Sql(
    "SELECT quantileExact(0.5)(dateDiff('second', first, judged_at)) AS median_seconds\n"  # noqa: S608
    f"FROM (SELECT {GROUP} AS one, min(observed_at) AS first FROM ({IN_GROUPS}) GROUP BY one) AS found\n"
    f"INNER JOIN (\n    SELECT {GROUP} AS one, judged_at FROM triage_states FINAL\n"
    f"    WHERE state = 'closed' AND {chosen('right_id', 'right')}\n) AS known USING (one)\n"
    "WHERE judged_at > first"
)
# The newest come off the end of the table's order; only then is what was found again left out.
NEWEST = Sql(
    "SELECT observed_at, tier, platform, seller_name, title, detector, right_id, alert_id\nFROM (\n"  # noqa: S608
    f"    SELECT * FROM alerts_by_time WHERE {SEEN} AND {CHOSEN} ORDER BY observed_at DESC LIMIT 300\n"
    ")\nORDER BY observed_at DESC\nLIMIT 1 BY alert_id\nLIMIT 100"
)

HOLDER = Board(
    uid="rightswatch-holder",
    name="holder",
    variables=(Listed("right", RIGHTS), Choice("tier", ("high", "medium", "low"))),
    since="now-30d",
    refresh="5m",
    rows=(
        Row(
            "fate",
            (
                Panel(name="totals", kind=Kind.NUMBERS, queries=(TOTALS,), height=6),
                Panel(name="became", kind=Kind.BARS, queries=(OUTCOMES,), height=6),
                Panel(
                    name="time_to_verdict", kind=Kind.NUMBERS, queries=(TIME_TO_VERDICT,), unit="s", width=3, height=6
                ),
                Panel(
                    name="waiting",
                    kind=Kind.TABLE,
                    queries=(waiting(CHOSEN),),
                    columns=("tier", "groups", "oldest_seconds"),
                    units={"oldest_seconds": "s"},
                    width=5,
                    height=6,
                ),
            ),
        ),
        Row(
            "alerts",
            (
                Panel(
                    name="by_tier",
                    kind=Kind.SERIES,
                    queries=(alerts_by("tier", CHOSEN),),
                    series="tier",
                    unit="cpm",
                    is_stacked=True,
                ),
                Panel(
                    name="by_platform",
                    kind=Kind.SERIES,
                    queries=(alerts_by("platform", CHOSEN),),
                    series="platform",
                    unit="cpm",
                    is_stacked=True,
                ),
                Panel(
                    name="became_when",
                    kind=Kind.SERIES,
                    queries=(OUTCOMES_WHEN,),
                    unit="cpm",
                    series="became",
                    is_stacked=True,
                ),
            ),
        ),
        Row(
            "where",
            (
                Panel(
                    name="sellers",
                    kind=Kind.TABLE,
                    queries=(SELLERS,),
                    columns=("seller", "seller_name", "alerts", "infringing", "last_seen"),
                    units={"last_seen": "dateTimeFromNow"},
                    width=12,
                    height=10,
                ),
                Panel(
                    name="platforms",
                    kind=Kind.TABLE,
                    queries=(PLATFORMS,),
                    columns=("platform", "alerts", "infringing", "not_infringing", "last_seen"),
                    units={"last_seen": "dateTimeFromNow"},
                    width=12,
                    height=10,
                ),
                Panel(
                    name="newest",
                    kind=Kind.TABLE,
                    queries=(NEWEST,),
                    columns=(
                        "observed_at",
                        "tier",
                        "platform",
                        "seller_name",
                        "title",
                        "detector",
                        "right_id",
                        "alert_id",
                    ),
                    links={"alert_id": "/alerts/${__value.raw}"},
                    width=24,
                    height=12,
                ),
            ),
        ),
    ),
)
