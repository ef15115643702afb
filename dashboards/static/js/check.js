// The check form: one offer, screened now.

import "./chrome.js";
import { postForm, postJson } from "./api.js";
import { byId, el, say } from "./dom.js";
import { t, word } from "./i18n.js";
import { highlighted } from "./spans.js";
import { fieldName, finding, rightName, sentence } from "./words.js";

const UNSEEN = "picture_"; // the warnings about pictures that could not be compared
const TEXTS = ["title", "description", "brand", "platform", "price", "currency"];
const SCREENED = ["title", "description", "brand"];
const form = byId("check-form");
const result = byId("result");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const listing = read();
  const pictures = [...form.elements.picture.files];
  const isMissing = !listing.title && !pictures.length;
  say(byId("title-error"), isMissing ? t("check.title_missing") : "");
  form.elements.title.setAttribute("aria-invalid", String(isMissing));
  if (isMissing) return form.elements.title.focus();
  const button = byId("submit");
  button.disabled = true;
  button.textContent = t("check.busy");
  try {
    show(await ask(listing, pictures), listing, pictures.length);
  } catch (error) {
    result.replaceChildren(el("p", { class: "notice", role: "alert", text: error.message }));
  }
  button.disabled = false;
  button.textContent = t("check.submit");
});

form.addEventListener("reset", () => {
  say(byId("title-error"), "");
  result.replaceChildren(el("p", { class: "muted", text: t("check.waiting") }));
  form.elements.title.focus();
});

/** With pictures as the parts of a form, else as JSON. */
function ask(listing, pictures) {
  if (!pictures.length) return postJson("/api/v1/check", listing);
  const parts = new FormData();
  parts.append("listing", JSON.stringify(listing));
  for (const picture of pictures) parts.append("picture", picture);
  return postForm("/api/v1/check", parts);
}

function read() {
  const listing = {};
  for (const name of TEXTS) {
    const value = form.elements[name].value.trim();
    if (value) listing[name] = value;
  }
  const seller = form.elements.seller.value.trim();
  if (seller) listing.seller = { id: seller, name: seller };
  return listing;
}

function show(answer, listing, pictures) {
  const parts = [];
  const unseen = Object.keys(answer.warnings).filter((name) => name.startsWith(UNSEEN));
  const isAnythingSeen = SCREENED.some((name) => listing[name]) || pictures > count(unseen, answer.warnings);
  if (answer.alerts.length) {
    parts.push(el("h2", { class: "verdict bad", text: t("check.alerts", { n: answer.alerts.length }) }));
    parts.push(...answer.alerts.map((alert) => card(alert, answer, listing)));
  } else if (answer.screened.length) {
    parts.push(el("h2", { class: "verdict good", text: t("check.screened") }));
  } else if (!isAnythingSeen) {
    parts.push(el("h2", { class: "verdict bad", text: t("check.nothing_seen") }));
  } else {
    parts.push(el("h2", { class: "verdict good", text: t("check.clear_result") }), el("p", { class: "muted", text: t("check.clear_detail") }));
  }
  if (unseen.length) parts.push(unseenNotice(unseen, answer.warnings));
  if (answer.screened.length) {
    if (answer.alerts.length) parts.push(el("h3", { text: t("check.screened") }));
    parts.push(el("p", { class: "muted", text: t("check.screened_detail") }));
    parts.push(...answer.screened.map((match) => card(match, answer, listing)));
  }
  const warnings = Object.keys(answer.warnings).filter((name) => !unseen.includes(name));
  if (warnings.length) parts.push(el("p", { class: "muted small", text: `${t("check.warnings")}: ${warnings.map((name) => word("warning", name)).join(", ")}` }));
  parts.push(el("p", { class: "muted small", text: t("check.revision", { revision: answer.revision }) }));
  result.replaceChildren(...parts);
  if (matchMedia("(max-width: 46rem)").matches) result.scrollIntoView({ block: "start" });
}

const count = (names, warnings) => names.reduce((sum, name) => sum + warnings[name], 0);

/** A picture that was not compared must not pass for one without a match. */
function unseenNotice(unseen, warnings) {
  const why = unseen.map((name) => word("warning", name)).join(t("list.and"));
  return el("p", { class: "notice", text: t("check.unseen", { n: count(unseen, warnings), why }) });
}

/** An alert, or a match with the reason why it is none. */
function card(match, answer, listing) {
  const right = answer.rights[match.right_id];
  const head = match.screened
    ? el("span", { class: "screened", text: word("screened", match.screened) })
    : el("span", { class: `tier tier-${match.tier}`, text: `${word("tier", match.tier)} ${match.score.toFixed(2)}` });
  const fields = [...new Set(match.reasons.map((reason) => reason.field))].filter((field) => typeof listing[field] === "string");
  return el(
    "article",
    { class: `sheet card ${match.screened ? "" : `is-${match.tier}`}` },
    el("p", { class: "card-head" }, head, el("strong", {}, el("bdi", { text: rightName(match, right) })), el("span", { class: "muted", text: word("detector", match.detector) })),
    el("p", { text: match.screened ? match.reasons.map(finding).join(" + ") : sentence(match) }),
    ...fields.map((field) =>
      el("p", { class: "quote" }, el("span", { class: "muted", text: `${fieldName(field)} ` }), el("bdi", {}, ...highlighted(listing[field], field, match.reasons))),
    ),
    el("p", { class: "muted small" }, el("bdi", { text: [match.right_id ?? match.subject, right?.holder].filter(Boolean).join(" · ") })),
  );
}
