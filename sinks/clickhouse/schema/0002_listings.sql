-- One narrow row per listing seen on a page; text and pictures stay in `pages`. Queries served: the history of one
-- listing (platform, listing_id), and a seller's listings through the skip index.
-- The key is fixed by the page's bytes, so a replay or a page sent twice adds nothing; the earliest observation wins.
CREATE TABLE IF NOT EXISTS listings
(
    platform LowCardinality(String),
    listing_id String CODEC(ZSTD(1)),
    page FixedString(32) CODEC(ZSTD(1)),
    line UInt32,
    listing_digest FixedString(32) CODEC(NONE),
    seller_id String CODEC(ZSTD(1)),
    price Nullable(Float64) CODEC(ZSTD(1)),
    currency LowCardinality(String),
    category LowCardinality(String),
    market LowCardinality(String),
    state LowCardinality(String),
    condition LowCardinality(String),
    listed_at Nullable(DateTime64(3, 'UTC')) CODEC(ZSTD(1)),
    observed_at DateTime64(3, 'UTC') CODEC(ZSTD(1)),
    stored_at DateTime('UTC') DEFAULT now() CODEC(ZSTD(1)),
    first_wins UInt64 MATERIALIZED toUInt64(9223372036854775807 - toUnixTimestamp64Milli(observed_at)) CODEC(ZSTD(1)),
    INDEX by_seller seller_id TYPE bloom_filter(0.01) GRANULARITY 4
)
ENGINE = ReplacingMergeTree(first_wins)
ORDER BY (platform, listing_id, page, line)
TTL stored_at + INTERVAL 3 YEAR;
