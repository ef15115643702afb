// Shares with their 95 % intervals: the number, how sure it is, and both drawn on a scale from 0 to 100 %.

import { el } from "./dom.js";
import { language, t } from "./i18n.js";
import { svg } from "./svg.js";

const shares = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 });
const decimals = new Intl.NumberFormat(language, { maximumFractionDigits: 3 });

export const percent = (value) => (value === null ? t("figures.unknown") : shares.format(value));
export const decimal = (value) => (value === null || value === undefined ? t("figures.unknown") : decimals.format(value));

export const interval = ({ low, high }) => t("figures.interval", { low: shares.format(low), high: shares.format(high) });

export function estimate(found) {
  if (found.value === null) return el("span", { class: "muted", text: t("figures.unknown") });
  return el(
    "div",
    {},
    el("span", { class: "estimate" }, `${percent(found.value)} `, el("span", { class: "sure", text: interval(found) })),
    scale(found),
  );
}

/** Nothing that is not in words beside it. */
function scale({ value, low, high }) {
  return svg(
    "svg",
    { class: "interval", viewBox: "0 0 100 8", preserveAspectRatio: "none", "aria-hidden": "true" },
    svg("rect", { class: "scale", x: 0, y: 2, width: 100, height: 4 }),
    svg("rect", { class: "span", x: 100 * low, y: 1, width: Math.max(1, 100 * (high - low)), height: 6 }),
    svg("rect", { class: "point", x: Math.min(98, 100 * value - 1), y: 0, width: 2, height: 8 }),
  );
}
