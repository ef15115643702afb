"""The board of the watch floor: what comes in, what is screened, how fast, and what waits for people."""

from __future__ import annotations

from dashboards.grafana.boards.sql import DONE, SEEN, STEP, alerts_by, chosen, counted_in, leading_sellers, waiting
from dashboards.grafana.model import Board, Choice, Kind, Listed, Panel, PromQl, Row, Sql

CHOSEN = f"{chosen('platform', 'platform')} AND {chosen('tier', 'tier')}"
FOUND = f"SELECT * FROM alert_firsts FINAL WHERE {SEEN} AND {CHOSEN}"  # noqa: S608 - our own words, as below
PLATFORMS = Sql("SELECT platform FROM alert_firsts WHERE platform != '' GROUP BY platform ORDER BY platform")

RIGHTS = Sql(
    "SELECT right_id, count() AS alerts, uniq(group_id) AS groups, max(observed_at) AS last_seen\n"
    f"FROM alert_firsts FINAL\nWHERE {SEEN} AND {CHOSEN}\n"
    "GROUP BY right_id\nORDER BY alerts DESC\nLIMIT 20"
)
SELLERS = Sql(
    "SELECT seller, any(seller_name) AS seller_name, count() AS alerts, max(observed_at) AS last_seen\n"
    f"FROM ({FOUND})\nWHERE {leading_sellers(FOUND, 20)}\nGROUP BY seller\nORDER BY alerts DESC"
)
LISTINGS = Sql(
    f"SELECT {STEP}, sum(listings) / $__interval_s AS listings\nFROM screenings FINAL\n"
    f"WHERE {SEEN}\nGROUP BY time\nORDER BY time",
    is_series=True,
)
VERDICTS = Sql(
    "SELECT $__timeInterval(judged_at) AS time, verdict, uniq(group_id, judged_at) * 3600 / $__interval_s AS verdicts\n"
    "FROM verdicts\nWHERE $__timeFilter_ms(judged_at) AND stage != 'undo'\nGROUP BY time, verdict\nORDER BY time",
    is_series=True,
)
STATES = Sql(
    f"SELECT state, count() AS groups\nFROM triage_states FINAL\nWHERE NOT ({DONE})\nGROUP BY state\nORDER BY state"
)


def _latency(metric: str, legend: str) -> tuple[PromQl, ...]:
    return tuple(
        PromQl(
            f"histogram_quantile({share}, sum by (le) (rate({metric}_bucket[$__rate_interval])))", f"{legend} {name}"
        )
        for share, name in ((0.5, "p50"), (0.99, "p99"))
    )


FLOOR = Board(
    uid="rightswatch-floor",
    name="floor",
    variables=(Listed("platform", PLATFORMS), Choice("tier", ("high", "medium", "low"))),
    rows=(
        Row(
            "queue",
            (
                Panel(
                    name="queue",
                    kind=Kind.TABLE,
                    queries=(waiting(CHOSEN),),
                    columns=("tier", "groups", "oldest_seconds"),
                    units={"oldest_seconds": "s"},
                    height=6,
                ),
                Panel(name="states", kind=Kind.BARS, queries=(STATES,), height=6),
                Panel(
                    name="verdicts",
                    kind=Kind.SERIES,
                    queries=(VERDICTS,),
                    series="verdict",
                    is_stacked=True,
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
                    name="by_detector",
                    kind=Kind.SERIES,
                    queries=(alerts_by("detector", CHOSEN),),
                    series="detector",
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
                    name="by_right",
                    kind=Kind.TABLE,
                    queries=(RIGHTS,),
                    columns=("right_id", "alerts", "groups", "last_seen"),
                    units={"last_seen": "dateTimeFromNow"},
                    width=12,
                    height=9,
                ),
                Panel(
                    name="by_seller",
                    kind=Kind.TABLE,
                    queries=(SELLERS,),
                    columns=("seller", "seller_name", "alerts", "last_seen"),
                    units={"last_seen": "dateTimeFromNow"},
                    width=12,
                    height=9,
                ),
            ),
        ),
        Row(
            "screened",
            (
                Panel(
                    name="screened",
                    kind=Kind.SERIES,
                    queries=(counted_in("screened"),),
                    series="reason",
                    unit="cpm",
                    is_stacked=True,
                    width=12,
                ),
                Panel(
                    name="warnings",
                    kind=Kind.SERIES,
                    queries=(counted_in("warnings"),),
                    series="reason",
                    unit="cpm",
                    is_stacked=True,
                    width=12,
                ),
            ),
        ),
        Row(
            "flow",
            (
                Panel(name="listings", kind=Kind.SERIES, queries=(LISTINGS,), unit="cps", width=12),
                Panel(
                    name="latency",
                    kind=Kind.SERIES,
                    width=12,
                    queries=(
                        *_latency("rightswatch_listing_to_alert_seconds", "alert"),
                        *_latency("rightswatch_listing_to_row_seconds", "row"),
                        *_latency("rightswatch_listing_to_picture_alert_seconds", "picture"),
                    ),
                    unit="s",
                ),
            ),
        ),
    ),
)
