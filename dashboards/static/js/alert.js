// One alert: the offer as it was seen, the right, the reasons and everything needed to show it later.

import "./chrome.js";
import { leadsSection } from "./alert_leads.js";
import { noticesSection } from "./alert_notices.js";
import { judgingSections } from "./alert_judging.js";
import { getJson } from "./api.js";
import { retrospectiveBadge } from "./badges.js";
import { complaintSection } from "./complaint.js";
import { copyButton } from "./copy.js";
import { byId, el, say } from "./dom.js";
import { facts, mono, section } from "./facts.js";
import { elapsed, moment, t, word } from "./i18n.js";
import { listingSection } from "./listing.js";
import { picturesSection } from "./compared.js";
import { rightSection } from "./right.js";
import { highlighted } from "./spans.js";
import { sidesSection } from "./sides.js";
import { scoreSection, whySection } from "./why.js";
import { sentence } from "./words.js";

const TRACE_DIGITS = 32; // of the page's digest: streams/log_lines/traces.py
const id = decodeURIComponent(location.pathname.split("/").at(-1));

try {
  const found = await getJson(`/api/v1/alerts/${encodeURIComponent(id)}`);
  byId("alert").replaceChildren(...content(found));
  document.title = `${found.alert.title.slice(0, 80)} · rightswatch`;
} catch (error) {
  byId("alert").replaceChildren(el("h1", { text: t("title.alert") }));
  say(byId("notice"), error.status === 404 ? t("alert.not_found") : error.message);
}
byId("alert").setAttribute("aria-busy", "false");

function content({ alert, right, listing, page, group }) {
  return [
    heading(alert),
    sidesSection(alert, listing, right),
    el(
      "div",
      { class: "split" },
      el("div", {}, whySection(alert), picturesSection(alert), listingSection(alert, listing, page)),
      el("div", {}, ...judgingSections(alert), leadsSection(alert), noticesSection(alert), complaintSection(alert), rightSection(alert, right), scoreSection(alert), evidenceSection(alert, page), groupSection(group), replaySection(alert)),
    ),
  ];
}

function heading(alert) {
  return el(
    "header",
    { class: "alert-head" },
    el(
      "p",
      { class: "alert-tier" },
      el("span", { class: `tier tier-${alert.tier}`, text: word("tier", alert.tier) }),
      el("span", { text: `${t("alert.score")} ${alert.score.toFixed(2)}` }),
      el("span", { class: "muted", text: word("detector", alert.detector) }),
      retrospectiveBadge(alert),
      el("time", { class: "muted", datetime: alert.observed_at, text: moment(alert.observed_at) }),
    ),
    el("h1", {}, el("bdi", {}, ...highlighted(alert.title, "title", alert.reasons))),
    el("p", { class: "lead", text: sentence(alert) }),
  );
}

function evidenceSection(alert, page) {
  const versions = Object.entries(alert.versions ?? {}).map(([name, version]) => `${name} ${version}`);
  return section(
    t("alert.evidence"),
    facts([
      ["listed_at", alert.listed_at && moment(alert.listed_at)],
      ["observed_at", moment(alert.observed_at)],
      ["latency", alert.listed_at && !alert.retrospective ? elapsed(alert.listed_at, alert.observed_at) : null],
      ["revision", alert.revision],
      ["versions", versions.join(" · ")],
      ["page", mono(alert.page)],
      ["trace_id", mono(alert.page?.slice(0, TRACE_DIGITS))],
      ["broker", page && page.topic && t("field.broker_value", { ...page, line: page.line ?? "?" })],
      ["listing_digest", mono(alert.listing_digest)],
      ["alert_id", mono(alert.alert_id)],
      ["group_id", mono(alert.group_id)],
      ["subject", mono(alert.subject)],
    ]),
  );
}

function groupSection(group) {
  if (!group.length) return section(t("alert.group"), el("p", { class: "muted", text: t("alert.group_none") }));
  const items = group.map((other) =>
    el(
      "li",
      {},
      el("span", { class: `tier tier-${other.tier}`, text: word("tier", other.tier) }),
      " ",
      el("a", { href: `/alerts/${encodeURIComponent(other.alert_id)}`, text: `${word("detector", other.detector)} · ${moment(other.observed_at)}` }),
    ),
  );
  return section(t("alert.group"), el("ul", { class: "group" }, ...items));
}

function replaySection(alert) {
  const command = `rightswatch replay ${alert.alert_id}`;
  return section(t("alert.replay"), el("p", { class: "command" }, el("code", { text: command }), copyButton(command)));
}
