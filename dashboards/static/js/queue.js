// The queue: cases worked one after the other, by keyboard alone where somebody wants it.

import "./chrome.js";
import { read, write } from "./address.js";
import { getJson } from "./api.js";
import { CasePane } from "./case.js";
import { causeContent } from "./cause.js";
import { confirmed } from "./confirming.js";
import { byId, el, say } from "./dom.js";
import { tick } from "./due.js";
import { Filters, NAMES } from "./filters.js";
import { t } from "./i18n.js";
import { Judging } from "./judging.js";
import { bindKeys } from "./keys.js";
import { LiveConnection } from "./live.js";
import { Acts, stated } from "./queue_acts.js";
import { BY, QueuePane } from "./queue_pane.js";
import { refusal } from "./refusal.js";
import { Sound } from "./sound.js";
import { doneText, isMine, isOthers, may, me, ownVerdict, verdictWords } from "./states.js";
import { Strip } from "./strip.js";
import { Todo } from "./todo.js";
import { bindViews } from "./views.js";

const BULK_ROWS = 500; // of a cause: as many as one look and one confirmation can answer for
const URGENT_ROWS = 100;
const ADDRESS_MS = 300; // browsers let a page change its address only so often
const COUNT_MS = 15_000; // also without any news
const COUNT_SOON_MS = 700; // after one's own act
const COUNT_LATER_MS = 5000; // after what others do, so that a flood is not counted at every alert
const ANNOUNCE_MS = 6000;
const HELD_MESSAGES = 2000; // while paused; beyond it the list is read again instead

const strip = new Strip();
const sound = new Sound();
const filters = new Filters(filtersChanged, [...NAMES, "seller"]);
const pane = new QueuePane(filters, { moved, opened, arrived, guarded });
const acts = new Acts(pane.store);
const todo = new Todo((tab) => {
  todo.shown = tab;
  pane.turn({ state: tab, cause: "" });
});
const shownCase = new CasePane(byId("case-head"), byId("case-body"));
const judging = new Judging(byId("judging"), { decided, simple, undo, next, left: () => pane.list.focus() });
const unsaid = { all: 0, high: 0 };
// What `next` looks for on each tab: cases in this state, claimed first where somebody else might take them, too.
const WAITING = {
  open: { state: "open", isClaimed: may("alerts.judge") },
  mine: { state: "open", isClaimed: may("alerts.judge") },
  review: { state: "review", isClaimed: may("alerts.judge") },
  expert: { state: "expert", isClaimed: false },
  shelved: { state: "shelved", isClaimed: false },
  closed: { state: "closed", isClaimed: false },
};
let bulk = null; // {cause, items}: the cases of the cause under the cursor
let paused = null; // messages held back; null while nothing is
let connection = "connecting";
let pulse = { live: true };
let counting = 0;
let hasBegun = false;
let addressing = 0;

setUp();
new LiveConnection({
  hello: begin,
  alerts: (message) => heard(() => pane.take(message)),
  triage: (message) => heard(() => changedElsewhere(message.changes)),
  gap: () => heard(() => pane.reread()),
  pulse: pulsed,
  state: connectionChanged,
});

function setUp() {
  const choices = (select, names, chosen) => {
    select.append(...names.map(([value, text]) => el("option", { value, text })));
    select.value = chosen;
  };
  choices(byId("by"), [["", t("queue.by_nothing")], ...BY.map((by) => [by, t(`queue.by_${by}`)])], pane.by);
  choices(byId("sort"), [["urgent", t("queue.sort_urgent")], ["newest", t("queue.sort_newest")]], pane.sort);
  byId("by").addEventListener("change", (event) => pane.turn({ by: event.target.value, cause: "" }));
  byId("sort").addEventListener("change", (event) => pane.turn({ sort: event.target.value }));
  byId("next").addEventListener("click", next);
  byId("show-new").addEventListener("click", () => pane.load());
  byId("up").addEventListener("click", leaveCause);
  byId("back").addEventListener("click", back);
  byId("pause").addEventListener("click", togglePause);
  byId("sound").addEventListener("click", toggleSound);
  byId("more-filters").addEventListener("click", () => openFilters(byId("filter-fields").hidden));
  byId("export").hidden = !may("verdicts.export");
  bindViews();
  showSound();
  openFilters(false);
  todo.shown = pane.tab;
  setInterval(tickAll, 1000);
  setInterval(() => {
    count();
    pane.list.refresh(pane.ids); // claims run out
  }, COUNT_MS);
  setInterval(announce, ANNOUNCE_MS);
  bindKeys(
    {
      j: () => pane.list.move(1),
      k: () => pane.list.move(-1),
      ArrowDown: (event) => pressedArrow(event, 1),
      ArrowUp: (event) => pressedArrow(event, -1),
      n: next,
      r: () => pane.load(),
      g: group,
      p: togglePause,
      m: toggleSound,
      "/": search,
      Escape: escape,
      ...Object.fromEntries([..."yxvescuz"].map((key) => [key, () => judging.press(key)])),
    },
    entered,
  );
}

