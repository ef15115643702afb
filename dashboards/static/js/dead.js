// Dead letters: found by filters, looked at, sent again or discarded, several at once.

import "./chrome.js";
import { getJson, postJson } from "./api.js";
import { byId, el, say } from "./dom.js";
import { number, t, word } from "./i18n.js";
import { card } from "./letter.js";

const NAMES = ["state", "reason", "topic", "after", "before"];
const STATES = ["open", "retried", "discarded"];
const MOST_AT_ONCE = 500;
const filters = byId("filters").elements;
const chosen = new Set();
let next = null;
let turn = 0; // of loading: what an earlier one still brings is not shown

choices("state", STATES.map((state) => [state, word("dead.is", state)]));
fromAddress();

byId("filters").addEventListener("submit", (event) => event.preventDefault());
byId("filters").addEventListener("change", () => {
  toAddress();
  load();
});
byId("decide").addEventListener("submit", (event) => event.preventDefault());
byId("more").addEventListener("click", () => read(next));
byId("retry").addEventListener("click", () => decide("retry"));
byId("discard").addEventListener("click", () => decide("discard"));
byId("all").addEventListener("change", () => {
  for (const box of boxes()) {
    box.checked = byId("all").checked;
    choose(box);
  }
});

await count();
await load();
document.getElementById(location.hash.slice(1))?.scrollIntoView();

/** The filters as the address says them; without any, what waits for a decision. */
function fromAddress() {
  const address = new URLSearchParams(location.search);
  for (const name of NAMES) {
    const value = address.get(name) ?? (name === "state" ? "open" : "");
    if (name === "reason" && value) choices("reason", [[value, word("dead.because", value)]]);
    filters[name].value = value;
  }
}

function toAddress() {
  const address = new URL(location.href);
  for (const name of NAMES) address.searchParams.set(name, filters[name].value);
  history.replaceState(null, "", address);
}

function choices(name, pairs) {
  const before = filters[name].value;
  const options = pairs.map(([value, text]) => el("option", { value, text }));
  filters[name].replaceChildren(el("option", { value: "", text: t("filter.any") }), ...options);
  filters[name].value = before;
}

async function count() {
  await guarded(async () => {
    const { counts } = await getJson("/api/v1/dead/counts");
    const reasons = [...new Set([...counts.map((one) => one.reason), filters.reason.value])].filter(Boolean);
    choices("reason", reasons.map((reason) => [reason, word("dead.because", reason)]));
    byId("counts").replaceChildren(...counts.map(figure));
  });
}

function figure(one) {
  const text = t("dead.count", { n: number(one.count), reason: word("dead.because", one.reason), state: word("dead.is", one.state) });
  const show = () => {
    filters.state.value = one.state;
    filters.reason.value = one.reason;
    toAddress();
    load();
  };
  return el("button", { class: "button", type: "button", text, on: { click: show } });
}

async function load() {
  turn += 1;
  chosen.clear();
  byId("all").checked = false;
  byId("letters").replaceChildren();
  await read(null);
}

async function read(place) {
  const mine = turn;
  byId("letters").setAttribute("aria-busy", "true");
  await guarded(async () => {
    const page = await getJson("/api/v1/dead", { ...query(), ...(place ?? {}) });
    if (mine !== turn) return;
    next = page.next;
    byId("letters").append(...page.dead_letters.map((letter) => card(letter, choose)));
    if (!byId("letters").children.length) byId("letters").append(el("p", { class: "muted", text: t("dead.none") }));
  });
  byId("more").hidden = next === null;
  byId("letters").setAttribute("aria-busy", "false");
  showChosen();
}

function query() {
  const asked = Object.fromEntries(NAMES.map((name) => [name, filters[name].value.trim()]));
  for (const name of ["after", "before"]) if (asked[name]) asked[name] = new Date(asked[name]).toISOString();
  return asked;
}

function boxes() {
  return byId("letters").querySelectorAll("article h2 input");
}

function choose(box) {
  if (box.checked) chosen.add(box.value);
  else chosen.delete(box.value);
  showChosen();
}

function showChosen() {
  byId("chosen").textContent = t("dead.chosen", { n: chosen.size });
  for (const name of ["retry", "discard"]) byId(name).disabled = chosen.size === 0;
  byId("all").disabled = boxes().length === 0;
}

async function decide(decision) {
  const note = byId("decide").elements.note;
  const isMissing = decision === "discard" && !note.value.trim();
  say(byId("note-error"), isMissing ? t("dead.note_missing") : "");
  note.setAttribute("aria-invalid", String(isMissing));
  if (isMissing) return note.focus();
  const letters = [...chosen].slice(0, MOST_AT_ONCE);
  const again = filters.state.value === "retried"; // who chooses among those means it
  let results = null;
  byId("done").textContent = "";
  await guarded(async () => {
    ({ results } = await postJson("/api/v1/dead", { letters, decision, note: note.value.trim(), again }));
  });
  if (results === null) return;
  note.value = "";
  await count();
  await load();
  byId("done").textContent = told(results);
  byId("done").focus();
}

/** How many became what, and why some could not be sent again. */
function told(results) {
  const numbers = new Map();
  for (const { status } of results) numbers.set(status, (numbers.get(status) ?? 0) + 1);
  const said = [...numbers].map(([status, n]) => t(`dead.result_${status}`, { n }));
  const why = [...new Set(results.filter((one) => one.status === "refused").map((one) => one.detail))];
  return [...said, ...why].join(" ");
}

async function guarded(work) {
  try {
    await work();
    say(byId("notice"), "");
  } catch (error) {
    say(byId("notice"), error.message);
  }
}
