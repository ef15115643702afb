// Judging a case: a bar of what can be done with it now, and a panel that asks for the reason. Works with mouse and keys.

import { el } from "./dom.js";
import { CODES } from "./codes.js";
import { t, word } from "./i18n.js";
import { isMine, isOthers, may, me, verdictWords } from "./states.js";

const HOURS = [0.5, 1, 2, 4, 8, 24];
const DIGITS = "1234567890";
const HOUR_MS = 3_600_000;

/** What may be done with a case now, by its state and the permissions: names of acts, in the order of the bar. */
function actsOn(state) {
  const [judge, review] = [may("alerts.judge"), may("alerts.review") && state.judged_by !== me];
  if (isOthers(state)) return [];
  if (state.state === "open") return judge ? ["infringing", "not_infringing", "expert", "shelve", isMine(state) ? "release" : "claim"] : [];
  if (state.state === "review") return [...(review ? ["confirm", "infringing", "not_infringing"] : []), ...(judge ? ["expert"] : [])];
  if (state.state === "expert") return may("alerts.advise") ? ["infringing", "not_infringing", "opinion"] : [];
  if (state.state === "shelved") return judge ? ["unshelve", "infringing", "not_infringing"] : [];
  return review && state.verdict ? ["infringing", "not_infringing"] : []; // overruled, or confirmed by a second look
}

const KEYS = {
  infringing: "y",
  not_infringing: "x",
  confirm: "v",
  expert: "e",
  opinion: "e",
  shelve: "s",
  unshelve: "s",
  claim: "c",
  release: "u",
  undo: "z",
};

export class Judging {
  #root;
  #bar = el("div", { class: "acts", role: "group", "aria-label": t("judge.bar") });
  #place = el("div", { class: "panel-place" });
  #on;
  #state = null;
  #bulk = null;
  #undo = null; // {until, act}
  #isBusy = false;
  #next;

  /** `on`: decided(decision), simple(act), undo(), next(). A decision is {act, verdict, reason_code, note, until, scope}. */
  constructor(root, on, { next = true } = {}) {
    this.#root = root;
    this.#on = on;
    this.#next = next;
    root.replaceChildren(this.#place, this.#bar);
  }

  get isOpen() {
    return this.#place.childElementCount > 0;
  }

  /** Show what can be done with a case; `bulk` = {n, label} when it stands for all cases of a cause. */
  show(state, bulk = null) {
    this.#state = state;
    this.#bulk = bulk;
    this.close();
    this.draw();
  }

  busy(isBusy) {
    this.#isBusy = isBusy;
    this.draw();
  }

  set undo(undo) {
    this.#undo = undo;
    this.draw();
  }

  draw() {
    const acts = this.#state ? (this.#bulk ? actsOn(this.#state).filter((act) => act === "infringing" || act === "not_infringing") : actsOn(this.#state)) : [];
    const why = this.#state ? whyNot(this.#state, acts) : "";
    this.#bar.replaceChildren(
      ...acts.map((act) => this.#button(act)),
      why ? el("span", { class: "muted", text: why }) : "",
      el("span", { class: "grow" }),
      this.#undo ? this.#button("undo") : "",
      this.#next ? el("button", { type: "button", class: "button next-below", on: { click: () => this.#on.next() } }, t("judge.next"), " ", key("n")) : "",
    );
    this.#root.setAttribute("aria-busy", String(this.#isBusy));
  }

  #button(act) {
    const look = { infringing: "is-bad", not_infringing: "is-good", confirm: "primary" }[act] ?? "";
    const attributes = { type: "button", class: `button ${look}`, disabled: this.#isBusy, dataset: { act }, on: { click: () => this.start(act) } };
    return el("button", attributes, t(`judge.${act}`), " ", key(KEYS[act]));
  }

  /** The act of a key, if it is on the bar now; says whether it was. */
  press(pressed) {
    const act = [...this.#bar.querySelectorAll("[data-act]")].map((button) => button.dataset.act).find((name) => KEYS[name] === pressed);
    if (!act || this.#isBusy) return false;
    this.start(act);
    return true;
  }

  start(act) {
    if (act === "undo") return this.#on.undo();
    if (act === "claim" || act === "release" || act === "unshelve") return this.#on.simple(act);
    this.#open(act);
  }

  close() {
    this.#place.replaceChildren();
  }

  #open(act) {
    const panel = act === "shelve" ? this.#shelving() : act === "expert" || act === "opinion" ? this.#asking(act) : this.#reasons(act);
    this.#place.replaceChildren(panel);
    (panel.querySelector("input:checked") ?? panel.querySelector("input")).focus();
  }

  /** A form that Enter sends and Escape leaves; digits choose among its options while nobody types into it. */
  #panel(heading, look, decide, note, ...content) {
    const form = el(
      "form",
      { class: `panel ${look}`, "aria-label": heading, novalidate: true },
      el("h3", { text: heading }),
      ...content,
      el(
        "div",
        { class: "panel-row" },
        note,
        el("button", { class: "button primary" }, t("judge.give"), " ", key("Enter")),
        el("button", { type: "button", class: "button", on: { click: () => this.#leave() } }, t("judge.cancel"), " ", key("Esc")),
      ),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      decide(form);
    });
    form.addEventListener("keydown", (event) => this.#keyed(event, form));
    return form;
  }

  #keyed(event, form) {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      return this.#leave();
    }
    if (event.target.matches("input:not([type=radio])")) return event.stopPropagation();
    if (event.key === "Enter" && event.target.matches("input[type=radio]")) {
      event.preventDefault();
      event.stopPropagation();
      if (!event.repeat) form.requestSubmit();
      return;
    }
    if (event.key === KEYS.infringing || event.key === KEYS.not_infringing) return; // the other verdict after all
    event.stopPropagation(); // no other key acts on a case while its reason is being chosen
    const option = DIGITS.includes(event.key) ? form.querySelectorAll("input[data-digit]")[DIGITS.indexOf(event.key)] : null;
    if (!option) return;
    event.preventDefault();
    option.checked = true;
    option.focus();
  }

  #leave() {
    this.close();
    this.#on.left?.();
  }

  #reasons(act) {
    const verdict = act === "confirm" ? this.#state.verdict : act;
    const isSecond = this.#actFor() === "review";
    const isAlike = isSecond && this.#state.verdict === verdict;
    const first = isAlike ? this.#state.reason_code : null;
    const verb = this.#state.state === "expert" ? "opinion_is" : !isSecond ? "reason_of" : isAlike ? "confirm_is" : "overrule";
    const heading = this.#bulk ? t("judge.reason_of_all", { ...this.#bulk, verdict: word("verdict", verdict) }) : t(`judge.${verb}`, { verdict: word("verdict", verdict) });
    const options = choices("reason", CODES[verdict].map((code) => [code, word("reason_code", code)]), first);
    const note = noteField(this.#state.state === "expert" ? "judge.note_needed" : "judge.note");
    const error = el("p", { class: "field-error", role: "alert", hidden: true });
    return this.#panel(
      heading,
      verdict === "infringing" ? "is-bad" : "is-good",
      (form) => {
        const code = form.elements.reason.value;
        const text = form.elements.note.value.trim();
        if (!code) return say(error, t("judge.choose_reason"));
        if (this.#state.state === "expert" && !text) return say(error, t("judge.say_why"), form.elements.note);
        this.#decide({ act: this.#actFor(), verdict, reason_code: code, note: text });
      },
      note,
      options,
      error,
    );
  }

  #actFor() {
    return { review: "review", closed: "review", expert: "opinion" }[this.#state.state] ?? "verdict";
  }

  #asking(act) {
    const error = el("p", { class: "field-error", role: "alert", hidden: true });
    const decide = (form) => {
      const note = form.elements.note.value.trim();
      if (!note) return say(error, t("judge.say_why"), form.elements.note);
      this.#decide({ act, note });
    };
    return this.#panel(t(`judge.${act}_heading`), "", decide, noteField(act === "expert" ? "judge.question" : "judge.note_needed"), error);
  }

