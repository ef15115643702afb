// Why an act was refused, in place: what somebody else did meanwhile, and that nothing of ours was stored.

import { el } from "./dom.js";
import { t, word } from "./i18n.js";
import { verdictWords } from "./states.js";

const SAID = ["state", "four_eyes", "not_yours", "too_late"];

/** `refused`: {code, by, state, message}; the state is what holds now. */
export function refusal({ code, by, state, message }) {
  const now = state ? (state.verdict ? verdictWords(state.verdict, state.reason_code) : word("queue.tab", state.state)) : "";
  const who = by ?? state?.claimed_by ?? state?.judged_by ?? "";
  let text = message ?? t("problem.other", { detail: code });
  if (code === "claimed") text = t("refused.claimed", { by: who });
  if (code === "stale") text = t("refused.stale", { what: now, by: who });
  if (SAID.includes(code)) text = t(`refused.${code}`, { what: now, by: who });
  return [el("strong", {}, el("bdi", { text })), " ", t("refused.nothing_stored")];
}
