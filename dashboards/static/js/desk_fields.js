// The form of a right: everything that people manage of it, under the names that the API's complaints have.

import { el } from "./dom.js";
import { t, word } from "./i18n.js";

const KINDS = ["trademark", "design", "invention", "utility_model"];
const STATUSES = ["granted", "pending", "lapsed", "expired", "invalidated", "withdrawn"];
const POLICIES = ["signals", "any_use"];

/** Groups of fields: [name, how it is written and read, options]. `holder.name` is the name within the holder. */
export const GROUPS = [
  ["what", [["kind", "choice", { choices: KINDS, words: "kind", must: true }], ["title", "text"], ["office", "text"], ["number", "text"]]],
  ["match", [["marks", "lines", { wide: true }], ["aliases", "lines", { wide: true }], ["classes", "list"], ["well_known", "flag"]]],
  ["holder", [["holder.name", "text"], ["holder.id", "text"], ["holder.uscc", "text"], ["holder.sellers", "rows", { columns: ["platform", "seller_id"] }]]],
  [
    "force",
    [
      ["status", "choice", { choices: STATUSES, words: "status" }],
      ["status_since", "date"],
      ["status_as_of", "date"],
      ["filed_on", "date"],
      ["granted_on", "date"],
      ["expires_on", "date"],
      ["territories", "list", { wide: true }],
    ],
  ],
  ["licences", [["licensees", "rows", { columns: ["name", "seller_id", "uscc", "platforms", "from", "to"], lists: ["platforms"], dates: ["from", "to"] }]]],
  ["silent", [["allow", "rows", { columns: ["seller_id", "phrase", "pdq"] }]]],
  [
    "alerting",
    [
      ["policy", "choice", { choices: POLICIES, words: "desk.policy", wide: true }],
      ["threshold.score", "number", { min: 0, max: 1, step: 0.01, hint: true }],
      ["threshold.image_distance", "number", { min: 0, max: 90, step: 1, hint: true }],
      ["usual_price.amount", "text"],
      ["usual_price.currency", "text"],
    ],
  ],
  ["texts", [["abstract", "long", { wide: true }], ["claims", "paragraphs", { wide: true }]]],
];

/** The label of a field; one of a row is called by its last part. */
export const labelOf = (name) => word("desk.field", name.replace(/^.*\[\d*\]\.?(?=.)/, ""));

/** One field: its label, its control, and where a complaint about it goes. */
export function field(name, how, options = {}) {
  const errorId = `error-${name}`;
  const shared = { name, id: `field-${name}`, autocomplete: "off", "aria-describedby": errorId, required: options.must };
  const error = el("p", { id: errorId, class: "field-error", dataset: { errorFor: name }, hidden: true });
  if (how === "flag") {
    return el("div", {}, el("label", { class: "tick" }, el("input", { ...shared, type: "checkbox" }), el("span", { text: labelOf(name) })), error);
  }
  const hint = options.hint || ["lines", "list", "paragraphs"].includes(how) ? el("span", { class: "hint", text: t(options.hint ? `desk.hint.${name}` : `desk.hint.${how}`) }) : null;
  const label = el("label", { class: "field-block" }, el("span", { text: labelOf(name) }), control(how, shared, options), hint);
  return el("div", { class: options.wide ? "wide" : null }, label, error);
}

function control(how, shared, options) {
  if (how === "choice") {
    return el("select", shared, ...options.choices.map((choice) => el("option", { value: choice, text: word(options.words, choice) })));
  }
  if (["lines", "long", "paragraphs"].includes(how)) return el("textarea", { ...shared, rows: how === "lines" ? 2 : 3, spellcheck: "false" });
  if (how === "date") return el("input", { ...shared, type: "date" });
  if (how === "number") return el("input", { ...shared, type: "number", min: options.min, max: options.max, step: options.step });
  return el("input", { ...shared, spellcheck: "false" });
}

const BETWEEN = { lines: "\n", list: ", ", paragraphs: "\n\n" };

/** What a control shows for a value. */
export function shown(how, value) {
  if (value === null || value === undefined) return "";
  if (how in BETWEEN) return [value].flat().join(BETWEEN[how]);
  if (how === "date") return String(value).replace(/^(\d{4})(\d{2})(\d{2})$/, "$1-$2-$3"); // what a date's control can show
  return String(value);
}

/** The value of what a control shows; undefined when it says nothing. */
export function meant(how, text, options = {}) {
  const trimmed = text.trim();
  if (how === "lines") return filled(text.split("\n"));
  if (how === "list") return filled(text.split(/[,，、\n]/));
  if (how === "paragraphs") return filled(text.split(/\n\s*\n/));
  if (!trimmed) return undefined;
  if (how === "choice" && !options.must && trimmed === options.choices[0]) return undefined;
  return how === "number" && Number.isFinite(Number(trimmed)) ? Number(trimmed) : trimmed;
}

function filled(parts) {
  const said = parts.map((part) => part.trim()).filter(Boolean);
  return said.length ? said : undefined;
}

/** The value at "holder.name" of a document. */
export function valueAt(document, name) {
  return name.split(".").reduce((value, part) => value?.[part], document);
}

/** Puts a value there, or takes it away; what else the document says stays. */
export function putAt(document, name, value) {
  const [head, tail] = name.split(".");
  if (tail) {
    const inner = { ...(document[head] ?? {}) };
    putAt(inner, tail, value);
    putAt(document, head, Object.keys(inner).length ? inner : undefined);
  } else if (value === undefined) delete document[head];
  else document[head] = value;
}
