// Accounts: who may use this server. One form makes an account or changes the one that was chosen.

import "./chrome.js";
import { getJson, postJson, putJson } from "./api.js";
import { byId, el, say } from "./dom.js";
import { clock, t, word } from "./i18n.js";
import { chosen, options, showOnce } from "./once.js";

const ROLES = ["operator", "reviewer", "expert", "rights_holder", "enforcement", "fair_team", "administrator"];
const form = byId("edit");
let changed = null; // the account in the form; null: a new one

options(byId("roles"), ROLES, (role) => word("role", role));

async function load() {
  try {
    const { accounts } = await getJson("/api/v1/accounts");
    byId("list").replaceChildren(...accounts.map(entry));
    form.hidden = false;
  } catch (error) {
    byId("list").replaceChildren();
    say(byId("notice"), error.message);
  }
  byId("list").setAttribute("aria-busy", "false");
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { name, holders, regions } = form.elements;
  const document = { roles: chosen(byId("roles")), holders: listed(holders.value), regions: listed(regions.value) };
  try {
    if (changed) {
      await putJson(`/api/v1/accounts/${changed.account_id}`, document);
      const told = t("accounts.saved", { name: changed.name });
      form.reset();
      await finish(told);
    } else {
      const made = await postJson("/api/v1/accounts", { ...document, name: name.value });
      form.reset();
      await finish("");
      showOnce(byId("once"), t("accounts.password_once", { name: made.account.name }), made.one_time_password);
    }
  } catch (error) {
    say(byId("edit-error"), error.message);
    (form.elements[error.field] ?? byId("roles").querySelector("input")).focus();
  }
});

form.addEventListener("reset", () => edit(null));

function edit(account) {
  changed = account;
  say(byId("edit-error"), "");
  byId("edit-heading").textContent = account ? t("accounts.change", { name: account.name }) : t("accounts.new");
  byId("save").textContent = t(account ? "accounts.save" : "accounts.create");
  byId("name-field").hidden = account !== null;
  byId("cancel").hidden = account === null;
  if (!account) return;
  for (const input of byId("roles").querySelectorAll("input")) input.checked = account.roles.includes(input.value);
  form.elements.holders.value = (account.holders ?? []).join(", ");
  form.elements.regions.value = (account.regions ?? []).join(", ");
  byId("roles").querySelector("input").focus();
}

async function finish(told) {
  byId("once").hidden = true;
  say(byId("notice"), "");
  await load();
  byId("done").textContent = told;
  byId("done").focus();
}

function listed(text) {
  const parts = text.split(/[,，\s]+/).filter(Boolean);
  return parts.length ? parts : null;
}

function entry(account) {
  const path = `/api/v1/accounts/${account.account_id}`;
  const act = (key, work) => {
    const button = el("button", { type: "button", class: "button", text: t(key), "aria-label": `${t(key)}: ${account.name}` });
    button.addEventListener("click", () => work().catch((error) => say(byId("notice"), error.message)));
    return button;
  };
  const toggle = async () => {
    if (!account.disabled && !confirm(t("accounts.sure_disable", { name: account.name }))) return;
    await putJson(path, { disabled: !account.disabled });
    await finish(t("accounts.saved", { name: account.name }));
  };
  const unlock = async () => {
    await postJson(`${path}/unlock`, {});
    await finish(t("accounts.saved", { name: account.name }));
  };
  const reset = async () => {
    if (!confirm(t("accounts.sure_reset", { name: account.name }))) return;
    const { one_time_password: secret } = await postJson(`${path}/password`, {});
    await finish("");
    showOnce(byId("once"), t("accounts.password_once", { name: account.name }), secret);
  };
  const limits = [account.holders && t("accounts.of_holders", { ids: account.holders.join(", ") }), account.regions && t("accounts.of_regions", { ids: account.regions.join(", ") })];
  const state = account.disabled ? t("accounts.disabled") : account.locked_until ? t("accounts.locked", { time: clock(account.locked_until) }) : "";
  return el(
    "div",
    { class: "entry" },
    el("strong", {}, el("bdi", { text: account.name })),
    el("span", { text: account.roles.map((role) => word("role", role)).join(", ") }),
    ...limits.filter(Boolean).map((text) => el("span", { text })),
    state ? el("span", { class: "state", text: state }) : null,
    el("span", { class: "muted", text: account.signed_in ? t("accounts.signed_in", { time: clock(account.signed_in) }) : t("accounts.never") }),
    el(
      "span",
      { class: "does" },
      act("accounts.edit", async () => edit(account)),
      account.failures ? act("accounts.unlock", unlock) : null,
      act("accounts.reset", reset),
      act(account.disabled ? "accounts.enable" : "accounts.disable", toggle),
    ),
  );
}

await load();
