// Rows of the queue: a case, and a cause with all the cases it has. Three lines high, whatever they hold.

import { el } from "./dom.js";
import { due } from "./due.js";
import { clock, t, word } from "./i18n.js";
import { headline } from "./spans.js";
import { isMine, isOthers, isWaiting, stateBadge, verdictWords } from "./states.js";
import { rightName, sellerName, sentence } from "./words.js";

/** Make an element show a case; it stays the same element, so the focus stays where it is. */
export function fillCase(element, item, right) {
  const { alert, tier, triage } = item;
  const state = stateBadge(triage);
  element.className = `case-row is-${tier} state-${triage.state}${isMine(triage) ? " is-mine" : ""}${isOthers(triage) ? " is-taken" : ""}`;
  element.setAttribute("aria-label", label(item, right, state));
  element.replaceChildren(
    el(
      "p",
      { class: "first" },
      el("span", { class: `tier tier-${tier}`, text: word("tier", tier) }),
      el("bdi", { class: "right-name", text: rightName(alert, right) }),
      state ?? "",
      isWaiting(triage) ? dueChip(triage.due_at) : "",
    ),
    el("p", { class: "title" }, el("bdi", {}, ...headline(alert.title, "title", alert.reasons ?? []))),
    el("p", { class: "second" }, el("bdi", { class: "why", text: sentence(alert) }), ...more(item)),
  );
}

function more({ alert, alerts }) {
  const count = alerts > 1 ? el("span", { class: "count", text: t("row.findings", { n: alerts }) }) : "";
  return [count, el("bdi", { class: "who", text: sellerName(alert) })];
}

function label(item, right, state) {
  const { alert, tier, triage } = item;
  const left = isWaiting(triage) ? (due(triage.due_at)?.text ?? "") : "";
  const verdict = triage.state === "closed" && triage.verdict ? verdictWords(triage.verdict, triage.reason_code) : (state?.textContent ?? "");
  const parts = [word("tier", tier), rightName(alert, right), verdict, left, alert.title.slice(0, 200), sentence(alert)];
  return parts.filter(Boolean).join(", ");
}

/** How long is left, kept up to date by due.js. */
export function dueChip(deadline) {
  const found = due(deadline);
  return found ? el("span", { class: `due due-${found.level}`, dataset: { due: deadline }, text: found.text }) : "";
}

export function fillCause(element, cause, by) {
  const name = cause.label || cause.cause;
  const cases = t("cause.cases", { n: cause.groups });
  element.className = `case-row is-${cause.highest_tier}`;
  element.setAttribute("aria-label", [word("tier", cause.highest_tier), name, cases].join(", "));
  element.replaceChildren(
    el(
      "p",
      { class: "first" },
      el("span", { class: `tier tier-${cause.highest_tier}`, text: word("tier", cause.highest_tier) }),
      el("span", { class: "muted", text: t(`cause.by_${by}`) }),
      el("span", { class: "badge badge-mine", text: cases }),
    ),
    el("p", { class: "title" }, el("bdi", { text: name })),
    el("p", { class: "second", text: t("cause.seen", { n: cause.alerts, first: clock(cause.first_seen), last: clock(cause.last_seen) }) }),
  );
}
