// How long is left, as an operator says it.

import { t } from "./i18n.js";

export const SOON_MS = 20 * 60_000;
const MINUTE_MS = 60_000;

/** "12 min", "3 h 05 min", "2 d 4 h": never more exact than it helps. */
export function span(milliseconds) {
  const minutes = Math.floor(milliseconds / MINUTE_MS);
  if (minutes < 1) return t("due.seconds", { n: Math.max(0, Math.floor(milliseconds / 1000)) });
  if (minutes < 60) return t("due.minutes", { n: minutes });
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return t("due.hours", { n: hours, minutes: String(minutes % 60).padStart(2, "0") });
  return t("due.days", { n: Math.floor(hours / 24), hours: hours % 24 });
}

/** What a deadline looks like now: {text, level: "late" | "soon" | "calm"}; null without one. */
export function due(deadline, now = Date.now()) {
  const at = Date.parse(deadline ?? "");
  if (Number.isNaN(at)) return null;
  const left = at - now;
  if (left < 0) return { text: t("due.late", { span: span(-left) }), level: "late" };
  return { text: t("due.left", { span: span(left) }), level: left <= SOON_MS ? "soon" : "calm" };
}

/** Redraw the text of every deadline shown below an element; called once a second. */
export function tick(root, now = Date.now()) {
  for (const element of root.querySelectorAll("[data-due]")) {
    const found = due(element.dataset.due, now);
    if (!found) continue;
    if (element.textContent !== found.text) element.textContent = found.text;
    element.className = `due due-${found.level}`;
  }
}
