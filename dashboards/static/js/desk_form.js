// The whole form: filled from a right, read back as a right. What it has no field for stays as it was.

import { el, say } from "./dom.js";
import { t } from "./i18n.js";
import { field, GROUPS, meant, putAt, shown, valueAt } from "./desk_fields.js";
import { picturesOf } from "./desk_pictures.js";
import { rowsOf } from "./desk_rows.js";

export function makeForm(form, address, { canChange, isNew }) {
  const parts = new Map(); // name -> rows or pictures
  const fields = new Map(); // name -> [how, options]
  const began = new Map(); // name -> what its control showed when it was filled: what nobody touched stays as it was
  let original = {};

  const groups = GROUPS.map(([group, members]) => fieldset(group, members.map(([name, how, options]) => member(name, how, options))));
  const pictures = picturesOf(address, { canChange });
  parts.set("images", pictures);
  groups.splice(2, 0, fieldset("pictures", [pictures.element]));
  if (isNew) groups.unshift(fieldset("id", [field("right_id", "text", { must: true, wide: true })]));
  form.replaceChildren(...groups);
  form.setAttribute("aria-busy", "false");
  if (!canChange) for (const group of groups) group.disabled = true;

  function fieldset(group, members) {
    return el("fieldset", {}, el("legend", { text: t(`desk.group.${group}`) }), el("div", { class: "fields" }, ...members));
  }

  function member(name, how, options = {}) {
    if (how === "rows") {
      const rows = rowsOf(name, options);
      parts.set(name, rows);
      return rows.element;
    }
    fields.set(name, [how, options]);
    return field(name, how, options);
  }

  function fill(right) {
    original = right;
    for (const [name, [how, options]] of fields) {
      const control = form.elements[name];
      const value = valueAt(right, name);
      if (how === "flag") control.checked = value === true;
      else control.value = how === "choice" ? (value ?? options.choices[0]) : shown(how, value);
      began.set(name, how === "flag" ? control.checked : control.value);
    }
    for (const [name, part] of parts) part.fill(valueAt(right, name));
  }

  function read() {
    const right = structuredClone(original);
    if (isNew) right.right_id = form.elements.right_id.value.trim();
    for (const [name, [how, options]] of fields) {
      const control = form.elements[name];
      if (how === "flag") {
        if (control.checked !== began.get(name)) putAt(right, name, control.checked);
      } else if (control.value !== began.get(name)) putAt(right, name, meant(how, control.value, options));
    }
    for (const [name, part] of parts) putAt(right, name, part.values());
    return right;
  }

  /** Show each complaint beside its field; returns what has no field here. The first field gets the focus. */
  function complain(errors) {
    const rest = [];
    for (const place of form.querySelectorAll("[data-error-for]")) say(place, "");
    for (const control of form.querySelectorAll("[aria-invalid]")) control.removeAttribute("aria-invalid");
    for (const { field: name, detail } of errors) {
      const places = [...form.querySelectorAll("[data-error-for]")];
      const place = places.find((one) => one.dataset.errorFor === name) ?? places.find((one) => name.startsWith(`${one.dataset.errorFor}[`));
      if (!place) rest.push(detail);
      else {
        say(place, [place.textContent, detail].filter(Boolean).join(" "));
        form.querySelector(`#${CSS.escape(`field-${place.dataset.errorFor}`)}`)?.setAttribute("aria-invalid", "true");
      }
    }
    form.querySelector("[aria-invalid]")?.focus();
    return rest;
  }

  return { fill, read, complain };
}
