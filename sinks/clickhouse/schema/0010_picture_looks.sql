-- What was seen in the pictures of recent listings, so that a right added later finds them without fetching again. Query
-- served: everything seen on some pages (a sweep, the replay of what it raised). Kept as long as sweeps look back.
-- The key is fixed by the page; a picture fetched again replaces its row, and the earliest fetch wins, which is what the
-- first screening saw. A day's rows go together, as a partition, since rewriting what is left would cost more than all
-- else; a picture that was fetched on two days stands in both, so readers take one row of each key. Columns of views are parallel: four words and four edges (top, left, bottom, right) for each.
CREATE TABLE IF NOT EXISTS picture_looks
(
    page FixedString(32) CODEC(ZSTD(1)),
    platform LowCardinality(String),
    listing_id String CODEC(ZSTD(1)),
    image UInt16,
    url String CODEC(ZSTD(1)),
    digest FixedString(32) CODEC(NONE),
    unit_across Float64 CODEC(ZSTD(1)),
    unit_down Float64 CODEC(ZSTD(1)),
    views Array(LowCardinality(String)) CODEC(ZSTD(1)),
    is_mirrored Array(UInt8) CODEC(ZSTD(1)),
    edges Array(UInt32) CODEC(ZSTD(1)),
    words Array(UInt64) CODEC(NONE),
    qualities Array(UInt8) CODEC(ZSTD(1)),
    lines String CODEC(ZSTD(1)),
    fetched_at DateTime64(3, 'UTC') CODEC(ZSTD(1)),
    kept_until DateTime('UTC') CODEC(ZSTD(1)),
    first_wins UInt64 MATERIALIZED toUInt64(9223372036854775807 - toUnixTimestamp64Milli(fetched_at)) CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(first_wins)
PARTITION BY toDate(kept_until)
ORDER BY (page, platform, listing_id, image)
TTL kept_until
SETTINGS index_granularity = 1024, ttl_only_drop_parts = 1;
