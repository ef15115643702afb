// The list of the watch floor. Its one promise: no row moves or changes while an operator points at, has chosen or reads
// one. What it shows are rows as groups.js makes them; a group is never in it twice.

import { byId } from "./dom.js";
import { emptyRow, fill } from "./rows.js";
import { compare } from "./store.js";

export const MAX_ROWS = 500;
const FIRST_ROWS = 200;
const MORE_ROWS = 100;
const SCROLL_SLACK_PX = 8;

export class AlertList {
  #feed = byId("alerts");
  #scroller = byId("scroller");
  #elements = new Map(); // group -> element, in the order shown
  #shown = []; // rows as they were when they were shown
  #rows = []; // rows as they are now
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

  /** The rows that fit the filters, newest first. Shown at once, or counted while the list is held. */
  update(rows) {
    this.#rows = rows;
    this.#settle();
  }

  /** Other filters: what is held no longer means anything. */
  replace(rows) {
    this.#rows = rows;
    this.#release();
    this.showNewest();
  }

  showNewest() {
    this.#release();
    this.#show(this.#newest);
    this.#report();
  }

  /** Grow at the bottom; beyond the limit the newest rows leave at the top. True when there was something to add. */
  showOlder() {
    const older = this.#rows.slice(this.#end, this.#end + MORE_ROWS);
    this.#show([...this.#completed, ...older].slice(-MAX_ROWS));
    this.#report();
    return older.length > 0;
  }

  move(step) {
    const elements = [...this.#elements.values()];
    if (!elements.length) return;
    const at = elements.indexOf(this.#elements.get(this.#selected));
    const element = elements[at < 0 ? 0 : Math.max(0, Math.min(elements.length - 1, at + step))];
    element.focus({ preventScroll: true });
    element.scrollIntoView({ block: "nearest" });
  }

  deselect() {
    this.#elements.get(this.#selected)?.blur();
    this.#choose(null);
  }

  get #newest() {
    return this.#rows.slice(0, Math.max(FIRST_ROWS, Math.min(MAX_ROWS, this.#shown.length)));
  }

  /** Where the rows begin that are older than all shown. */
  get #end() {
    const last = this.#shown.at(-1)?.newest;
    const end = last ? this.#rows.findIndex((row) => compare(row.newest, last) > 0) : -1;
    return end < 0 ? this.#rows.length : end;
  }

  /** The rows shown, with what older history had to add to them; what would move one still waits. */
  get #completed() {
    const now = new Map(this.#rows.map((row) => [row.newest, row]));
    return this.#shown.map((row) => now.get(row.newest) ?? row);
  }

  get #scrolled() {
    return Math.max(this.#scroller.scrollTop, document.scrollingElement.scrollTop);
  }

  #point(isOver) {
    this.#pointed = isOver;
    this.#settle();
  }

  #choose(element) {
    this.#elements.get(this.#selected)?.classList.remove("selected");
    element?.classList.add("selected");
    this.#selected = element?.dataset.group ?? null;
    this.#settle();
  }

  #release() {
    this.#choose(null);
    this.#scroller.scrollTop = 0;
    document.scrollingElement.scrollTop = 0;
  }

  #settle() {
    if (!this.held || !this.#shown.length) this.#show(this.#newest);
    this.#report();
  }

  #report() {
    const shown = new Set(this.#shown.map((row) => row.key));
    const end = this.#end;
    const waiting = this.#rows.slice(0, end).filter((row) => !shown.has(row.key)).length;
    this.#changed({ held: this.held, waiting, shown: this.#shown.length, hasOlder: end < this.#rows.length });
  }

  /** Make the elements equal to `rows`, touching only what differs. */
  #show(rows) {
    const before = new Map(this.#shown.map((row) => [row.group, row]));
    const wanted = new Set(rows.map((row) => row.group));
    for (const [group, element] of this.#elements) if (!wanted.has(group)) element.remove();
    const elements = new Map();
    let place = this.#feed.firstElementChild;
    for (const row of rows) {
      const element = this.#elements.get(row.group) ?? emptyRow(row.group);
      if (element === place) place = place.nextElementSibling;
      else this.#feed.insertBefore(element, place);
      this.#draw(element, row, before.get(row.group));
      elements.set(row.group, element);
    }
    this.#elements = elements;
    this.#shown = rows;
    this.#number();
  }

  #draw(element, row, before) {
    if (before?.key === row.key) return;
    fill(element, row, this.#rightOf(row.newest));
    element.classList.toggle("selected", row.group === this.#selected);
    element.classList.toggle("fresh", this.#shown.length > 0 && before?.newest !== row.newest);
  }

  /** Positions for screen readers, and one row in the tab order. */
  #number() {
    const elements = [...this.#elements.values()];
    elements.forEach((element, index) => element.setAttribute("aria-posinset", String(index + 1)));
    this.#feed.querySelector('.row[tabindex="0"]')?.setAttribute("tabindex", "-1");
    (this.#elements.get(this.#selected) ?? elements[0])?.setAttribute("tabindex", "0");
  }
}
