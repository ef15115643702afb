-- A random share of the matches that did not alert, for people to judge. Query served: newest first, by reason or right.
-- `document` is the alert that it would have been, with the reason it was none. A replay has the broker's timestamp and the
-- ids of the original, so it replaces its row; the same content seen again later is an observation of its own.
CREATE TABLE IF NOT EXISTS screened_sample
(
    observed_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    alert_id UUID CODEC(NONE),
    screened LowCardinality(String),
    platform LowCardinality(String),
    right_id LowCardinality(Nullable(String)),
    detector LowCardinality(String),
    document String CODEC(ZSTD(3)),
    stored_at DateTime('UTC') DEFAULT now() CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
ORDER BY (observed_at, alert_id)
TTL stored_at + INTERVAL 3 YEAR
SETTINGS index_granularity = 1024;
