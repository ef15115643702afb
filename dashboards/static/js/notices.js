// Notices: where somebody wants to hear of things, and what became of each.

import "./chrome.js";
import { deleteJson, getJson, postJson, putJson } from "./api.js";
import { byId, el, say } from "./dom.js";
import { clock, moment, t, word } from "./i18n.js";
import { because, fateParts } from "./notice_fate.js";
import { chosen, options, showOnce } from "./once.js";

const KINDS = ["webhook", "email", "dingtalk", "wecom", "feishu"];
const EVENTS = ["alert", "verdict", "lead", "delisted"];
const TIERS = ["high", "medium", "low"];
const RIGHTS = ["trademark", "design", "invention", "utility_model"];
const STATES = ["waiting", "sent", "dead", "withdrawn"];
const SIGNED = ["webhook", "dingtalk", "feishu"];
const form = byId("edit");
const fields = form.elements;
const fates = { again: () => finish(t("notices.replayed")), failed: (error) => say(byId("notice"), error.message) };
let changed = null; // the destination in the form; null: a new one
let next = null;

select(fields.kind, KINDS.map((kind) => [kind, word("notice.kind", kind)]));
select(fields.digest_hour, [["", t("notices.at_once")], ...[...Array(24).keys()].map((hour) => [hour, t("notices.daily", { hour: `${String(hour).padStart(2, "0")}:00` })])]);
select(byId("state"), [["", t("notices.any")], ...STATES.map((state) => [state, word("notice.state", state)])]);
options(byId("events"), EVENTS, (event) => word("notice.event", event));
options(byId("tiers"), TIERS, (tier) => word("tier", tier));
options(byId("kinds"), RIGHTS, (kind) => word("kind", kind));
edit(null);
byId("state").addEventListener("change", () => loadNotices());
byId("more").addEventListener("click", () => readNotices(next));
fields.kind.addEventListener("change", () => (byId("secret-field").hidden = !SIGNED.includes(fields.kind.value)));

function select(place, pairs) {
  place.replaceChildren(...pairs.map(([value, text]) => el("option", { value: String(value), text })));
}

async function load() {
  try {
    const { destinations } = await getJson("/api/v1/destinations");
    byId("list").replaceChildren(...(destinations.length ? destinations.map(entry) : [el("p", { class: "muted", text: t("notices.nowhere") })]));
  } catch (error) {
    byId("list").replaceChildren();
    say(byId("notice"), error.message);
  }
  byId("list").setAttribute("aria-busy", "false");
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const quiet = [fields.quiet_from.value, fields.quiet_to.value];
  const document = {
    name: fields.name.value,
    events: chosen(byId("events")),
    tiers: chosen(byId("tiers")),
    kinds: chosen(byId("kinds")),
    digest_hour: fields.digest_hour.value === "" ? null : Number(fields.digest_hour.value),
    quiet: quiet.every(Boolean) ? quiet : null,
    time_zone: fields.time_zone.value,
    language: fields.language.value,
  };
  if (fields.address.value || !changed) document.address = fields.address.value;
  if (fields.secret.value) document.secret = fields.secret.value;
  try {
    const kept = changed
      ? await putJson(`/api/v1/destinations/${changed.destination_id}`, { ...document, version: changed.version })
      : await postJson("/api/v1/destinations", { ...document, kind: fields.kind.value });
    form.reset();
    await finish(t("notices.saved", { name: kept.destination.name }));
    if (kept.secret) showOnce(byId("once"), t("notices.secret_once", { name: kept.destination.name }), kept.secret);
  } catch (error) {
    say(byId("edit-error"), error.message);
    (fields[error.field] ?? fields.name).focus();
  }
});

form.addEventListener("reset", (event) => {
  event.preventDefault();
  edit(null);
});

