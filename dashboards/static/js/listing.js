// The listing as it was seen, every field, with what matched highlighted in place.

import { el } from "./dom.js";
import { facts, outsideLink, section } from "./facts.js";
import { t } from "./i18n.js";
import { highlighted } from "./spans.js";

const PLAIN = ["brand", "category", "condition", "state", "lang", "market", "ships_from", "listed_at"];

export function listingSection(alert, listing, page) {
  if (!listing) return section(t("alert.listing"), el("p", { class: "muted", text: t("alert.listing_missing") }), identity(alert));
  const shown = (field, text) => el("bdi", { class: "text" }, ...highlighted(String(text), field, alert.reasons));
  return section(
    t("alert.listing"),
    facts([
      ["title", shown("title", listing.title)],
      ["description", listing.description && shown("description", listing.description)],
      ["price", listing.price === undefined ? null : `${listing.price} ${listing.currency ?? ""}`],
      ["attributes", attributes(listing, shown)],
      ...PLAIN.map((name) => [name, listing[name] && shown(name, listing[name])]),
      ["seller", seller(listing, shown)],
      ["images", (listing.images ?? []).map((image) => el("div", {}, image.url ? outsideLink(image.url) : imageText(image)))],
      ["platform", shown("platform", listing.platform)],
      ["listing_id", shown("listing_id", listing.listing_id)],
      ["url", listing.url && outsideLink(listing.url)],
    ]),
    listing.other ? otherFields(listing.other) : "",
    page?.raw ? rawLine(page) : "",
  );
}

function identity(alert) {
  return facts([["title", alert.title], ["platform", alert.platform], ["listing_id", alert.listing_id], ["url", alert.url && outsideLink(alert.url)]]);
}

function attributes(listing, shown) {
  return Object.entries(listing.attributes ?? {}).map(([name, text]) =>
    el("div", { class: "attribute" }, el("bdi", { class: "muted", text: name }), " ", shown(`attributes.${name}`, text)),
  );
}

function seller(listing, shown) {
  return Object.entries(listing.seller ?? {})
    .filter(([, text]) => text !== null)
    .map(([name, text]) =>
      el("div", { class: "attribute" }, el("bdi", { class: "muted", text: name }), " ", name === "url" ? outsideLink(text) : shown(`seller.${name}`, text)),
    );
}

const imageText = (image) => el("bdi", { class: "mono", text: image.path ?? image.pdq ?? "" });

function otherFields(other) {
  const items = Object.entries(other).map(([name, text]) => el("div", { class: "attribute" }, el("bdi", { class: "muted", text: name }), " ", el("bdi", { text })));
  return el("details", {}, el("summary", { text: t("alert.other_fields") }), ...items);
}

function rawLine(page) {
  const cut = page.raw_bytes > 65536 ? ` (${t("alert.raw_cut", { n: 65536 })})` : "";
  return el("details", {}, el("summary", { text: t("alert.raw") + cut }), el("pre", { class: "raw", tabindex: "0", text: page.raw }));
}
