-- Input that could not be screened. Queries served: the newest dead letters, and counts by reason over a time.
-- Every key column is fixed by the broker's message, so a replay replaces its row.
CREATE TABLE IF NOT EXISTS dead_letters
(
    observed_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    sha256 FixedString(32) CODEC(NONE),
    topic LowCardinality(String),
    `partition` Int32,
    `offset` Int64 CODEC(ZSTD(1)),
    line UInt32,
    reason LowCardinality(String),
    length UInt64 CODEC(ZSTD(1)),
    head String CODEC(ZSTD(3)),
    stored_at DateTime('UTC') DEFAULT now() CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
ORDER BY (observed_at, sha256, topic, `partition`, `offset`, line)
TTL stored_at + INTERVAL 3 YEAR
SETTINGS index_granularity = 256, index_granularity_bytes = 1048576;
