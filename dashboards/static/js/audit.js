// The audit log: found by filters that stay in the address, newest first.

import "./chrome.js";
import { getJson } from "./api.js";
import { byId, el, say } from "./dom.js";
import { clock, moment, t } from "./i18n.js";

const NAMES = ["by", "action", "subject", "after", "before"];
const filters = byId("filters").elements;
let next = null;
let turn = 0; // of loading: what an earlier one still brings is not shown

const address = new URLSearchParams(location.search);
for (const name of NAMES) filters[name].value = address.get(name) ?? "";

byId("filters").addEventListener("submit", (event) => event.preventDefault());
byId("filters").addEventListener("change", () => {
  const changed = new URL(location.href);
  for (const name of NAMES) changed.searchParams.set(name, filters[name].value);
  history.replaceState(null, "", changed);
  load();
});
byId("more").addEventListener("click", () => read(next));
await load();

async function load() {
  turn += 1;
  byId("entries").replaceChildren();
  await read(null);
}

async function read(place) {
  const mine = turn;
  byId("entries").setAttribute("aria-busy", "true");
  try {
    const page = await getJson("/api/v1/audit", { ...query(), ...(place ?? {}) });
    if (mine !== turn) return;
    next = page.next;
    byId("entries").append(...page.entries.map(row));
    say(byId("none"), byId("entries").children.length ? "" : t("audit.none"));
    say(byId("notice"), "");
  } catch (error) {
    say(byId("notice"), error.message);
  }
  byId("more").hidden = next === null;
  byId("entries").setAttribute("aria-busy", "false");
}

function query() {
  const asked = Object.fromEntries(NAMES.map((name) => [name, filters[name].value.trim()]));
  for (const name of ["after", "before"]) if (asked[name]) asked[name] = new Date(asked[name]).toISOString();
  return asked;
}

function row({ sequence, at, by, by_id, action, subject, detail, hash }) {
  return el(
    "tr",
    {},
    el("td", { text: sequence, title: hash }),
    el("td", {}, el("time", { datetime: at, title: moment(at), text: clock(at) })),
    el("td", { text: by, title: by_id }),
    el("td", { class: "mono", text: action }),
    el("td", { text: subject }),
    el("td", { text: told(detail) }),
  );
}

function told(detail) {
  const said = (value) => (Array.isArray(value) ? value.join(", ") : String(value));
  return Object.entries(detail)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name.replaceAll("_", " ")}: ${said(value)}`)
    .join(" · ");
}
