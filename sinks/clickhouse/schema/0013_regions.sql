-- Where an alert's seller is, for those who may see the alerts of some regions only (sinks/visible.py, region_of): as
-- alerts_by_time has it since 0012. Queries served: which of some alerts, and of the sample of what was screened, are of
-- the regions that begin with given codes. What is stored already is read from its document.
ALTER TABLE alerts ADD COLUMN IF NOT EXISTS seller_region LowCardinality(String) MATERIALIZED
    coalesce(nullIf(JSONExtractString(document, 'seller', 'region'), ''), JSONExtractString(document, 'ships_from'));
ALTER TABLE screened_sample ADD COLUMN IF NOT EXISTS seller_region LowCardinality(String) MATERIALIZED
    coalesce(nullIf(JSONExtractString(document, 'seller', 'region'), ''), JSONExtractString(document, 'ships_from'));
