// The live stream: connects, resumes where it stopped, and notices when it has silently died.

import { getJson } from "./api.js";

const SILENCE_MS = 12_000; // a pulse comes every second, so this long without one means the connection is dead
const RETRY_MS = 1500;

/** Handlers: hello(), alerts(message), triage(message) (may be left out), gap(), pulse(figures), state("connecting" | "open" | "reconnecting"). */
export class LiveConnection {
  #handlers;
  #source = null;
  #position = null;
  #watch = 0;

  constructor(handlers) {
    this.#handlers = handlers;
    addEventListener("pagehide", () => this.#close());
    addEventListener("pageshow", (event) => event.persisted && this.#open());
    this.#handlers.state("connecting");
    this.#open();
  }

  #open() {
    this.#close();
    const place = this.#position ? `?after=${encodeURIComponent(this.#position)}` : "";
    const source = (this.#source = new EventSource(`/api/v1/live${place}`));
    source.addEventListener("open", () => this.#heard());
    source.addEventListener("error", () => this.#failed(source));
    for (const name of ["hello", "alerts", "triage", "gap", "pulse"]) {
      source.addEventListener(name, (event) => {
        this.#heard();
        if (event.lastEventId) this.#position = event.lastEventId;
        this.#handlers[name]?.(JSON.parse(event.data));
      });
    }
    this.#heard(false);
  }

  #heard(isOpen = true) {
    clearTimeout(this.#watch);
    this.#watch = setTimeout(() => this.#again(), SILENCE_MS);
    if (isOpen) this.#handlers.state("open");
  }

  /** The browser reconnects by itself after a drop, but gives up when it is answered with an error. */
  #failed(source) {
    this.#handlers.state("reconnecting");
    if (source.readyState === EventSource.CLOSED && source === this.#source) {
      getJson("/api/v1/session").catch(() => {}); // the session may be over: that answer leads to the sign-in page
      clearTimeout(this.#watch);
      this.#watch = setTimeout(() => this.#again(), RETRY_MS);
    }
  }

  #again() {
    this.#handlers.state("reconnecting");
    this.#open();
  }

  #close() {
    clearTimeout(this.#watch);
    this.#source?.close();
    this.#source = null;
  }
}
