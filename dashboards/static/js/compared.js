// An alert's pictures side by side: the offer's with the place outlined, the right's with the offer's laid over it.

import { el } from "./dom.js";
import { section } from "./facts.js";
import { t } from "./i18n.js";
import { finding, isCopy, readable, where } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";

/** Nothing where no reason names a picture that was kept. */
export function picturesSection(alert) {
  const shown = alert.reasons.filter((reason) => reason.picture || reason.registered);
  if (!shown.length) return "";
  const isCompared = shown.some((reason) => reason.registered);
  return section(t(isCompared ? "alert.pictures" : "alert.picture"), ...shown.flatMap((reason) => [pair(alert, reason), allowLink(reason)]));
}

/** Where a picture is kept for an alert. */
export const pictureAddress = (alert, digest) => `/api/v1/alerts/${encodeURIComponent(alert.alert_id)}/pictures/${encodeURIComponent(digest)}`;

function pair(alert, reason) {
  const caption = `${where(reason.field)}: ${finding(reason)}, ${readable(reason).text ?? ""}`;
  return el(
    "div",
    { class: "pictures", role: "group", "aria-label": caption },
    figure(t(reason.picture && reason.placement ? "alert.picture_outlined" : "alert.picture_offer"), reason.picture ? offered(alert, reason) : el("p", { class: "muted", text: t("alert.picture_unseen") })),
    reason.registered ? registered(alert, reason) : "",
  );
}

const offered = (alert, reason) => el("div", { class: "picture" }, image(alert, reason.picture, t("alert.picture_offer")), outline(reason));

/** Leads to where a person decides that this picture is no sign of anything. */
function allowLink(reason) {
  if (!isCopy(reason) || !reason.text) return "";
  return el("p", { class: "small" }, el("a", { href: `/pictures?pdq=${encodeURIComponent(reason.text)}`, text: t("alert.picture_allow") }));
}

function registered(alert, reason) {
  const frame = el("div", { class: "picture" }, image(alert, reason.registered, t("alert.picture_right")));
  if (!reason.placement || !reason.picture) return figure(t("alert.picture_right"), frame);
  const over = image(alert, reason.picture, "");
  over.className = "over";
  const lay = (share) => (over.style.opacity = share);
  const slider = el("input", { type: "range", min: 0, max: 100, value: 0, on: { input: (event) => lay(event.target.value / 100) } });
  lay(0);
  frame.append(over);
  new ResizeObserver(() => align(over, frame, reason.placement)).observe(frame);
  return figure(t("alert.picture_right"), frame, el("label", { class: "overlay" }, el("span", { text: t("alert.picture_over") }), slider));
}

/** Lays a picture that fills the frame so that what is alike in both lies at the same place. */
function align(over, frame, placement) {
  const inverse = inverted(placement);
  const { clientWidth: width, clientHeight: height } = frame;
  if (!inverse || !width || !height) return;
  const [a, b, x, c, d, y] = inverse;
  over.style.transform = `matrix(${a}, ${(c * height) / width}, ${(b * width) / height}, ${d}, ${x * width}, ${y * height})`;
}

/** The placement the other way round; null where the one picture is squeezed to nothing. */
export function inverted([a, b, x, c, d, y]) {
  const area = a * d - b * c;
  if (!(Math.abs(area) > 1e-9)) return null;
  return [d / area, -b / area, (b * y - d * x) / area, -c / area, a / area, (c * x - a * y) / area];
}

function outline(reason) {
  const corners = reason.placement ? placed(reason.placement) : reason.box ? boxed(reason.box) : null;
  if (!corners) return "";
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("viewBox", "0 0 1 1");
  drawing.setAttribute("preserveAspectRatio", "none");
  drawing.setAttribute("aria-hidden", "true");
  const polygon = document.createElementNS(SVG, "polygon");
  polygon.setAttribute("points", corners.map((point) => point.join(",")).join(" "));
  drawing.append(polygon);
  return drawing;
}

const placed = ([a, b, x, c, d, y]) => [[0, 0], [1, 0], [1, 1], [0, 1]].map(([u, v]) => [a * u + b * v + x, c * u + d * v + y]);
const boxed = ([left, top, right, bottom]) => [[left, top], [right, top], [right, bottom], [left, bottom]];

function figure(caption, ...content) {
  return el("figure", {}, el("figcaption", { class: "muted small", text: caption }), ...content);
}

function image(alert, digest, text) {
  const gone = (event) => event.target.closest("figure")?.replaceChildren(el("p", { class: "muted", text: t("alert.picture_gone") }));
  return el("img", { src: pictureAddress(alert, digest), alt: text, loading: "lazy", decoding: "async", on: { error: gone } });
}
