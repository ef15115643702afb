// The offer and the right side by side: what each says of the same thing, and where they part.

import { el } from "./dom.js";
import { outsideLink } from "./facts.js";
import { number, t, word } from "./i18n.js";
import { shareOfUsual } from "./money.js";
import { highlighted } from "./spans.js";
import { bar } from "./why.js";

const LONG = 400; // characters of a description shown at once

export function sidesSection(alert, listing, right) {
  return el("section", { class: "sheet sides-sheet" }, el("h2", { class: "hidden", text: t("sides.heading") }), sides(alert, listing, right));
}

/** A table of three columns; a row that neither side can fill is left out. */
function sides(alert, listing, right) {
  const offer = listing ?? { title: alert.title, platform: alert.platform, listing_id: alert.listing_id, url: alert.url, seller: alert.seller };
  const rows = [
    row("name", shown(alert, "title", offer.title), names(alert, right)),
    row("text", description(alert, offer), right?.title && right.title !== right.marks?.[0] ? plain(right.title) : null),
    row("price", price(offer), right?.usual_price && plain(t("sides.usual", money(right.usual_price))), priceNote(offer, right)),
    row("seller", seller(alert, offer), holder(right), licence(alert, offer, right)),
    row("goods", goods(alert, offer), right?.classes?.length ? plain(t("sides.classes", { classes: right.classes.join(", ") })) : null),
    row("place", place(offer), right ? plain((right.territories ?? []).join(", ") || t("field.everywhere")) : null),
    row("standing", standing(offer), right ? status(right) : null),
    row("link", offer.url ? [outsideLink(offer.url)] : plain(`${offer.platform} ${offer.listing_id}`), right ? plain([right.office, right.number].filter(Boolean).join(" ") || right.right_id) : null),
  ];
  return el(
    "table",
    { class: "sides" },
    el("thead", {}, el("tr", {}, el("td"), el("th", { scope: "col", text: t("sides.offer") }), el("th", { scope: "col", text: t("sides.right") }))),
    el("tbody", {}, ...rows.filter(Boolean)),
  );
}

function row(name, offer, right, note = null) {
  if (!offer && !right) return null;
  const cell = (side, content) => el("td", { dataset: { side: t(`sides.${side}`) } }, ...(content ?? [el("span", { class: "muted", text: "—" })]));
  const left = cell("offer", offer);
  if (note) left.append(note);
  return el("tr", { dataset: { row: name } }, el("th", { scope: "row", text: t(`sides.${name}`) }), left, cell("right", right));
}

const plain = (text) => (text ? [el("bdi", { text: String(text) })] : null);
const shown = (alert, field, text) => (text ? [el("bdi", { class: "text" }, ...highlighted(String(text), field, alert.reasons))] : null);
const money = ({ amount, currency }) => ({ price: `${amount} ${currency}` });

function names(alert, right) {
  if (!right) return plain(alert.right_id ? t("alert.right_unknown") : t("alert.right_none"));
  const written = [...(right.marks ?? []), ...(right.aliases ?? [])];
  const first = written[0] ?? right.title ?? right.right_id;
  return [el("strong", {}, el("bdi", { text: first })), written.length > 1 ? el("bdi", { class: "muted also", text: written.slice(1, 8).join(" · ") }) : ""];
}

function description(alert, offer) {
  if (!offer.description) return null;
  const text = el("bdi", { class: "text" }, ...highlighted(String(offer.description), "description", alert.reasons));
  if (offer.description.length <= LONG) return [text];
  return [el("div", { class: "long", tabindex: "0", role: "group", "aria-label": t("sides.text") }, text)];
}

const price = (offer) => (offer.price === undefined || offer.price === null ? null : [el("strong", {}, el("bdi", { text: `${offer.price} ${offer.currency ?? ""}` }))]);

function priceNote(offer, right) {
  const share = shareOfUsual(offer, right);
  if (share === null) return null;
  const look = share < 0.5 ? "bad" : "calm";
  return el("div", { class: `share-of-usual is-${look}` }, bar(share), el("span", { text: t("sides.share", { percent: number(Math.round(share * 100)) }) }));
}

function seller(alert, offer) {
  const found = offer.seller ?? alert.seller;
  if (!found) return null;
  const details = [found.name && found.id ? found.id : null, found.uscc, found.region].filter(Boolean).join(" · ");
  return [el("strong", {}, el("bdi", { text: found.name ?? found.id ?? "" })), el("bdi", { class: "muted also", text: details })];
}

function holder(right) {
  if (!right?.holder) return null;
  const { name, id, uscc } = right.holder;
  return [el("strong", {}, el("bdi", { text: name ?? id ?? "" })), uscc ? el("bdi", { class: "muted also", text: uscc }) : ""];
}

/** Whether the seller is the holder's own shop or on a licence: the first thing that makes an offer innocent. */
function licence(alert, offer, right) {
  const found = offer.seller ?? alert.seller;
  if (!right || !found) return null;
  const isSame = (party) => Boolean((party.seller_id && party.seller_id === found.id) || (party.uscc && party.uscc === found.uscc));
  const isShop = (right.holder?.sellers ?? []).some((shop) => shop.seller_id === found.id && (!shop.platform || shop.platform === offer.platform)) || Boolean(right.holder?.uscc && right.holder.uscc === found.uscc);
  const isLicensed = (right.licensees ?? []).some(isSame);
  const key = isShop ? "own_shop" : isLicensed ? "licensed" : "no_licence";
  return el("p", { class: `licence is-${key}`, text: t(`sides.${key}`) });
}

function goods(alert, offer) {
  const said = [["category", offer.category], ["brand", offer.brand]].filter(([, text]) => text);
  const attributes = Object.entries(offer.attributes ?? {}).slice(0, 6).map(([name, text]) => [`attributes.${name}`, text, name]);
  const lines = [...said.map(([field, text]) => [field, text, word("field", field)]), ...attributes];
  if (!lines.length) return null;
  return lines.map(([field, text, name]) => el("div", {}, el("bdi", { class: "muted", text: name }), " ", el("bdi", {}, ...highlighted(String(text), field, alert.reasons))));
}

function place(offer) {
  const parts = [offer.market, offer.ships_from && t("sides.ships_from", { place: offer.ships_from })].filter(Boolean);
  return parts.length ? plain(parts.join(" · ")) : null;
}

function standing(offer) {
  return plain([offer.condition && word("condition", offer.condition), offer.state && word("offer_state", offer.state)].filter(Boolean).join(" · "));
}

function status(right) {
  const name = right.status ?? "granted";
  const until = right.expires_on ? el("bdi", { class: "muted also", text: t("sides.until", { date: right.expires_on }) }) : "";
  return [el("span", { class: `status status-${name === "granted" ? "good" : "bad"}`, text: word("status", name) }), until];
}
