// What is sent when a person acts, and what is done with the answer: states are taken over, refusals are shown in place.

import { getJson } from "./api.js";
import { isLost, send } from "./acts.js";
import { UNDO_MS, me } from "./states.js";
import { sellerKey } from "./words.js";

const MOST_AT_ONCE = 200; // cases of one verdict: /api/v1/verdicts
const PATHS = { review: "review", expert: "ask_expert", opinion: "opinion" };

export class Acts {
  #store;
  #done = []; // what can be taken back, the latest last: {ids, until}

  constructor(store) {
    this.#store = store;
  }

  /** The latest act that can still be taken back: {ids, until}; null without one. */
  latest(now = Date.now()) {
    while (this.#done.length && this.#done.at(-1).until <= now) this.#done.pop();
    return this.#done.at(-1) ?? null;
  }

  /** Give a verdict on cases. Returns {given, refused, states}: ids, [{group_id, code, ...}], and what holds now. */
  async verdict(items, { verdict, reason_code, note }) {
    const sum = { given: [], refused: [], states: [] };
    const untils = [];
    for (let from = 0; from < items.length; from += MOST_AT_ONCE) {
      const some = items.slice(from, from + MOST_AT_ONCE);
      const alerts = Object.fromEntries(some.map((item) => [item.group_id, item.alert.alert_id]));
      const answer = await send("/api/v1/verdicts", { group_ids: Object.keys(alerts), alerts, verdict, reason_code, note, versions: versions(some) });
      const { own, refused } = apart(answer.refused, { verdict, reason_code });
      sum.given.push(...answer.given.map(({ group_id }) => group_id), ...own.map(({ group_id }) => group_id));
      sum.refused.push(...refused);
      untils.push(...answer.given.map(({ undo_until }) => undo_until));
      sum.states.push(...stated(answer.given), ...stated(answer.refused));
    }
    if (sum.given.length) this.#did(sum.given, untils.sort()[0]);
    return sum;
  }

  /** A review, a question to an expert or an opinion about one case. Returns the state that holds now. */
  async about(item, act, document) {
    const body = { ...document, alert_id: item.alert.alert_id, version: item.triage.version };
    let answer;
    try {
      answer = await send(`/api/v1/groups/${encodeURIComponent(item.group_id)}/${PATHS[act]}`, body);
    } catch (error) {
      if (act !== "review" || error.code !== "stale" || !isLost(error.problem.state, document, me)) throw error;
      answer = error.problem.state;
    }
    this.#did([item.group_id], answer.undo_until);
    return stated([answer]);
  }

  #did(ids, until = undefined) {
    this.#done.push({ ids, until: Date.parse(until ?? "") || Date.now() + UNDO_MS });
  }

  /** Take back an act on all its cases. Returns what holds now; where it breaks off, the rest can be tried again. */
  async undo(act) {
    const states = [];
    while (act.ids.length) {
      const [id] = act.ids;
      const item = this.#store.get(id) ?? (await getJson(`/api/v1/groups/${encodeURIComponent(id)}`));
      states.push(...stated([await send(`/api/v1/groups/${encodeURIComponent(id)}/undo`, { version: item.triage.version })]));
      act.ids.shift();
    }
    this.#done = this.#done.filter((one) => one !== act);
    return states;
  }

  /** Claim, release or take from the shelf. */
  async simple(act, ids) {
    return send(`/api/v1/queue/${act}`, { group_ids: ids });
  }

  /** Take from the shelf all that is there with a case: of its seller, else of its right. */
  async unshelveAll({ alert }) {
    try {
      return await send("/api/v1/queue/unshelve", { seller: sellerKey(alert) });
    } catch (error) {
      if (error.status !== 404 && error.status !== 400) throw error;
      return send("/api/v1/queue/unshelve", { right_id: alert.right_id });
    }
  }

  async claimNext(filters) {
    return send("/api/v1/queue/claim", { next: true, ...filters });
  }

  /** Put aside the case, or all of its seller's or right's. */
  async shelve(item, scope, until, note) {
    const what = { offer: { group_ids: [item.group_id] }, seller: { seller: sellerKey(item.alert) }, right: { right_id: item.alert.right_id } }[scope];
    const answer = await send("/api/v1/queue/shelve", { ...what, until, note });
    if (answer.shelved.length) this.#did(answer.shelved.map(({ group_id }) => group_id));
    return answer;
  }
}

const versions = (items) => Object.fromEntries(items.map((item) => [item.group_id, item.triage.version]));

/** Refusals that are only our own answer lost on its way, and the others. */
function apart(refused, given) {
  const isOwn = (one) => one.code === "stale" && isLost(one.state, given, me);
  return { own: refused.filter(isOwn), refused: refused.filter((one) => !isOwn(one)) };
}

/** The states in an answer, each with its group's id, whether they stand in it or are it. */
export function stated(answers) {
  return answers.map(({ group_id, ...rest }) => ({ ...(typeof rest.state === "object" ? rest.state : rest), group_id })).filter((state) => state.version !== undefined);
}
