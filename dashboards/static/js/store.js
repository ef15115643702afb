// The alerts this page knows, newest first, each once. Pure: no page, no network.

import { rowsOf } from "./groups.js";

const CAPACITY = 5000;

/** ClickHouse orders a UUID by its second half first; so do we, and "load more" then continues exactly. */
const halves = (id) => id.slice(19) + id.slice(0, 18);

/** Newest first; the order of the history, for live alerts too. */
export function compare(a, b) {
  if (a.observed_at !== b.observed_at) return a.observed_at < b.observed_at ? 1 : -1;
  const [left, right] = [halves(a.alert_id), halves(b.alert_id)];
  return left === right ? 0 : left < right ? 1 : -1;
}

export class AlertStore {
  #known = new Map();
  #sorted = [];

  /** Take in alerts from the stream or the history; returns those not known before. */
  add(alerts) {
    const added = alerts.filter((alert) => !this.#known.has(alert.alert_id) && this.#known.set(alert.alert_id, alert));
    if (added.length) {
      this.#sorted = [...added, ...this.#sorted].sort(compare);
      for (const old of this.#sorted.splice(CAPACITY)) this.#known.delete(old.alert_id);
    }
    return added;
  }

  get(id) {
    return this.#known.get(id);
  }

  get newest() {
    return this.#sorted[0];
  }

  get isFull() {
    return this.#sorted.length >= CAPACITY;
  }

  /** The rows of the groups of which an alert fits, newest first. */
  rows(fits) {
    return rowsOf(this.#sorted, fits);
  }
}
