// The cases this page knows, in an order that only a person changes: new ones wait until they are asked for. Pure.

const MOST_WAITING = 5000;

export class QueueStore {
  #items = new Map();
  #order = [];
  #waiting = new Map(); // group id -> its newest alert, where it is known

  get order() {
    return this.#order;
  }

  get waiting() {
    return this.#waiting.size;
  }

  get isOverfull() {
    return this.#waiting.size >= MOST_WAITING;
  }

  get(id) {
    return this.#items.get(id);
  }

  get items() {
    return this.#order.map((id) => this.#items.get(id));
  }

  /** What the server says now, in its order; nothing waits any more. */
  replace(items) {
    this.#items = new Map(items.map((item) => [item.group_id, item]));
    this.#order = items.map((item) => item.group_id);
    this.#waiting.clear();
  }

  /** The page behind; what is shown already stays where it is. */
  append(items) {
    for (const item of items) if (!this.#items.has(item.group_id)) this.#order.push(item.group_id);
    this.#keep(items);
  }

  /** A case that was handed to us, right behind another one (or first). */
  place(item, behind) {
    if (!this.#items.has(item.group_id)) this.#order.splice(this.#order.indexOf(behind) + 1, 0, item.group_id);
    this.#keep([item]);
  }

  #keep(items) {
    for (const item of items) {
      this.#items.set(item.group_id, item);
      this.#waiting.delete(item.group_id);
    }
  }

  /** Alerts of the live stream; returns those of cases that were not known and fit. */
  arrive(alerts, fits) {
    const added = [];
    for (const alert of alerts) {
      if (this.#items.has(alert.group_id) || !fits(alert)) continue;
      if (!this.#waiting.has(alert.group_id)) {
        if (this.isOverfull) continue;
        added.push(alert);
      }
      this.#waiting.set(alert.group_id, alert);
    }
    return added;
  }

  /** Cases that are open again; those not listed wait, without an alert to show. */
  reopen(states) {
    for (const { group_id } of states) if (!this.#items.has(group_id) && !this.isOverfull) this.#waiting.set(group_id, null);
  }

  /** States from the stream or from an answer; an older version never replaces a newer one. Returns the ids that changed. */
  apply(states) {
    const changed = [];
    for (const state of states) {
      const item = this.#items.get(state.group_id);
      if (state.state !== "open") this.#waiting.delete(state.group_id);
      if (!item || state.version < item.triage.version) continue;
      this.#items.set(state.group_id, { ...item, triage: state });
      changed.push(state.group_id);
    }
    return changed;
  }
}