function tickAll() {
  tick(document);
  pane.wake();
}

/** The stream is open from here on, so what the list lacks will still come. A later `hello` follows a break. */
async function begin() {
  if (hasBegun) return heard(() => pane.reread());
  hasBegun = true;
  count();
  await pane.load({ first: read("case") || null });
}

async function filtersChanged() {
  openFilters();
  await pane.load();
  soonCount();
}

function openFilters(isOpen = !byId("filter-fields").hidden) {
  byId("filter-fields").hidden = !isOpen;
  byId("more-filters").setAttribute("aria-expanded", String(isOpen));
  const { text, ...others } = filters.query;
  byId("filters-active").textContent = Object.keys(others).length || "";
}

/** Run something that may fail; the failure is said on the page, and everything goes on. */
async function guarded(work) {
  try {
    await work();
    say(byId("notice"), "");
    return true;
  } catch (error) {
    if (error.status === undefined) throw error;
    say(byId("notice"), error.message);
    return false;
  }
}

// ---- what is in hand

function moved(id) {
  const item = pane.current;
  clearTimeout(addressing);
  addressing = setTimeout(() => write({ case: item?.group_id ?? "" }), ADDRESS_MS);
  byId("case").dataset.case = item?.group_id ?? "";
  byId("up").hidden = !pane.cause;
  if (pane.cause) byId("up").textContent = `← ${t(`queue.all_${pane.by}`)}`;
  if (pane.currentCause) return showCause(pane.currentCause);
  bulk = null;
  if (!item) {
    judging.show(null);
    return shownCase.empty(t("queue.nothing_in_hand"));
  }
  if (shownCase.shown !== id) {
    say(byId("said"), "");
    refuse(null);
    judging.undo = undoable();
    judging.show(item.triage);
  } else if (!judging.isOpen) judging.show(item.triage);
  shownCase.show(item, pane.rightOf(item.alert));
}

async function showCause(cause) {
  if (bulk?.cause === cause) return; // until the causes are read anew
  const mine = (bulk = { cause, items: [] });
  shownCase.empty(t("page.loading"));
  judging.show(null);
  await guarded(async () => {
    const page = await getJson("/api/v1/queue", { ...filters.query, state: pane.tab, cause_by: pane.by, cause: cause.cause, limit: BULK_ROWS });
    if (bulk !== mine) return;
    pane.know(page.rights);
    mine.items = page.items;
    byId("case-body").replaceChildren(...causeContent(cause, page, pane.by, pane.rightOf));
    const open = mine.items.filter((item) => item.triage.state === "open");
    if (open.length) judging.show(open[0].triage, { n: open.length, label: cause.label || cause.cause });
  });
}

function opened() {
  if (pane.currentCause) return pane.turn({ cause: pane.currentCause.cause });
  byId("main").dataset.view = "case";
}

function entered(event) {
  if (event.target.matches("button, a, summary, input")) return;
  event.preventDefault();
  if (pane.list.cursor === null) return next();
  opened();
  if (pane.current) byId("case-title")?.focus();
}

function pressedArrow(event, step) {
  if (event.target === byId("case-body")) byId("case-body").scrollBy(0, step * 60);
  else pane.list.move(step);
}

function back() {
  byId("main").dataset.view = "list";
  pane.list.focus();
}

