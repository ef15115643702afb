// One look tells what to do next: the line on top, the counts on the tabs, and whether alerts come as a flood.

import { byId, el, say } from "./dom.js";
import { SOON_MS, span } from "./due.js";
import { number, t, word } from "./i18n.js";
import { may } from "./states.js";

export const TABS = ["open", "mine", "review", "expert", "shelved", "closed"];

export class Todo {
  #counts = {};
  #tabs = {};

  /** `chosen(tab)` hears of a tab that is chosen. */
  constructor(chosen) {
    for (const name of TABS) {
      const tab = el("button", { type: "button", class: "tab", dataset: { tab: name }, on: { click: () => chosen(name) } }, word("queue.tab", name), " ", el("span", { class: "tab-count" }));
      this.#tabs[name] = tab;
      byId("tabs").append(tab);
    }
  }

  /** The tab that is shown. */
  set shown(name) {
    for (const [other, tab] of Object.entries(this.#tabs)) {
      if (other === name) tab.setAttribute("aria-current", "true");
      else tab.removeAttribute("aria-current");
    }
  }

  get counts() {
    return this.#counts;
  }

  /** What the server counted: {counts, flood, urgent: the open high cases, the most urgent first, isMore: not all of them}. */
  tell({ counts, flood, urgent, isMore }, now = Date.now()) {
    this.#counts = counts;
    for (const name of TABS) this.#tabs[name].lastElementChild.textContent = counts[name] === undefined ? "" : number(counts[name]);
    const line = todo(counts, urgent, isMore, now);
    byId("todo").className = `todo-line is-${line.level}`;
    say(byId("todo"), line.text);
    say(byId("flood"), flood?.is_flood ? t("queue.flood", { n: number(flood.new_in_10_min) }) : "");
  }
}

/** What to do next, and how much it presses: {text, level}. */
function todo(counts, urgent, isMore, now) {
  const left = urgent.map((item) => Date.parse(item.triage.due_at ?? "") - now).filter((milliseconds) => !Number.isNaN(milliseconds));
  const late = left.filter((milliseconds) => milliseconds < 0).length;
  const soon = left.filter((milliseconds) => milliseconds <= SOON_MS).length - late;
  const atLeast = (n) => (isMore && n === left.length ? `${number(n)}+` : n); // those behind may be of the same kind
  const high = () => ({ level: "calm", text: t("todo.high", { n: atLeast(left.length), span: span(Math.min(...left)) }) });
  if (may("alerts.judge")) {
    if (late) return { level: "late", text: t("todo.late", { n: atLeast(late) }) };
    if (soon) return { level: "soon", text: t("todo.soon", { n: atLeast(soon) }) };
    if (left.length) return high();
  }
  if (may("alerts.review") && counts.review) return { level: "calm", text: t("todo.review", { n: counts.review }) };
  if (may("alerts.advise") && counts.expert) return { level: "calm", text: t("todo.expert", { n: counts.expert }) };
  if (left.length) return high(); // for whoever only looks
  if (counts.open) return { level: "calm", text: t("todo.open", { n: counts.open }) };
  return { level: "none", text: t("todo.nothing") };
}
