// A complaint pack of an alert or a lead: first what a wrong notice costs, then, once that was read, the pack in each form.

import { postJson } from "./api.js";
import { el, say } from "./dom.js";
import { section } from "./facts.js";
import { language, t, word } from "./i18n.js";
import { may } from "./states.js";

const RISKS = ["notice", "counter", "machine"];
const LANGUAGE = language.startsWith("zh") ? "zh" : "en";

/** On an alert's page. Null for whoever may make none. */
export function complaintSection(alert) {
  const made = maker(`alerts/${encodeURIComponent(alert.alert_id)}`, { id: "complaint" });
  return made && section(t("complaint.heading"), el("p", { class: "muted", text: t("complaint.lead") }), made);
}

/** On a lead's card: the pack for its recipient. */
export const leadComplaint = (lead) => maker(`leads/${lead.lead_id}`, { class: "pack" });

function maker(subject, attributes) {
  if (!may("complaints.make")) return null;
  const refused = el("p", { class: "refused", role: "alert", hidden: true });
  const ready = el("p", { class: "complaint-ready", role: "status" });
  const button = el("button", { class: "button acknowledge", type: "button", text: t("complaint.acknowledge") });
  button.addEventListener("click", () => acknowledge(subject, button, refused, ready));
  const risks = RISKS.map((risk) => el("li", { text: t(`complaint.risk_${risk}`) }));
  return el("details", attributes, el("summary", { text: t("complaint.make") }), el("ul", { class: "risks" }, ...risks), button, refused, ready);
}

async function acknowledge(subject, button, refused, ready) {
  button.disabled = true;
  say(refused, "");
  try {
    const { papers } = await postJson(`/api/v1/${subject}/complaint?lang=${LANGUAGE}`, { acknowledged: true });
    const links = Object.entries(papers).map(([form, address]) => el("a", { href: address, download: true, text: t(`complaint.${form}`) }));
    ready.replaceChildren(el("span", { text: t("complaint.ready") }), ...links.flatMap((link) => [" ", link]));
  } catch (error) {
    button.disabled = false;
    const why = error.code === "withdrawn" ? error.problem.reason : null;
    say(refused, why ? t("complaint.holds_no_more", { why: word("lead_reason", why) }) : error.message);
  }
}