function escape() {
  if (byId("main").dataset.view === "case" || byId("case").contains(document.activeElement)) back();
  else if (pane.cause) leaveCause();
}

function leaveCause() {
  return pane.turn({ cause: "" });
}

function group() {
  const at = BY.indexOf(pane.by);
  const by = BY[at + 1] ?? "";
  byId("by").value = by;
  pane.turn({ by, cause: "" });
}

function search() {
  byId("main").dataset.view = "list";
  filters.focus();
}

// ---- acts

/** Claim and open what is next. */
async function next() {
  if (pane.isOfCauses) return pane.list.move(1);
  await doing(async () => goOn(await upcoming()));
}

/** The next case that waits for this person: one below that is theirs already, else the most urgent that nobody has. */
async function upcoming() {
  const waits = WAITING[pane.tab];
  const isTheirs = ({ state, judged_by, ...claim }) => state === waits.state && judged_by !== me && (waits.isClaimed ? isMine(claim) : !isOthers(claim));
  const [below, above] = pane.list.around().map((ids) => ids.find((id) => isTheirs(pane.store.get(id).triage)));
  if (below || !waits.isClaimed) return { id: below ?? above };
  const { claimed } = await acts.claimNext({ ...pane.query, state: waits.state });
  return claimed.length ? { state: stated(claimed)[0] } : { id: above };
}

async function goOn({ id, state }) {
  if (state) await pane.hand(state);
  else if (id) pane.list.go(id);
  else return said(t("queue.nothing_left"));
  byId("main").dataset.view = "case";
}

async function decided(decision) {
  if (bulk) return bulkVerdict(decision);
  const item = pane.current;
  await doing(async () => {
    // Claimed at the same time, so that nobody waits twice; a case that is nobody's yet could be taken for the next one.
    const following = isMine(item.triage) ? upcoming() : null;
    following?.catch(() => {}); // it is told when it is waited for
    const refused = await given(item, decision);
    if (refused) return refuse(refused);
    soonCount();
    await goOn(await (following ?? upcoming()));
    said(doneText(item, decision));
  }, item);
}

/** Send a decision about a case and take over what holds then. Returns the refusal, if it was refused. */
async function given(item, { act, verdict, reason_code, note, until, scope }) {
  if (act === "shelve") {
    const answer = await acts.shelve(item, scope, until, note);
    pane.apply(stated(answer.shelved));
    if (scope !== "offer") {
      pane.apply([{ ...item.triage, group_id: item.group_id, state: "shelved", shelved_until: until, note }]);
      await pane.load();
    }
    return answer.refused[0];
  }
  if (act === "verdict") {
    const { refused, states } = await acts.verdict([item], { verdict, reason_code, note });
    pane.apply(states);
    return refused[0];
  }
  pane.apply(await acts.about(item, act, act === "expert" ? { note } : { verdict, reason_code, note }));
  return undefined;
}

/** All open cases of a cause at once, after a yes to their number. */
async function bulkVerdict({ verdict, reason_code, note }) {
  const { cause, items } = bulk;
  const open = items.filter((item) => item.triage.state === "open");
  const words = { n: open.length, verdict: verdictWords(verdict, reason_code), label: cause.label || cause.cause };
  if (!(await confirmed({ title: t("bulk.title", words), what: t(cause.groups > open.length ? "bulk.some" : "bulk.all", { ...words, all: cause.groups }), yes: t("bulk.yes", words) }))) return pane.list.focus();
  await doing(async () => {
    const { given, refused } = await acts.verdict(open, { verdict, reason_code, note });
    bulk = null;
    await pane.load();
    said(t(refused.length ? "done.bulk_some" : "done.bulk", { n: given.length, refused: refused.length, verdict: words.verdict }));
    soonCount();
    pane.list.focus();
  });
}

async function simple(act) {
  const item = pane.current;
  await doing(async () => {
    const answer = await acts.simple(act, [item.group_id]);
    pane.apply(stated(answer.claimed ?? answer.released ?? answer.shelved));
    const [refused] = answer.refused ?? [];
    if (refused?.code === "state" && act === "unshelve") await unshelveAll(item);
    else if (refused) refuse(refused);
    soonCount();
  }, item);
}

