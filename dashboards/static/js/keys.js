// Pages worked by keyboard. Single-key shortcuts can be switched off, for those who speak or dictate.

import { byId } from "./dom.js";

const SETTING = "rw_single_keys";
const TYPED_INTO = "input:not([type=checkbox], [type=radio], [type=range]), select, textarea";

/** Run `actions[key]` when a key is pressed where nobody types. `entered(event)` hears of Enter; it says what it took. */
export function bindKeys(actions, entered) {
  const dialog = byId("help-dialog");
  const option = byId("single-keys");
  const all = { ...actions, "?": () => dialog.showModal() };
  option.checked = localStorage.getItem(SETTING) !== "off";
  option.addEventListener("change", () => localStorage.setItem(SETTING, option.checked ? "on" : "off"));
  byId("help").addEventListener("click", () => dialog.showModal());

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.querySelector("dialog:modal")) return;
    const target = event.target;
    // The help's checkbox may still hold the focus for a moment after Escape; nobody types into a checkbox.
    if (target.matches(TYPED_INTO)) {
      if (event.key === "Escape") target.blur();
      return;
    }
    if (event.key === "Enter") return entered(event);
    if (event.key === " " && target.matches("button, a, summary, input")) return;
    if (event.key.length === 1 && !option.checked) return;
    const action = all[event.key];
    if (!action) return;
    event.preventDefault();
    action(event);
  });
}
