"""When each alert fires and when it does not: series minute by minute, in promtool's notation."""

from __future__ import annotations

from dataclasses import dataclass, field

JOB = 'job="rightswatch",instance="a"'


@dataclass(frozen=True, slots=True)
class Case:
    """One alert over two worlds, each asked after `minutes`."""

    alert: str
    fires: dict[str, str]
    quiet: dict[str, str]
    minutes: int = 20
    labels: dict[str, str] = field(default_factory=dict)  # of the alert that fires, beside its name and severity


def latency(late_per_minute: int) -> dict[str, str]:
    """100 batches a minute, so many of them late."""
    return {
        'rightswatch_listing_to_row_seconds_bucket{le="2.0"}': f"0+{100 - late_per_minute}x500",
        'rightswatch_listing_to_row_seconds_bucket{le="+Inf"}': "0+100x500",
        "rightswatch_listing_to_row_seconds_count": "0+100x500",
    }


def dropped(stage: str, reason: str, values: str) -> dict[str, str]:
    return {f'rightswatch_dropped_total{{stage="{stage}",reason="{reason}"}}': values}


def outage(minutes: int) -> str:
    """Failures of a poll while its server was away for two minutes, a quarter of an hour before that minute."""
    return f"0x{minutes - 16} 8 16x60"


def running(*roles: str) -> dict[str, str]:
    return {f'rightswatch_build_info{{role="{role}",version="1"}}': "1x200" for role in roles}


