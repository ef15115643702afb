// The left half of the queue: which cases (or causes) are listed, and what the live stream changes about them. Nothing
// that arrives moves a row: new cases wait and are counted, and a case judged elsewhere says so where it stands.

import { read, write } from "./address.js";
import { getJson } from "./api.js";
import { byId, say } from "./dom.js";
import { t } from "./i18n.js";
import { fillCase, fillCause } from "./queue_rows.js";
import { QueueStore } from "./queue_store.js";
import { isWaiting } from "./states.js";
import { TABS } from "./todo.js";
import { WindowList } from "./window_list.js";
import { sellerKey } from "./words.js";

export const BY = ["seller", "right", "fingerprint"];
const SORTS = ["urgent", "newest"];
const PAGE_ROWS = 200;
const REREAD_ROWS = 500;
const ROW_REM = 5.25;
const SKEW_MS = 60_000; // by so much this machine's clock and the server's may differ
const FRAME_MS = 100; // drawing more often than this helps nobody
const CAUSE_OF = { seller: sellerKey, right: (alert) => alert.right_id, fingerprint: () => null };

export class QueuePane {
  store = new QueueStore();
  #rights = new Map();
  #causes = new Map();
  #list;
  #filters;
  #on;
  #place = null; // where the listing goes on
  #readAt = 0; // when it was read from its beginning, by this machine's clock
  #isReading = false;
  #turn = 0; // of loading: what an earlier one still brings is not shown
  #changed = new Set();
  #drawing = 0;
  #where = { state: read("state"), by: read("by"), cause: read("cause"), sort: read("sort") };

