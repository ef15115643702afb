// One right: read, changed, previewed, saved, withdrawn, and who did so before.

import "./chrome.js";
import { deleteJson, getJson, postJson, putJson } from "./api.js";
import { byId, el, say } from "./dom.js";
import { t, word } from "./i18n.js";
import { makeForm } from "./desk_form.js";
import { changeItem } from "./desk_history.js";
import { previewParts } from "./desk_preview.js";
import { labelOf } from "./desk_fields.js";

const main = byId("main");
const NEW = "/new-right";
const PLACE = "/rights/";
const isNew = location.pathname === NEW;
const canChange = main.dataset.canChange === "yes";
const own = JSON.parse(main.dataset.own); // the holders whose rights whoever is limited to some may make
const rightId = () => (isNew ? byId("form").elements.right_id.value.trim() : decodeURIComponent(location.pathname.slice(PLACE.length)));
const address = () => rightId() && `/api/v1/rights/${encodeURIComponent(rightId())}`;

let base = { kind: "trademark" }; // the form of the right that the page began with
let revision = 0; // of that form: what a change is based on
let isHeld = false;
let isChanged = false;
const form = makeForm(byId("form"), address, { canChange, isNew });

byId("form").addEventListener("input", () => (isChanged = true));
byId("form").addEventListener("submit", (event) => (event.preventDefault(), save()));
byId("preview").addEventListener("click", (event) => preview(event.target, form.read()));
byId("preview-withdraw").addEventListener("click", (event) => preview(event.target, null));
byId("withdraw").addEventListener("click", withdraw);
byId("older").addEventListener("click", (event) => readHistory(event.target.dataset.before));
addEventListener("beforeunload", (event) => isChanged && event.preventDefault());

if (isNew) {
  begin();
  byId("save").hidden = false;
} else await load();

/** A new right. Of who is limited to own ones the id begins with the holder's, and the holder is known. */
function begin() {
  if (own.length) base = { ...base, holder: { id: own[0] } };
  form.fill(base);
  if (!own.length) return;
  const id = byId("form").elements.right_id;
  id.value = `${own[0]}:`;
  id.after(el("span", { class: "hint", text: t("desk.own_ids", { prefixes: own.map((one) => `${one}:`).join(", ") }) }));
}

async function load() {
  try {
    const known = await getJson(`${address()}/history`);
    show(known);
  } catch (error) {
    byId("form").replaceChildren();
    say(byId("notice"), error.message);
  }
}

function show(known) {
  base = known.right ?? { kind: "trademark" };
  revision = known.revision;
  isHeld = known.is_held;
  isChanged = false;
  form.fill(base);
  form.complain([]);
  byId("heading").textContent = base.marks?.[0] ?? base.title ?? known.right_id;
  byId("standing").replaceChildren(el("bdi", { text: known.right_id }), " · ", isHeld ? word("status", base.status ?? "granted") : t("desk.is_withdrawn"));
  byId("save").hidden = !canChange;
  byId("submit").textContent = t(isHeld ? "desk.save" : "desk.put_back");
  byId("withdrawing").hidden = !isHeld;
  byId("changes").replaceChildren();
  showHistory(known);
}

function showHistory(known) {
  byId("history").hidden = false;
  byId("changes").append(...known.changes.map(changeItem));
  byId("older").hidden = known.next === null;
  byId("older").dataset.before = known.next ?? "";
}

async function readHistory(before) {
  try {
    showHistory(await getJson(`${address()}/history`, { before }));
  } catch (error) {
    say(byId("notice"), error.message);
  }
}

async function save() {
  if (!canChange || !hasId()) return;
  const right = form.read();
  await acting(byId("submit"), async () => {
    const answer = await putJson(address(), { right, based_on: revision, reason: byId("reason").value.trim() });
    isChanged = false;
    if (isNew) return location.assign(`${PLACE}${encodeURIComponent(answer.right.right_id)}`);
    await settle(t("desk.saved", answer));
  });
}

function hasId() {
  if (address() && !own.some((one) => rightId() === `${one}:`)) return true;
  form.complain([{ field: "right_id", detail: t("desk.id_missing") }]);
  return false;
}

