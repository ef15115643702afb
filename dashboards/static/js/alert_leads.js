// On an alert's page: the leads of its group, and what may be done with them.

import { getJson } from "./api.js";
import { el } from "./dom.js";
import { section } from "./facts.js";
import { t } from "./i18n.js";
import { leadCard } from "./lead.js";
import { may } from "./states.js";

/** Null for whoever may read none. */
export function leadsSection(alert) {
  if (!may("leads.read")) return null;
  const said = el("p", { class: "done", role: "status", tabindex: "-1" });
  const list = el("div", { id: "alert-leads", "aria-busy": "true" });
  const load = async () => {
    try {
      const { leads, rights } = await getJson("/api/v1/leads", { group_id: alert.group_id });
      list.replaceChildren(...leads.map((lead) => leadCard(lead, rights[lead.right_id], acted, "h3")));
      if (!leads.length) list.append(el("p", { class: "muted", text: t("leads.none_yet") }));
    } catch (error) {
      list.replaceChildren(el("p", { class: "refused", text: error.message }));
    }
    list.setAttribute("aria-busy", "false");
  };
  const acted = async (text) => {
    await load();
    said.textContent = text;
    said.focus();
  };
  load();
  return section(t("leads.heading"), said, list);
}
