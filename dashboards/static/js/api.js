// Requests to our own API. A refusal arrives as an ApiError whose message is in the reader's language.

import { t } from "./i18n.js";

const TRANSLATED = new Set(["not_ready", "store_unavailable", "no_title", "body_too_large", "busy", "bad_parameter", "not_found", "stale", "not_infringing", "broker_unavailable", "not_signed_in", "wrong_credentials", "locked", "csrf", "forbidden", "too_many_requests", "no_accounts", "password_must_change"]);
/** The word that shows a change to come from a page of ours; empty where nobody signs in. */
const csrf = document.querySelector("meta[name=csrf]").content;

/** Where nobody has touched the page for so long, what it reads by itself does not keep the session alive. */
const ATTENDED_MS = 60_000;
let touched = Date.now();
for (const kind of ["keydown", "pointerdown", "wheel"]) addEventListener(kind, () => (touched = Date.now()), { passive: true, capture: true });
const attendance = () => (Date.now() - touched > ATTENDED_MS ? { "X-RW-Unattended": "1" } : {});

export class ApiError extends Error {
  constructor(status, problem) {
    const code = TRANSLATED.has(problem.code) ? problem.code : status ? "other" : "network";
    super(t(`problem.${code}`, { detail: problem.detail ?? status }));
    this.status = status;
    this.code = problem.code;
    this.problem = problem;
    this.field = problem.field;
    this.errors = problem.errors ?? [];
  }
}

async function answer(request) {
  let response;
  try {
    response = await request;
  } catch {
    throw new ApiError(0, {});
  }
  if (response.ok) return response.json();
  if (response.status === 401 && document.documentElement.dataset.page !== "sign_in") {
    location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
  }
  throw new ApiError(response.status, await response.json().catch(() => ({})));
}

export function getJson(path, parameters = {}, signal = undefined) {
  const given = Object.entries(parameters).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const query = new URLSearchParams(given).toString();
  return answer(fetch(query ? `${path}?${query}` : path, { signal, headers: { Accept: "application/json", ...attendance() } }));
}

export function postJson(path, document) {
  return change("POST", path, document);
}

export function putJson(path, document) {
  return change("PUT", path, document);
}

export function deleteJson(path) {
  return answer(fetch(path, { method: "DELETE", headers: { Accept: "application/json", "X-RW-CSRF": csrf } }));
}

export function postForm(path, parts) {
  return answer(fetch(path, { method: "POST", headers: { "X-RW-CSRF": csrf }, body: parts }));
}

function change(method, path, document) {
  const headers = { "Content-Type": "application/json", "X-RW-CSRF": csrf };
  return answer(fetch(path, { method, headers, body: JSON.stringify(document) }));
}
