// A cause: what all its cases have in common, and the first of them.

import { el } from "./dom.js";
import { number, t } from "./i18n.js";
import { fillCase } from "./queue_rows.js";

const SHOWN = 30;

export function causeContent(cause, { items, next }, by, rightOf) {
  const rows = items.slice(0, SHOWN).map((item) => {
    const row = el("li", {});
    fillCase(row, item, rightOf(item.alert));
    row.removeAttribute("aria-label");
    return row;
  });
  const more = cause.groups - rows.length;
  return [
    el("header", { class: "cause-head" }, el("p", { class: "muted", text: t(`cause.by_${by}`) }), el("h2", { id: "case-title", tabindex: "-1" }, el("bdi", { text: cause.label || cause.cause })), el("p", { class: "lead", text: t("cause.sum", { n: number(cause.groups), alerts: number(cause.alerts) }) })),
    el("ul", { class: "cause-cases" }, ...rows),
    more > 0 || next ? el("p", { class: "muted", text: t("cause.more", { n: number(Math.max(more, 1)) }) }) : "",
  ];
}
