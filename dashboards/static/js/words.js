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

/** Each finding once, with its text and where that is, unless in the title: [{words, text, where}]. A text is given once. */
export function findings(alert) {
  const named = new Map();
  const [said, given] = [new Set(), new Set()];
  for (const reason of (alert.reasons ?? []).map(readable).sort((a, b) => isElsewhere(a) - isElsewhere(b))) {
    const words = finding(reason);
    if (said.has(`${words} ${reason.text}`)) continue; // once, where it is easiest to see
    const isGiven = given.has(`${reason.field} ${reason.text}`);
    said.add(`${words} ${reason.text}`);
    given.add(`${reason.field} ${reason.text}`);
    const place = isElsewhere(reason) && !isGiven ? where(reason.field) : "";
    if (!named.has(words + place)) named.set(words + place, { words, texts: [], where: place });
    if (reason.text && !isGiven) named.get(words + place).texts.push(reason.text);
  }
  const found = [...named.values()].map(({ texts, ...rest }) => ({ ...rest, text: texts.slice(0, 3).join(" ") }));
  const reasoned = new Set((alert.reasons ?? []).map((reason) => reason.how));
  for (const signal of ["price_far_under", "any_use"]) {
    if (alert.signals && signal in alert.signals && !reasoned.has(signal)) found.push({ words: word("signal", signal), text: "", where: "" });
  }
  return found;
}

/** Whether a reason's text has to be looked for outside the title. */
const isElsewhere = (reason) => Boolean(reason.text) && reason.field !== "title";

/** Whether a reason is about a picture that is a copy: by its fingerprint or, where it is cut or covered, by its pixels. */
export const isCopy = (reason) => typeof reason.distance === "number" || reason.how === "features";

/** A picture's reason with what a person can read in place of its fingerprint. */
export function readable(reason) {
  if (!isCopy(reason)) return { ...reason };
  const view = reason.view && reason.view !== "whole" ? `${viewWords(reason.view)}${t("view.end")}` : "";
  const [points, same, compared] = reason.note?.match(/\d+/g) ?? [];
  const key = reason.how === "features" ? "how.agree" : "how.apart";
  return { ...reason, text: t(key, { ...reason, view, points, same, compared }) };
}

/** What was done to a picture: "collage 2 of 4, trimmed, mirror", part by part, its numbers put into each. */
export function viewWords(view) {
  const parts = view.split(", ").map((part) => {
    const numbers = part.match(/\d+/g) ?? [];
    return t(`view.${part.replace(/\d+/g, "n")}`, { a: numbers[0], b: numbers[1], n: numbers[0] });
  });
  return parts.map((part, at) => (part.startsWith("view.") ? view.split(", ")[at] : part)).join(t("view.and"));
}

/** One line: "identical mark Nike + counterfeit wording 高仿 in description". */
export function sentence(alert) {
  return findings(alert).map(({ words, text, where }) => [words, text, where].filter(Boolean).join(" ")).join(" + ");
}

/** What the right is called: its mark as matched, else its title, else its id. */
export function rightName(alert, right) {
  const matched = (alert.reasons ?? []).find((reason) => reason.matched && !isCopy(reason) && !isWording(reason));
  return (alert.kind === "trademark" && (right?.mark ?? matched?.matched)) || right?.title || alert.right_id || alert.subject;
}

/** The name a page gives a field such as `attributes.材质` or `images[0]`. */
export function fieldName(field) {
  const [head, ...rest] = String(field).split(".");
  const base = head.replace(/\[\d+\]$/, "");
  const index = head.slice(base.length);
  if (base === "images" && index) return t("field.picture", { n: Number(index.slice(1, -1)) + 1 });
  return [word("field", base) + index, ...rest].join(" · ");
}

/** A field's name within a sentence: "in attributes · 材质". */
export function where(field) {
  const name = fieldName(field);
  return t("alert.where", { field: name.charAt(0).toLowerCase() + name.slice(1) });
}

export const sellerName = (alert) => alert.seller?.name || alert.seller?.id || t("row.no_seller");

/** The seller as the API names it: an id means nothing without its platform. */
export const sellerKey = (alert) => {
  const own = alert.seller?.id || alert.seller?.name;
  return own ? `${alert.platform}:${own}` : null;
};
