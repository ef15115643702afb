// What a change would have meant last week: two figures, how sure they are, and examples.

import { el, safeUrl } from "./dom.js";
import { number, t, word } from "./i18n.js";
import { sellerName, sentence } from "./words.js";

export function previewParts(told) {
  const isWhole = told.pages >= told.all_pages;
  const basis = told.all_pages ? t(isWhole ? "desk.preview_whole" : "desk.preview_sample", { pages: number(told.pages), all: number(told.all_pages), days: told.days }) : t("desk.preview_nothing", { days: told.days });
  return [
    el("h2", { text: t("desk.preview_heading") }),
    el("div", { class: "figures" }, figure("raised", told.raised), figure("silenced", told.silenced)),
    el("p", { class: "muted small", text: basis }),
    ...examples("raised", told.raised_examples),
    ...examples("silenced", told.silenced_examples),
  ];
}

function figure(side, { count, low, high }) {
  const sure = low === high ? "" : t("desk.interval", { low: number(low), high: number(high) });
  return el("p", { class: side }, el("strong", { text: number(count) }), el("span", { text: t(`desk.would_have_${side}`, { n: count }) }), sure ? el("span", { class: "muted" }, el("br"), sure) : null);
}

function examples(side, alerts) {
  if (!alerts.length) return [];
  return [el("details", { open: alerts.length <= 5 }, el("summary", { text: t(`desk.examples_${side}`, { n: alerts.length }) }), el("ul", { class: "examples" }, ...alerts.map(example)))];
}

function example(alert) {
  const url = safeUrl(alert.url);
  const title = el("bdi", { text: alert.title });
  const link = url ? el("a", { href: url, rel: "noopener noreferrer nofollow", target: "_blank", referrerpolicy: "no-referrer" }, title) : title;
  return el("li", {}, el("span", { class: `tier tier-${alert.tier}`, text: word("tier", alert.tier) }), " ", link, " ", el("bdi", { class: "muted", text: [sentence(alert), alert.platform, sellerName(alert)].filter(Boolean).join(" · ") }));
}
