// The watch floor by keyboard. Single-key shortcuts can be switched off, for those who speak or dictate.

import { byId } from "./dom.js";

const SETTING = "rw_single_keys";

export function bindKeys({ list, filters, togglePause }) {
  const dialog = byId("help-dialog");
  const option = byId("single-keys");
  option.checked = localStorage.getItem(SETTING) !== "off";
  option.addEventListener("change", () => localStorage.setItem(SETTING, option.checked ? "on" : "off"));
  byId("help").addEventListener("click", () => dialog.showModal());

  const actions = {
    j: () => list.move(1),
    k: () => list.move(-1),
    ArrowDown: () => list.move(1),
    ArrowUp: () => list.move(-1),
    p: togglePause,
    " ": togglePause,
    n: () => list.showNewest(),
    f: () => filters.focus(),
    "/": () => filters.focus(),
    "?": () => dialog.showModal(),
    Escape: () => list.deselect(),
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || dialog.open) return;
    const target = event.target;
    // The help's checkbox may still hold the focus for a moment after Escape; nobody types into a checkbox.
    if (target.matches("input:not([type=checkbox]), select, textarea")) {
      if (event.key === "Escape") target.blur();
      return;
    }
    if (event.key === "Enter") return open(event, list);
    if (event.key === " " && target.matches("button, a, summary, input")) return;
    if (event.key.length === 1 && !option.checked) return;
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
}

function open(event, list) {
  if (!list.selected || !event.target.matches(".row")) return;
  event.preventDefault();
  location.assign(event.target.querySelector("a.title").href);
}
