// A dead letter as a card: what it was, why it is dead, what was decided and what came of that.

import { getJson } from "./api.js";
import { el } from "./dom.js";
import { facts, mono } from "./facts.js";
import { moment, number, t, word } from "./i18n.js";

/** A card for a letter. `chosen(box)` hears of each change of its checkbox. */
export function card(letter, chosen) {
  const reason = word("dead.because", letter.reason);
  const box = el("input", { type: "checkbox", value: letter.letter_id, "aria-label": t("dead.choose", { reason }), on: { change: () => chosen(box) } });
  return el(
    "article",
    { class: `sheet letter is-${letter.state}`, id: letter.letter_id, dataset: { letter: letter.letter_id } },
    el("h2", {}, box, reason, " ", el("span", { class: "state", text: word("dead.is", letter.state) })),
    el("p", { class: "muted small" }, el("bdi", { text: place(letter) })),
    el("p", { class: "excerpt" }, el("bdi", { text: letter.excerpt })),
    letter.decision ? el("p", {}, el("bdi", { text: decided(letter.decision) })) : null,
    letter.outcome ? el("p", { class: "outcome" }, ...outcome(letter.outcome)) : null,
    more(letter),
  );
}

function place({ topic, partition, offset, line, length, observed_at }) {
  const where = t(line ? "dead.line_at" : "dead.message_at", { topic, partition, offset, line });
  return `${moment(observed_at)} · ${where} · ${t("dead.bytes", { n: number(length) })}`;
}

function decided({ decision, by, at, note }) {
  return [t(`dead.done_${decision}`, { by: word("dead.by", by), at: moment(at) }), note].filter(Boolean).join(": ");
}

function outcome({ state, listings, alerts, dead_letters }) {
  // In whatever state it is by now; the newest come first, so it is near the start.
  const links = dead_letters.map((id) => el("a", { href: `/dead?state=#${id}`, class: "mono", text: id }));
  return [t(`dead.outcome_${state}`, { n: listings, alerts }), ...links.flatMap((link) => [" ", link])];
}

/** Read when it is opened: all that is kept of its content, its place, and whether it can be sent again whole. */
function more(letter) {
  const body = el("div", { "aria-busy": "true" });
  let isAsked = false;
  const read = async () => {
    if (isAsked) return;
    isAsked = true;
    try {
      body.replaceChildren(...detail(await getJson(`/api/v1/dead/${encodeURIComponent(letter.letter_id)}`)));
    } catch (error) {
      body.replaceChildren(el("p", { text: error.message }));
      isAsked = false;
    }
    body.setAttribute("aria-busy", "false");
  };
  const details = el("details", { on: { toggle: () => details.open && read() } }, el("summary", { text: t("dead.details") }), body);
  return details;
}

function detail(letter) {
  const { source, why_not } = letter.whole;
  return [
    el("p", { text: source ? t(`dead.whole_${source}`) : t("dead.whole_not", { why: why_not }) }),
    facts([
      ["letter_id", mono(letter.letter_id)],
      ["trace_id", mono(letter.trace_id)],
      ["page", mono(letter.page)],
      ["sha256", mono(letter.sha256)],
      ["decisions", letter.decisions.map((one) => el("div", {}, el("bdi", { text: decided(one) })))],
    ]),
    el("pre", { class: "raw", tabindex: "0" }, el("bdi", { text: letter.text })),
  ];
}
