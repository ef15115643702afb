-- The floor's index into `alerts`: newest first, with every column it filters by. Read backwards in key order and
-- stopped at the limit. A row here is a candidate: the alert itself, with its first time, comes from `alerts`.
-- At 1 M alerts the newest 100 take 3 ms of processor time here and 60 ms in `alerts`; sorting `alerts FINAL` by time
-- instead takes as long as reading all of it, and grows with it.
CREATE TABLE IF NOT EXISTS alerts_by_time
(
    observed_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    alert_id UUID CODEC(NONE),
    group_id UUID CODEC(NONE),
    platform LowCardinality(String),
    subject LowCardinality(String),
    right_id LowCardinality(Nullable(String)),
    kind LowCardinality(String),
    detector LowCardinality(String),
    tier LowCardinality(String),
    title String CODEC(ZSTD(1)),
    seller_name String CODEC(ZSTD(1)),
    stored_at DateTime('UTC') DEFAULT now() CODEC(ZSTD(1)),
    first_wins UInt128 CODEC(ZSTD(1)),
    INDEX by_group group_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(first_wins)
ORDER BY (observed_at, alert_id)
TTL stored_at + INTERVAL 3 YEAR
SETTINGS index_granularity = 1024;

CREATE MATERIALIZED VIEW IF NOT EXISTS alerts_to_alerts_by_time TO alerts_by_time AS
SELECT
    observed_at, alert_id, group_id, platform, subject, right_id, kind, detector, tier, title, seller_name, stored_at,
    first_wins
FROM alerts;
