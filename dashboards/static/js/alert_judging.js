// Judging on an alert's own page: the case's state, what was done with it, and what can be done now.

import { getJson } from "./api.js";
import { el, say } from "./dom.js";
import { due } from "./due.js";
import { section } from "./facts.js";
import { t } from "./i18n.js";
import { Judging } from "./judging.js";
import { Acts } from "./queue_acts.js";
import { QueueStore } from "./queue_store.js";
import { historySection, openQuestions, recordSection } from "./record.js";
import { refusal } from "./refusal.js";
import { doneText, isWaiting, ownVerdict, stateBadge } from "./states.js";

/** Sections about the alert's case; they fill themselves and stay up to date with what is done here. */
export function judgingSections(alert) {
  return new AlertJudging(alert).sections;
}

class AlertJudging {
  #alert;
  #store = new QueueStore();
  #acts = new Acts(this.#store);
  #state = el("p", { class: "alert-tier" });
  #refused = el("div", { class: "refused", role: "alert", hidden: true });
  #said = el("p", { class: "said", role: "status" });
  #bar = el("div", { class: "judging" });
  #past = el("div", { "aria-busy": "true" });
  #judging;

  constructor(alert) {
    this.#alert = alert;
    const link = el("a", { href: `/queue?case=${encodeURIComponent(alert.group_id)}`, text: t("judge.in_queue") });
    this.sections = [section(t("judge.bar"), this.#state, this.#refused, this.#bar, this.#said, el("p", { class: "small" }, link)), this.#past];
    this.#judging = new Judging(this.#bar, { decided: (decision) => this.#decided(decision), simple: (act) => this.#simple(act), undo: () => this.#undo() }, { next: false });
    this.#read();
  }

  get #item() {
    return this.#store.get(this.#alert.group_id);
  }

  get #undoable() {
    return this.#acts.latest() ?? (ownVerdict(this.#item.triage) ? { ids: [this.#alert.group_id] } : null);
  }

  async #read() {
    try {
      const group = await getJson(`/api/v1/groups/${encodeURIComponent(this.#alert.group_id)}`);
      this.#store.replace([{ ...group, alert: this.#alert }]); // what is judged is the alert that was looked at
      this.#past.replaceChildren(openQuestions(group.history), historySection(group.history), recordSection(this.#alert));
      this.#show();
    } catch (error) {
      say(this.#said, error.message);
    }
    this.#past.setAttribute("aria-busy", "false");
  }

  #show() {
    const { triage } = this.#item;
    const left = isWaiting(triage) ? due(triage.due_at) : null;
    this.#state.replaceChildren(...[stateBadge(triage), left && el("span", { class: `due due-${left.level}`, text: left.text })].filter(Boolean));
    this.#judging.show(triage);
    this.#judging.undo = this.#undoable;
  }

  async #decided(decision) {
    const { act, verdict, reason_code, note, until, scope } = decision;
    const item = this.#item;
    await this.#doing(async () => {
      if (act === "verdict") {
        const { given, refused } = await this.#acts.verdict([item], { verdict, reason_code, note });
        if (!given.length) return this.#refuse(refused[0]);
      } else if (act === "shelve") {
        await this.#acts.shelve(item, scope, until, note);
      } else {
        await this.#acts.about(item, act, act === "expert" ? { note } : { verdict, reason_code, note });
      }
      say(this.#said, doneText(item, decision));
    });
  }

  async #simple(act) {
    await this.#doing(async () => {
      const answer = await this.#acts.simple(act, [this.#item.group_id]);
      if (answer.refused?.length) this.#refuse(answer.refused[0]);
    });
  }

  async #undo() {
    await this.#doing(async () => {
      this.#store.apply(await this.#acts.undo(this.#undoable));
      say(this.#said, t("done.undo", { n: 1 }));
    });
  }

  /** One act at a time; then what holds is read anew. */
  async #doing(work) {
    this.#refuse(null);
    this.#judging.busy(true);
    try {
      await work();
    } catch (error) {
      if (error.status === undefined) throw error;
      this.#refuse({ code: error.code, message: error.message, state: error.problem.state, by: error.problem.by });
    }
    this.#judging.busy(false);
    await this.#read();
  }

  #refuse(refused) {
    this.#refused.hidden = refused === null;
    this.#refused.replaceChildren(...(refused ? refusal(refused) : []));
  }
}
