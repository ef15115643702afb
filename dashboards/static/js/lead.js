// One lead as a card: whom it goes to and why, what happened to it, and what a person may do with it.

import { getJson, putJson } from "./api.js";
import { leadComplaint } from "./complaint.js";
import { el, say } from "./dom.js";
import { facts, mono } from "./facts.js";
import { moment, t, word } from "./i18n.js";
import { may } from "./states.js";

const TAKEDOWNS = ["not_submitted", "submitted", "waiting", "refused", "removed"];
const OPEN = ["waiting", "person", "sent"];

/** `acted(text, leads)` is told what was done, and every lead that it changed or made. */
export function leadCard(lead, right, acted, heading = "h2") {
  const refused = el("p", { class: "refused", role: "alert", hidden: true });
  const act = async (path, body, said) => {
    say(refused, "");
    try {
      const answer = await putJson(`/api/v1/leads/${lead.lead_id}/${path}`, { ...body, version: lead.version });
      await acted(said, answer.leads ?? [answer]);
    } catch (error) {
      say(refused, error.message);
    }
  };
  const isOpen = OPEN.includes(lead.state) && may("leads.change");
  return el(
    "article",
    { class: `sheet one-lead is-${lead.state}`, dataset: { lead: lead.lead_id, recipient: lead.recipient } },
    el(
      heading,
      {},
      el("span", { text: word("lead_recipient", lead.recipient) }),
      lead.place ? el("bdi", { text: lead.place_name || lead.place }) : null,
      el("span", { class: "state", text: word("lead_state", lead.state) }),
    ),
    el("p", {}, el("a", { href: `/alerts/${encodeURIComponent(lead.alert_id)}` }, el("bdi", { text: lead.facts.title || lead.listing_id }))),
    about(lead, right),
    lead.state === "person" && isOpen ? placeForm(lead, act) : null,
    isOpen ? takedownForm(lead, act) : null,
    refused,
    ["withdrawn", "decided"].includes(lead.state) ? null : leadComplaint(lead),
    why(lead),
  );
}

function about(lead, right) {
  const { state, at, by } = lead.takedown;
  const complaint = [word("takedown", state), at && moment(at), by].filter(Boolean).join(" · ");
  return facts([
    ["right", right?.title ? `${right.title} (${lead.right_id})` : lead.right_id],
    ["seller", [lead.facts.seller, lead.seller].filter(Boolean).join(" · ")],
    ["lead_made", `${moment(lead.made_at)} · ${word("lead_because", lead.because)}`],
    ["lead_due", lead.state === "waiting" ? moment(lead.send_after) : null],
    ["lead_sent", lead.sent_at && moment(lead.sent_at)],
    ["lead_reason", lead.reason && word("lead_reason", lead.reason)],
    ["takedown", complaint],
  ]);
}

/** The candidates to choose from, another code, or nobody. */
function placeForm(lead, act) {
  const choice = el("select", { name: "candidate" }, ...lead.jurisdiction.candidates.map((one) => el("option", { value: one.code, text: `${one.name} · ${word("lead_basis", one.basis)}` })), el("option", { value: "", text: t("leads.other_code") }));
  const code = el("input", { name: "code", maxlength: 12, inputmode: "numeric", autocomplete: "off", placeholder: "440305" });
  const note = el("input", { name: "note", maxlength: 500, autocomplete: "off" });
  const send = (chosen, said) => act("place", { code: chosen, note: note.value }, said);
  return el(
    "form",
    { class: "choose place", on: { submit: (event) => {
      event.preventDefault();
      send(code.value.trim() || choice.value, t("leads.place_done"));
    } } },
    el("label", { class: "field-block" }, el("span", { text: t("leads.place") }), choice),
    el("label", { class: "field-block" }, el("span", { text: t("leads.code") }), code),
    el("label", { class: "field-block wide" }, el("span", { text: t("leads.note") }), note),
    el("button", { class: "button primary", text: t("leads.tell") }),
    el("button", { class: "button", type: "button", text: t("leads.tell_nobody"), on: { click: () => send(null, t("leads.nobody_done")) } }),
  );
}

function takedownForm(lead, act) {
  const state = el("select", { name: "state" }, ...TAKEDOWNS.map((one) => el("option", { value: one, text: word("takedown", one), selected: one === lead.takedown.state })));
  const on = el("input", { name: "on", type: "date" });
  const note = el("input", { name: "note", maxlength: 500, autocomplete: "off" });
  return el(
    "form",
    { class: "choose takedown", on: { submit: (event) => {
      event.preventDefault();
      const day = on.value ? { on: new Date(on.value).toISOString() } : {};
      act("takedown", { state: state.value, note: note.value, ...day }, t("leads.takedown_done"));
    } } },
    el("label", { class: "field-block" }, el("span", { text: t("leads.takedown") }), state),
    el("label", { class: "field-block" }, el("span", { text: t("leads.on") }), on),
    el("label", { class: "field-block wide" }, el("span", { text: t("leads.note") }), note),
    el("button", { class: "button", text: t("leads.keep") }),
  );
}

/** Read when somebody wants to know: the rule, what the place rests on, and the log. */
function why(lead) {
  const log = el("ol", { class: "log" });
  const details = el(
    "details",
    {},
    el("summary", { text: t("leads.why") }),
    facts([
      ["lead_clause", lead.routing.clause],
      ["lead_rule", `${lead.routing.rule} · ${lead.routing.version}`],
      ["lead_place_why", lead.jurisdiction.why.map((code) => word("lead_why", code)).join("; ")],
      ["lead_candidates", lead.jurisdiction.candidates.map((one) => `${one.name} (${one.code}): ${word("lead_basis", one.basis)}`).join("; ")],
      ["case_id", mono(lead.case_id)],
    ]),
    log,
  );
  details.addEventListener("toggle", async () => {
    if (!details.open || log.children.length) return;
    try {
      const found = await getJson(`/api/v1/leads/${lead.lead_id}`);
      log.replaceChildren(...found.log.map(line));
    } catch (error) {
      log.replaceChildren(el("li", { text: error.message }));
    }
  });
  return details;
}

function line({ act, reason, detail, by, at }) {
  const more = [act === "takedown" ? word("takedown", detail.to) : null, reason && word("lead_reason", reason), act === "place" ? detail.place : null, detail.note, by];
  return el("li", {}, el("time", { datetime: at, text: moment(at) }), " ", el("bdi", { text: [word("lead_act", act), ...more.filter(Boolean)].join(" · ") }));
}
