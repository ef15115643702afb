// The top bar that every page has: theme, language and signing out.

import { deleteJson } from "./api.js";
import { byId } from "./dom.js";

const root = document.documentElement;

function dark() {
  return root.dataset.theme === "dark" || (root.dataset.theme === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
}

byId("theme").addEventListener("click", () => {
  root.dataset.theme = dark() ? "light" : "dark";
  document.cookie = `rw_theme=${root.dataset.theme}; path=/; max-age=31536000; samesite=strict`;
});

/** The other language keeps the rest of the address, so filters survive the change. */
const link = byId("language");
link.addEventListener("click", () => {
  const address = new URL(location.href);
  address.searchParams.set("lang", link.lang);
  link.href = address.search;
});

/** The pages' menu closes on Escape and when something else is clicked or focused. */
const menu = document.querySelector("details.menu");
if (menu) {
  const closeOutside = (event) => menu.contains(event.target) || menu.removeAttribute("open");
  document.addEventListener("click", closeOutside);
  document.addEventListener("focusin", closeOutside);
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    event.stopPropagation();
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}

byId("sign-out")?.addEventListener("click", async () => {
  try {
    await deleteJson("/api/v1/session");
  } finally {
    location.assign("/sign-in"); // which leads back here if the session goes on
  }
});
