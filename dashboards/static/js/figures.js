// The figures that a supervisor answers for: how often alerts were right, and what was missed, in a period.

import "./chrome.js";
import { getJson, postJson } from "./api.js";
import { calibrationSections, name } from "./calibration.js";
import { curveOf, curveTable } from "./curve.js";
import { byId, el, say } from "./dom.js";
import { decimal, estimate, interval, percent } from "./estimates.js";
import { section } from "./facts.js";
import { moment, number, t, word } from "./i18n.js";

const NAMES = ["after", "before"];
const filters = byId("filters").elements;
let turn = 0; // of loading: what an earlier one still brings is not shown

const address = new URLSearchParams(location.search);
for (const one of NAMES) filters[one].value = address.get(one) ?? "";
byId("filters").addEventListener("submit", (event) => event.preventDefault());
byId("filters").addEventListener("change", () => {
  const changed = new URL(location.href);
  for (const one of NAMES) changed.searchParams.set(one, filters[one].value);
  history.replaceState(null, "", changed);
  load();
});
await load();

async function load() {
  turn += 1;
  const mine = turn;
  byId("figures").setAttribute("aria-busy", "true");
  try {
    const found = await getJson("/api/v1/figures", { after: day(filters.after.value, 0), before: day(filters.before.value, 1) });
    if (mine !== turn) return;
    byId("period").textContent = t("figures.period", { after: moment(found.after), before: moment(found.before) });
    byId("figures").replaceChildren(...parts(found));
    byId("calibration").replaceChildren(...calibrationSections(found, found.may_apply ? apply : null));
    say(byId("notice"), "");
  } catch (error) {
    say(byId("notice"), error.message);
  }
  byId("figures").setAttribute("aria-busy", "false");
}

/** The beginning of a day of the reader's, or of the one behind it: the last day counts too. */
function day(text, later) {
  if (!text) return null;
  const [year, month, date] = text.split("-").map(Number);
  return new Date(year, month - 1, date + later).toISOString();
}

async function apply(version, button) {
  button.disabled = true;
  try {
    const { revision } = await postJson("/api/v1/calibration", { version });
    await load();
    say(byId("done"), t("calibration.done", { version, revision: number(revision) }));
    byId("done").focus();
  } catch (error) {
    button.disabled = false;
    say(byId("notice"), error.message);
  }
}

function parts(found) {
  const { overall, rights } = found;
  return [
    el(
      "div",
      { class: "headline" },
      headline("precision", percent(overall.precision.value), sureOf(overall.precision), t("figures.precision_of", { ...overall, n: overall.judged })),
      headline("miss_rate", percent(overall.miss_rate.value), sureOf(overall.miss_rate), missedOf(overall)),
      headline("error", decimal(found.calibration_error), "", t("figures.error_of", { brier: decimal(found.brier_score) })),
    ),
    table("by_right", t("figures.right"), found.by_right, (row) => name(row.right_id, rights), (row) => row.right_id),
    table("by_detector", t("figures.detector"), found.by_detector, (row) => word("detector", row.detector), (row) => row.detector),
    reasons(found.by_reason),
    section(t("figures.curve"), el("p", { class: "muted", text: t("figures.curve_lead") }), found.curve.length ? curveOf(found.curve) : el("p", { text: t("figures.none") }), found.curve.length ? curveTable(found.curve) : null),
  ];
}

function headline(key, value, sure, said) {
  return el("section", { class: "sheet", "data-figure": key }, el("h2", { text: t(`figures.${key}`) }), el("p", { class: "value", text: value }), el("p", { class: "sure", text: sure }), el("p", { class: "muted small", text: said }));
}

function sureOf(found) {
  return found.value === null ? t("figures.not_judged") : interval(found);
}

function missedOf(row) {
  if (row.missed === null) return t("figures.sample_needed", { n: number(row.sampled) });
  return t("figures.missed_of", { missed: number(Math.round(row.missed)), infringing: row.sampled_infringing, judged: row.sampled_judged });
}

function table(key, first, rows, named, id) {
  const heading = t(`figures.${key}`);
  if (!rows.length) return section(heading, el("p", { text: t("figures.none") }));
  const head = [
    el("th", { scope: "col", text: first }),
    ...["raised", "judged"].map((one) => el("th", { scope: "col", class: "count", text: t(`figures.${one}`) })),
    el("th", { scope: "col", text: t("figures.precision") }),
    el("th", { scope: "col", class: "count", text: t("figures.sample_judged") }),
    el("th", { scope: "col", text: t("figures.miss_rate") }),
  ];
  const body = rows.map((row) =>
    el(
      "tr",
      {},
      el("th", { scope: "row", title: id(row) }, el("bdi", { text: named(row) })),
      el("td", { class: "count", text: number(row.raised) }),
      el("td", { class: "count", text: number(row.judged) }),
      el("td", {}, estimate(row.precision)),
      el("td", { class: "count", text: t("figures.of", { n: number(row.sampled_judged), of: number(row.sampled) }) }),
      el("td", {}, estimate(row.miss_rate)),
    ),
  );
  return section(heading, el("div", { class: "table", tabindex: "0", role: "region", "aria-label": heading }, el("table", { id: key }, el("thead", {}, el("tr", {}, ...head)), el("tbody", {}, ...body))));
}

function reasons(rows) {
  const heading = t("figures.by_reason");
  if (!rows.length) return section(heading, el("p", { text: t("figures.none") }));
  const head = ["verdict", "reason", "about"].map((one) => el("th", { scope: "col", text: t(`figures.${one}`) }));
  const body = rows.map((row) =>
    el(
      "tr",
      {},
      el("th", { scope: "row", text: word("verdict", row.verdict) }),
      el("td", { text: word("reason_code", row.reason_code) }),
      el("td", { text: t(row.screened ? "figures.about_screened" : "figures.about_alert") }),
      el("td", { class: "count", text: number(row.count) }),
    ),
  );
  return section(heading, el("div", { class: "table", tabindex: "0", role: "region", "aria-label": heading }, el("table", { id: "by_reason" }, el("thead", {}, el("tr", {}, ...head, el("th", { scope: "col", class: "count", text: t("figures.count") }))), el("tbody", {}, ...body))));
}
