// What verdicts made of the scores: what is in force, and what they suggest now with what it would change.

import { el } from "./dom.js";
import { decimal } from "./estimates.js";
import { section } from "./facts.js";
import { moment, number, t, word } from "./i18n.js";

/** `apply` is called with the proposal's version; null where whoever looks may not. */
export function calibrationSections({ in_force, proposal, rights }, apply) {
  return [inForce(in_force, rights), proposed(proposal, rights, apply)];
}

function inForce(held, rights) {
  if (!held) return section(t("calibration.in_force"), el("p", { text: t("calibration.none") }));
  const applied = held.applied ? t("calibration.applied", { by: held.applied.by, at: moment(held.applied.at) }) : "";
  const scores = held.scores.map((one) => [words(one), `${decimal(one.shipped)} → ${decimal(one.score)}`, counted(one)]);
  const shifts = held.thresholds.map((one) => [name(one.right_id, rights), signed(one.shift), counted(one)]);
  return section(
    t("calibration.in_force"),
    el("p", { text: `${t("calibration.version", { version: held.version, n: number(held.verdicts) })} ${applied}` }),
    table(t("calibration.scores"), [t("calibration.finding"), t("calibration.shipped_to"), t("calibration.infringing")], scores),
    table(t("calibration.thresholds"), [t("figures.right"), t("calibration.moved"), t("calibration.infringing")], shifts),
  );
}

function proposed(suggested, rights, apply) {
  if (!suggested) return section(t("calibration.proposal"), el("p", { text: t("calibration.nothing") }));
  const change = (one) => `${decimal(one.before)} → ${decimal(one.after)}`;
  const scores = suggested.scores.map((one) => [words(one), change(one), counted(one)]);
  const thresholds = suggested.thresholds.map((one) => [name(one.right_id, rights), change(one), counted(one)]);
  const { before, after } = suggested;
  const gain = before && after ? t("calibration.gain", { before: decimal(before.calibration_error), after: decimal(after.calibration_error) }) : "";
  const button = apply && el("button", { type: "button", class: "button primary", text: t("calibration.apply"), on: { click: () => apply(suggested.version, button) } });
  const sheet = section(
    t("calibration.proposal"),
    el("p", { text: `${t("calibration.suggested", { n: number(suggested.verdicts), at: moment(suggested.made_at) })} ${gain}` }),
    table(t("calibration.scores"), [t("calibration.finding"), t("calibration.change"), t("calibration.infringing")], scores),
    table(t("calibration.thresholds"), [t("figures.right"), t("calibration.change"), t("calibration.infringing")], thresholds),
    el("p", { class: "muted small", text: t("calibration.bounded") }),
    button,
  );
  sheet.classList.add("proposal");
  return sheet;
}

function table(caption, head, rows) {
  if (!rows.length) return null;
  const cells = ([first, ...rest]) => el("tr", {}, el("th", { scope: "row" }, el("bdi", { text: first })), ...rest.map((text) => el("td", { text })));
  const heading = el("tr", {}, ...head.map((text) => el("th", { scope: "col", text })));
  return el("div", { class: "table", tabindex: "0", role: "region", "aria-label": caption }, el("table", {}, el("caption", { text: caption }), el("thead", {}, heading), el("tbody", {}, ...rows.map(cells))));
}

const words = (one) => `${word("detector", one.detector)}: ${one.signals.split("+").map((signal) => word("signal", signal)).join(", ")}`;
const counted = (one) => (one.judged === null ? "" : t("figures.of", { n: number(one.infringing), of: number(one.judged) }));
const signed = (shift) => `${shift > 0 ? "+" : "−"}${decimal(Math.abs(shift))}`;

/** How people know a right; its id where it has no mark. */
export const name = (rightId, rights) => rights[rightId]?.mark ?? rights[rightId]?.title ?? rightId;
