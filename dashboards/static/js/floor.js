// The watch floor: live alerts and history in one list.

import "./chrome.js";
import { byId, say } from "./dom.js";
import { Filters } from "./filters.js";
import { readHistory, readSince } from "./history.js";
import { t } from "./i18n.js";
import { bindKeys } from "./keys.js";
import { AlertList } from "./list.js";
import { LiveConnection } from "./live.js";
import { AlertStore } from "./store.js";
import { QuarantineBanner } from "./quarantine.js";
import { Strip } from "./strip.js";

const POLL_MS = 2000;
const ANNOUNCE_MS = 6000;
const FRAME_MS = 80; // drawing more often than this helps nobody

const store = new AlertStore();
const rights = new Map();
const strip = new Strip();
const quarantine = new QuarantineBanner();
const filters = new Filters(filtersChanged);
const list = new AlertList((alert) => rights.get(alert.right_id), listChanged);
let older = { place: null, done: false }; // where the history of these filters goes on
let pulse = { live: true, lag_seconds: 0 };
let connection = "connecting";
let loaded = false;
let drawing = 0;
const unsaid = new Map(); // group id -> whether one of its new alerts is high

const live = new LiveConnection({
  hello: firstRead,
  alerts: (message) => take(message, true),
  gap: rereadHistory,
  pulse: pulsed,
  state: connectionChanged,
});
window.addEventListener("focus", draw);
bindKeys(
  {
    j: () => list.move(1),
    k: () => list.move(-1),
    ArrowDown: () => list.move(1),
    ArrowUp: () => list.move(-1),
    p: togglePause,
    " ": togglePause,
    n: () => list.showNewest(),
    f: () => filters.focus(),
    "/": () => filters.focus(),
    Escape: () => list.deselect(),
  },
  openRow,
);

byId("pause").addEventListener("click", togglePause);
byId("show-new").addEventListener("click", () => list.showNewest());
byId("more").addEventListener("click", loadOlder);
setInterval(announce, ANNOUNCE_MS);
setInterval(poll, POLL_MS);

function rows() {
  return store.rows(filters.test);
}

function take(page, isLive = false) {
  for (const [id, right] of Object.entries(page.rights)) rights.set(id, right);
  const added = store.add(page.alerts);
  filters.suggest(added);
  if (isLive) {
    for (const { group_id, tier } of added.filter(filters.test)) unsaid.set(group_id, unsaid.get(group_id) || tier === "high");
  }
  if (added.length && !drawing) drawing = setTimeout(draw, FRAME_MS);
  return added;
}

function draw() {
  drawing = 0;
  list.update(rows());
}

/** The stream is open from here on, so what the history lacks will still come. */
async function firstRead() {
  await filtersChanged();
}

async function filtersChanged() {
  older = { place: null, done: false };
  list.replace(rows());
  const asked = JSON.stringify(filters.query);
  await guarded(async () => {
    const page = await readHistory(filters.query);
    if (asked !== JSON.stringify(filters.query)) return;
    older = { place: page.next, done: page.next === null };
    take(page);
    loaded = true;
    draw();
  });
}

async function rereadHistory() {
  await guarded(() => readSince(store.newest, pulse.lag_seconds, take));
}

async function loadOlder() {
  byId("more").disabled = true;
  while (!list.showOlder() && older.place && !store.isFull) {
    say(byId("more"), t("floor.more_loading"));
    if (!(await guarded(readOlder))) break;
  }
  byId("more").disabled = false;
  say(byId("more"), store.isFull ? t("floor.memory_full") : t("floor.more"));
}

/** A page of it may hold nothing but more about the rows that are shown already. */
async function readOlder() {
  const page = await readHistory(filters.query, older.place);
  older = { place: page.next, done: page.next === null };
  take(page);
  list.update(rows());
}

/** Run a read of the history; a failure is said on the page, and everything goes on. */
async function guarded(read) {
  try {
    await read();
    say(byId("notice"), "");
    return true;
  } catch (error) {
    say(byId("notice"), error.status === 503 ? t("floor.history_down") : error.message);
    return false;
  }
}

let polling = false;
async function poll() {
  const needed = !pulse.live || !loaded;
  if (polling || !needed || connection !== "open") return;
  polling = true;
  await (loaded ? rereadHistory() : filtersChanged());
  polling = false;
}

function pulsed(figures) {
  const isBack = figures.live && !pulse.live;
  pulse = figures;
  strip.pulse(figures);
  quarantine.pulse(figures);
  showState();
  if (isBack) rereadHistory();
}

function connectionChanged(state) {
  connection = state;
  showState();
}

function showState() {
  strip.state(connection !== "open" ? connection : pulse.live ? "live" : "polling");
}

function togglePause() {
  list.paused = !list.paused;
  byId("pause").setAttribute("aria-pressed", String(list.paused));
  byId("pause").textContent = t(list.paused ? "floor.resume" : "floor.pause");
}

function openRow(event) {
  if (!list.selected || !event.target.matches(".row")) return;
  event.preventDefault();
  location.assign(event.target.querySelector("a.title").href);
}

function listChanged({ held, waiting, shown, hasOlder }) {
  say(byId("hold"), held && held !== "paused" && waiting ? t(`hold.${held}`) : "");
  say(byId("show-new"), waiting ? t("floor.new", { n: waiting }) : "");
  const isEmpty = loaded && shown === 0;
  say(byId("empty"), isEmpty ? t(filters.isActive ? "floor.empty_filtered" : "floor.empty") : "");
  byId("more").hidden = shown === 0 || !(hasOlder || older.place);
  byId("alerts").setAttribute("aria-busy", String(!loaded));
}

function announce() {
  const high = [...unsaid.values()].filter(Boolean).length;
  if (unsaid.size && !list.paused) byId("announcer").textContent = t("floor.announce", { n: unsaid.size, high });
  unsaid.clear();
}

export { live };
