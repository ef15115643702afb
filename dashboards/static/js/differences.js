// Where a text departs from the mark it was matched with, code point by code point. Pure.

const LONGEST = 120; // code points; beyond it nobody reads letter by letter

/** Two lists of [piece, isDifferent] that join to the texts; letters that differ only in case are alike. */
export function differences(text, matched) {
  const [left, right] = [[...text].slice(0, LONGEST), [...matched].slice(0, LONGEST)];
  const common = longestCommon(left.map(folded), right.map(folded));
  return [pieces(left, new Set(common.map(([at]) => at))), pieces(right, new Set(common.map(([, at]) => at)))];
}

const folded = (letter) => letter.toLowerCase();

/** Pairs of places that hold the same letter, in order: a longest common subsequence. */
function longestCommon(left, right) {
  const lengths = Array.from({ length: left.length + 1 }, () => new Uint8Array(right.length + 1));
  for (let i = left.length - 1; i >= 0; i -= 1) {
    for (let j = right.length - 1; j >= 0; j -= 1) {
      lengths[i][j] = left[i] === right[j] ? lengths[i + 1][j + 1] + 1 : Math.max(lengths[i + 1][j], lengths[i][j + 1]);
    }
  }
  const pairs = [];
  for (let i = 0, j = 0; i < left.length && j < right.length; ) {
    if (left[i] === right[j]) pairs.push([i++, j++]);
    else if (lengths[i + 1][j] >= lengths[i][j + 1]) i += 1;
    else j += 1;
  }
  return pairs;
}

function pieces(letters, alike) {
  const found = [];
  letters.forEach((letter, at) => {
    const isDifferent = !alike.has(at);
    if (found.at(-1)?.[1] === isDifferent) found.at(-1)[0] += letter;
    else found.push([letter, isDifferent]);
  });
  return found;
}

/** What cannot be seen is shown as a box, so that a difference is never invisible. */
export const visible = (text) => text.replace(/[\p{Cf}\p{Cc}\p{Zl}\p{Zp}\u3164\u115f]/gu, "\u25af");
