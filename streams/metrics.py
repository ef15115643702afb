"""Everything the worker, the writer, the sweeper and the fetcher of pictures count, in one list.

Counted once for each page or batch, never for each listing.

Each stage has the same quartet: received, sent, dropped by reason, seconds. The registry is handed in. Labels are our
own words only (stages, reasons), never anything out of a listing.
"""

from __future__ import annotations

import time

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

STAGE_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
LATENCY_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 15.0, 60.0, 600.0)


class Stages:
    """The quartet, labelled by stage."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._received = Counter(
            "rightswatch_received_total", "Items that came into a stage", ["stage"], registry=registry
        )
        self._sent = Counter("rightswatch_sent_total", "Items that a stage passed on", ["stage"], registry=registry)
        self._dropped = Counter(
            "rightswatch_dropped_total", "Items that a stage did not pass on", ["stage", "reason"], registry=registry
        )
        self._seconds = Histogram(
            "rightswatch_stage_seconds",
            "Time of one page or batch in a stage",
            ["stage"],
            buckets=STAGE_SECONDS,
            registry=registry,
        )
        self._retries = Counter(
            "rightswatch_retries_total", "Tries that failed and are made again", ["stage"], registry=registry
        )

    def received(self, stage: str, items: int) -> None:
        self._received.labels(stage).inc(items)

    def sent(self, stage: str, items: int) -> None:
        self._sent.labels(stage).inc(items)

    def dropped(self, stage: str, reason: str, items: int) -> None:
        self._dropped.labels(stage, reason).inc(items)

    def took(self, stage: str, seconds: float) -> None:
        self._seconds.labels(stage).observe(seconds)

    def retried(self, stage: str) -> None:
        self._retries.labels(stage).inc()


class WorkerMetrics:
    """What a worker counts beside its stage `screen` (received: listings; sent: alerts; dropped: screened and dead)."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.stages = Stages(registry)
        self.pages = Counter("rightswatch_pages_total", "Pages that are through", registry=registry)
        self.listings = Counter("rightswatch_listings_total", "Listings that were screened", registry=registry)
        self.matches = Counter("rightswatch_matches_total", "Matches before screening", registry=registry)
        self.alerts = Counter("rightswatch_alerts_total", "Alerts acknowledged by the broker", registry=registry)
        self.warnings = Counter(
            "rightswatch_warnings_total", "Bad input that was recovered and screened", ["reason"], registry=registry
        )
        self.alert_latency = Histogram(
            "rightswatch_listing_to_alert_seconds",
            "From the page's broker timestamp to its alerts' acknowledgement, once for each page",
            buckets=LATENCY_SECONDS,
            registry=registry,
        )
        self.lag_pages = Gauge("rightswatch_lag_pages", "Pages waiting in this worker's partitions", registry=registry)
        self.lag_seconds = Gauge(
            "rightswatch_lag_seconds", "Age of the last page that is through, 0 when none waits", registry=registry
        )
        self.watchlist = WatchlistMetrics(registry)


class GalleryMetrics:
    """How complete the rights' pictures are that this process can find by their pixels."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.pictures = Gauge(
            "rightswatch_gallery_pictures", "Rights' pictures that can be found by pixels here", registry=registry
        )
        self.missing = Gauge(
            "rightswatch_gallery_missing",
            "Rights' pictures that the watchlist names and the operational database lacks or has damaged",
            registry=registry,
        )


class WatchlistMetrics:
    """How this process follows the watchlist log."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.revision = Gauge(
            "rightswatch_watchlist_revision", "Revision of the watchlist in force here", registry=registry
        )
        self.rights = Gauge("rightswatch_watchlist_rights", "Rights on the watchlist in force here", registry=registry)
        self.age = Gauge(
            "rightswatch_watchlist_age_seconds", "Since the last contact with the watchlist log", registry=registry
        )
        self.behind = Gauge(
            "rightswatch_watchlist_behind_entries", "Entries of the log not read yet", registry=registry
        )
        self.malformed = Counter(
            "rightswatch_watchlist_malformed_total", "Entries of the log that could not be applied", registry=registry
        )
        self.snapshot_revision = Gauge(
            "rightswatch_watchlist_snapshot_revision",
            "Revision of the snapshot that this process has mapped, 0 for none",
            registry=registry,
        )
        self.snapshot_age = Gauge(
            "rightswatch_watchlist_snapshot_age_seconds",
            "Since the snapshot that this process has mapped was made, 0 for none",
            registry=registry,
        )
        self.snapshots_written = Counter(
            "rightswatch_watchlist_snapshots_written_total", "Snapshots that this process made", registry=registry
        )
        self.snapshots_refused = Counter(
            "rightswatch_watchlist_snapshots_refused_total",
            "Snapshots that are damaged or of another version or log, or could not be written",
            registry=registry,
        )
        self.build_seconds = Histogram(
            "rightswatch_watchlist_build_seconds",
            "Time to compile the watchlist",
            buckets=(0.01, 0.05, 0.25, 1.0, 5.0, 25.0),
            registry=registry,
        )