/** A case that is not shelved by itself lies there with all of its seller or right. */
async function unshelveAll(item) {
  const isWanted = await confirmed({ title: t("shelve.together_title"), what: t("shelve.together"), yes: t("shelve.together_yes") });
  if (!isWanted) return;
  await acts.unshelveAll(item);
  await pane.load();
  said(t("done.unshelve"));
}

async function undo() {
  const act = undoable();
  if (!act) return said(t("queue.nothing_to_undo"));
  await doing(async () => {
    const states = await acts.undo(act);
    pane.apply(states);
    if (pane.isOfCauses) await pane.load();
    else if (states.length) await pane.hand(states[0]);
    said(t("done.undo", { n: states.length }));
    soonCount();
  });
}

/** What can be taken back: the latest act here, else the verdict on the case in hand where it is one's own and fresh. */
function undoable() {
  const item = pane.current;
  return acts.latest() ?? (item && ownVerdict(item.triage) ? { ids: [item.group_id] } : null);
}

/** One act at a time; what the server refuses is shown where the case is, with what holds now. */
async function doing(work, item = null) {
  judging.busy(true);
  try {
    await work();
  } catch (error) {
    if (error.status === undefined) throw error;
    if (item && error.problem?.state) pane.apply(stated([{ group_id: item.group_id, state: error.problem.state }]));
    refuse({ code: error.code, message: error.message, state: error.problem?.state, by: error.problem?.by });
  }
  judging.busy(false);
  judging.undo = undoable();
}

function refuse(refused) {
  const box = byId("refused");
  box.hidden = refused === null;
  box.replaceChildren(...(refused ? refusal(refused) : []));
}

function said(text) {
  say(byId("said"), text);
}

// ---- what arrives

function heard(work) {
  if (paused === null) return work();
  if (paused.length < HELD_MESSAGES) paused.push(work);
  byId("pause").textContent = t("queue.resume", { n: paused.length });
}

function togglePause() {
  const held = paused;
  paused = paused === null ? [] : null;
  byId("pause").setAttribute("aria-pressed", String(paused !== null));
  byId("pause").textContent = t(paused === null ? "floor.pause" : "floor.resume");
  if (held === null) return;
  for (const work of held) work();
  if (held.length >= HELD_MESSAGES) pane.reread();
}

function arrived(alerts) {
  const high = alerts.filter((alert) => alert.tier === "high").length;
  unsaid.all += alerts.length;
  unsaid.high += high;
  if (high) sound.play();
  soonCount(COUNT_LATER_MS);
}

function changedElsewhere(changes) {
  pane.hear(changes);
  soonCount(COUNT_LATER_MS);
}

function announce() {
  if (unsaid.all) byId("announcer").textContent = t("floor.announce", { n: unsaid.all, high: unsaid.high });
  unsaid.all = unsaid.high = 0;
}

function toggleSound() {
  sound.toggle();
  showSound();
}

function showSound() {
  byId("sound").textContent = t(sound.isOn ? "queue.sound_on" : "queue.sound_off");
  byId("sound").setAttribute("aria-pressed", String(sound.isOn));
}

function soonCount(wait = COUNT_SOON_MS) {
  if (counting && wait === COUNT_LATER_MS) return;
  clearTimeout(counting);
  counting = setTimeout(count, wait);
}

/** The counts, the flood and the most urgent cases, whatever is listed just now. */
async function count() {
  clearTimeout(counting);
  counting = 0;
  await guarded(async () => {
    const page = await getJson("/api/v1/queue", { state: "open", tier: "high", sort: "urgent", limit: URGENT_ROWS });
    todo.tell({ counts: page.counts, flood: page.flood, urgent: page.items, isMore: Boolean(page.next) });
  });
}

function pulsed(figures) {
  const isBack = figures.live && !pulse.live;
  pulse = figures;
  strip.pulse(figures);
  showState();
  if (isBack) heard(() => pane.reread());
}

function connectionChanged(state) {
  const isBack = state === "open" && connection === "reconnecting";
  connection = state;
  showState();
  if (isBack) heard(() => pane.reread());
}

function showState() {
  strip.state(connection !== "open" ? connection : pulse.live ? "live" : "polling");
}
