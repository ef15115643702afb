// Signing in: a wrong password and a locked name are said plainly, and the field to correct has the focus.

import "./chrome.js";
import { getJson, postJson } from "./api.js";
import { byId, say } from "./dom.js";
import { t } from "./i18n.js";

const form = byId("sign-in");
const { name, password } = form.elements;

// Who follows a link on another site comes without the cookie, and so here: our own page can tell that a session holds.
getJson("/api/v1/session").then(() => location.replace(form.dataset.next), () => {});

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const empty = [name, password].find((field) => field.value === "");
  if (empty) {
    say(byId("notice"), t("sign_in.both"));
    empty.focus();
    return;
  }
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    const who = await postJson("/api/v1/session", { name: name.value, password: password.value });
    location.replace(who.must_change ? "/account" : form.dataset.next);
  } catch (error) {
    button.disabled = false;
    say(byId("notice"), error.code === "locked" ? t("sign_in.locked", { time: wait(error.problem.retry_after) }) : error.message);
    password.value = "";
    password.focus();
  }
});

/** 45 s, or 8 min: rounded up, so that nobody comes back too early. */
function wait(seconds) {
  return seconds < 120 ? t("time.seconds", { n: seconds }) : t("time.minutes", { n: Math.ceil(seconds / 60) });
}
