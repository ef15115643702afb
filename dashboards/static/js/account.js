// One's own account: who one is, the password, the API keys.

import "./chrome.js";
import { deleteJson, getJson, postJson, putJson } from "./api.js";
import { byId, el, say } from "./dom.js";
import { clock, language, moment, t, word } from "./i18n.js";
import { chosen, options, showOnce } from "./once.js";

let keys = "";

async function load() {
  try {
    const who = await getJson("/api/v1/session");
    showWho(who);
    byId("password").hidden = !who.accounts;
    byId("keys").hidden = !who.accounts || who.must_change;
    if (!who.accounts) return say(byId("notice"), t("account.none"));
    byId("password").elements.username.value = who.name;
    if (who.must_change) return say(byId("notice"), t("account.must_change"));
    say(byId("notice"), "");
    keys = `/api/v1/accounts/${who.account_id}/keys`;
    options(byId("scopes"), who.permissions, (name) => word("permission", name));
    await loadKeys();
  } catch (error) {
    say(byId("notice"), error.message);
  }
}

function showWho(who) {
  const fact = (key, text) => el("div", {}, el("dt", { text: t(key) }), el("dd", { text }));
  const limits = (values) => (values === null ? t("accounts.everything") : values.join(", "));
  byId("who").replaceChildren(
    fact("account.name", who.name),
    fact("accounts.roles", who.roles.map((role) => word("role", role)).join(", ")),
    fact("accounts.holders_seen", limits(who.holders)),
    fact("accounts.regions_seen", limits(who.regions)),
  );
  byId("who").setAttribute("aria-busy", "false");
}

byId("password").addEventListener("submit", async (event) => {
  event.preventDefault();
  const { present, new: chosenNew, again } = event.target.elements;
  const wrong = chosenNew.value !== again.value ? again : [present, chosenNew].find((field) => field.value === "");
  if (wrong) {
    say(byId("password-error"), t(wrong === again ? "account.differ" : "account.both"));
    wrong.focus();
    return;
  }
  try {
    await putJson("/api/v1/session/password", { present: present.value, new: chosenNew.value });
    event.target.reset();
    say(byId("password-error"), "");
    await load();
    byId("done").textContent = t("account.changed");
    byId("done").focus();
  } catch (error) {
    say(byId("password-error"), error.code === "wrong_credentials" ? t("account.wrong") : error.message);
    (error.field === "present" ? present : chosenNew).focus();
  }
});

byId("new-key").addEventListener("submit", async (event) => {
  event.preventDefault();
  const { label, days } = event.target.elements;
  try {
    const made = await postJson(keys, { label: label.value, scopes: chosen(byId("scopes")), days: Number(days.value) });
    event.target.reset();
    say(byId("key-error"), "");
    await loadKeys();
    showOnce(byId("key-once"), t("account.key_once"), made.key);
  } catch (error) {
    say(byId("key-error"), error.message);
    label.focus();
  }
});

async function loadKeys() {
  const held = await getJson(keys);
  byId("key-list").replaceChildren(...held.keys.filter((key) => key.revoked === null).map(entry));
}

function entry(key) {
  const revoke = el("button", { type: "button", class: "button", text: t("account.revoke"), "aria-label": t("account.revoke_named", { label: key.label }) });
  revoke.addEventListener("click", async () => {
    try {
      await deleteJson(`${keys}/${key.key_id}`);
      await loadKeys();
      byId("done").textContent = t("account.revoked", { label: key.label });
      byId("done").focus();
    } catch (error) {
      say(byId("notice"), error.message);
    }
  });
  const used = key.used ? t("account.used", { time: clock(key.used) }) : t("account.unused");
  return el(
    "div",
    { class: "entry" },
    el("strong", {}, el("bdi", { text: key.label })),
    el("span", { class: "mono", text: `rwk_${key.key_id}_…` }),
    el("span", { text: key.scopes.map((scope) => word("permission", scope)).join(", ") }),
    el("span", { class: "muted", title: moment(key.expires), text: key.expires ? t("account.until", { time: new Date(key.expires).toLocaleDateString(language) }) : "" }),
    el("span", { class: "muted", text: used }),
    el("span", { class: "does" }, revoke),
  );
}

await load();