class PublisherMetrics:
    """Whether changes of rights reach the watchlist log. Whichever process publishes, all that may look."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.unpublished = Gauge(
            "rightswatch_watchlist_unpublished_revisions",
            "Revisions in the operational database that the log does not have yet, at the last look",
            registry=registry,
        )
        age = Gauge(
            "rightswatch_watchlist_publisher_age_seconds",
            "Since operational database and log last said whether there is something to publish",
            registry=registry,
        )
        self._looked_at = time.monotonic()
        age.set_function(lambda: time.monotonic() - self._looked_at)

    def looked(self, unpublished: int) -> None:
        self._looked_at = time.monotonic()
        self.unpublished.set(unpublished)


class FeedMetrics:
    """What a feed counts."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.pages = Counter("rightswatch_feed_pages_total", "Pages acknowledged by the broker", registry=registry)
        self.listings = Counter(
            "rightswatch_feed_listings_total", "Listings acknowledged by the broker", registry=registry
        )
        age = Gauge(
            "rightswatch_feed_cursor_age_seconds",
            "Since the last page was acknowledged, else since the start",
            registry=registry,
        )
        self._moved_at = time.monotonic()
        age.set_function(lambda: time.monotonic() - self._moved_at)

    def acknowledged(self, pages: int, listings: int) -> None:
        """So many more."""
        self._moved_at = time.monotonic()
        self.pages.inc(pages)
        self.listings.inc(listings)


class WriterMetrics:
    """What the writer counts; its stages are named after the topics: alerts, listings, screenings, dead."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.stages = Stages(registry)
        self.row_latency = Histogram(
            "rightswatch_alert_to_row_seconds",
            "From an alert's broker timestamp to its row in ClickHouse, for the oldest of each batch",
            buckets=LATENCY_SECONDS,
            registry=registry,
        )
        self.listing_latency = Histogram(
            "rightswatch_listing_to_row_seconds",
            "From a page's broker timestamp to its alert's row, for the oldest new one of each batch; sweeps left out",
            buckets=LATENCY_SECONDS,
            registry=registry,
        )
        self.lag_records = Gauge(
            "rightswatch_writer_lag_records",
            "Records of this writer's partitions not stored",
            ["stage"],
            registry=registry,
        )
        self.oldest = Gauge(
            "rightswatch_writer_oldest_seconds",
            "Age of the oldest record in hand, else of the last stored one; 0 when none waits",
            ["stage"],
            registry=registry,
        )
        self.paused = Gauge(
            "rightswatch_writer_paused",
            "1 while a stage reads nothing more because ClickHouse does not take what it has",
            ["stage"],
            registry=registry,
        )
        self.live_failed = Counter(
            "rightswatch_live_failed_total", "Alerts in ClickHouse that the live stream did not get", registry=registry
        )


class RetroMetrics:
    """What sweeps count beside their stage `retro` (received: alerts found; dropped: raised before, offer changed)."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.stages = Stages(registry)
        self.sweeps = Counter("rightswatch_retro_sweeps_total", "Sweeps that are done", registry=registry)
        self.pages = Counter("rightswatch_retro_pages_total", "Stored pages that were swept", registry=registry)
        self.alerts = Counter(
            "rightswatch_retro_alerts_total", "Retrospective alerts that are stored", registry=registry
        )
        self.waiting_rights = Gauge(
            "rightswatch_retro_waiting_rights", "Rights that wait for a sweep to begin", registry=registry
        )
        self.pending_age = Gauge(
            "rightswatch_retro_pending_age_seconds",
            "Age of the oldest change whose sweep is not done, 0 when there is none",
            registry=registry,
        )


