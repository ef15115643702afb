"""The board of the engineers: whether the stream flows, what waits, what fails, and what it costs.

All of it is asked of Prometheus, so it shows something also while ClickHouse is away. The metrics are those of
streams/metrics.py, dashboards/metrics.py and each process; a test asks a Prometheus that scraped them.
"""

from __future__ import annotations

from dashboards.grafana.model import Board, Kind, Panel, PromQl, Row


def _rate(metric: str, by: str = "", legend: str = "") -> PromQl:
    """Per second, summed over the processes, for each value of some labels."""
    summed = f"sum by ({by}) " if by else "sum"
    return PromQl(f"{summed}(rate({metric}[$__rate_interval]))", legend)


def _most(metric: str, by: str, legend: str) -> PromQl:
    return PromQl(f"max by ({by}) ({metric})", legend)


def _quantile(share: float, metric: str, by: str = "", legend: str = "") -> PromQl:
    labels = f"le, {by}" if by else "le"
    return PromQl(f"histogram_quantile({share}, sum by ({labels}) (rate({metric}_bucket[$__rate_interval])))", legend)


def _series(name: str, *queries: PromQl, unit: str = "short", width: int = 8, stacked: bool = False) -> Panel:
    return Panel(name=name, kind=Kind.SERIES, queries=queries, unit=unit, width=width, is_stacked=stacked)


def _number(
    name: str, query: str, unit: str = "short", warn_at: float | None = None, act_at: float | None = None
) -> Panel:
    return Panel(
        name=name,
        kind=Kind.NUMBERS,
        queries=(PromQl(query, is_now=True),),
        unit=unit,
        width=4,
        height=4,
        warn_at=warn_at,
        act_at=act_at,
    )


