// The right an alert is about: what it is, whose, whether it holds and until when.

import { el } from "./dom.js";
import { facts, section } from "./facts.js";
import { t, word } from "./i18n.js";

export function rightSection(alert, right) {
  if (!right) {
    const text = t(alert.right_id ? "alert.right_unknown" : "alert.right_none");
    return section(t("alert.right"), el("p", { class: "muted", text }), facts([["right_id", alert.right_id], ["subject", alert.subject]]));
  }
  const list = (value) => (Array.isArray(value) ? value.join(", ") : "");
  const holder = right.holder ?? {};
  return section(
    t("alert.right"),
    el("p", { class: "right-title" }, el("bdi", { text: right.marks?.[0] ?? right.title ?? right.right_id })),
    facts([
      ["kind", word("kind", right.kind)],
      ["status", status(right)],
      ["holder", holder.name ?? holder.id],
      ["uscc", holder.uscc],
      ["right_id", el("a", { href: `/rights/${encodeURIComponent(right.right_id)}` }, el("bdi", { text: right.right_id }))],
      ["office", right.office],
      ["number", right.number],
      ["title", right.title],
      ["marks", list(right.marks)],
      ["aliases", list(right.aliases)],
      ["classes", list(right.classes)],
      ["territories", list(right.territories) || t("field.everywhere")],
      ["filed_on", right.filed_on],
      ["granted_on", right.granted_on],
      ["expires_on", right.expires_on],
      ["status_since", right.status_since],
      ["status_as_of", right.status_as_of],
      ["usual_price", right.usual_price && `${right.usual_price.amount} ${right.usual_price.currency}`],
      ["well_known", right.well_known && t("field.yes")],
      ["policy", right.policy],
      ["licensees", (right.licensees ?? []).map((licensee) => el("div", {}, el("bdi", { text: licenseeText(licensee) })))],
    ]),
  );
}

function status(right) {
  const name = right.status ?? "granted";
  return el("span", { class: `status status-${name === "granted" ? "good" : "bad"}`, text: word("status", name) });
}

function licenseeText(licensee) {
  const who = licensee.name ?? licensee.seller_id ?? licensee.uscc;
  const when = licensee.from || licensee.to ? ` (${licensee.from ?? "…"} – ${licensee.to ?? "…"})` : "";
  return who + when;
}