class FloodMetrics:
    """What the flood watch did, and what waits for a person."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.quarantined_total = Counter(
            "rightswatch_flood_quarantined_total", "Pictures that this process quarantined", registry=registry
        )
        self.refused = Counter(
            "rightswatch_flood_refused_total",
            "Floods that were not quarantined, since too many quarantined pictures wait for a person",
            registry=registry,
        )
        self.failed = Counter("rightswatch_flood_failed_total", "Looks at the alerts that failed", registry=registry)
        self.entries = Gauge(
            "rightswatch_allow_entries", "Entries of the allow-list of pictures", ["state"], registry=registry
        )
        self.undecided_age = Gauge(
            "rightswatch_flood_undecided_age_seconds",
            "Age of the oldest quarantine that no person decided about, 0 when there is none",
            registry=registry,
        )


class DeadLetterMetrics:
    """What waits for a person to decide about it; asked of ClickHouse by the writer."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.open = Gauge(
            "rightswatch_dead_letters_open",
            "Dead letters that nobody has sent again or discarded",
            ["reason"],
            registry=registry,
        )
        self.open_age = Gauge(
            "rightswatch_dead_letters_open_age_seconds",
            "Age of the oldest dead letter that nobody decided about, 0 when there is none",
            registry=registry,
        )
        self.failed = Counter(
            "rightswatch_dead_letters_count_failed_total", "Counts of open dead letters that failed", registry=registry
        )


class FetchMetrics:
    """What fetching counts beside its stage `fetch` (received: URLs; sent: pictures; dropped: why there is none)."""

    def __init__(self, registry: CollectorRegistry, stages: Stages) -> None:
        self.stages = stages
        self.bytes = Counter("rightswatch_fetch_bytes_total", "Bytes of pictures that were fetched", registry=registry)
        self.remembered = Counter(
            "rightswatch_fetch_remembered_total",
            "URLs answered without a transfer: picture, revalidated, refusal, under_way",
            ["what"],
            registry=registry,
        )
        self.under_way = Gauge("rightswatch_fetch_under_way", "URLs that are asked for or wait", registry=registry)
        self.cache_bytes = Gauge("rightswatch_fetch_cache_bytes", "Memory of the picture cache", registry=registry)


class PictureMetrics:
    """What the process of pictures counts beside its stages `fetch`, `see`, `screen_pictures` and `picture_store`."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.stages = Stages(registry)
        self.fetching = FetchMetrics(registry, self.stages)
        self.watchlist = WatchlistMetrics(registry)
        self.pictures = Counter(
            "rightswatch_pictures_total",
            "Pictures by outcome: seen, seen_before, not_fetched, shed_old, failed (our fault), or why nothing is seen",
            ["outcome"],
            registry=registry,
        )
        self.costly_steps = Counter(
            "rightswatch_picture_costly_steps_total",
            "Second tier (closer) and reading (words), for each picture: run, or why it was left out",
            ["step", "outcome"],
            registry=registry,
        )
        self.words = Counter(
            "rightswatch_picture_words_total",
            "Pictures whose words were to be read: read, no_words, not_decoded, failed, or unavailable without models",
            ["outcome"],
            registry=registry,
        )
        self.messages = Counter("rightswatch_picture_messages_total", "Messages that are through", registry=registry)
        self.alerts = Counter(
            "rightswatch_picture_alerts_total", "Alerts about pictures acknowledged by the broker", registry=registry
        )
        self.evidence = Counter(
            "rightswatch_picture_evidence_total",
            "Pictures that alerts name: stored, refused by the store, or lost because the URL led elsewhere by then",
            ["outcome"],
            registry=registry,
        )
        self.warnings = Counter(
            "rightswatch_warnings_total", "Bad input that was recovered and screened", ["reason"], registry=registry
        )
        self.watchlist_behind = Counter(
            "rightswatch_picture_watchlist_behind_total",
            "Messages screened with a watchlist that is, or may be, older than a sweep or their texts had",
            registry=registry,
        )
        self.alert_latency = Histogram(
            "rightswatch_listing_to_picture_alert_seconds",
            "From the page's broker timestamp to its pictures' alerts' acknowledgement, once for each message",
            buckets=LATENCY_SECONDS,
            registry=registry,
        )
        self.queue_age = Gauge(
            "rightswatch_picture_queue_age_seconds", "Age of the oldest message in hand, 0 for none", registry=registry
        )
        self.in_hand = Gauge("rightswatch_picture_messages_in_hand", "Messages in hand", registry=registry)
        self.lag_messages = Gauge(
            "rightswatch_picture_lag_messages", "Messages not done in this process's partitions", registry=registry
        )
