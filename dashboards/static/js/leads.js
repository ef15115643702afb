// Leads: what is on its way to whom and why, what waits for a person, what became of the complaints, and the policy.

import "./chrome.js";
import { getJson } from "./api.js";
import { byId, el, say } from "./dom.js";
import { number, t, word } from "./i18n.js";
import { leadCard } from "./lead.js";
import { showPolicy } from "./lead_policy.js";

const NAMES = ["state", "recipient", "right_id", "seller", "case_id"];
const STATES = ["person", "waiting", "sent", "withdrawn", "decided", "closed"];
const RECIPIENTS = ["right_holder", "aid_centre", "enforcement", "national_record", "person"];
const filters = byId("filters").elements;
let next = null;
let turn = 0; // of loading: what an earlier one still brings is not shown

choices("state", STATES, "lead_state");
choices("recipient", RECIPIENTS, "lead_recipient");
const address = new URLSearchParams(location.search);
for (const name of NAMES) filters[name].value = address.get(name) ?? "";

byId("filters").addEventListener("submit", (event) => event.preventDefault());
byId("filters").addEventListener("change", changed);
byId("more").addEventListener("click", () => read(next));
byId("policy").addEventListener("toggle", () => byId("policy").open && guarded(() => showPolicy(byId("policy-parts"), byId("policy-done"), guarded)));
await load();

function choices(name, codes, group) {
  const options = codes.map((code) => el("option", { value: code, text: word(group, code) }));
  filters[name].replaceChildren(el("option", { value: "", text: t("filter.any") }), ...options);
}

function changed() {
  const there = new URL(location.href);
  for (const name of NAMES) there.searchParams.set(name, filters[name].value.trim());
  history.replaceState(null, "", there);
  load();
}

async function load() {
  turn += 1;
  byId("leads").replaceChildren();
  await read(null);
}

async function read(before) {
  const mine = turn;
  byId("leads").setAttribute("aria-busy", "true");
  await guarded(async () => {
    const asked = Object.fromEntries(NAMES.map((name) => [name, filters[name].value.trim()]));
    const page = await getJson("/api/v1/leads", { ...asked, before });
    if (mine !== turn) return;
    next = page.next;
    byId("counts").replaceChildren(...STATES.filter((state) => page.counts[state]).map((state) => figure(state, page.counts[state])));
    byId("leads").append(...page.leads.map((lead) => leadCard(lead, page.rights[lead.right_id], acted)));
    if (!byId("leads").children.length) byId("leads").append(el("p", { class: "muted", text: t("leads.none") }));
  });
  byId("more").hidden = next === null;
  byId("leads").setAttribute("aria-busy", "false");
}

function figure(state, n) {
  const show = () => {
    filters.state.value = state;
    changed();
  };
  return el("button", { class: "button", type: "button", text: t("leads.count", { n: number(n), state: word("lead_state", state) }), on: { click: show } });
}

/** Everything is read again: an act may have made other leads. */
async function acted(said) {
  await load();
  byId("done").textContent = said;
  byId("done").focus();
}

async function guarded(work) {
  try {
    await work();
    say(byId("notice"), "");
  } catch (error) {
    say(byId("notice"), error.message);
  }
}
