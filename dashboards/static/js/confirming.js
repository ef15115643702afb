// A question that needs a clear yes: it says how many it is about, and Enter held down does not answer it.

import { byId } from "./dom.js";

/** Ask; resolves to whether the answer was yes. */
export function confirmed({ title, what, yes }) {
  const dialog = byId("confirm-dialog");
  byId("confirm-title").textContent = title;
  byId("confirm-what").textContent = what;
  byId("confirm-yes").textContent = yes;
  const held = (event) => event.repeat && event.preventDefault();
  dialog.addEventListener("keydown", held);
  dialog.returnValue = "";
  dialog.showModal();
  byId("confirm-yes").focus();
  return new Promise((resolve) => {
    const closed = () => {
      dialog.removeEventListener("keydown", held);
      resolve(dialog.returnValue === "yes");
    };
    dialog.addEventListener("close", closed, { once: true });
  });
}
