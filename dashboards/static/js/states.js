// What is known of a case's judging, in a few words.

import { el } from "./dom.js";
import { clock, t, word } from "./i18n.js";

export const UNDO_MS = 10 * 60_000; // [triage] undo_minutes; the server has the last word
export const me = document.documentElement.dataset.me ?? "";
const permissions = new Set((document.documentElement.dataset.permissions ?? "").split(" "));

/** Whether who is signed in may do this; the server refuses it in any case. */
export const may = (permission) => permissions.has(permission);

const isHeld = (state, now = Date.now()) => Boolean(state.claimed_by) && Date.parse(state.claimed_until) > now;
export const isMine = (state, now = Date.now()) => isHeld(state, now) && state.claimed_by === me;
export const isOthers = (state, now = Date.now()) => isHeld(state, now) && state.claimed_by !== me;
export const isWaiting = (state) => state.state === "open" || state.state === "review" || state.state === "expert";

/** "Infringing: counterfeit goods" */
export function verdictWords(verdict, code) {
  return code ? t("verdict.with_reason", { verdict: word("verdict", verdict), reason: word("reason_code", code) }) : word("verdict", verdict);
}

/** The one thing to know about a case's state as a badge; null while nobody has touched it. */
export function stateBadge(state) {
  const badge = (look, text) => el("span", { class: `badge badge-${look}`, text });
  if (state.state === "closed") return badge(state.verdict === "infringing" ? "bad" : "good", word("verdict", state.verdict ?? "closed"));
  if (state.state === "shelved") return badge("quiet", t("queue.shelved_until", { until: clock(state.shelved_until) }));
  if (isOthers(state)) return badge("quiet", t("queue.claimed_by", { by: state.claimed_by }));
  if (state.state === "review") return badge("ask", t("queue.awaits_review"));
  if (state.state === "expert") return badge("ask", t("queue.awaits_expert"));
  if (isMine(state)) return badge("mine", t("queue.yours"));
  return state.reopened_because ? badge("ask", t("queue.reopened")) : null;
}

/** Why a case is open again, in words: a code, and what came with it. */
export function because(text) {
  const [code, ...rest] = String(text).split(" ");
  return [word("reopened", code), ...rest].join(" ");
}

/** Whether the state is by one's own verdict or review that can still be taken back. */
export const ownVerdict = ({ judged_by, judged_at, state }, now = Date.now()) =>
  judged_by === me && (state === "closed" || state === "review") && Date.parse(judged_at) > now - UNDO_MS;

/** What was done with a case, in one line. */
export function doneText({ alert }, { act, verdict, reason_code, until }) {
  const words = { verdict: verdict ? verdictWords(verdict, reason_code) : "", title: alert.title.slice(0, 60), until: until ? clock(until) : "" };
  return t(`done.${act}`, words);
}
