// What a person does to cases. What was in flight when the connection broke is sent once more, with the same versions:
// if the first try had arrived, the server calls the second one stale, and what holds now is exactly what was wanted.

import { postJson } from "./api.js";

const AGAIN_MS = 1200;

/** Send it; once more where no answer came. Raises the ApiError of the last try. */
export async function send(path, document, wait = AGAIN_MS) {
  try {
    return await postJson(path, document);
  } catch (error) {
    if (error.status !== 0 && error.status !== 503) throw error;
    await new Promise((resolve) => setTimeout(resolve, wait));
    return postJson(path, document);
  }
}

/** Whether a refused verdict is our own from a moment ago whose answer was lost. */
export function isLost(state, given, me) {
  return Boolean(state) && state.judged_by === me && state.verdict === given.verdict && state.reason_code === given.reason_code;
}
