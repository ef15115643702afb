// The filters: a form, the address, the query of the history and a test for live alerts, always saying the same.

import { byId, el } from "./dom.js";
import { t, word } from "./i18n.js";
import { sellerKey } from "./words.js";

export const NAMES = ["text", "tier", "detector", "right_id", "platform"];
const CHOICES = {
  tier: ["high", "medium", "low"],
  detector: ["mark", "coded_fake", "patent_claim", "image_copy", "logo", "design", "invention"],
};
const SETTLE_MS = 250;
const MAX_SUGGESTIONS = 100;

export class Filters {
  #form = byId("filters");
  #values = {};
  #timer = 0;
  #changed;
  #names;
  #seen = { right_id: new Set(), platform: new Set() };

  /** `changed()` hears of other filters; `names` are the form's fields, each a parameter of the address and of the API. */
  constructor(changed, names = NAMES) {
    this.#changed = changed;
    this.#names = names;
    for (const [name, values] of Object.entries(CHOICES)) {
      const options = values.map((value) => el("option", { value, text: word(name, value) }));
      this.#form.elements[name].append(el("option", { value: "", text: t("filter.any") }), ...options);
    }
    const address = new URLSearchParams(location.search);
    for (const name of this.#names) this.#form.elements[name].value = address.get(name) ?? "";
    this.#read();
    this.#form.addEventListener("input", () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#apply(), SETTLE_MS);
    });
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#apply();
    });
    byId("clear-filters").addEventListener("click", () => this.clear());
  }

  /** Parameters of the API. */
  get query() {
    return { ...this.#values };
  }

  get isActive() {
    return Object.keys(this.#values).length > 0;
  }

  focus() {
    this.#form.elements.text.focus();
    this.#form.elements.text.select();
  }

  /** Set filters from outside the form, as a saved view does; those not given are cleared. */
  set(values) {
    for (const name of this.#names) this.#form.elements[name].value = values[name] ?? "";
    this.#apply();
  }

  clear() {
    this.set({});
  }

  /** The same test the history applies. */
  test = (alert) => {
    const { text, seller, ...equal } = this.#values;
    if (Object.entries(equal).some(([name, value]) => alert[name] !== value)) return false;
    if (seller && sellerKey(alert) !== seller) return false;
    if (!text) return true;
    const wanted = text.toLowerCase();
    return [alert.title, alert.subject, alert.seller?.name].some((field) => (field ?? "").toLowerCase().includes(wanted));
  };

  /** Offer the rights and platforms that have come by as suggestions. */
  suggest(alerts) {
    for (const [name, list] of [["right_id", "rights-seen"], ["platform", "platforms-seen"]]) {
      for (const alert of alerts) {
        const value = alert[name];
        if (!value || this.#seen[name].has(value) || this.#seen[name].size >= MAX_SUGGESTIONS) continue;
        this.#seen[name].add(value);
        byId(list).append(el("option", { value }));
      }
    }
  }

  #apply() {
    clearTimeout(this.#timer);
    const before = JSON.stringify(this.#values);
    this.#read();
    if (JSON.stringify(this.#values) === before) return;
    const address = new URL(location.href);
    for (const name of this.#names) address.searchParams.delete(name);
    for (const [name, value] of Object.entries(this.#values)) address.searchParams.set(name, value);
    history.replaceState(null, "", address);
    this.#changed();
  }

  #read() {
    this.#values = {};
    for (const name of this.#names) {
      const control = this.#form.elements[name];
      const value = control.value.trim();
      control.classList.toggle("active", value !== "");
      if (value) this.#values[name] = value;
    }
    byId("clear-filters").hidden = !this.isActive;
  }
}
