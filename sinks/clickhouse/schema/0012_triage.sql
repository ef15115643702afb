-- What people judge. `alerts_by_time` gets what the queue groups and filters by, taken out of the alert's document: who
-- offers (`platform:id`, the name where there is no id), where (the seller's region, else where it ships from), and the
-- fingerprint of what was found: the SHA-256 of the picture that matched, else of the title without case, digits and
-- spaces. Empty: unknown. Rows of the last 30 days, the queue's horizon, are filled in; the same keys, so a merge drops
-- the old ones.
ALTER TABLE alerts_by_time
    ADD COLUMN IF NOT EXISTS seller String CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS seller_region LowCardinality(String),
    ADD COLUMN IF NOT EXISTS fingerprint String CODEC(ZSTD(1));

ALTER TABLE alerts_to_alerts_by_time MODIFY QUERY
SELECT
    observed_at, alert_id, group_id, platform, subject, right_id, kind, detector, tier, title, seller_name, stored_at,
    first_wins,
    coalesce(nullIf(JSONExtractString(document, 'seller', 'id'), ''), seller_name) AS seller_own,
    if(seller_own = '', '', concat(platform, ':', seller_own)) AS seller,
    coalesce(
        nullIf(JSONExtractString(document, 'seller', 'region'), ''), JSONExtractString(document, 'ships_from')
    ) AS seller_region,
    arrayFirst(
        digest -> digest != '',
        arrayMap(reason -> JSONExtractString(reason, 'picture'), JSONExtractArrayRaw(document, 'reasons'))
    ) AS picture,
    if(picture != '', picture, lower(hex(SHA256(replaceRegexpAll(lowerUTF8(title), '[\\s\\d]+', ''))))) AS fingerprint
FROM alerts;

INSERT INTO alerts_by_time (
    observed_at, alert_id, group_id, platform, subject, right_id, kind, detector, tier, title, seller_name, stored_at,
    first_wins, seller, seller_region, fingerprint
)
SELECT
    observed_at, alert_id, group_id, platform, subject, right_id, kind, detector, tier, title, seller_name, stored_at,
    first_wins,
    if(seller_own = '', '', concat(platform, ':', seller_own)),
    coalesce(nullIf(JSONExtractString(document, 'seller', 'region'), ''), JSONExtractString(document, 'ships_from')),
    if(picture != '', picture, lower(hex(SHA256(replaceRegexpAll(lowerUTF8(title), '[\\s\\d]+', '')))))
FROM (
    SELECT
        *, first_wins, coalesce(nullIf(JSONExtractString(document, 'seller', 'id'), ''), seller_name) AS seller_own,
        arrayFirst(
            digest -> digest != '',
            arrayMap(reason -> JSONExtractString(reason, 'picture'), JSONExtractArrayRaw(document, 'reasons'))
        ) AS picture
    FROM alerts WHERE observed_at > now() - INTERVAL 30 DAY
);

-- A verdict with what was judged beside it, so that precision needs no look at alerts that are gone. `stage`: judge,
-- review, expert, undo (it takes back `undoes`) or screened (about a match that did not alert; `screened` is why).
-- `group_version` is the state's that it led to. The table keeps what it is sent: whoever moves rows here asks first
-- which are there, and readers take one of each `verdict_id` (sinks/clickhouse/verdicts.py).
ALTER TABLE verdicts
    ADD COLUMN IF NOT EXISTS verdict_id UUID,
    ADD COLUMN IF NOT EXISTS stage LowCardinality(String),
    ADD COLUMN IF NOT EXISTS undoes UUID,
    ADD COLUMN IF NOT EXISTS group_version UInt64,
    ADD COLUMN IF NOT EXISTS score Float64 CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS detector LowCardinality(String),
    ADD COLUMN IF NOT EXISTS tier LowCardinality(String),
    ADD COLUMN IF NOT EXISTS right_id LowCardinality(Nullable(String)),
    ADD COLUMN IF NOT EXISTS subject LowCardinality(String),
    ADD COLUMN IF NOT EXISTS platform LowCardinality(String),
    ADD COLUMN IF NOT EXISTS seller_region LowCardinality(String),
    ADD COLUMN IF NOT EXISTS screened LowCardinality(String),
    ADD COLUMN IF NOT EXISTS versions String CODEC(ZSTD(1)),
    ADD INDEX IF NOT EXISTS by_verdict verdict_id TYPE bloom_filter(0.01) GRANULARITY 1;

-- The state of each group that somebody touched, as the operational database had it: the queue leaves out by it what is
-- closed or shelved. The highest version holds, whatever the order of arrival.
CREATE TABLE IF NOT EXISTS triage_states
(
    group_id UUID CODEC(NONE),
    version UInt64,
    state LowCardinality(String),
    shelved_until DateTime64(3, 'UTC'),
    verdict LowCardinality(String),
    reason_code LowCardinality(String),
    judged_by LowCardinality(String),
    judged_at DateTime64(3, 'UTC'),
    right_id LowCardinality(Nullable(String)),
    changed_at DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(version)
ORDER BY group_id
SETTINGS index_granularity = 1024;

-- One screened match is looked up by its id when somebody judges it.
ALTER TABLE screened_sample ADD INDEX IF NOT EXISTS by_alert alert_id TYPE bloom_filter(0.01) GRANULARITY 1;
