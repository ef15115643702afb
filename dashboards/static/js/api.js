// Requests to our own API. A refusal arrives as an ApiError whose message is in the reader's language.

import { t } from "./i18n.js";

const TRANSLATED = new Set(["not_ready", "store_unavailable", "no_title", "body_too_large", "busy", "bad_parameter", "not_found", "broker_unavailable"]);

export class ApiError extends Error {
  constructor(status, problem) {
    const code = TRANSLATED.has(problem.code) ? problem.code : status ? "other" : "network";
    super(t(`problem.${code}`, { detail: problem.detail ?? status }));
    this.status = status;
    this.field = problem.field;
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
  throw new ApiError(response.status, await response.json().catch(() => ({})));
}

export function getJson(path, parameters = {}, signal = undefined) {
  const given = Object.entries(parameters).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const query = new URLSearchParams(given).toString();
  return answer(fetch(query ? `${path}?${query}` : path, { signal, headers: { Accept: "application/json" } }));
}

export function postJson(path, document) {
  return answer(fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(document) }));
}

export function deleteJson(path) {
  return answer(fetch(path, { method: "DELETE", headers: { Accept: "application/json" } }));
}

export function postForm(path, parts) {
  return answer(fetch(path, { method: "POST", body: parts }));
}
