// A right's history: who changed what and why, field by field.

import { el } from "./dom.js";
import { moment, t, word } from "./i18n.js";
import { labelOf } from "./desk_fields.js";

const LONGEST = 300;
const UNREADABLE = new Set(["views", "windows", "quality"]); // of a picture: nothing that a person compares

export function changeItem(change) {
  const by = change.by === "import" ? t("desk.by_import") : change.by;
  return el(
    "li",
    { dataset: { revision: change.revision } },
    el("strong", { text: t(opWords(change)) }),
    " ",
    el("bdi", { text: by }),
    el("span", { class: "muted" }, " · ", el("time", { datetime: change.at, text: moment(change.at) }), ` · ${t("desk.revisions", change)}`),
    change.reason ? el("p", { class: "small" }, el("bdi", { text: change.reason })) : null,
    differenceList(change.differences),
  );
}

const opWords = ({ op, based_on: basedOn }) => (op === "withdraw" ? "desk.op_withdraw" : basedOn ? "desk.op_put" : "desk.op_added");

export function differenceList(differences) {
  if (!differences.length) return null;
  return el("dl", {}, ...differences.flatMap((difference) => [el("dt", { text: labelOf(difference.field) }), el("dd", {}, ...told(difference))]));
}

function told({ added, removed, was, now }) {
  if (added || removed) {
    return [...(removed ?? []).map((value) => line("del", "−", value)), ...(added ?? []).map((value) => line("ins", "+", value))];
  }
  return [line("del", "−", was), line("ins", "+", now)];
}

function line(name, sign, value) {
  return el("div", {}, el(name, {}, `${sign} `, el("bdi", { text: readable(value) })));
}

function readable(value) {
  if (value === null || value === undefined) return t("desk.nothing");
  if (typeof value === "boolean") return t(value ? "field.yes" : "desk.no");
  if (Array.isArray(value)) return cut(value.map(readable).join(", "));
  if (typeof value !== "object") return cut(String(value));
  const said = Object.entries(value).filter(([name]) => !UNREADABLE.has(name));
  return cut(said.map(([name, part]) => `${word("desk.field", name)}: ${readable(part)}`).join(", "));
}

const cut = (text) => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
