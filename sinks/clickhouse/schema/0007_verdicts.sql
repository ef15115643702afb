-- What people decided about alerts: append-only, never replaced, so that a changed mind stays visible. Query served: the
-- verdicts of a group, oldest first (a verdict carries over to every edit of the offer). The version of the alert that
-- was judged stands beside it. No TTL: a decision outlives its evidence.
CREATE TABLE IF NOT EXISTS verdicts
(
    group_id UUID,
    judged_at DateTime64(3, 'UTC'),
    alert_id UUID,
    verdict LowCardinality(String),
    reason_code LowCardinality(String),
    note String CODEC(ZSTD(1)),
    judged_by LowCardinality(String),
    listing_digest FixedString(32),
    revision UInt64
)
ENGINE = MergeTree
ORDER BY (group_id, judged_at, alert_id);