async function withdraw() {
  const reason = byId("reason").value.trim();
  if (!reason) {
    say(byId("save-error"), t("desk.reason_missing"));
    return byId("reason").focus();
  }
  await acting(byId("withdraw"), async () => {
    const query = new URLSearchParams({ based_on: revision, reason });
    const answer = await deleteJson(`${address()}?${query}`);
    await settle(t("desk.withdrawn", answer));
  });
}

/** After a change: the right as it is now, and the focus where it is said. */
async function settle(message) {
  byId("reason").value = "";
  byId("previewed").hidden = true;
  byId("stale").hidden = true;
  await load();
  const done = byId("done");
  done.tabIndex = -1;
  done.textContent = message;
  done.focus();
}

/** right: as it would be; null: withdrawn. */
async function preview(button, right) {
  const place = byId("previewed");
  if (!hasId()) return;
  await acting(button, async () => {
    place.hidden = false;
    place.replaceChildren(el("p", { class: "muted", text: t("desk.previewing") }));
    try {
      place.replaceChildren(...previewParts(await postJson(`${address()}/preview`, { right })));
    } catch (error) {
      place.hidden = true;
      throw error;
    }
  });
}

/** One act at a time. What is refused is said beside its field, and what somebody else did meanwhile in its place. */
async function acting(button, act) {
  say(byId("save-error"), "");
  form.complain([]);
  button.disabled = true;
  try {
    await act();
  } catch (error) {
    if (error.code === "stale") await showStale();
    else {
      const errors = error.errors.length ? error.errors : error.field ? [{ field: error.field, detail: error.message }] : [];
      const rest = form.complain(errors);
      const said = errors.length > rest.length ? t("desk.faults", { n: errors.length }) : error.message;
      say(byId("save-error"), [said, ...(errors.length > rest.length ? rest : [])].join(" "));
    }
  }
  button.disabled = false;
}

/** Somebody else saved first: what they did, and the choice to put one's own changes on top or to let them go. */
async function showStale() {
  const mine = form.read();
  const place = byId("stale");
  try {
    const known = await getJson(`${address()}/history`);
    const theirs = known.changes.filter((change) => change.revision > revision);
    const both = isNew ? [] : clashes(base, mine, known.right ?? {});
    place.replaceChildren(
      el("h2", { id: "stale-heading", text: t("desk.stale") }),
      el("ol", { class: "changes" }, ...theirs.map(changeItem)),
      both.length ? el("p", { text: t("desk.both", { fields: both.map(labelOf).join(", ") }) }) : null,
      el(
        "p",
        { class: "actions" },
        isNew ? null : el("button", { class: "button primary", type: "button", text: t("desk.keep_mine"), on: { click: () => rebase(known, mine) } }),
        el("button", { class: "button", type: "button", text: t(isNew ? "desk.open_theirs" : "desk.take_theirs"), on: { click: () => take(known) } }),
      ),
    );
    place.hidden = false;
    place.focus();
  } catch (error) {
    say(byId("save-error"), error.message);
  }
}

function take(known) {
  if (isNew) return location.assign(`${PLACE}${encodeURIComponent(known.right_id)}`);
  byId("stale").hidden = true;
  show(known);
  byId("heading").scrollIntoView();
}

/** Their form with the fields that were changed here. It is not saved yet: somebody shall look at it first. */
function rebase(known, mine) {
  const began = base;
  byId("stale").hidden = true;
  show(known);
  const merged = { ...(known.right ?? {}) };
  for (const name of changedFields(began, mine)) {
    if (mine[name] === undefined) delete merged[name];
    else merged[name] = mine[name];
  }
  form.fill(merged);
  isChanged = true;
  byId("submit").focus();
  say(byId("done"), t("desk.rebased", { revision }));
}

function isSame(one, other) {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
}

function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (!value || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).sort().map(([name, part]) => [name, sorted(part)]));
}

function changedFields(was, now) {
  return [...new Set([...Object.keys(was), ...Object.keys(now)])].filter((name) => !isSame(was[name], now[name]));
}

function clashes(began, mine, theirs) {
  const changed = new Set(changedFields(began, theirs));
  return changedFields(began, mine).filter((name) => changed.has(name) && !isSame(mine[name], theirs[name]));
}