  #shelving() {
    const hours = choices("hours", HOURS.map((one) => [String(one), one < 1 ? t("due.minutes", { n: one * 60 }) : t("time.hours", { n: one })]), "1");
    const scope = el(
      "label",
      { class: "field" },
      el("span", { text: t("shelve.scope") }),
      el("select", { name: "scope" }, ...["offer", "seller", "right"].map((one) => el("option", { value: one, text: t(`shelve.${one}`) }))),
    );
    const error = el("p", { class: "field-error", role: "alert", hidden: true });
    const decide = (form) => {
      const note = form.elements.note.value.trim();
      if (!note) return say(error, t("judge.say_why"), form.elements.note);
      const until = new Date(Date.now() + Number(form.elements.hours.value) * HOUR_MS).toISOString();
      this.#decide({ act: "shelve", until, note, scope: form.elements.scope.value });
    };
    return this.#panel(t("shelve.heading"), "", decide, noteField("judge.note_needed"), hours, scope, error);
  }

  #decide(decision) {
    if (this.#isBusy) return;
    this.close();
    this.#on.decided(decision);
  }
}

/** What the state of a case leaves to others, in words; "" where everything can be done. */
function whyNot(state, acts) {
  if (state.state === "closed" && state.verdict) return t("judge.closed", { verdict: verdictWords(state.verdict, state.reason_code), by: state.judged_by ?? "" });
  if (isOthers(state)) return t("queue.claimed_by", { by: state.claimed_by });
  if (state.state === "review" && !acts.includes("confirm")) return t(state.judged_by === me ? "judge.four_eyes" : "judge.not_reviewer");
  if (acts.length) return "";
  return t(state.state === "expert" ? "judge.not_expert" : "judge.only_look");
}

function choices(name, pairs, chosen) {
  const options = pairs.map(([value, text], at) =>
    el(
      "label",
      { class: "choice" },
      el("input", { type: "radio", name, value, checked: value === chosen, dataset: { digit: DIGITS[at] } }),
      key(DIGITS[at]),
      el("span", { text }),
    ),
  );
  return el("div", { class: "choices", role: "radiogroup", "aria-label": t(`judge.${name}`) }, ...options);
}

function noteField(label) {
  return el("label", { class: "field-block" }, el("span", { text: t(label) }), el("input", { name: "note", autocomplete: "off", maxlength: "2000" }));
}

function say(element, text, wanting = null) {
  element.textContent = text;
  element.hidden = false;
  wanting?.focus();
}

const key = (name) => el("kbd", { text: name, "aria-hidden": "true" });
