-- Alerts, once per alert_id. Queries served: one alert by id, a floor page's alerts by their ids, ids at random.
-- What is looked up by time, right, group or text goes through `alerts_by_time` first and comes here with ids.
-- `document` is the alert as it was raised, in the contract's JSON (reasons, signals, seller, versions and all): reading a
-- floor page takes one wide column instead of twenty (100 alerts at random: 48 ms instead of 248 ms), and a new field
-- needs no new column. What boards group by and readers filter by stands beside it.
-- Delivery is at least once and content is seen again, so the same alert_id comes with other times and revisions: the
-- earliest observation wins, then the lowest watchlist revision, then the row stored first, whatever the order of arrival.
CREATE TABLE IF NOT EXISTS alerts
(
    alert_id UUID CODEC(NONE),
    group_id UUID CODEC(NONE),
    platform LowCardinality(String),
    listing_id String CODEC(ZSTD(1)),
    title String CODEC(ZSTD(1)),
    seller_name String CODEC(ZSTD(1)),
    subject LowCardinality(String),
    right_id LowCardinality(Nullable(String)),
    kind LowCardinality(String),
    detector LowCardinality(String),
    score Float64 CODEC(ZSTD(1)),
    tier LowCardinality(String),
    observed_at DateTime64(3, 'UTC') CODEC(ZSTD(1)),
    revision UInt64 CODEC(ZSTD(1)),
    page FixedString(32) CODEC(NONE),
    listing_digest FixedString(32) CODEC(NONE),
    document String CODEC(ZSTD(3)),
    stored_at DateTime('UTC') DEFAULT now() CODEC(ZSTD(1)),
    first_wins UInt128 MATERIALIZED
        bitShiftLeft(toUInt128(9223372036854775807 - toUnixTimestamp64Milli(observed_at)), 64)
        + bitShiftLeft(toUInt128(4294967295 - least(revision, 4294967295)), 32)
        + (4294967295 - toUnixTimestamp(stored_at)) CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(first_wins)
ORDER BY alert_id
TTL stored_at + INTERVAL 3 YEAR
-- Small granules: 100 ids at random read 100 x 128 rows, not 100 x 8192.
SETTINGS index_granularity = 128;
