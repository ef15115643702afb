-- One row per page screened: the proof that it was. Queries served: the floor's totals over the last hour and day, and
-- "was this page screened" by digest. Time first, for the totals; a replay has the broker's timestamp and the page of
-- the original, so it replaces its row. Counts must group by page: the same bytes may be sent again later.
CREATE TABLE IF NOT EXISTS screenings
(
    observed_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    page FixedString(32) CODEC(NONE),
    topic LowCardinality(String),
    `partition` Int32,
    `offset` Int64 CODEC(ZSTD(1)),
    revision UInt64 CODEC(ZSTD(1)),
    versions LowCardinality(String),
    listings UInt32,
    matches UInt32,
    alerts UInt32,
    dead UInt32,
    screened Map(LowCardinality(String), UInt32) CODEC(ZSTD(1)),
    warnings Map(LowCardinality(String), UInt32) CODEC(ZSTD(1)),
    worker LowCardinality(String),
    stored_at DateTime('UTC') DEFAULT now() CODEC(ZSTD(1)),
    INDEX by_page page TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree
ORDER BY (observed_at, page)
TTL stored_at + INTERVAL 3 YEAR;
