// The allow-list of pictures: what is quarantined, what is allowed, and a person's decisions.

import "./chrome.js";
import { deleteJson, getJson, postJson } from "./api.js";
import { pictureAddress } from "./compared.js";
import { copyButton } from "./copy.js";
import { byId, el, say } from "./dom.js";
import { moment, t, word } from "./i18n.js";
import { rightName, sellerName } from "./words.js";

const OPEN_EXAMPLES = 5; // cards whose alerts are shown without being asked for
const STATES = ["quarantined", "allowed", "released"];

byId("add").addEventListener("submit", async (event) => {
  event.preventDefault();
  const { pdq, note } = event.target.elements;
  const isBad = !/^[0-9a-f]{64}$/i.test(pdq.value.trim());
  say(byId("pdq-error"), isBad ? t("pictures.fingerprint_bad") : "");
  pdq.setAttribute("aria-invalid", String(isBad));
  if (isBad) return pdq.focus();
  if (await decide(pdq.value.trim(), "allowed", note.value)) event.target.reset();
});

/** A fingerprint that an alert's page leads here with: what is left to say is why. */
function fillIn(fingerprint) {
  if (!fingerprint) return;
  const { pdq, note } = byId("add").elements;
  pdq.value = fingerprint;
  note.focus();
}

async function load() {
  try {
    const { allow } = await getJson("/api/v1/allow");
    byId("entries").replaceChildren(...groups(allow));
    say(byId("notice"), "");
  } catch (error) {
    say(byId("notice"), error.message);
  }
  byId("entries").setAttribute("aria-busy", "false");
}

function groups(entries) {
  if (!entries.length) return [el("p", { class: "muted", text: t("pictures.none") })];
  return STATES.flatMap((state) => {
    const those = entries.filter((entry) => entry.state === state);
    if (!those.length) return state === "quarantined" ? [el("p", { class: "muted", text: t("pictures.none_quarantined") })] : [];
    return [el("h2", { class: "group", text: t(`pictures.${state}`) }), ...those.map((entry, at) => card(entry, at))];
  });
}

function card(entry, at) {
  const fired = entry.fired && t("pictures.fired", { ...entry.fired, n: entry.fired.rights.length });
  const note = el("input", { autocomplete: "off", maxlength: "500" });
  const decision = (label, act) => el("button", { class: "button", type: "button", text: t(label), on: { click: () => act(note.value) } });
  const say = (state) => (why) => decide(entry.pdq, state, why);
  return el(
    "article",
    { class: `sheet entry is-${entry.state}`, dataset: { pdq: entry.pdq } },
    el("h3", { text: fired || t(`pictures.${entry.state}`) }),
    el("p", {}, el("code", { class: "mono", text: entry.pdq }), " ", copyButton(entry.pdq)),
    el("p", { class: "muted small" }, el("bdi", { text: facts(entry) })),
    entry.note ? el("p", {}, el("bdi", { text: entry.note })) : null,
    entry.fired?.alerts?.length ? examples(entry, entry.state === "quarantined" && at < OPEN_EXAMPLES) : null,
    el(
      "div",
      { class: "decide" },
      el("label", { class: "field-block" }, el("span", { text: t("pictures.note") }), note),
      entry.state === "allowed" ? null : decision("pictures.allow", say("allowed")),
      entry.state === "released" ? null : decision("pictures.release", say("released")),
      entry.state === "quarantined" ? null : decision("pictures.remove", () => remove(entry.pdq)),
    ),
  );
}

function facts(entry) {
  const by = t("pictures.since", { by: word("pictures.by", entry.by ?? ""), since: moment(entry.since) });
  return `${by} · ${t("pictures.within", entry)}`;
}

/** Read when it is opened: a link to each alert, with what a person needs to see whether they are alike. */
function examples(entry, isOpen) {
  const list = el("ul", { "aria-busy": "true" });
  let isAsked = false;
  const read = async () => {
    if (isAsked) return;
    isAsked = true;
    try {
      const { alerts, rights } = await getJson(`/api/v1/allow/${entry.pdq}`);
      const rows = alerts.map((alert) => example(alert, rights[alert.right_id], entry.pdq));
      list.replaceChildren(...(rows.length ? rows : [el("li", { class: "muted", text: t("pictures.no_examples") })]));
    } catch (error) {
      list.replaceChildren(el("li", { text: error.message }));
    }
    list.setAttribute("aria-busy", "false");
  };
  const details = el("details", { on: { toggle: () => details.open && read() } }, el("summary", { text: t("pictures.examples") }), list);
  details.open = isOpen;
  return details;
}

function example(alert, right, pdq) {
  const about = [sellerName(alert), rightName(alert, right)].join(" · ");
  const link = el("a", { href: `/alerts/${encodeURIComponent(alert.alert_id)}` }, el("bdi", { text: alert.title }));
  return el("li", {}, thumbnail(alert, pdq), link, " ", el("bdi", { class: "muted", text: about }));
}

/** The alert's picture that is nearest to the fingerprint; nothing where none was kept. */
function thumbnail(alert, pdq) {
  const kept = alert.reasons.filter((reason) => reason.picture && reason.text?.length === pdq.length);
  if (!kept.length) return "";
  const nearest = kept.reduce((best, reason) => (apart(reason.text, pdq) < apart(best.text, pdq) ? reason : best));
  const gone = (event) => event.target.remove();
  return el("img", { class: "thumbnail", src: pictureAddress(alert, nearest.picture), alt: "", loading: "lazy", on: { error: gone } });
}

/** Bits in which two fingerprints in hexadecimal digits differ. */
function apart(one, other) {
  const differing = [...one].map((digit, at) => parseInt(digit, 16) ^ parseInt(other[at], 16));
  return differing.reduce((bits, digit) => bits + (digit & 1) + ((digit >> 1) & 1) + ((digit >> 2) & 1) + (digit >> 3), 0);
}

async function decide(pdq, state, note) {
  return changed(() => postJson("/api/v1/allow", { pdq, state, note: note.trim() }), `pictures.done_${state}`);
}

async function remove(pdq) {
  return changed(() => deleteJson(`/api/v1/allow/${pdq}`), "pictures.done_removed");
}

/** Make a change and show the list as it is then; the focus goes where it is said, since the button is gone. */
async function changed(change, message) {
  try {
    const { revision } = await change();
    await load();
    const done = byId("done");
    done.tabIndex = -1;
    done.textContent = t(message, { revision });
    done.focus();
    return true;
  } catch (error) {
    say(byId("notice"), error.message);
    return false;
  }
}

await load();
fillIn(new URLSearchParams(location.search).get("pdq"));
