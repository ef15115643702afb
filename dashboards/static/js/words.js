// An alert's reasons as a person would say them.

import { t, word } from "./i18n.js";

const WORDING_NOTE = "counterfeit wording";

/** Whether a reason is about wording beside the mark, not about the mark itself. */
export const isWording = (reason) => reason.note?.startsWith(WORDING_NOTE) ?? false;

/** The finding of one reason, without its text. */
export function finding(reason) {
  if (reason.code) return word("code", reason.code);
  if (isWording(reason)) return t(reason.note.endsWith("weak") ? "how.wording_weak" : "how.wording");
  return word("how", reason.how);
}

/** Each different finding once, with the text it was found in: [{words, text}]. */
export function findings(alert) {
  const seen = new Map();
  for (const reason of alert.reasons ?? []) {
    const words = finding(reason);
    if (!seen.has(words)) seen.set(words, new Set());
    if (reason.text) seen.get(words).add(reason.text);
  }
  const named = [...seen].map(([words, texts]) => ({ words, text: [...texts].slice(0, 3).join(" ") }));
  for (const signal of ["price_far_under", "any_use"]) {
    if (alert.signals && signal in alert.signals) named.push({ words: word("signal", signal), text: "" });
  }
  return named;
}

/** One line: "identical mark Nike + counterfeit wording 高仿". */
export function sentence(alert) {
  return findings(alert).map(({ words, text }) => (text ? `${words} ${text}` : words)).join(" + ");
}

/** What the right is called: its mark as matched, else its title, else its id. */
export function rightName(alert, right) {
  const matched = (alert.reasons ?? []).find((reason) => reason.matched && !isWording(reason));
  return (alert.kind === "trademark" && (right?.mark ?? matched?.matched)) || right?.title || alert.right_id || alert.subject;
}

/** The name a page gives a field such as `attributes.材质` or `images[0]`. */
export function fieldName(field) {
  const [head, ...rest] = String(field).split(".");
  const base = head.replace(/\[\d+\]$/, "");
  const index = head.slice(base.length);
  return [word("field", base) + index, ...rest].join(" · ");
}

export const sellerName = (alert) => alert.seller?.name || alert.seller?.id || t("row.no_seller");
