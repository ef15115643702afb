// The link at the end of a letter: opening it changes nothing, the button ends the letters.

import "./chrome.js";
import { postJson } from "./api.js";
import { byId, say } from "./dom.js";
import { t } from "./i18n.js";

byId("end").addEventListener("click", async () => {
  try {
    await postJson(location.pathname, {});
    say(byId("notice"), "");
    byId("end").hidden = true;
    byId("done").textContent = t("unsubscribe.done");
    byId("done").focus();
  } catch (error) {
    say(byId("notice"), error.code === "not_found" ? t("unsubscribe.gone") : error.message);
  }
});