_NOW = Row(
    "now",
    (
        _number("firing", 'count(ALERTS{alertname=~"Rightswatch.*", alertstate="firing"}) or vector(0)', act_at=1),
        _number("up", 'sum(up{job="rightswatch"})'),
        _number("lag_seconds_now", "max(rightswatch_lag_seconds)", "s", 10, 60),
        _number("watchlist_age_now", "max(rightswatch_watchlist_age_seconds)", "s", 15, 60),
        _number("dead_now", "sum(rightswatch_dead_letters_open) or vector(0)", warn_at=1),
        _number("late_now", "rightswatch:listing_to_row_late:ratio_rate1h", "percentunit", 0.06, 0.144),
    ),
)
_FLOW = Row(
    "flow",
    (
        _series("pages", _rate("rightswatch_pages_total", legend="screened"),
                _rate("rightswatch_feed_pages_total", legend="fed"), unit="cps"),
        _series("listings", _rate("rightswatch_listings_total", legend="screened"),
                _rate("rightswatch_feed_listings_total", legend="fed"), unit="cps"),
        _series("matches", _rate("rightswatch_matches_total", legend="matches"),
                _rate("rightswatch_alerts_total", legend="alerts"), unit="cps"),
        _series("latency",
                _quantile(0.5, "rightswatch_listing_to_alert_seconds", legend="alert p50"),
                _quantile(0.99, "rightswatch_listing_to_alert_seconds", legend="alert p99"),
                _quantile(0.5, "rightswatch_listing_to_row_seconds", legend="row p50"),
                _quantile(0.99, "rightswatch_listing_to_row_seconds", legend="row p99"), unit="s"),
        _series("stages", _quantile(0.95, "rightswatch_stage_seconds", "stage", "{{stage}}"), unit="s"),
        _series("dropped", _rate("rightswatch_dropped_total", "stage, reason", "{{stage}}: {{reason}}"), unit="cps"),
    ),
)  # fmt: skip
_QUEUES = Row(
    "queues",
    (
        _series("lag_pages", PromQl("sum(rightswatch_lag_pages)", "pages")),
        _series("lag_seconds", _most("rightswatch_lag_seconds", "instance", "{{instance}}"), unit="s"),
        _series("writer_lag", PromQl("sum by (stage) (rightswatch_writer_lag_records)", "{{stage}}")),
        _series("writer_oldest", _most("rightswatch_writer_oldest_seconds", "stage", "{{stage}}"), unit="s"),
        _series("writer_paused", _most("rightswatch_writer_paused", "stage", "{{stage}}")),
        _series("feeds", _most("rightswatch_feed_cursor_age_seconds", "instance", "{{instance}}"), unit="s"),
        _series("retro",
                PromQl("max(rightswatch_retro_pending_age_seconds)", "oldest change"), unit="s"),
        _series("retro_pages", _rate("rightswatch_retro_pages_total", legend="pages"),
                _rate("rightswatch_retro_alerts_total", legend="alerts"), unit="cps"),
    ),
)  # fmt: skip
_WATCHLIST = Row(
    "watchlist",
    (
        _series("revision", _most("rightswatch_watchlist_revision", "instance", "{{instance}}"), unit="none"),
        _series("watchlist_age", _most("rightswatch_watchlist_age_seconds", "instance", "{{instance}}"), unit="s"),
        _series("watchlist_behind", _most("rightswatch_watchlist_behind_entries", "instance", "{{instance}}")),
        _series("unpublished",
                PromQl("min(rightswatch_watchlist_unpublished_revisions)", "unpublished"),
                PromQl("sum(rightswatch_watchlist_malformed_total)", "left out"),
                PromQl("max(rightswatch_gallery_missing)", "pictures missing")),
        _series("snapshot_age",
                _most("rightswatch_watchlist_snapshot_age_seconds", "instance", "{{instance}}"), unit="s"),
        _series("build", _quantile(0.95, "rightswatch_watchlist_build_seconds", "instance", "{{instance}}"), unit="s"),
        _series("rights", _most("rightswatch_watchlist_rights", "instance", "{{instance}}"), unit="none"),
        _series("publisher",
                PromQl("min(rightswatch_watchlist_publisher_age_seconds)", "last look"), unit="s"),
        _series("snapshots",
                PromQl("sum(rightswatch_watchlist_snapshots_written_total)", "written"),
                PromQl("sum(rightswatch_watchlist_snapshots_refused_total)", "refused")),
    ),
)  # fmt: skip
_JUDGING = Row(
    "judging",
    (
        _series("queue_open", _most("rightswatch_queue_open_groups", "tier", "{{tier}}"), stacked=True),
        _series("queue_age", _most("rightswatch_queue_age_seconds", "tier", "{{tier}}"), unit="s"),
        _series("queue_overdue", _most("rightswatch_queue_overdue_groups", "tier", "{{tier}}"), stacked=True),
        _series("verdicts", _rate("rightswatch_verdicts_total", "stage", "{{stage}}"), unit="cps", stacked=True),
        _series("verdicts_refused", _rate("rightswatch_verdicts_refused_total", "code", "{{code}}"), unit="cps"),
        _series("outbox",
                PromQl("max(rightswatch_triage_outbox_age_seconds)", "oldest that ClickHouse lacks"), unit="s"),
        _series("notices", _rate("rightswatch_notice_tries_total", "kind, state", "{{kind}}: {{state}}"), unit="cps"),
        _series("notices_age", PromQl("max(rightswatch_notices_oldest_seconds)", "oldest that waits"), unit="s"),
        _series("leads", PromQl("max by (state) (rightswatch_leads_waiting)", "{{state}}"), stacked=True),
        _series("leads_age", _most("rightswatch_leads_oldest_seconds", "state", "{{state}}"), unit="s"),
        _series("leads_failed", PromQl("sum(increase(rightswatch_leads_failed_total[1h]))", "groups in an hour")),
    ),
)  # fmt: skip
_FAULTS = Row(
    "faults",
    (
        _series("dead", PromQl("sum by (reason) (rightswatch_dead_letters_open)", "{{reason}}"), stacked=True),
        _series("dead_age", PromQl("max(rightswatch_dead_letters_open_age_seconds)", "oldest"), unit="s"),
        _series("retries", _rate("rightswatch_retries_total", "stage", "{{stage}}"), unit="cps"),
        _series("warnings", _rate("rightswatch_warnings_total", "reason", "{{reason}}"), unit="cps"),
        _series("flood",
                PromQl("sum by (state) (rightswatch_allow_entries)", "{{state}}"),
                _rate("rightswatch_flood_refused_total", legend="refused"),
                _rate("rightswatch_flood_failed_total", legend="failed")),
        _series("flood_age", PromQl("max(rightswatch_flood_undecided_age_seconds)", "oldest quarantine"), unit="s"),
        _series("live",
                _rate("rightswatch_live_failed_total", legend="not shown"),
                _rate("rightswatch_web_live_dropped_total", legend="clients dropped"),
                _rate("rightswatch_web_live_gaps_total", legend="resumed too late"), unit="cps"),
        _series("count_failed", _rate("rightswatch_dead_letters_count_failed_total", legend="failed"), unit="cps"),
    ),
)  # fmt: skip
_WRITER = Row(
    "writer",
    (
        _series("batches", _rate("rightswatch_stage_seconds_count", "stage", "{{stage}}"), unit="cps"),
        _series("sent", _rate("rightswatch_sent_total", "stage", "{{stage}}"), unit="cps"),
        _series("row_latency", _quantile(0.99, "rightswatch_alert_to_row_seconds", legend="p99"), unit="s"),
    ),
)
_PICTURES = Row(
    "pictures",
    (
        _series("pictures", _rate("rightswatch_pictures_total", "outcome", "{{outcome}}"), unit="cps", stacked=True),
        _series("fetched", _rate("rightswatch_fetch_bytes_total", legend="fetched"), unit="Bps"),
        _series("picture_queue",
                PromQl("max(rightswatch_picture_queue_age_seconds)", "oldest message"), unit="s"),
        _series("picture_lag",
                PromQl("sum(rightswatch_picture_lag_messages)", "not done"),
                PromQl("sum(rightswatch_picture_messages_in_hand)", "in hand"),
                PromQl("sum(rightswatch_fetch_under_way)", "URLs under way")),
        _series("costly", _rate("rightswatch_picture_costly_steps_total", "step, outcome", "{{step}}: {{outcome}}"),
                unit="cps"),
        _series("words", _rate("rightswatch_picture_words_total", "outcome", "{{outcome}}"), unit="cps"),
        _series("remembered", _rate("rightswatch_fetch_remembered_total", "what", "{{what}}"), unit="cps"),
        _series("fetch_cache", PromQl("sum(rightswatch_fetch_cache_bytes)", "cache"), unit="bytes"),
        _series("evidence", _rate("rightswatch_picture_evidence_total", "outcome", "{{outcome}}"), unit="cps"),
    ),
)  # fmt: skip
_WEB = Row(
    "web",
    (
        _series(
            "requests", _rate("rightswatch_web_requests_total", "status", "{{status}}"), unit="reqps", stacked=True
        ),
        _series("request_seconds", _quantile(0.99, "rightswatch_web_request_seconds", "route", "{{route}}"), unit="s"),
        _series("clients", PromQl("sum(rightswatch_web_live_clients)", "live streams")),
        _series("sign_ins", _rate("rightswatch_web_sign_ins_total", "outcome", "{{outcome}}"), unit="cps"),
        _series("limited", _rate("rightswatch_web_limited_total", legend="answered 429"), unit="cps"),
    ),
)
_PROCESSES = Row(
    "processes",
    (
        _series("memory", _most('process_resident_memory_bytes{job="rightswatch"}', "instance", "{{instance}}"),
                unit="bytes"),
        _series("processor", _rate('process_cpu_seconds_total{job="rightswatch"}', "instance", "{{instance}}"),
                unit="percentunit"),
        _series("files", PromQl('process_open_fds{job="rightswatch"} / process_max_fds{job="rightswatch"}',
                                "{{instance}}"), unit="percentunit"),
        _series("restarts", PromQl('changes(process_start_time_seconds{job="rightswatch"}[1h])', "{{instance}}")),
        _series("ready", PromQl("rightswatch_ready", "{{instance}}")),
        _series("versions", PromQl("count by (version, role) (rightswatch_build_info)", "{{role}} {{version}}")),
    ),
)  # fmt: skip

ENGINEERS = Board(
    uid="rightswatch-engineers",
    name="engineers",
    rows=(_NOW, _FLOW, _QUEUES, _JUDGING, _WATCHLIST, _FAULTS, _WRITER, _PICTURES, _WEB, _PROCESSES),
)
