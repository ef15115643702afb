// A button that copies a text, and says that it did.

import { el } from "./dom.js";
import { t } from "./i18n.js";

export function copyButton(text) {
  const button = el("button", { type: "button", class: "button", text: t("alert.copy") });
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = t("alert.copied");
    } catch {
      getSelection().selectAllChildren(button.previousElementSibling); // not allowed to copy: at least select it
    }
  });
  return button;
}
