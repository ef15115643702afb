// One alert as a row of the watch floor. A row never changes once it is made.

import { el } from "./dom.js";
import { clock, elapsed, moment, t, word } from "./i18n.js";
import { headline } from "./spans.js";
import { findings, rightName, sellerName, sentence } from "./words.js";

export function row(alert, right) {
  const label = t("row.label", {
    tier: word("tier", alert.tier),
    score: alert.score.toFixed(2),
    title: alert.title.slice(0, 200),
    why: sentence(alert),
  });
  return el(
    "article",
    {
      class: `row is-${alert.tier}`,
      tabindex: "-1",
      "aria-label": label,
      "aria-setsize": "-1",
      dataset: { id: alert.alert_id },
    },
    cell("tier", el("span", { class: `tier tier-${alert.tier}`, text: word("tier", alert.tier) }), alert.score.toFixed(2), "score"),
    timeCell(alert),
    listingCell(alert),
    rightCell(alert, right),
    cell("seller", el("bdi", { text: sellerName(alert) }), alert.platform),
  );
}

function cell(name, first, second, secondClass = "") {
  return el(
    "div",
    { class: `cell-${name}` },
    el("p", {}, first),
    el("p", { class: `second ${secondClass}`, title: second }, el("bdi", { text: second })),
  );
}

function timeCell(alert) {
  const seen = el("time", { datetime: alert.observed_at, title: moment(alert.observed_at), text: clock(alert.observed_at) });
  const latency = alert.listed_at ? elapsed(alert.listed_at, alert.observed_at) : "";
  return el(
    "div",
    { class: "cell-time" },
    el("p", {}, seen),
    el("p", { class: "second", title: latency ? t("row.latency_title") : null, text: latency }),
  );
}

function listingCell(alert) {
  const link = el(
    "a",
    { class: "title", href: `/alerts/${encodeURIComponent(alert.alert_id)}`, tabindex: "-1", title: alert.title.slice(0, 1000) },
    ...headline(alert.title, "title", alert.reasons ?? []),
  );
  const why = findings(alert).flatMap(({ words, text }, index) => [
    index ? " + " : "",
    words,
    text ? " " : "",
    text ? el("b", {}, el("bdi", { text })) : "",
  ]);
  return el("div", { class: "cell-listing" }, el("p", {}, link), el("p", { class: "second why" }, ...why.filter((part) => part !== "")));
}

function rightCell(alert, right) {
  const second = [alert.right_id ?? alert.subject, right?.holder].filter(Boolean).join(" · ");
  const name = alert.right_id ? rightName(alert, right) : t("row.no_right");
  return cell("right", el("bdi", { class: "right-name", text: name }), second);
}
