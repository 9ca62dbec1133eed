/** One step of an alignment; `reference` or `hypothesis` is missing where the other side stands alone. */
export type AlignmentStep =
  | { readonly type: 'match' | 'substitution'; readonly reference: string; readonly hypothesis: string }
  | { readonly type: 'deletion'; readonly reference: string }
  | { readonly type: 'insertion'; readonly hypothesis: string };

/** The cheapest way from the reference to the hypothesis, word by word. */
export interface Alignment {
  readonly steps: readonly AlignmentStep[];
  readonly substitutionCount: number;
  readonly deletionCount: number;
  readonly insertionCount: number;
  /** Sum of the three. */
  readonly editCount: number;
}

function distances(reference: readonly string[], hypothesis: readonly string[]): Uint32Array {
  const width = hypothesis.length + 1;
  const table = new Uint32Array((reference.length + 1) * width);
  for (let j = 0; j < width; j++) table[j] = j;
  for (let i = 1; i <= reference.length; i++) {
    table[i * width] = i;
    for (let j = 1; j < width; j++) {
      const replaced = table[(i - 1) * width + j - 1]! + (reference[i - 1] === hypothesis[j - 1] ? 0 : 1);
      table[i * width + j] = Math.min(replaced, table[(i - 1) * width + j]! + 1, table[i * width + j - 1]! + 1);
    }
  }
  return table;
}

/**
 * Least number of word substitutions, deletions and insertions between two texts.
 *
 * Source: Wagner and Fischer, "The string-to-string correction problem", JACM 21(1), 1974; all costs 1.
 */
export function editDistance(reference: readonly string[], hypothesis: readonly string[]): number {
  return distances(reference, hypothesis).at(-1)!;
}

/**
 * Aligns two texts at the least number of edits; among equals, substitutions before deletions before insertions,
 * counted from the end.
 */
export function alignWords(reference: readonly string[], hypothesis: readonly string[]): Alignment {
  const table = distances(reference, hypothesis);
  const width = hypothesis.length + 1;
  const steps: AlignmentStep[] = [];
  let substitutionCount = 0;
  let deletionCount = 0;
  let insertionCount = 0;
  let i = reference.length;
  let j = hypothesis.length;
  while (i > 0 || j > 0) {
    const here = table[i * width + j]!;
    const isMatch = i > 0 && j > 0 && reference[i - 1] === hypothesis[j - 1];
    if (i > 0 && j > 0 && here === table[(i - 1) * width + j - 1]! + (isMatch ? 0 : 1)) {
      i--;
      j--;
      if (!isMatch) substitutionCount++;
      steps.push({ type: isMatch ? 'match' : 'substitution', reference: reference[i]!, hypothesis: hypothesis[j]! });
    } else if (i > 0 && here === table[(i - 1) * width + j]! + 1) {
      i--;
      deletionCount++;
      steps.push({ type: 'deletion', reference: reference[i]! });
    } else {
      j--;
      insertionCount++;
      steps.push({ type: 'insertion', hypothesis: hypothesis[j]! });
    }
  }
  return {
    steps: steps.reverse(),
    substitutionCount,
    deletionCount,
    insertionCount,
    editCount: substitutionCount + deletionCount + insertionCount,
  };
}
