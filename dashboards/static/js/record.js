// What people decided before: about this seller, about this right, and about the case itself.

import { getJson } from "./api.js";
import { el } from "./dom.js";
import { section } from "./facts.js";
import { clock, moment, t, word } from "./i18n.js";
import { because, verdictWords } from "./states.js";
import { rightName, sellerKey, sellerName } from "./words.js";

const ROWS = 50;
const SHOWN = 3;
const FRESH_MS = 30_000;
const KEPT = 100;

const kept = new Map(); // the answer by what was asked, for who judges case after case of one seller and right

/** A section that fills itself; one that finds nothing says so. */
export function recordSection(alert) {
  const place = el("div", { "aria-busy": "true" }, el("p", { class: "muted", text: t("page.loading") }));
  fill(place, alert);
  return section(t("record.heading"), place);
}

async function fill(place, alert) {
  const asked = [
    ["seller", sellerKey(alert)],
    ["right_id", alert.right_id],
  ].filter(([, value]) => value);
  try {
    const found = await Promise.all(asked.map(([name, value]) => closed(name, value)));
    place.replaceChildren(...asked.map(([name], at) => line(name === "seller" ? "seller" : "right", found[at], alert)));
  } catch (error) {
    place.replaceChildren(el("p", { class: "muted", text: error.message }));
  }
  place.setAttribute("aria-busy", "false");
}

function closed(name, value, now = Date.now()) {
  const key = `${name} ${value}`;
  if (kept.size >= KEPT) kept.clear();
  if (!(kept.get(key)?.until > now)) {
    const answer = getJson("/api/v1/queue", { state: "closed", sort: "newest", limit: ROWS, [name]: value });
    answer.catch(() => kept.delete(key));
    kept.set(key, { until: now + FRESH_MS, answer });
  }
  return kept.get(key).answer;
}

function line(name, { items, next }, alert) {
  const those = items.filter((item) => item.triage.verdict && item.group_id !== alert.group_id);
  const bad = those.filter((item) => item.triage.verdict === "infringing").length;
  const text = those.length ? t(`record.${name}`, { bad, good: those.length - bad, more: next ? "+" : "" }) : t(`record.${name}_none`);
  const latest = those.slice(0, SHOWN).map((item) => earlier(name, item));
  return el("div", { class: "record" }, el("p", { class: those.length ? "" : "muted", text }), latest.length ? el("ul", {}, ...latest) : "");
}

function earlier(name, { alert, triage }) {
  const about = name === "seller" ? rightName(alert) : sellerName(alert);
  return el(
    "li",
    {},
    el("span", { class: `badge badge-${triage.verdict === "infringing" ? "bad" : "good"}`, text: verdictWords(triage.verdict, triage.reason_code) }),
    " ",
    el("a", { href: `/alerts/${encodeURIComponent(alert.alert_id)}` }, el("bdi", { text: `${about}: ${alert.title.slice(0, 80)}` })),
    triage.judged_at ? el("time", { class: "muted", datetime: triage.judged_at, text: ` ${clock(triage.judged_at)}` }) : "",
  );
}

/** What one who decides must know first: the question to the expert and the answer, as far as they are not past. */
export function openQuestions(events) {
  const asked = events.findLastIndex((event) => event.act === "ask_expert");
  if (asked < 0) return "";
  const said = events.slice(asked).filter((event) => ["ask_expert", "opinion"].includes(event.act));
  const text = ({ act, by, note, verdict, reason_code }) => t(`record.${act}`, { by, note: [verdict ? verdictWords(verdict, reason_code) : "", note].filter(Boolean).join(". ") });
  return el("div", { class: "case-notes" }, ...said.map((event) => el("p", {}, el("bdi", { text: text(event) }))));
}

/** What happened to the case, the newest first. */
export function historySection(events) {
  if (!events.length) return section(t("history.heading"), el("p", { class: "muted", text: t("history.none") }));
  return section(t("history.heading"), el("ol", { class: "history" }, ...[...events].reverse().map(eventItem)));
}

function eventItem({ act, verdict, reason_code, note, by, at }) {
  return el(
    "li",
    {},
    el("span", { class: "act", text: word("act", act) }),
    verdict ? el("strong", { text: ` ${verdictWords(verdict, reason_code)}` }) : "",
    el("span", { class: "muted" }, " ", el("bdi", { text: by }), " ", el("time", { datetime: at, title: moment(at), text: clock(at) })),
    note ? el("q", {}, el("bdi", { text: act === "reopen" ? because(note) : note })) : "",
  );
}
