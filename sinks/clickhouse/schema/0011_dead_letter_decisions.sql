-- The page that a dead letter came on: its trace, and where all of a line is found whose head was cut. Letters that were
-- stored before have zeros.
ALTER TABLE dead_letters ADD COLUMN IF NOT EXISTS page FixedString(32) CODEC(NONE);

-- What people decided about dead letters: append-only, never replaced, so that a changed mind stays visible. Queries
-- served: the decisions about some letters, and which letters have one (the last one holds). The first six columns are a
-- letter's key in dead_letters. A retry says where it was sent, as what page: what came of it is found there. No TTL: a
-- decision outlives its letter.
CREATE TABLE IF NOT EXISTS dead_letter_decisions
(
    observed_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    sha256 FixedString(32) CODEC(NONE),
    topic LowCardinality(String),
    `partition` Int32,
    `offset` Int64 CODEC(ZSTD(1)),
    line UInt32,
    decision LowCardinality(String),
    note String CODEC(ZSTD(1)),
    decided_by LowCardinality(String),
    decided_at DateTime64(3, 'UTC') CODEC(ZSTD(1)),
    sent_page FixedString(32) CODEC(NONE),
    sent_topic LowCardinality(String),
    sent_partition Int32,
    sent_offset Int64 CODEC(ZSTD(1))
)
ENGINE = MergeTree
ORDER BY (observed_at, sha256, topic, `partition`, `offset`, line, decided_at);
