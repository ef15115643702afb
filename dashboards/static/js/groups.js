// What a row of the watch floor is: one offer and one right or claimed number (a group), as last observed.
//
// Findings of one observation arrive as alerts of their own, `mark` and `coded_fake` mostly together. A row joins them:
// the one with the highest score leads (then `coded_fake`), gives the row its tier, time and link, and the others add
// their reasons. An edit of the offer is another observation (the same group, another listing digest); the row shows the
// latest of which an alert fits the filters, with all alerts of it that this page knows, fitting or not. The row's place
// in the list is that of its newest fitting alert, so a group can only ever move up. Pure: no page, no network.

/** Rows of `alerts`, newest first as these are: [{group, newest, alerts, key}], the leading alert first. */
export function rowsOf(alerts, fits) {
  const rows = new Map();
  for (const alert of alerts) {
    if (!rows.has(alert.group_id) && fits(alert)) rows.set(alert.group_id, { group: alert.group_id, newest: alert, alerts: [] });
  }
  for (const alert of alerts) {
    const row = rows.get(alert.group_id);
    if (row?.newest.listing_digest === alert.listing_digest) row.alerts.push(alert);
  }
  for (const row of rows.values()) {
    row.alerts.sort(leading);
    row.key = row.alerts.map((alert) => alert.alert_id).join(" "); // changes whenever the row would look different
  }
  return [...rows.values()];
}

function leading(a, b) {
  return b.score - a.score || (b.detector === "coded_fake") - (a.detector === "coded_fake");
}

/** The leading alert with the reasons and signals of all; a span that one of them has named is not named again. */
export function joined({ alerts }) {
  const reasons = [];
  const named = new Set();
  for (const alert of alerts) {
    const more = (alert.reasons ?? []).filter((reason) => !named.has(span(reason)));
    for (const reason of more) named.add(span(reason));
    reasons.push(...more);
  }
  return { ...alerts[0], reasons, signals: Object.assign({}, ...alerts.map((alert) => alert.signals)) };
}

const span = ({ field, start, end }) => `${field} ${start} ${end}`;
