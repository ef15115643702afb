// The rights on the watchlist: found by filters that stay in the address, in the order of their ids.

import "./chrome.js";
import { getJson } from "./api.js";
import { byId, el, say } from "./dom.js";
import { clock, moment, t, word } from "./i18n.js";

const NAMES = ["text", "holder", "kind", "status"];
const TYPING_MS = 250;
const filters = byId("filters").elements;
let next = null;
let turn = 0; // of loading: what an earlier one still brings is not shown
let waiting = 0;

const address = new URLSearchParams(location.search);
for (const name of NAMES) filters[name].value = address.get(name) ?? "";
filters.withdrawn.checked = address.get("withdrawn") === "true";
byId("new").hidden = byId("main").dataset.canChange !== "yes";

byId("filters").addEventListener("submit", (event) => event.preventDefault());
byId("filters").addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(changed, TYPING_MS);
});
byId("more").addEventListener("click", () => read(next));
await load();

function changed() {
  const now = new URL(location.href);
  for (const [name, value] of Object.entries(query())) {
    if (value) now.searchParams.set(name, value);
    else now.searchParams.delete(name);
  }
  history.replaceState(null, "", now);
  load();
}

function query() {
  const asked = Object.fromEntries(NAMES.map((name) => [name, filters[name].value.trim()]));
  return { ...asked, withdrawn: filters.withdrawn.checked ? "true" : "" };
}

async function load() {
  turn += 1;
  byId("list").replaceChildren();
  await read(null);
}

async function read(after) {
  const mine = turn;
  byId("list").setAttribute("aria-busy", "true");
  try {
    const page = await getJson("/api/v1/rights", { ...query(), after });
    if (mine !== turn) return;
    next = page.next;
    byId("list").append(...page.rights.map(row));
    say(byId("none"), byId("list").children.length || next ? "" : t("rights.none"));
    say(byId("behind"), page.behind ? t("rights.behind", { n: page.behind }) : "");
    say(byId("notice"), "");
  } catch (error) {
    if (mine !== turn) return;
    say(byId("notice"), error.message);
  }
  byId("more").hidden = next === null;
  byId("list").setAttribute("aria-busy", "false");
}

function row(right) {
  const page = `/rights/${encodeURIComponent(right.right_id)}`;
  const name = right.marks.join(", ") || right.title || right.right_id;
  const status = right.status ?? "granted";
  const isGood = right.is_held && status === "granted";
  return el(
    "tr",
    {},
    el("td", {}, picture(right)),
    el("td", {}, el("a", { class: "marks", href: page }, el("bdi", { text: name })), el("br"), el("bdi", { class: "muted", text: right.right_id })),
    el("td", {}, el("bdi", { text: right.holder.name ?? right.holder.id ?? "" })),
    el("td", { text: word("kind", right.kind ?? "") }),
    el("td", {}, el("span", { class: `status status-${isGood ? "good" : "bad"}`, text: right.is_held ? word("status", status) : t("rights.is_withdrawn") })),
    el("td", {}, el("bdi", { text: right.expires_on ?? "" })),
    el("td", {}, el("time", { datetime: right.changed_at, title: moment(right.changed_at), text: clock(right.changed_at) }), " ", el("bdi", { class: "muted", text: right.changed_by === "import" ? t("desk.by_import") : right.changed_by })),
  );
}

function picture(right) {
  if (!right.picture) return right.pictures ? el("span", { class: "muted", text: t("rights.pictures", { n: right.pictures }) }) : "";
  const src = `/api/v1/rights/${encodeURIComponent(right.right_id)}/pictures/${right.picture}`;
  return el("img", { src, alt: "", loading: "lazy", on: { error: (event) => event.target.remove() } });
}
