// Why an alert was raised: each finding in words, the letters that differ marked, and what each adds to the score.

import { differences, visible } from "./differences.js";
import { el } from "./dom.js";
import { section } from "./facts.js";
import { t, word } from "./i18n.js";
import { finding, isCopy, isWording, readable, where } from "./words.js";

export function whySection(alert) {
  return section(t("alert.why"), el("ul", { class: "reasons" }, ...alert.reasons.map(reasonItem)));
}

function reasonItem(reason) {
  const isNamed = reason.text && reason.matched && reason.matched !== reason.text && !isCopy(reason) && !isWording(reason);
  return el(
    "li",
    {},
    el("strong", { text: finding(reason) }),
    ...(isNamed ? besides(reason) : [reason.text ? el("q", {}, el("bdi", { text: readable(reason).text })) : null, matched(reason)]),
    el("span", { class: "muted", text: ` ${where(reason.field)}` }),
    reason.note && !isWording(reason) && reason.how !== "features" ? el("span", { class: "muted note" }, el("bdi", { text: reason.note })) : null,
  );
}

const matched = (reason) => (reason.matched && reason.matched !== reason.text && !isCopy(reason) ? el("span", {}, " → ", el("bdi", { text: reason.matched })) : null);

/** What the offer says and what it was matched with; the letters that differ are marked. */
function besides({ text, matched }) {
  const [offered, registered] = differences(text, matched);
  return [side(offered), el("span", { class: "muted", text: ` ${t("alert.instead_of")} ` }), side(registered)];
}

function side(pieces) {
  const nodes = pieces.map(([piece, isDifferent]) => (isDifferent ? el("mark", { class: "differs", text: visible(piece) }) : piece));
  return el("bdi", { class: "letters" }, ...nodes);
}

export function scoreSection(alert) {
  const signals = Object.entries(alert.signals ?? {}).sort((a, b) => b[1] - a[1]);
  const rows = signals.map(([name, weight]) => line(signalName(name), weight));
  return section(
    t("alert.signals"),
    el("table", { class: "signals" }, el("tbody", {}, ...rows, line(t("alert.score"), alert.score, "total"))),
    el("p", { class: "muted small", text: scoreNote(alert) }),
  );
}

/** Whether the weights make the score, or verdicts on findings with the same signals. */
function scoreNote(alert) {
  const weights = 1 - Object.values(alert.signals ?? {}).reduce((left, weight) => left * (1 - weight), 1);
  if (!alert.versions?.calibration || Math.abs(weights - alert.score) < 0.0006) return t("alert.signals_note");
  return t("alert.calibrated", { weights: weights.toFixed(2), version: alert.versions.calibration });
}

function line(name, share, look = "") {
  return el(
    "tr",
    { class: look },
    el("th", { scope: "row", text: name }),
    el("td", {}, bar(share)),
    el("td", { class: "weight", text: Number(share).toFixed(2) }),
  );
}

export function bar(share) {
  const filled = el("span");
  filled.style.inlineSize = `${Math.max(0, Math.min(1, share)) * 100}%`;
  return el("span", { class: "share", "aria-hidden": "true" }, filled);
}

function signalName(name) {
  const code = word("code", name);
  return code === name.replaceAll("_", " ") ? word("signal", name) : code;
}
