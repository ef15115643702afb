// A secret that the server tells once: shown until the page is left, with a button that copies it.

import { copyButton } from "./copy.js";
import { el } from "./dom.js";

export function showOnce(place, words, secret) {
  place.replaceChildren(el("span", { text: words }), el("code", { text: secret }), copyButton(secret));
  place.hidden = false;
  place.focus();
}

/** A checkbox for each name, in the place given. `words`: what a name is called. */
export function options(place, names, words) {
  place.replaceChildren(...names.map((name) => el("label", {}, el("input", { type: "checkbox", value: name }), el("span", { text: words(name) }))));
}

export const chosen = (place) => [...place.querySelectorAll("input:checked")].map((input) => input.value);
