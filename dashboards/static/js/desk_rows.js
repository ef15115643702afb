// Lists of small things in the form of a right: own shops, licensees, what is allowed. Rows are added and taken away.

import { el } from "./dom.js";
import { t } from "./i18n.js";
import { field, labelOf, meant, shown } from "./desk_fields.js";

/** One list of rows. `values` reads them; `fill` shows others. */
export function rowsOf(name, { columns, lists = [], dates = [] }) {
  const list = el("div", { class: "rows" });
  const add = el("button", { class: "button", type: "button", text: t("desk.add", { what: labelOf(name) }), on: { click: () => addRow({}).querySelector("input").focus() } });
  const error = el("p", { id: `error-${name}`, class: "field-error", dataset: { errorFor: name }, hidden: true });
  const how = (column) => (lists.includes(column) ? "list" : dates.includes(column) ? "date" : "text");
  const kept = new WeakMap(); // of a row: what it was filled with, and what its inputs showed then

  function addRow(value) {
    const remove = el("button", { class: "quiet", type: "button", text: t("desk.remove"), on: { click: () => removeRow(row) } });
    const row = el("div", { class: "row", role: "group" }, el("div", { class: "fields" }, ...columns.map((column) => field(`${name}[].${column}`, how(column)))), remove);
    const inputs = [...row.querySelectorAll("input")];
    columns.forEach((column, at) => {
      inputs[at].value = shown(how(column), value[column]);
    });
    kept.set(row, { value, began: inputs.map((input) => input.value) });
    list.append(row);
    renumber();
    return row;
  }

  function removeRow(row) {
    const other = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    renumber();
    (other?.querySelector(".quiet") ?? add).focus();
    list.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** The API names `licensees[1].seller_id`, and so must the fields. */
  function renumber() {
    [...list.children].forEach((row, number) => {
      row.setAttribute("aria-label", t("desk.row", { what: labelOf(name), n: number + 1 }));
      columns.forEach((column, at) => {
        const full = `${name}[${number}].${column}`;
        const input = row.querySelectorAll("input")[at];
        const complaint = row.querySelectorAll(".field-error")[at];
        input.name = full;
        input.id = `field-${full}`;
        complaint.id = `error-${full}`;
        complaint.dataset.errorFor = full;
        input.setAttribute("aria-describedby", complaint.id);
      });
    });
  }

  function values() {
    const rows = [...list.children].map((row) => {
      const { value: was, began } = kept.get(row);
      const value = { ...was };
      const inputs = [...row.querySelectorAll("input")];
      columns.forEach((column, at) => {
        if (inputs[at].value === began[at]) return;
        const said = meant(how(column), inputs[at].value);
        if (said === undefined) delete value[column];
        else value[column] = said;
      });
      return value;
    });
    return rows.length ? rows : undefined;
  }

  return { element: el("div", { class: "wide" }, list, error, el("p", {}, add)), values, fill: (all) => (list.replaceChildren(), (all ?? []).forEach(addRow)) };
}
