// What did not alert, one by one and blind: the offer and the right are shown, not what the machine made of them.

import "./chrome.js";
import { getJson, postJson } from "./api.js";
import { byId, el, say } from "./dom.js";
import { number, t, word } from "./i18n.js";
import { sidesSection } from "./sides.js";
import { highlighted } from "./spans.js";

const MOST_SKIPPED = 50;
const seen = []; // ids that are not to come up again: judged a moment ago, or left

await next();

async function next() {
  byId("match").setAttribute("aria-busy", "true");
  try {
    show(await getJson("/api/v1/screened/next", { skip: seen.slice(-MOST_SKIPPED).join(",") }));
    say(byId("notice"), "");
  } catch (error) {
    say(byId("notice"), error.message);
  }
  byId("match").setAttribute("aria-busy", "false");
}

function show({ match, listing, right, reason_codes, waiting }) {
  if (!match) {
    byId("match").replaceChildren(el("p", { class: "muted", text: t("sample.none") }));
    return;
  }
  const title = el("h2", { class: "offer-title", tabindex: "-1" }, el("bdi", {}, ...highlighted(match.title, "title", match.reasons)));
  byId("match").replaceChildren(
    el("p", { class: "muted", text: t("sample.waiting", { n: waiting === 1 ? 1 : number(waiting) }) }),
    title,
    sidesSection(match, listing, right),
    el("div", { class: "choices" }, ...Object.entries(reason_codes).map(([verdict, codes]) => choice(match, verdict, codes))),
    el("p", { class: "skip-one" }, el("button", { type: "button", class: "button", text: t("sample.skip"), on: { click: () => leave(match) } })),
  );
  if (seen.length) title.focus();
}

function choice(match, verdict, codes) {
  const button = (code) => el("button", { type: "button", class: "button", text: word("reason_code", code), on: { click: () => judge(match, verdict, code) } });
  return el("fieldset", { class: `is-${verdict}` }, el("legend", { text: word("verdict", verdict) }), el("div", { class: "codes" }, ...codes.map(button)));
}

async function judge(match, verdict, reason_code) {
  for (const button of byId("match").querySelectorAll("button")) button.disabled = true;
  try {
    const { screened } = await postJson(`/api/v1/screened/${encodeURIComponent(match.alert_id)}/verdict`, { verdict, reason_code });
    seen.push(match.alert_id);
    byId("done").textContent = t("sample.done", { verdict: word("verdict", verdict), why: word("screened", screened) });
    await next();
  } catch (error) {
    for (const button of byId("match").querySelectorAll("button")) button.disabled = false;
    say(byId("notice"), error.message);
  }
}

async function leave(match) {
  seen.push(match.alert_id);
  byId("done").textContent = "";
  await next();
}