function edit(destination) {
  changed = destination;
  const shown = destination ?? { name: "", kind: "webhook", events: EVENTS, tiers: [], kinds: [], digest_hour: null, quiet: null, language: document.documentElement.lang.slice(0, 2) };
  say(byId("edit-error"), "");
  byId("edit-heading").textContent = destination ? t("notices.change", { name: destination.name }) : t("notices.new");
  byId("save").textContent = t(destination ? "notices.save" : "notices.create");
  byId("cancel").hidden = byId("kind-field").hidden = false;
  byId("cancel").hidden = destination === null;
  byId("kind-field").hidden = destination !== null;
  fields.name.value = shown.name;
  fields.kind.value = shown.kind;
  byId("secret-field").hidden = !SIGNED.includes(shown.kind);
  fields.address.value = fields.secret.value = "";
  fields.address.placeholder = destination ? t("notices.kept", { address: destination.address }) : "";
  for (const name of ["events", "tiers", "kinds"]) for (const input of byId(name).querySelectorAll("input")) input.checked = shown[name].includes(input.value);
  fields.digest_hour.value = shown.digest_hour ?? "";
  [fields.quiet_from.value, fields.quiet_to.value] = shown.quiet ?? ["", ""];
  fields.time_zone.value = shown.time_zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  fields.language.value = shown.language;
  if (destination) fields.name.focus();
}

async function finish(told) {
  byId("once").hidden = true;
  say(byId("notice"), "");
  edit(null);
  await Promise.all([load(), loadNotices()]);
  byId("done").textContent = told;
  byId("done").focus();
}

function entry(destination) {
  const path = `/api/v1/destinations/${destination.destination_id}`;
  const { name } = destination;
  const act = (key, work) => {
    const button = el("button", { type: "button", class: "button", text: t(key), "aria-label": `${t(key)}: ${name}` });
    button.addEventListener("click", () => work().catch((error) => say(byId("notice"), error.message)));
    return button;
  };
  const test = async () => {
    await postJson(`${path}/test`, {});
    await finish(t("notices.tested", { name }));
  };
  const toggle = async () => {
    await putJson(path, { version: destination.version, enabled: !destination.enabled });
    await finish(t("notices.saved", { name }));
  };
  const renew = async () => {
    if (!confirm(t("notices.sure_renew", { name }))) return;
    const { secret } = await putJson(path, { version: destination.version, new_secret: true });
    await finish("");
    showOnce(byId("once"), t("notices.secret_once", { name }), secret);
  };
  const remove = async () => {
    if (!confirm(t("notices.sure_remove", { name }))) return;
    await deleteJson(path);
    await finish(t("notices.removed", { name }));
  };
  return el(
    "div",
    { class: "entry" },
    el("strong", {}, el("bdi", { text: name })),
    el("span", { text: `${word("notice.kind", destination.kind)} · ${destination.address}` }),
    el("span", { text: destination.events.map((event) => word("notice.event", event)).join(", ") }),
    el("span", { class: "muted", text: destination.digest_hour === null ? t("notices.at_once") : t("notices.daily", { hour: `${String(destination.digest_hour).padStart(2, "0")}:00` }) }),
    destination.enabled ? null : el("span", { class: "state", text: t("notices.disabled", { why: because(destination.disabled_because) }) }),
    el(
      "span",
      { class: "does" },
      destination.enabled ? act("notices.test", test) : null,
      act("notices.edit", async () => edit(destination)),
      act(destination.enabled ? "notices.disable" : "notices.enable", toggle),
      destination.kind === "webhook" ? act("notices.renew", renew) : null,
      act("notices.remove", remove),
    ),
  );
}

async function loadNotices() {
  byId("notices").replaceChildren();
  await readNotices(null);
}

async function readNotices(place) {
  byId("notices").setAttribute("aria-busy", "true");
  try {
    const page = await getJson("/api/v1/notices", { state: byId("state").value, ...(place ?? {}) });
    next = page.next;
    byId("notices").append(...page.notices.map(row));
    say(byId("none"), byId("notices").children.length ? "" : t("notices.none"));
  } catch (error) {
    say(byId("notice"), error.message);
  }
  byId("more").hidden = next === null;
  byId("notices").setAttribute("aria-busy", "false");
}

function row(notice) {
  const title = notice.facts.title ? `${notice.facts.subject ?? ""} ${notice.facts.title}` : "";
  const what = el("td", {}, el("span", { text: word("notice.event", notice.event) }));
  if (notice.alert_id) what.append(" · ", el("a", { href: `/alerts/${notice.alert_id}` }, el("bdi", { text: title || notice.alert_id })));
  return el("tr", {}, el("td", {}, el("time", { datetime: notice.at, title: moment(notice.at), text: clock(notice.at) })), el("td", {}, el("bdi", { text: notice.destination })), what, el("td", {}, ...fateParts(notice, fates)));
}

await Promise.all([load(), loadNotices()]);
