-- What was stored since a moment: notices and leads ask for it every few seconds. The tables stand in another order, but
-- what is new stands in parts of its own until it is merged, and all of an older part is skipped by its newest row.
ALTER TABLE alerts ADD INDEX IF NOT EXISTS by_stored stored_at TYPE minmax GRANULARITY 1;
ALTER TABLE listings ADD INDEX IF NOT EXISTS by_stored stored_at TYPE minmax GRANULARITY 1;
ALTER TABLE alerts MATERIALIZE INDEX by_stored;
ALTER TABLE listings MATERIALIZE INDEX by_stored;
