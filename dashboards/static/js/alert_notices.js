// On an alert's page: who was told what about its offer and right, and what became of each notice.

import { getJson } from "./api.js";
import { el, say } from "./dom.js";
import { section } from "./facts.js";
import { moment, t, word } from "./i18n.js";
import { fateParts } from "./notice_fate.js";
import { may } from "./states.js";

/** Null for whoever has no destinations. One sees own destinations' notices only, as on the page of notices. */
export function noticesSection(alert) {
  if (!may("notices.manage")) return null;
  const refused = el("p", { class: "refused", role: "alert", hidden: true });
  const list = el("ul", { id: "alert-notices", class: "told", "aria-busy": "true" });
  const none = el("p", { class: "muted", hidden: true });
  const more = el("p", { class: "small" }, el("a", { href: "/notices", text: t("notices.all") }));
  const failed = (error) => say(refused, error.message);
  const load = async () => {
    say(refused, "");
    const { notices, next } = await getJson("/api/v1/notices", { group_id: alert.group_id });
    list.replaceChildren(...notices.map((notice) => item(notice, { again: load, failed })));
    say(none, notices.length ? (next ? t("notices.older") : "") : t("notices.none_about"));
  };
  load()
    .catch(failed)
    .finally(() => list.setAttribute("aria-busy", "false"));
  return section(t("notices.about"), refused, list, none, more);
}

function item(notice, acts) {
  const about = [word("notice.event", notice.event), notice.destination, word("notice.kind", notice.destination_kind)];
  return el(
    "li",
    { dataset: { event: notice.event, state: notice.state } },
    el("p", {}, el("time", { datetime: notice.at, text: moment(notice.at) }), " ", el("bdi", { text: about.join(" · ") })),
    el("div", {}, ...fateParts(notice, acts)),
  );
}
