// A complaint pack of an alert: first what a wrong notice costs, then, once that was read, the pack in each form.

import { postJson } from "./api.js";
import { el, say } from "./dom.js";
import { section } from "./facts.js";
import { language, t } from "./i18n.js";
import { may } from "./states.js";

const RISKS = ["notice", "counter", "machine"];
const LANGUAGE = language.startsWith("zh") ? "zh" : "en";

/** Null for whoever may make none. */
export function complaintSection(alert) {
  if (!may("complaints.make")) return null;
  const refused = el("p", { class: "refused", role: "alert", hidden: true });
  const ready = el("p", { class: "complaint-ready", role: "status" });
  const button = el("button", { class: "button", id: "acknowledge", type: "button", text: t("complaint.acknowledge") });
  button.addEventListener("click", () => acknowledge(alert, button, refused, ready));
  const risks = RISKS.map((risk) => el("li", { text: t(`complaint.risk_${risk}`) }));
  return section(
    t("complaint.heading"),
    el("p", { class: "muted", text: t("complaint.lead") }),
    el("details", { id: "complaint" }, el("summary", { text: t("complaint.make") }), el("ul", { class: "risks" }, ...risks), button, refused, ready),
  );
}

async function acknowledge(alert, button, refused, ready) {
  button.disabled = true;
  say(refused, "");
  try {
    const path = `/api/v1/alerts/${encodeURIComponent(alert.alert_id)}/complaint?lang=${LANGUAGE}`;
    const { papers } = await postJson(path, { acknowledged: true });
    const links = Object.entries(papers).map(([form, address]) => el("a", { href: address, download: true, text: t(`complaint.${form}`) }));
    ready.replaceChildren(el("span", { text: t("complaint.ready") }), ...links.flatMap((link) => [" ", link]));
  } catch (error) {
    button.disabled = false;
    say(refused, error.message);
  }
}