  /** `on`: moved(id), opened(id), arrived(alerts), guarded(work). */
  constructor(filters, on) {
    this.#filters = filters;
    this.#on = on;
    this.#list = new WindowList(byId("items"), byId("scroller"), ROW_REM, {
      fill: (element, id) => this.#fill(element, id),
      moved: on.moved,
      opened: on.opened,
      ending: () => this.#more(),
    });
  }

  get tab() {
    return TABS.includes(this.#where.state) ? this.#where.state : TABS[0];
  }

  get by() {
    return BY.includes(this.#where.by) ? this.#where.by : "";
  }

  get sort() {
    return SORTS.includes(this.#where.sort) ? this.#where.sort : SORTS[0];
  }

  /** The cause whose cases are listed; "" while all are, or while causes are. */
  get cause() {
    return this.by ? this.#where.cause : "";
  }

  get isOfCauses() {
    return Boolean(this.by) && !this.cause;
  }

  /** What the API is asked for, but for the state. */
  get query() {
    return { ...this.#filters.query, ...(this.cause ? { cause_by: this.by, cause: this.cause } : {}) };
  }

  get list() {
    return this.#list;
  }

  /** The case under the cursor; null over a cause or an empty list. */
  get current() {
    return (!this.isOfCauses && this.store.get(this.#list.cursor)) || null;
  }

  get currentCause() {
    return (this.isOfCauses && this.#causes.get(this.#list.cursor)) || null;
  }

  rightOf = (alert) => this.#rights.get(alert.right_id);

  know(rights) {
    for (const [id, right] of Object.entries(rights ?? {})) this.#rights.set(id, right);
  }

  /** Show another tab, grouping, cause or order, and say so in the address. */
  turn(values) {
    Object.assign(this.#where, values);
    write({ state: this.tab === TABS[0] ? "" : this.tab, by: this.by, cause: this.cause, sort: this.sort === SORTS[0] ? "" : this.sort, case: "" });
    return this.load();
  }

  /** Read the list anew. The case in hand stays in it, and where it stands, as long as it waits for somebody. */
  async load({ first = null } = {}) {
    const turn = (this.#turn += 1);
    byId("items").setAttribute("aria-busy", "true");
    const isFocused = byId("items").contains(document.activeElement);
    await this.#on.guarded(async () => {
      if (!(await (this.isOfCauses ? this.#readCauses(turn) : this.#readCases(turn, first)))) return;
      byId("items").setAttribute("aria-busy", "false");
      this.#report();
      if (this.#list.cursor === null && this.#list.length) this.#list.go(this.ids.includes(first) ? first : this.ids[0], { focus: isFocused });
      else this.#on.moved(this.#list.cursor);
    });
  }

  get ids() {
    return this.isOfCauses ? [...this.#causes.keys()] : this.store.order;
  }

  async #readCauses(turn) {
    const { causes } = await getJson("/api/v1/queue/causes", { by: this.by, state: this.tab, ...this.#filters.query });
    if (turn !== this.#turn) return false;
    this.#place = null;
    this.#causes = new Map(causes.map((cause) => [cause.cause, cause]));
    this.store.replace([]);
    this.#list.show(this.ids);
    return true;
  }

  async #readCases(turn, first) {
    const inHand = this.current;
    const page = await getJson("/api/v1/queue", { state: this.tab, sort: this.sort, limit: PAGE_ROWS, ...this.query });
    const wanted = first ?? (inHand && isWaiting(inHand.triage) && inHand.triage.state === this.tab ? inHand.group_id : null);
    const isMissing = wanted && !page.items.some((item) => item.group_id === wanted);
    const extra = isMissing ? (inHand?.group_id === wanted ? inHand : await this.#one(wanted)) : null;
    if (turn !== this.#turn) return false;
    this.know(page.rights);
    this.#place = page.next;
    this.#readAt = Date.now();
    this.store.replace(extra ? [extra, ...page.items] : page.items);
    this.#list.show(this.ids);
    return true;
  }

  /** A case that the list lacks; null when there is none of that id. */
  async #one(id) {
    try {
      return await getJson(`/api/v1/groups/${encodeURIComponent(id)}`);
    } catch (error) {
      if (error.status === 404 || error.status === 400) return null;
      throw error;
    }
  }

  async #more() {
    if (this.#isReading || !this.#place || this.isOfCauses) return;
    this.#isReading = true;
    const turn = this.#turn;
    const before = this.#list.length;
    await this.#on.guarded(async () => {
      // A page may be empty and not the last: what was closed meanwhile is left out of it.
      while (this.#place && turn === this.#turn && this.#list.length === before) await this.#readMore(turn);
      this.#report();
    });
    this.#isReading = false;
  }

  async #readMore(turn) {
    const page = await getJson("/api/v1/queue", { state: this.tab, sort: this.sort, limit: PAGE_ROWS, after: this.#place, ...this.query });
    if (turn !== this.#turn) return;
    this.know(page.rights);
    this.#place = page.next;
    this.store.append(page.items);
    this.#list.show(this.ids);
  }

  /** Put a case into the list, behind the one under the cursor, and go there. */
  async hand(state) {
    if (!this.store.get(state.group_id)) {
      const item = await this.#one(state.group_id);
      if (!item) return;
      this.know(item.rights);
      this.store.place(item, this.#list.cursor);
    }
    this.store.apply([state]);
    this.#list.show(this.ids);
    this.#list.go(state.group_id);
    this.#report();
  }

  /** Alerts of the live stream. */
  take(message) {
    this.know(message.rights);
    if (this.tab !== TABS[0]) return;
    const added = this.store.arrive(message.alerts, this.#fits);
    if (!added.length) return;
    this.#on.arrived(added);
    this.#soon();
  }

  #fits = (alert) => this.#filters.test(alert) && (!this.cause || CAUSE_OF[this.by](alert) === this.cause);

  /** States that changed here or elsewhere. */
  apply(states) {
    for (const id of this.store.apply(states)) this.#changed.add(id);
    this.#soon();
  }

  /** States that changed elsewhere. A case that is open again and not listed waits with the new ones. */
  hear(states) {
    this.apply(states);
    const isAnything = !this.#filters.isActive && !this.cause;
    if (this.tab === TABS[0] && isAnything) this.store.reopen(states.filter((state) => state.state === "open" && state.reopened_because));
  }

  /** What was shelved until now is open again: nobody tells, the time does. */
  wake(now = Date.now()) {
    const over = this.store.items.filter(({ triage }) => triage.state === "shelved" && Date.parse(triage.shelved_until) <= now);
    if (over.length) this.apply(over.map(({ group_id, triage }) => ({ ...triage, group_id, state: "open", shelved_until: null })));
  }

  #soon() {
    this.#drawing ||= setTimeout(() => this.#draw(), FRAME_MS);
  }

  #draw() {
    this.#drawing = 0;
    this.#list.refresh(this.#changed);
    if (this.#changed.has(this.#list.cursor)) this.#on.moved(this.#list.cursor);
    this.#changed.clear();
    if (!this.#list.length && this.store.waiting) this.load(); // nothing is there that could move
    this.#report();
  }

  /**
   * After a break nobody knows what came: what is listed takes over what holds now, what is not listed waits. Where the
   * listing goes on, what is older than it stands further down, and is not new.
   */
  async reread() {
    if (this.isOfCauses) return;
    await this.#on.guarded(async () => {
      const page = await getJson("/api/v1/queue", { state: this.tab, sort: "newest", limit: REREAD_ROWS, ...this.query });
      this.know(page.rights);
      this.apply(page.items.map((item) => ({ ...item.triage, group_id: item.group_id })));
      const isNew = (item) => !this.#place || Date.parse(item.first_seen) > this.#readAt - SKEW_MS || item.triage.reopened_because;
      this.take({ alerts: page.items.filter(isNew).map((item) => item.alert) });
      await this.#askedAgain(new Set(page.items.map((item) => item.group_id)));
    });
  }

  /** The case in hand may have been judged meanwhile: the page above would not have it. */
  async #askedAgain(present) {
    const item = this.current;
    if (!item || present.has(item.group_id)) return;
    const now = await this.#one(item.group_id);
    if (now) this.apply([{ ...now.triage, group_id: item.group_id }]);
  }

  #fill(element, id) {
    if (this.isOfCauses) return fillCause(element, this.#causes.get(id), this.by);
    const item = this.store.get(id);
    fillCase(element, item, this.rightOf(item.alert));
  }

  #report() {
    const n = this.store.waiting;
    say(byId("show-new"), n ? t("queue.new", { n, more: this.store.isOverfull ? "+" : "" }) : "");
    const shown = this.#list.length;
    byId("shown").textContent = shown ? t(this.isOfCauses ? "queue.causes" : "queue.cases", { n: shown, more: this.#place ? "+" : "" }) : "";
    const isEmpty = !shown && byId("items").getAttribute("aria-busy") === "false";
    say(byId("empty"), isEmpty ? t(this.#filters.isActive || this.cause ? "queue.empty_filtered" : `queue.empty_${this.tab}`) : "");
    byId("items").hidden = !shown; // a listbox without options is no listbox
  }
}
