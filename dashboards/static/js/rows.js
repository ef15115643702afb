// A row of the watch floor as an element; groups.js says what a row is. Two lines high, whatever it holds.

import { retrospectiveBadge } from "./badges.js";
import { el } from "./dom.js";
import { joined } from "./groups.js";
import { clock, elapsed, moment, t, word } from "./i18n.js";
import { headline } from "./spans.js";
import { findings, rightName, sellerName, sentence } from "./words.js";

export function emptyRow(group) {
  return el("article", { tabindex: "-1", "aria-setsize": "-1", dataset: { group } });
}

/** Make an element show a row. It stays the same element, so the focus stays where it is. */
export function fill(element, row, right) {
  const alert = joined(row);
  const why = [alert.retrospective ? t("row.retrospective") : "", count(row), sentence(alert)].filter(Boolean).join(", ");
  const names = { tier: word("tier", alert.tier), score: alert.score.toFixed(2), title: alert.title.slice(0, 200), why };
  element.className = `row is-${alert.tier}`;
  element.dataset.id = alert.alert_id;
  element.setAttribute("aria-label", t("row.label", names));
  element.replaceChildren(
    cell("tier", el("span", { class: `tier tier-${alert.tier}`, text: word("tier", alert.tier) }), alert.score.toFixed(2), "score"),
    timeCell(alert),
    listingCell(alert, count(row)),
    rightCell(alert, right),
    cell("seller", el("bdi", { text: sellerName(alert) }), alert.platform),
  );
}

const count = ({ alerts }) => (alerts.length > 1 ? t("row.findings", { n: alerts.length }) : "");

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
  // A sweep looks back on purpose: its delay says nothing about the stream.
  const latency = alert.listed_at && !alert.retrospective ? elapsed(alert.listed_at, alert.observed_at) : "";
  return el(
    "div",
    { class: "cell-time" },
    el("p", {}, seen),
    el("p", { class: "second", title: latency ? t("row.latency_title") : null, text: latency }),
  );
}

function listingCell(alert, note) {
  const link = el(
    "a",
    { class: "title", href: `/alerts/${encodeURIComponent(alert.alert_id)}`, tabindex: "-1", title: alert.title.slice(0, 1000) },
    ...headline(alert.title, "title", alert.reasons ?? []),
  );
  const why = findings(alert).flatMap(({ words, text, where }, index) => [
    index ? " + " : "",
    words,
    text ? " " : "",
    text ? el("b", {}, el("bdi", { text })) : "",
    where ? el("span", { class: "where" }, " ", el("bdi", { text: where })) : "",
  ]);
  const parts = [retrospectiveBadge(alert) ?? "", note ? el("span", { class: "count", text: note }) : "", ...why];
  return el("div", { class: "cell-listing" }, el("p", {}, link), el("p", { class: "second why" }, ...parts.filter((part) => part !== "")));
}

function rightCell(alert, right) {
  const second = [alert.right_id ?? alert.subject, right?.holder].filter(Boolean).join(" · ");
  const name = alert.right_id ? rightName(alert, right) : t("row.no_right");
  return cell("right", el("bdi", { class: "right-name", text: name }), second);
}
