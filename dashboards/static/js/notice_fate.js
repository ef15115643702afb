// What became of one notice: its state and why, each try, and having it sent again.

import { getJson, postJson } from "./api.js";
import { el } from "./dom.js";
import { clock, t, word } from "./i18n.js";

/** A reason in words: our own codes have some, what a destination answered stands for itself. */
export function because(reason) {
  const [code, told] = (reason ?? "").split(": ");
  return code ? [word("notice.because", code), told].filter(Boolean).join(": ") : "";
}

/** Nodes that tell it. `again()` is called once it is to be sent again, `failed(error)` where that was refused. */
export function fateParts(notice, { again, failed }) {
  const parts = [el("strong", { text: word("notice.state", notice.state) })];
  if (notice.reason) parts.push(" · ", because(notice.reason));
  if (notice.next_at && notice.tries) parts.push(" · ", t("notices.next_try", { time: clock(notice.next_at) }));
  if (notice.state === "dead" && !notice.digest_id) parts.push(" ", againButton(notice, again, failed));
  if (notice.tries) parts.push(tries(notice, failed));
  return parts;
}

function againButton(notice, again, failed) {
  const send = () => postJson(`/api/v1/notices/${notice.notice_id}/replay`, {}).then(again).catch(failed);
  return el("button", { type: "button", class: "button", text: t("notices.replay"), "aria-label": `${t("notices.replay")}: ${notice.destination}`, on: { click: send } });
}

function tries(notice, failed) {
  const log = el("ol");
  const read = async () => {
    const { notice: whole } = await getJson(`/api/v1/notices/${notice.notice_id}`);
    log.replaceChildren(...whole.log.map(({ at, fate, reason }) => el("li", { text: `${clock(at)} ${word("notice.fate", fate)} ${reason}` })));
  };
  const details = el("details", {}, el("summary", { text: t("notices.tries", { n: notice.tries }) }), log);
  details.addEventListener("toggle", () => details.open && read().catch(failed));
  return details;
}
