// The list of the watch floor. Its one promise: no row moves while an operator points at, has chosen or reads one.

import { byId } from "./dom.js";
import { row } from "./rows.js";

export const MAX_ROWS = 500;
const FIRST_ROWS = 200;
const MORE_ROWS = 100;
const SCROLL_SLACK_PX = 8;

export class AlertList {
  #feed = byId("alerts");
  #scroller = byId("scroller");
  #rows = new Map(); // alert id -> element, in the order shown
  #shown = [];
  #matching = [];
  #rightOf;
  #changed;
  #paused = false;
  #pointed = false;
  #selected = null;

  /** `rightOf(alert)` names its right; `changed(state)` hears of every change: {held, waiting, shown, hasOlder}. */
  constructor(rightOf, changed) {
    this.#rightOf = rightOf;
    this.#changed = changed;
    this.#feed.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && this.#point(true));
    this.#feed.addEventListener("pointerleave", () => this.#point(false));
    this.#feed.addEventListener("focusin", (event) => this.#choose(event.target.closest(".row")));
    for (const target of [this.#scroller, window]) target.addEventListener("scroll", () => this.#settle(), { passive: true });
  }

  /** Why the list is held just now, or null when it follows the stream. */
  get held() {
    if (this.#paused) return "paused";
    if (this.#selected) return "selection";
    if (this.#scrolled > SCROLL_SLACK_PX) return "scroll";
    return this.#pointed ? "pointer" : null;
  }

  get paused() {
    return this.#paused;
  }

  set paused(value) {
    this.#paused = value;
    this.#settle();
  }

  get selected() {
    return this.#selected;
  }

  get last() {
    return this.#shown.at(-1);
  }

  /** The alerts that fit the filters, newest first. Shown at once, or counted while the list is held. */
  update(matching) {
    this.#matching = matching;
    this.#settle();
  }

  /** Other filters: what is held no longer means anything. */
  replace(matching) {
    this.#matching = matching;
    this.#release();
    this.showNewest();
  }

  showNewest() {
    this.#release();
    this.#show(this.#matching.slice(0, Math.min(MAX_ROWS, Math.max(FIRST_ROWS, this.#shown.length))));
    this.#report();
  }

  /** Grow at the bottom; beyond the limit the newest rows leave at the top. True when there was something to add. */
  showOlder() {
    const from = this.#matching.indexOf(this.last) + 1;
    const older = this.#matching.slice(from, from + MORE_ROWS);
    if (older.length) this.#show([...this.#shown, ...older].slice(-MAX_ROWS));
    this.#report();
    return older.length > 0;
  }

  move(step) {
    const ids = [...this.#rows.keys()];
    if (!ids.length) return;
    const at = ids.indexOf(this.#selected);
    const next = at < 0 ? 0 : Math.max(0, Math.min(ids.length - 1, at + step));
    const element = this.#rows.get(ids[next]);
    element.focus({ preventScroll: true });
    element.scrollIntoView({ block: "nearest" });
  }

  deselect() {
    this.#rows.get(this.#selected)?.blur();
    this.#choose(null);
  }

  get #scrolled() {
    return Math.max(this.#scroller.scrollTop, document.scrollingElement.scrollTop);
  }

  #point(isOver) {
    this.#pointed = isOver;
    this.#settle();
  }

  #choose(element) {
    this.#rows.get(this.#selected)?.classList.remove("selected");
    element?.classList.add("selected");
    this.#selected = element?.dataset.id ?? null;
    this.#settle();
  }

  #release() {
    this.#choose(null);
    this.#scroller.scrollTop = 0;
    document.scrollingElement.scrollTop = 0;
  }

  #settle() {
    if (!this.held || !this.#shown.length) this.#show(this.#matching.slice(0, Math.max(FIRST_ROWS, Math.min(MAX_ROWS, this.#shown.length))));
    this.#report();
  }

  #report() {
    const shown = new Set(this.#shown);
    const end = this.last ? this.#matching.indexOf(this.last) : this.#matching.length;
    const waiting = this.#matching.slice(0, end).filter((alert) => !shown.has(alert)).length;
    const hasOlder = end >= 0 && end + 1 < this.#matching.length;
    this.#changed({ held: this.held, waiting, shown: this.#shown.length, hasOlder });
  }

  /** Make the rows equal to `alerts`, touching only what differs. */
  #show(alerts) {
    const wanted = new Set(alerts.map((alert) => alert.alert_id));
    for (const [id, element] of this.#rows) if (!wanted.has(id)) element.remove();
    const wasEmpty = this.#rows.size === 0;
    const rows = new Map();
    let place = this.#feed.firstElementChild;
    for (const alert of alerts) {
      let element = this.#rows.get(alert.alert_id);
      if (element && element === place) place = place.nextElementSibling;
      else {
        if (!element) {
          element = row(alert, this.#rightOf(alert));
          if (!wasEmpty) element.classList.add("fresh");
        }
        this.#feed.insertBefore(element, place);
      }
      rows.set(alert.alert_id, element);
    }
    this.#rows = rows;
    this.#shown = alerts;
    this.#number(alerts);
  }

  /** Positions for screen readers, and one row in the tab order. */
  #number(alerts) {
    alerts.forEach((alert, index) => this.#rows.get(alert.alert_id).setAttribute("aria-posinset", String(index + 1)));
    const first = this.#rows.get(this.#selected ?? alerts[0]?.alert_id);
    this.#feed.querySelector('.row[tabindex="0"]')?.setAttribute("tabindex", "-1");
    first?.setAttribute("tabindex", "0");
  }
}
