// Badges that a row and an alert's own page share.

import { el } from "./dom.js";
import { t } from "./i18n.js";

/** Says that the alert looks back: its right came after its offer; null for any other alert. */
export function retrospectiveBadge(alert) {
  if (!alert.retrospective) return null;
  return el("span", { class: "retrospective", title: t("row.retrospective_title"), text: t("row.retrospective") });
}
