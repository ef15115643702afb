// The case in hand: the offer and the right side by side, why it was raised, what was decided before, and what to do.

import { getJson } from "./api.js";
import { retrospectiveBadge } from "./badges.js";
import { picturesSection } from "./compared.js";
import { el } from "./dom.js";
import { joined } from "./groups.js";
import { moment, t, word } from "./i18n.js";
import { dueChip } from "./queue_rows.js";
import { historySection, openQuestions, recordSection } from "./record.js";
import { sidesSection } from "./sides.js";
import { highlighted } from "./spans.js";
import { because, isWaiting, stateBadge, verdictWords } from "./states.js";
import { scoreSection, whySection } from "./why.js";
import { rightName, sentence } from "./words.js";

const SETTLE_MS = 90; // a cursor that runs past asks for nothing

export class CasePane {
  #head;
  #body;
  #timer = 0;
  #asking = null;
  #shown = null;
  #version = 0;

  constructor(head, body) {
    this.#head = head;
    this.#body = body;
  }

  get shown() {
    return this.#shown;
  }

  /** Nothing in hand: say what to do instead. */
  empty(text) {
    this.#forget();
    this.#shown = null;
    this.#head.replaceChildren();
    this.#body.replaceChildren(el("p", { class: "empty", text }));
  }

  /** Show a case: its head at once from what the list knows, the rest as it arrives. */
  show(item, right) {
    const isSame = this.#shown === item.group_id;
    const isCurrent = isSame && this.#version === item.triage.version;
    this.head(item, right);
    if (isCurrent) return;
    this.#forget();
    this.#shown = item.group_id;
    this.#version = item.triage.version;
    this.#body.setAttribute("aria-busy", "true");
    if (!isSame) {
      this.#body.replaceChildren(el("p", { class: "muted", text: t("page.loading") }));
      this.#body.scrollTop = 0;
    }
    this.#timer = setTimeout(() => this.#read(item), SETTLE_MS);
  }

  head(item, right) {
    const { alert, triage } = item;
    this.#head.replaceChildren(
      el(
        "p",
        { class: "alert-tier" },
        el("span", { class: `tier tier-${alert.tier}`, text: word("tier", alert.tier) }),
        el("span", { text: `${t("alert.score")} ${alert.score.toFixed(2)}` }),
        el("span", { class: "muted", text: word("detector", alert.detector) }),
        retrospectiveBadge(alert),
        stateBadge(triage),
        isWaiting(triage) ? dueChip(triage.due_at) : "",
        el("time", { class: "muted seen", datetime: alert.observed_at, text: moment(alert.observed_at) }),
        el("a", { class: "quiet", href: `/alerts/${encodeURIComponent(alert.alert_id)}`, text: t("case.all") }),
      ),
      el("h2", { id: "case-title", tabindex: "-1" }, el("bdi", {}, ...highlighted(alert.title, "title", alert.reasons))),
      el("p", { class: "lead" }, el("bdi", { class: "right-name", text: rightName(alert, right) }), ": ", el("bdi", { text: sentence(alert) })),
      notes(triage),
    );
  }

  #forget() {
    clearTimeout(this.#timer);
    this.#asking?.abort();
    this.#asking = null;
  }

  async #read(item) {
    const asking = (this.#asking = new AbortController());
    const path = (name, id) => `/api/v1/${name}/${encodeURIComponent(id)}`;
    try {
      const [group, found] = await Promise.all([
        getJson(path("groups", item.group_id), {}, asking.signal),
        getJson(path("alerts", item.alert.alert_id), {}, asking.signal),
      ]);
      if (asking.signal.aborted) return;
      this.#body.replaceChildren(...content(found, group));
    } catch (error) {
      if (asking.signal.aborted) return;
      this.#body.replaceChildren(el("p", { class: "notice", role: "alert", text: error.message }));
    }
    this.#body.setAttribute("aria-busy", "false");
  }
}

/** What a person must know before deciding: why it is open again, and what the first judge or who shelved it noted. */
function notes(triage) {
  const said = [];
  if (triage.reopened_because) said.push(t("case.reopened", { why: because(triage.reopened_because) }));
  if (triage.state === "review") said.push(t("case.first", { by: triage.judged_by, verdict: verdictWords(triage.verdict, triage.reason_code) }));
  if (triage.note && triage.state !== "closed") said.push(triage.note);
  return said.length ? el("div", { class: "case-notes" }, ...said.map((text) => el("p", {}, el("bdi", { text })))) : "";
}

function content({ alert, right, listing }, group) {
  const same = group.group.filter((other) => other.listing_digest === alert.listing_digest);
  const whole = joined({ alerts: same.length ? same : [alert] });
  return [
    openQuestions(group.history),
    picturesSection(whole),
    sidesSection(whole, listing, right),
    el("div", { class: "split" }, whySection(whole), scoreSection(whole)),
    el("div", { class: "split" }, recordSection(alert), historySection(group.history)),
  ].filter(Boolean);
}
