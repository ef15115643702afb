// The alert history over the API, and what has to be read again after a break in the live stream.

import { getJson } from "./api.js";

const PAGE_ROWS = 500;
const MAX_REREAD_ROWS = 2000;
const OVERLAP_MS = 120_000; // workers finish pages in a slightly different order than they were sent

/** A page of history: {alerts, rights, next}. `next` of one page is the `place` of the following. */
export function readHistory(filters, place = null, rows = null) {
  return getJson("/api/v1/alerts", { ...filters, ...(place ?? {}), limit: rows });
}

/** All alerts since a moment before `newest`, handed over page by page. Without `newest`: the first page. */
export async function readSince(newest, lagSeconds, take) {
  if (!newest) return take(await readHistory({}));
  const overlap = OVERLAP_MS + (lagSeconds ?? 0) * 1000;
  const after = new Date(new Date(newest.observed_at) - overlap).toISOString();
  let place = null;
  let rows = 0;
  do {
    const page = await readHistory({ after }, place, PAGE_ROWS);
    take(page);
    rows += page.alerts.length;
    place = page.next;
  } while (place && rows < MAX_REREAD_ROWS);
}
