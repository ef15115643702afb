// A listbox of any length with few elements: only the rows in sight are in the page, and one of them in the tab order.
// A row stands where it stands until a person asks for another order; then the row under the cursor keeps its place.

import { el } from "./dom.js";

const MARGIN = 6; // rows kept beyond either edge

export class WindowList {
  #box;
  #scroller;
  #rows = new Map(); // id -> element
  #ids = [];
  #places = new Map(); // id -> index
  #cursor = null;
  #on;
  #height;

  /** `on`: fill(element, id), moved(id, isByPerson), opened(id), ending(). Rows are `rem` high. */
  constructor(box, scroller, rem, on) {
    this.#box = box;
    this.#scroller = scroller;
    this.#height = Math.round(rem * parseFloat(getComputedStyle(document.documentElement).fontSize));
    this.#on = on;
    scroller.addEventListener("scroll", () => this.#draw(), { passive: true });
    new ResizeObserver(() => this.#draw()).observe(scroller);
    box.addEventListener("click", (event) => this.#clicked(event.target.closest("[data-id]")));
    box.addEventListener("keydown", (event) => this.#pressed(event));
  }

  get cursor() {
    return this.#cursor;
  }

  get length() {
    return this.#ids.length;
  }

  /** Show these, in this order. The row under the cursor stays at its height on the screen; without it, the first is next. */
  show(ids) {
    const before = this.#places.get(this.#cursor);
    this.#ids = ids;
    this.#places = new Map(ids.map((id, at) => [id, at]));
    this.#box.style.blockSize = `${ids.length * this.#height}px`;
    const now = this.#places.get(this.#cursor);
    if (now !== undefined && before !== undefined) this.#scroller.scrollTop += (now - before) * this.#height;
    if (now === undefined && this.#cursor !== null) this.#cursor = null;
    for (const id of this.#rows.keys()) this.#refill(id);
    this.#draw();
  }

  /** Draw these rows again where they are. */
  refresh(ids) {
    for (const id of ids) this.#refill(id);
  }

  #refill(id) {
    const element = this.#rows.get(id);
    if (!element) return;
    if (this.#places.has(id)) return this.#on.fill(element, id);
    element.remove();
    this.#rows.delete(id);
  }

  /** Put the cursor on a row and bring it into sight. */
  go(id, { focus = true, told = true } = {}) {
    if (!this.#places.has(id)) return;
    const before = this.#rows.get(this.#cursor);
    before?.setAttribute("aria-selected", "false");
    before?.setAttribute("tabindex", "-1");
    this.#cursor = id;
    this.#reveal(this.#places.get(id));
    this.#draw();
    const element = this.#rows.get(id);
    if (focus) element.focus({ preventScroll: true });
    if (told) this.#on.moved(id);
  }

  move(step) {
    if (!this.#ids.length) return;
    const at = this.#places.get(this.#cursor);
    this.go(this.#ids[at === undefined ? 0 : Math.max(0, Math.min(this.#ids.length - 1, at + step))]);
  }

  /** The ids below the cursor and those above it. */
  around() {
    const at = this.#places.get(this.#cursor) ?? -1;
    return [this.#ids.slice(at + 1), this.#ids.slice(0, Math.max(0, at))];
  }

  focus() {
    this.#rows.get(this.#cursor)?.focus({ preventScroll: true });
  }

  #reveal(at) {
    const [top, bottom] = [at * this.#height, (at + 1) * this.#height];
    const { scrollTop, clientHeight } = this.#scroller;
    if (top < scrollTop) this.#scroller.scrollTop = top;
    else if (bottom > scrollTop + clientHeight) this.#scroller.scrollTop = bottom - clientHeight;
  }

  #clicked(element) {
    if (!element) return;
    this.go(element.dataset.id);
    this.#on.opened(element.dataset.id);
  }

  #pressed(event) {
    const jump = { Home: -this.#ids.length, End: this.#ids.length, PageUp: -this.#page, PageDown: this.#page }[event.key];
    if (jump === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.move(jump);
  }

  get #page() {
    return Math.max(1, Math.floor(this.#scroller.clientHeight / this.#height) - 1);
  }

  #draw() {
    const first = Math.max(0, Math.floor(this.#scroller.scrollTop / this.#height) - MARGIN);
    const last = Math.min(this.#ids.length, Math.ceil((this.#scroller.scrollTop + this.#scroller.clientHeight) / this.#height) + MARGIN);
    const wanted = new Set(this.#ids.slice(first, last));
    if (this.#places.has(this.#cursor)) wanted.add(this.#cursor); // so that the focus is never lost
    for (const [id, element] of this.#rows) {
      if (wanted.has(id)) continue;
      element.remove();
      this.#rows.delete(id);
    }
    for (const id of wanted) this.#position(this.#rows.get(id) ?? this.#made(id), id);
    this.#inOrder();
    if (last + MARGIN >= this.#ids.length) this.#on.ending();
  }

  #made(id) {
    const element = el("div", { role: "option", tabindex: "-1", dataset: { id } });
    element.style.blockSize = `${this.#height}px`;
    this.#rows.set(id, element);
    this.#on.fill(element, id);
    return element;
  }

  #position(element, id) {
    const at = this.#places.get(id);
    const isCursor = id === this.#cursor || (this.#cursor === null && at === 0);
    element.style.insetBlockStart = `${at * this.#height}px`;
    element.setAttribute("aria-posinset", String(at + 1));
    element.setAttribute("aria-setsize", String(this.#ids.length));
    element.setAttribute("aria-selected", String(id === this.#cursor));
    element.setAttribute("tabindex", isCursor ? "0" : "-1");
  }

  /** The page's order is the order shown, for those who read with their ears; nothing is touched that is in place. */
  #inOrder() {
    const elements = [...this.#rows.values()].sort((a, b) => this.#places.get(a.dataset.id) - this.#places.get(b.dataset.id));
    const focused = this.#box.contains(document.activeElement) ? document.activeElement : null;
    elements.forEach((element, at) => {
      const present = this.#box.children[at];
      if (present !== element) this.#box.insertBefore(element, present ?? null);
    });
    if (focused && focused !== document.activeElement) focused.focus({ preventScroll: true });
  }
}