CASES = (
    Case("ProcessDown", {f"up{{{JOB}}}": "0x20"}, {f"up{{{JOB}}}": "1x20"}, labels={"instance": "a"}),
    Case("RoleMissing", running("worker", "web"), running("worker", "writer", "web"), labels={"role": "writer"}),
    Case(
        "RoleGone",
        {'rightswatch_build_info{role="retro"}': "1x40 _x100"},
        {'rightswatch_build_info{role="retro"}': "1x140"},
        minutes=80,
        labels={"role": "retro"},
    ),
    Case(
        "Restarting",
        {f"process_start_time_seconds{{{JOB}}}": "1 2 3 4 5 5x20"},
        {f"process_start_time_seconds{{{JOB}}}": "1 2 3 4x20"},
    ),
    Case("NotReady", {"rightswatch_ready": "0x20"}, {"rightswatch_ready": "1x16 0x3"}),
    Case(
        "FileDescriptors",
        {f"process_open_fds{{{JOB}}}": "900x20", f"process_max_fds{{{JOB}}}": "1024x20"},
        {f"process_open_fds{{{JOB}}}": "90x20", f"process_max_fds{{{JOB}}}": "1024x20"},
    ),
    Case(
        "MixedVersions",
        {'rightswatch_build_info{version="1"}': "1x200", 'rightswatch_build_info{version="2"}': "1x200"},
        {'rightswatch_build_info{version="1"}': "1x200", 'rightswatch_build_info{version="2"}': "1x30"},
        minutes=90,
    ),
    Case(
        "NoListings",
        {'rightswatch_received_total{stage="screen"}': "5x60", "rightswatch_lag_pages": "0x60"},
        {'rightswatch_received_total{stage="screen"}': "0+5x60", "rightswatch_lag_pages": "0x60"},
        minutes=40,
    ),
    Case(
        "FeedStopped",
        {"rightswatch_feed_cursor_age_seconds": "0+60x40"},
        {"rightswatch_feed_cursor_age_seconds": "5x40"},
    ),
    Case("ScreeningBehind", {"rightswatch_lag_seconds": "90x20"}, {"rightswatch_lag_seconds": "20x20"}),
    Case(
        "ScreeningStopped",
        {"rightswatch_lag_pages": "3x20", "rightswatch_pages_total": "7x20"},
        {"rightswatch_lag_pages": "3x20", "rightswatch_pages_total": "7+1x20"},
    ),
    Case(
        "BrokerRefuses",
        {'rightswatch_retries_total{stage="send"}': "0+6x20"},
        {'rightswatch_retries_total{stage="send"}': "0 1x20"},
    ),
    # Born with its first event, which increase() alone would not see.
    Case(
        "PageFailed", dropped("screen", "screening_failed", "_x9 1x20"), dropped("screen", "lapsed_right", "_x9 1x20")
    ),
    Case(
        "DeadLettersWait",
        {"rightswatch_dead_letters_open_age_seconds": "0+3600x60"},
        {
            "rightswatch_dead_letters_open_age_seconds": "3600x60",
            "rightswatch_dead_letters_count_failed_total": outage(50),
        },
        minutes=50,
    ),
    Case("LatencyBudgetBurnsFast", latency(20), latency(10), minutes=90),
    Case("LatencyBudgetBurnsSlowly", latency(10), latency(2), minutes=400),
    Case(
        "WriterPaused",
        {'rightswatch_writer_paused{stage="alerts"}': "1x20"},
        {'rightswatch_writer_paused{stage="alerts"}': "1x18 0x2"},
        labels={"stage": "alerts"},
    ),
    Case(
        "WriterBehind",
        {'rightswatch_writer_oldest_seconds{stage="listings"}': "0+60x20"},
        {'rightswatch_writer_oldest_seconds{stage="listings"}': "2x20"},
        labels={"stage": "listings"},
    ),
    Case(
        "InsertsSlow",
        {
            'rightswatch_stage_seconds_bucket{stage="alerts",le="2.5"}': "0x40",
            'rightswatch_stage_seconds_bucket{stage="alerts",le="10.0"}': "0+10x40",
            'rightswatch_stage_seconds_bucket{stage="alerts",le="+Inf"}': "0+10x40",
        },
        {
            'rightswatch_stage_seconds_bucket{stage="alerts",le="2.5"}': "0+10x40",
            'rightswatch_stage_seconds_bucket{stage="alerts",le="10.0"}': "0+10x40",
            'rightswatch_stage_seconds_bucket{stage="alerts",le="+Inf"}': "0+10x40",
        },
        minutes=30,
        labels={"stage": "alerts"},
    ),
    Case(
        "RecordsRefused",
        dropped("screenings", "results_lost", "_x9 4x20"),
        dropped("retro", "offer_changed", "_x9 4x20"),
        labels={"stage": "screenings", "reason": "results_lost"},
    ),
    Case(
        "LiveStreamDown",
        {'rightswatch_retries_total{stage="pulse"}': "0+60x20", "rightswatch_live_failed_total": "0x20"},
        {'rightswatch_retries_total{stage="pulse"}': "3x20", "rightswatch_live_failed_total": "3x20"},
    ),
    Case(
        "WatchlistStale",
        {"rightswatch_watchlist_age_seconds": " ".join(["Inf"] * 21)},
        {"rightswatch_watchlist_age_seconds": "0.2x20"},
    ),
    Case(
        "WatchlistBehind",
        {
            'rightswatch_watchlist_revision{instance="a"}': "5x20",
            'rightswatch_watchlist_revision{instance="b"}': "9x20",
        },
        {
            'rightswatch_watchlist_revision{instance="a"}': "1+1x20",
            'rightswatch_watchlist_revision{instance="b"}': "2+1x20",
        },
        labels={"instance": "a"},
    ),
    Case(
        "ChangesNotPublished",
        {
            'rightswatch_watchlist_unpublished_revisions{instance="a"}': "2x20",
            'rightswatch_watchlist_unpublished_revisions{instance="b"}': "2x20",
        },
        {
            # One that has lost the database says what it saw last; the other one publishes.
            'rightswatch_watchlist_unpublished_revisions{instance="a"}': "2x20",
            'rightswatch_watchlist_unpublished_revisions{instance="b"}': "0x20",
            'rightswatch_watchlist_publisher_age_seconds{instance="a"}': "900x20",
            'rightswatch_watchlist_publisher_age_seconds{instance="b"}': "0x20",
        },
    ),
    Case(
        "WatchlistEntriesLeftOut",
        {"rightswatch_watchlist_malformed_total": "2x20"},
        {"rightswatch_watchlist_malformed_total": "0x20"},
    ),
    Case("GalleryIncomplete", {"rightswatch_gallery_missing": "1x40"}, {"rightswatch_gallery_missing": "0x40"}),
    Case(
        "PicturesBehind",
        {"rightswatch_picture_queue_age_seconds": "700x40"},
        {"rightswatch_picture_queue_age_seconds": "70x40"},
    ),
    Case(
        "PicturesNotFetched",
        {'rightswatch_received_total{stage="fetch"}': "0+10x90"} | dropped("fetch", "denied", "0+6x90"),
        {'rightswatch_received_total{stage="fetch"}': "0+10x90"} | dropped("fetch", "gone", "0+4x90"),
        minutes=80,
    ),
    Case(
        "WordsNotRead",
        {'rightswatch_picture_words_total{outcome="unavailable"}': "1x20"},
        {'rightswatch_picture_words_total{outcome="failed"}': "1x20"},
    ),
    Case(
        "EvidenceRefused",
        {'rightswatch_picture_evidence_total{outcome="refused"}': "_x9 1x20"},
        {'rightswatch_picture_evidence_total{outcome="lost"}': "_x9 1x20"},
    ),
    Case(
        "RetroStalled",
        {"rightswatch_retro_pending_age_seconds": "0+60x120", "rightswatch_retro_pages_total": "0x120"},
        {"rightswatch_retro_pending_age_seconds": "0+60x120", "rightswatch_retro_pages_total": "0+100x120"},
        minutes=110,
    ),
    Case(
        "FloodUndecided",
        {"rightswatch_flood_undecided_age_seconds": "90000x20"},
        {"rightswatch_flood_undecided_age_seconds": "3600x20"},
    ),
    Case("FloodRefused", {"rightswatch_flood_refused_total": "0x9 1x20"}, {"rightswatch_flood_refused_total": "1x20"}),
    Case(
        "FloodWatchFails",
        {"rightswatch_flood_failed_total": "0+1x60"},
        {"rightswatch_flood_failed_total": outage(40)},
        40,
    ),
    Case(
        "VerdictsNotStored",
        {"rightswatch_triage_outbox_age_seconds": "0+60x20"},
        {"rightswatch_triage_outbox_age_seconds": "0 30 60 100 0 30 60 100x13"},
    ),
    Case(
        "NoticesNotSent",
        {"rightswatch_notices_oldest_seconds": "0+120x20"},
        {"rightswatch_notices_oldest_seconds": "0 300 590 0 300 590x15"},
    ),
    Case(
        "NoticesDead",
        {'rightswatch_notice_tries_total{kind="webhook",state="dead"}': "0 0 1x18"},
        {
            'rightswatch_notice_tries_total{kind="webhook",state="dead"}': "3x20",
            'rightswatch_notice_tries_total{kind="webhook",state="waiting"}': "0+5x20",
        },
    ),
    Case(
        "LeadsNotSent",
        {'rightswatch_leads_oldest_seconds{state="waiting"}': "0+120x20"},
        {
            'rightswatch_leads_oldest_seconds{state="waiting"}': "0 300 590 0 300 590x15",
            'rightswatch_leads_oldest_seconds{state="person"}': "7000x20",
        },
    ),
    Case(
        "LeadsWaitForPerson",
        {'rightswatch_leads_oldest_seconds{state="person"}': "86000+60x40"},
        {
            'rightswatch_leads_oldest_seconds{state="person"}': "3600+60x40",
            'rightswatch_leads_oldest_seconds{state="waiting"}': "500x40",
        },
        40,
    ),
    Case("LeadsFailed", {"rightswatch_leads_failed_total": "0x9 1x20"}, {"rightswatch_leads_failed_total": "1x20"}),
    Case(
        "WebErrors",
        {
            'rightswatch_web_requests_total{route="/",status="200"}': "0+90x20",
            'rightswatch_web_requests_total{route="/api/v1/alerts",status="503"}': "0+10x20",
        },
        {
            'rightswatch_web_requests_total{route="/",status="200"}': "0+90x20",
            'rightswatch_web_requests_total{route="/readyz",status="503"}': "0+10x20",
            'rightswatch_web_requests_total{route="other",status="404"}': "0+10x20",
        },
    ),
    Case(
        "WebSlow",
        {
            'rightswatch_web_request_seconds_bucket{route="/",le="2.5"}': "0+9x40",
            'rightswatch_web_request_seconds_bucket{route="/",le="10.0"}': "0+10x40",
            'rightswatch_web_request_seconds_bucket{route="/",le="+Inf"}': "0+10x40",
        },
        {
            'rightswatch_web_request_seconds_bucket{route="/api/v1/check",le="2.5"}': "0x40",
            'rightswatch_web_request_seconds_bucket{route="/api/v1/check",le="+Inf"}': "0+10x40",
            'rightswatch_web_request_seconds_bucket{route="/",le="2.5"}': "0+10x40",
            'rightswatch_web_request_seconds_bucket{route="/",le="+Inf"}': "0+10x40",
        },
        minutes=30,
    ),
)
