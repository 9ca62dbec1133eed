import { editDistance } from './alignment.ts';
import { type NormaliserName, normalisedWords } from './text-normaliser.ts';

/** What one clip adds to a pooled word error rate. */
export interface ClipErrors {
  /** Substitutions, deletions and insertions. */
  readonly editCount: number;
  /** Words of the reference. */
  readonly wordCount: number;
}

/** Errors of one clip's text against its reference, both normalised alike. */
export function countClipErrors(reference: string, hypothesis: string, normaliser: NormaliserName): ClipErrors {
  const words = normalisedWords(reference, normaliser);
  return { editCount: editDistance(words, normalisedWords(hypothesis, normaliser)), wordCount: words.length };
}

/**
 * Word error rate over clips, as one fraction: all edits over all reference words, so that a long clip weighs more
 * than a short one. Above 1 when more is inserted than was said; NaN when no clip holds a word.
 */
export function pooledWordErrorRate(clips: readonly ClipErrors[]): number {
  let editCount = 0;
  let wordCount = 0;
  for (const clip of clips) {
    editCount += clip.editCount;
    wordCount += clip.wordCount;
  }
  return wordCount === 0 ? Number.NaN : editCount / wordCount;
}
