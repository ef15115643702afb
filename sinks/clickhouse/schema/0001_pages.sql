-- Pages as received: the evidence behind every alert. Query served: one page by its digest (replay, an alert's own page).
-- The digest (SHA-256 of the body) is 32 raw bytes: half of its hex form in the sparse index and in every row that
-- points here; the hex form exists only at the edge (`unhex` in, `lower(hex())` out).
-- The same bytes may arrive again at another offset or time; the key is the content, and the earliest observation wins:
-- ReplacingMergeTree keeps the greatest version, so the version counts down with time, then with the offset.
-- TTL runs from when we stored the row, not from the broker's timestamp, which a producer can set to 1970.
CREATE TABLE IF NOT EXISTS pages
(
    digest FixedString(32) CODEC(NONE),
    body String CODEC(ZSTD(3)),
    observed_at DateTime64(3, 'UTC'),
    topic LowCardinality(String),
    `partition` Int32,
    `offset` Int64,
    bytes UInt32,
    listings UInt32,
    stored_at DateTime('UTC') DEFAULT now(),
    first_wins UInt128 MATERIALIZED
        bitShiftLeft(toUInt128(9223372036854775807 - toUnixTimestamp64Milli(observed_at)), 64)
        + toUInt64(9223372036854775807 - greatest(`offset`, 0))
)
ENGINE = ReplacingMergeTree(first_wins)
ORDER BY digest
TTL stored_at + INTERVAL 3 YEAR
-- One look-up reads one granule: 64 bodies, or what fits in 1 MiB of them.
SETTINGS index_granularity = 64, index_granularity_bytes = 1048576;
