-- The pictures that alerts name, as they were fetched: what a page's URL showed then, whatever it shows later. Query
-- served: one picture by its digest (replay, an alert's page). Stored before the alert is sent, so an alert that names a
-- picture finds it here. `url` comes without its query, which may hold secrets; the page has all of it.
-- The key is the content, so the same picture under many URLs and in many alerts stands here once; the earliest fetch wins.
CREATE TABLE IF NOT EXISTS picture_evidence
(
    digest FixedString(32) CODEC(NONE),
    content String CODEC(NONE),
    media_type LowCardinality(String),
    url String CODEC(ZSTD(1)),
    width UInt32,
    height UInt32,
    fetched_at DateTime64(3, 'UTC'),
    stored_at DateTime('UTC') DEFAULT now(),
    first_wins UInt64 MATERIALIZED toUInt64(9223372036854775807 - toUnixTimestamp64Milli(fetched_at))
)
ENGINE = ReplacingMergeTree(first_wins)
ORDER BY digest
TTL stored_at + INTERVAL 3 YEAR
-- Contents are large and compressed already: a look-up reads few of them.
SETTINGS index_granularity = 16, index_granularity_bytes = 1048576;
