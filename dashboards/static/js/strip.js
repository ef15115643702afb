// The figures in the top bar: is the stream alive, how fast is it, how far behind.

import { byId, el } from "./dom.js";
import { number, t } from "./i18n.js";

const BEHIND_SECONDS = 5;

export class Strip {
  #state = el("span", { class: "state", role: "status" });
  #figures = {};

  constructor() {
    const strip = byId("strip");
    strip.append(this.#state);
    for (const name of ["listings", "alerts", "lag", "rights", "workers"]) {
      this.#figures[name] = el("span", { class: "figure", dataset: { figure: name } }, el("b"), el("span"));
      strip.append(this.#figures[name]);
    }
    this.state("connecting");
  }

  state(name) {
    const look = { live: "state-live", polling: "state-polling", reconnecting: "state-down", connecting: "" }[name];
    const text = t(`state.${name}`);
    this.#state.className = `state ${look}`;
    if (this.#state.textContent !== text) this.#state.textContent = text;
  }

  pulse(pulse) {
    this.#set("listings", shown(pulse.listings_per_second), t("figure.listings"));
    this.#set("alerts", shown(pulse.alerts_per_minute), t("figure.alerts"));
    const behind = (pulse.lag_seconds ?? 0) >= BEHIND_SECONDS;
    if (behind || pulse.lag_pages === null) this.#set("lag", shown(pulse.lag_seconds), t("figure.lag_seconds"), behind);
    else this.#set("lag", shown(pulse.lag_pages), t("figure.lag_pages", { n: pulse.lag_pages }));
    const revision = pulse.revision === null ? "" : ` · ${t("figure.revision")} ${pulse.revision}`;
    this.#set("rights", shown(pulse.rights), t("figure.rights") + revision);
    const silent = pulse.workers_silent ? ` · ${t("figure.silent", { n: pulse.workers_silent })}` : "";
    this.#set("workers", shown(pulse.workers), t("figure.workers", { n: pulse.workers }) + silent, !pulse.workers);
  }

  #set(name, value, unit, isBad = false) {
    const [strong, label] = this.#figures[name].children;
    if (strong.textContent !== value) strong.textContent = value;
    if (label.textContent !== unit) label.textContent = unit;
    this.#figures[name].classList.toggle("bad", isBad);
  }
}

function shown(value) {
  if (value === null || value === undefined) return t("figure.unknown");
  return number(value >= 10 ? Math.round(value) : value);
}
