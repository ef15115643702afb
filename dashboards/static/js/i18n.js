// Every visible word comes through here. The server puts one language's messages into the page.

const messages = JSON.parse(document.getElementById("messages").textContent);
export const language = document.documentElement.lang;
const numbers = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });

/** The message for a key, its {places} filled. With n = 1, `key.one` goes first where there is one. */
export function t(key, values = {}) {
  const text = (values.n === 1 && messages[`${key}.one`]) || messages[key] || key;
  return text.replace(/\{(\w+)\}/g, (place, name) => (name in values ? String(values[name]) : place));
}

/** The message, or the bare name where a newer server sends one that this catalogue has no words for. */
export function word(group, name) {
  return messages[`${group}.${name}`] ?? String(name).replaceAll("_", " ");
}

export const number = (value) => numbers.format(value);

/** 10:23:45, with the day in front when it is not today. */
export function clock(text) {
  const moment = new Date(text);
  if (Number.isNaN(moment.getTime())) return text ?? "";
  const time = moment.toLocaleTimeString(language, { hour12: false });
  if (moment.toDateString() === new Date().toDateString()) return time;
  return `${moment.toLocaleDateString(language, { month: "2-digit", day: "2-digit" })} ${time}`;
}

/** The whole moment with its zone, for titles and evidence. */
export function moment(text) {
  const parsed = new Date(text);
  if (Number.isNaN(parsed.getTime())) return text ?? "";
  return parsed.toLocaleString(language, { dateStyle: "medium", timeStyle: "long", hour12: false });
}

/** The time between two moments in words, or "" when either is missing or they are out of order. */
export function elapsed(from, to) {
  const seconds = (new Date(to) - new Date(from)) / 1000;
  if (!(seconds >= 0)) return "";
  if (seconds < 1) return t("time.milliseconds", { n: Math.round(seconds * 1000) });
  if (seconds < 120) return t("time.seconds", { n: number(seconds) });
  if (seconds < 7200) return t("time.minutes", { n: Math.round(seconds / 60) });
  if (seconds < 172800) return t("time.hours", { n: Math.round(seconds / 3600) });
  return t("time.days", { n: Math.round(seconds / 86400) });
}
