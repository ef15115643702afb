// Which leads wait for a verdict: for everybody's rights by kind, and for the rights of one holder.

import { getJson, putJson } from "./api.js";
import { el, say } from "./dom.js";
import { t, word } from "./i18n.js";
import { may } from "./states.js";

const PATH = "/api/v1/leads/policy";
const KINDS = ["trademark", "design", "invention", "utility_model"];
const SENDINGS = ["after_verdict", "at_once"];
const AS_ALL = ""; // of a choice: what holds for everybody's rights of that kind

/** Read it into `place`. `guarded(work)` says what goes wrong in a change, `said` what was done. */
export async function showPolicy(place, said, guarded) {
  say(said, "");
  show(await getJson(PATH));

  function show({ kinds, holders, yours }) {
    const isOwn = yours.length > 0;
    place.replaceChildren(...(isOwn ? ownParts(yours) : [el("div", { class: "choose" }, ...kinds.map(kindOfAll))]), ...(isOwn ? [] : holderParts(holders)));
  }

  /** All is shown anew, with the focus where it was. */
  const set = (document) =>
    guarded(async () => {
      const control = window.document.activeElement?.dataset.control;
      show(await putJson(PATH, document));
      [...place.querySelectorAll("[data-control]")].find((one) => one.dataset.control === control)?.focus();
      say(said, t("leads.policy_set"));
    });

  function kindOfAll({ kind, sending }) {
    return choice(kind, word("lead_kind", kind), sendings(sending), (chosen) => set({ kind, sending: chosen }));
  }

  /** What a rights holder chooses for own rights, one part for each holder that the account is for. */
  function ownParts(yours) {
    const ids = [...new Set(yours.map((one) => one.holder_id))];
    return ids.map((id) => {
      const fields = yours.filter((one) => one.holder_id === id).map(ownKind);
      return el("fieldset", {}, el("legend", {}, el("span", { text: t("leads.policy_of") }), " ", el("bdi", { text: id })), el("div", { class: "choose" }, ...fields));
    });
  }

  function ownKind({ holder_id, kind, set: own, sending }) {
    const asAll = el("option", { value: AS_ALL, selected: own === null, text: own === null ? t("leads.policy_as_all_is", { sending: word("lead_sending", sending) }) : t("leads.policy_as_all") });
    return choice(`${kind} ${holder_id}`, word("lead_kind", kind), [asAll, ...sendings(own)], (chosen) => set({ holder_id, kind, sending: chosen || null }));
  }

  /** For whoever sees all holders: what was set for some of them, and a form that sets another. */
  function holderParts(holders) {
    const items = holders.map((one) => {
      const words = [one.holder_id, word("lead_kind", one.kind), word("lead_sending", one.sending), one.by].join(" · ");
      const undo = () => set({ holder_id: one.holder_id, kind: one.kind, sending: null });
      const button = el("button", { class: "button", type: "button", text: t("leads.policy_as_all"), "aria-label": `${t("leads.policy_as_all")}: ${one.holder_id}, ${word("lead_kind", one.kind)}`, on: { click: undo } });
      return el("li", {}, el("bdi", { text: words }), " ", may("leads.policy") ? button : null);
    });
    return [el("ul", { class: "policies" }, ...items), may("leads.policy") ? holderForm() : null].filter(Boolean);
  }

  function holderForm() {
    const holder = el("input", { name: "holder_id", maxlength: 200, autocomplete: "off", required: true });
    const kind = el("select", { name: "kind" }, ...KINDS.map((one) => el("option", { value: one, text: word("lead_kind", one) })));
    const sending = el("select", { name: "sending" }, ...sendings(SENDINGS[0]));
    const send = (event) => {
      event.preventDefault();
      const holder_id = holder.value.trim();
      if (holder_id) set({ holder_id, kind: kind.value, sending: sending.value });
      else holder.focus();
    };
    return el(
      "form",
      { class: "choose", novalidate: true, on: { submit: send } },
      labelled(t("leads.policy_holder"), holder),
      labelled(t("leads.policy_kind"), kind),
      labelled(t("leads.policy_sending"), sending),
      el("button", { class: "button", dataset: { control: "form" }, text: t("leads.policy_set_it") }),
    );
  }
}

function sendings(held) {
  return SENDINGS.map((one) => el("option", { value: one, text: word("lead_sending", one), selected: one === held }));
}

/** A choice that takes effect at once. */
function choice(control, label, options, chosen) {
  const select = el("select", { dataset: { control }, disabled: !may("leads.policy"), on: { change: () => chosen(select.value) } }, ...options);
  return labelled(label, select);
}

function labelled(label, control) {
  return el("label", { class: "field-block" }, el("span", { text: label }), control);
}
