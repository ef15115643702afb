// Saved views: the filters and the grouping of this page under a name, kept with the account.

import { deleteJson, getJson, putJson } from "./api.js";
import { view } from "./address.js";
import { byId, el, say } from "./dom.js";
import { t } from "./i18n.js";

export function bindViews() {
  const dialog = byId("views-dialog");
  const form = byId("save-view");
  byId("views").addEventListener("click", () => {
    dialog.showModal();
    guarded(list);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const name = form.elements.name.value.trim();
    if (!name) return form.elements.name.focus();
    guarded(async () => {
      await putJson(path(name), { query: view() });
      form.reset();
      await list();
    });
  });
}

const path = (name) => `/api/v1/views/${encodeURIComponent(name)}`;

async function list() {
  const { views } = await getJson("/api/v1/views");
  const items = views.map(({ name, query }) =>
    el(
      "li",
      {},
      el("a", { href: `/queue?${query}` }, el("bdi", { text: name })),
      el("button", { type: "button", class: "quiet", "aria-label": t("views.delete", { name }), title: t("views.delete", { name }), text: "×", on: { click: () => guarded(() => remove(name)) } }),
    ),
  );
  byId("views-list").replaceChildren(...(items.length ? items : [el("li", { class: "muted", text: t("views.none") })]));
}

async function remove(name) {
  await deleteJson(path(name));
  await list();
}

async function guarded(work) {
  try {
    await work();
    say(byId("views-error"), "");
  } catch (error) {
    say(byId("views-error"), error.message);
  }
}
