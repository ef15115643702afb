// Matched text, highlighted. Offsets count code points; JavaScript strings count UTF-16 units, so they are translated.

import { el } from "./dom.js";

/** The UTF-16 index of each wanted code point offset, in one pass. */
function utf16Indices(text, offsets) {
  const wanted = [...new Set(offsets)].sort((a, b) => a - b);
  const found = new Map();
  let points = 0;
  let units = 0;
  for (const offset of wanted) {
    while (points < offset && units < text.length) {
      units += text.codePointAt(units) > 0xffff ? 2 : 1;
      points += 1;
    }
    found.set(offset, points === offset ? units : text.length);
  }
  return found;
}

/** The reasons' spans in one field as sorted, merged UTF-16 ranges. A span whose text is not there is left out. */
export function ranges(text, field, reasons) {
  const spans = reasons.filter((reason) => reason.field === field && reason.end > reason.start && reason.start >= 0);
  const index = utf16Indices(text, spans.flatMap((span) => [span.start, span.end]));
  const found = spans
    .map((span) => [index.get(span.start), index.get(span.end), span])
    .filter(([start, end, span]) => span.text === undefined || text.slice(start, end) === span.text)
    .map(([start, end]) => [start, end])
    .sort((a, b) => a[0] - b[0]);
  const merged = [];
  for (const [start, end] of found) {
    const last = merged.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else merged.push([start, end]);
  }
  return merged;
}

/** Text nodes and <mark> elements for a field. */
export function highlighted(text, field, reasons) {
  const nodes = [];
  let from = 0;
  for (const [start, end] of ranges(text, field, reasons)) {
    if (start > from) nodes.push(text.slice(from, start));
    nodes.push(el("mark", { text: text.slice(start, end) }));
    from = end;
  }
  if (from < text.length) nodes.push(text.slice(from));
  return nodes;
}

const LEAD = 24;

/** As `highlighted`, for one line: a match far into the text is brought into sight, with … for what is left out. */
export function headline(text, field, reasons, width = 200) {
  const first = ranges(text, field, reasons)[0];
  if (!first || first[0] <= 60) return highlighted(text.slice(0, 600), field, reasons);
  let start = first[0] - LEAD;
  if (text.charCodeAt(start) >= 0xdc00 && text.charCodeAt(start) < 0xe000) start -= 1;
  const points = Array.from(text.slice(0, start)).length;
  const moved = reasons.map((reason) => ({ ...reason, start: reason.start - points, end: reason.end - points }));
  return ["… ", ...highlighted(text.slice(start, start + width + first[1] - first[0]), field, moved)];
}
