// The work report of a month: its tables, and where each form of it is to be had.

import "./chrome.js";
import { getJson } from "./api.js";
import { byId, el, say } from "./dom.js";
import { section } from "./facts.js";
import { language, number, t } from "./i18n.js";

const LANGUAGE = language.startsWith("zh") ? "zh" : "en";
const FORMS = ["pdf", "html", "json"];
const filters = byId("filters").elements;
let turn = 0; // of loading: what an earlier one still brings is not shown

const address = new URLSearchParams(location.search);
filters.month.value = address.get("month") ?? lastMonth();
filters.hours.value = address.get("hours") ?? "8";
byId("filters").addEventListener("submit", (event) => event.preventDefault());
byId("filters").addEventListener("change", () => {
  const changed = new URL(location.href);
  for (const name of ["month", "hours"]) changed.searchParams.set(name, filters[name].value);
  history.replaceState(null, "", changed);
  load();
});
await load();

function lastMonth() {
  const now = new Date();
  const first = new Date(now.getFullYear(), now.getMonth() - 1, 1);
  return `${first.getFullYear()}-${String(first.getMonth() + 1).padStart(2, "0")}`;
}

async function load() {
  turn += 1;
  const mine = turn;
  const [month, hours] = [filters.month.value, filters.hours.value];
  byId("report").setAttribute("aria-busy", "true");
  try {
    const found = await getJson(`/api/v1/reports/${encodeURIComponent(month)}`, { hours, lang: LANGUAGE });
    if (mine !== turn) return;
    byId("forms").replaceChildren(...FORMS.flatMap((form) => [link(month, { hours, format: form }, t(`reports.${form}`)), " "]));
    byId("report").replaceChildren(...found.sections.map((one) => shown(one, month, hours)), el("p", { class: "muted small" }, t("reports.digest"), " ", el("code", { text: found.digest })));
    say(byId("notice"), "");
  } catch (error) {
    if (mine === turn) say(byId("notice"), error.message);
  }
  if (mine === turn) byId("report").setAttribute("aria-busy", "false");
}

function link(month, parameters, text) {
  const query = new URLSearchParams({ ...parameters, lang: LANGUAGE });
  return el("a", { href: `/api/v1/reports/${encodeURIComponent(month)}?${query}`, download: true, text });
}

function shown({ title, parts }, month, hours) {
  return section(title, ...parts.flatMap((part) => (part.table ? [table(part, title), el("p", { class: "small" }, link(month, { hours, format: "csv", table: part.table }, t("reports.csv")))] : [el("p", { class: "muted", text: part.text })])));
}

function table({ table: id, columns, rows }, title) {
  if (!rows.length) return el("p", { text: t("reports.none") });
  const count = (column) => (column.kind === "text" ? "" : "count");
  const head = columns.map((column) => el("th", { scope: "col", class: count(column), text: column.label }));
  const body = rows.map((row) => el("tr", {}, ...row.map((cell, at) => el(at ? "td" : "th", { scope: at ? null : "row", class: count(columns[at]) }, el("bdi", { text: told(cell, columns[at].kind) })))));
  return el("div", { class: "table", tabindex: "0", role: "region", "aria-label": `${title} ${id}` }, el("table", { id }, el("thead", {}, el("tr", {}, ...head)), el("tbody", {}, ...body)));
}

function told(cell, kind) {
  if (cell === null) return "–";
  if (kind === "share") return `${number(cell * 100)} %`;
  if (kind === "seconds") return t("time.seconds", { n: number(cell) });
  return typeof cell === "number" ? number(cell) : cell;
}
