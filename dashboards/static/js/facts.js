// Lists of facts: a name and a value each, nothing shown for what is not known.

import { el, safeUrl } from "./dom.js";
import { t, word } from "./i18n.js";

/** A <dl> of [name, value] pairs; a value is text, an element, or a list of either. Null pairs are left out. */
export function facts(pairs) {
  const list = el("dl", { class: "facts" });
  for (const [name, value] of pairs) {
    if (value === null || value === undefined || value === "" || (Array.isArray(value) && !value.length)) continue;
    const parts = Array.isArray(value) ? value : [value];
    list.append(el("div", {}, el("dt", { text: word("field", name) }), el("dd", {}, ...parts.map(isolated))));
  }
  return list;
}

/** Text of unknown direction must not reorder what stands beside it. */
function isolated(part) {
  return part instanceof Node ? part : el("bdi", { text: String(part) });
}

export const mono = (text) => (text ? el("code", { text: String(text) }) : null);

/** An address from a listing: a link only when it is plainly http(s), shown as the text it is. */
export function outsideLink(address) {
  const url = safeUrl(address);
  if (!url) return el("bdi", { class: "mono", text: String(address) });
  return el("a", {
    class: "outside mono",
    href: url,
    rel: "noopener noreferrer nofollow",
    target: "_blank",
    referrerpolicy: "no-referrer",
    title: t("alert.link_note"),
    text: address,
  });
}

/** A section with a heading. */
export function section(heading, ...children) {
  return el("section", { class: "sheet" }, el("h2", { text: heading }), ...children);
}
