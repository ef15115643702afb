// The floor's banner: how many pictures are kept from alerting until somebody decides about them.

import { getJson } from "./api.js";
import { byId, el } from "./dom.js";
import { t } from "./i18n.js";

const READ_MS = 15000; // also without any news of the watchlist

export class QuarantineBanner {
  #revision = null;
  #shown = "";

  constructor() {
    this.read();
    setInterval(() => this.read(), READ_MS);
  }

  /** A quarantine and a decision are changes of the watchlist, so its revision tells of them. */
  pulse({ revision }) {
    if (revision === this.#revision) return;
    this.#revision = revision;
    this.read();
  }

  async read() {
    try {
      this.#show((await getJson("/api/v1/allow", { state: "quarantined" })).allow);
    } catch {
      // The strip and the history say that something is away; what was known stays.
    }
  }

  #show(entries) {
    const fired = entries[0]?.fired ?? {};
    const text = entries.length ? t("floor.quarantined", { ...fired, n: entries.length }) : "";
    if (text === this.#shown) return; // so that it is read aloud once
    this.#shown = text;
    const banner = byId("quarantine");
    banner.replaceChildren(...(text ? [`${text} `, el("a", { href: "/pictures", text: t("floor.quarantined_link") })] : []));
    banner.hidden = text === "";
  }
}
