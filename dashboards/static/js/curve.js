// The calibration curve: what share infringes at each tenth of the scores. On the diagonal a score means what it says.

import { el } from "./dom.js";
import { decimal, interval, percent } from "./estimates.js";
import { number, t } from "./i18n.js";
import { svg } from "./svg.js";

const [LEFT, TOP, SIZE] = [40, 10, 260];
const x = (value) => LEFT + SIZE * value;
const y = (value) => TOP + SIZE * (1 - value);

export function curveOf(points) {
  const ticks = [0, 0.25, 0.5, 0.75, 1];
  return svg(
    "svg",
    { class: "curve", viewBox: `0 0 ${LEFT + SIZE + 20} ${TOP + SIZE + 40}`, role: "img", "aria-label": t("figures.curve_label") },
    svg("line", { x1: x(0), y1: y(0), x2: x(1), y2: y(0) }),
    svg("line", { x1: x(0), y1: y(0), x2: x(0), y2: y(1) }),
    svg("line", { class: "ideal", x1: x(0), y1: y(0), x2: x(1), y2: y(1) }),
    ...ticks.flatMap((tick) => [
      label(x(tick), y(0) + 16, decimal(tick), "middle"),
      label(x(0) - 6, y(tick) + 4, percent(tick), "end"),
    ]),
    label(x(0.5), y(0) + 34, t("figures.score"), "middle"),
    ...points.flatMap((point) => [
      svg("line", { class: "whisker", x1: x(point.mean_score), y1: y(point.share.low), x2: x(point.mean_score), y2: y(point.share.high) }),
      svg("circle", { cx: x(point.mean_score), cy: y(point.share.value), r: 4 }),
    ]),
  );
}

function label(at, height, text, anchor) {
  const element = svg("text", { x: at, y: height, "text-anchor": anchor });
  element.textContent = text;
  return element;
}

/** The same in numbers, for who cannot see it. */
export function curveTable(points) {
  const head = ["figures.score", "figures.judged", "figures.share"].map((key) => el("th", { scope: "col", text: t(key) }));
  const rows = points.map((point) =>
    el(
      "tr",
      {},
      el("td", { text: decimal(point.mean_score) }),
      el("td", { text: number(point.judged) }),
      el("td", { text: `${percent(point.share.value)} ${interval(point.share)}` }),
    ),
  );
  return el("details", {}, el("summary", { text: t("figures.in_numbers") }), el("table", {}, el("thead", {}, el("tr", {}, ...head)), el("tbody", {}, ...rows)));
}
