/** Share of pairs of letters that two texts have to have in common to be taken for the same question. */
const SIMILAR_SHARE = 0.5;

/**
 * True when somebody seems to have said the same once more: half of the pairs of letters are the same, whatever case and
 * punctuation. Texts without a letter are like no other.
 *
 * Source: Dice's coefficient over bigrams, as Adamson and Boreham, "The use of an association measure based on character
 * structure…", 1974.
 */
export function areSimilar(one: string, other: string): boolean {
  const pairs = letterPairs(one);
  const otherPairs = letterPairs(other);
  const total = pairs.length + otherPairs.length;
  if (pairs.length === 0 || otherPairs.length === 0) return false;
  let shared = 0;
  for (const pair of pairs) {
    const at = otherPairs.indexOf(pair);
    if (at < 0) continue;
    otherPairs.splice(at, 1);
    shared++;
  }
  return (2 * shared) / total >= SIMILAR_SHARE;
}

/** Pairs of neighbouring letters, word by word; a lone letter is paired with a space. */
function letterPairs(text: string): string[] {
  const words = text.toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  return words.flatMap((word) => {
    const letters = [...word];
    return letters.length === 1 ? [`${word} `] : letters.slice(1).map((letter, at) => letters[at]! + letter);
  });
}
