import { type AlignmentStep, alignWords } from './alignment.ts';
import { evenOut, STEP_CONVENTIONS, type StepConvention } from './conventions.ts';
import { normaliseEnglish } from './text-normaliser.ts';

/** All conventions: those of the steps, case, white space, and what only the whole normaliser evens out. */
export type Convention = StepConvention | 'case' | 'spacing' | 'other';

/** What a report calls each convention. */
export const CONVENTION_NAMES: Readonly<Record<Convention, string>> = {
  numbers: 'numbers as digits or words',
  contractions: 'contractions and titles in full or short',
  spelling: 'British or American spelling',
  symbols: 'symbols or words (& and, % percent)',
  accents: 'accents',
  joining: 'hyphens, one word or two',
  notes: 'notes in brackets',
  fillers: 'fillers (um, uh) written or left out',
  punctuation: 'punctuation',
  case: 'upper or lower case',
  spacing: 'white space',
  other: 'other ways of writing the same',
};

/** One place in which two texts differ. */
export interface LabelDifference {
  /** In which conventions; none when the words are different. */
  readonly conventions: readonly Convention[];
  /** The place in the first text; empty where it has nothing there. */
  readonly first: string;
  readonly second: string;
}

interface Word {
  readonly raw: string;
  /** Without case and outer punctuation: what words are aligned by. */
  readonly folded: string;
}

/** What stands for a word (%, &, $) is none. */
const OUTER_PUNCTUATION = /^[^\p{L}\p{N}%$€£¢&+@]+|[^\p{L}\p{N}%$€£¢&+@]+$/gu;

const ALL_STEPS: ReadonlySet<StepConvention> = new Set(STEP_CONVENTIONS);

function wordsOf(text: string): readonly Word[] {
  return text
    .split(/\s+/)
    .filter(Boolean)
    .map((raw) => {
      const folded = raw.toLowerCase().replace(OUTER_PUNCTUATION, '');
      return { raw, folded: folded === '' ? raw : folded };
    });
}

function caseShapes(text: string): readonly string[] {
  return [...text.matchAll(/\p{L}[\p{L}\p{M}'’]*/gu)].map(([word]) => {
    const isAllUpper = word.length > 1 && word === word.toUpperCase();
    return isAllUpper ? 'upper' : word[0] === word[0]!.toLowerCase() ? 'lower' : 'capital';
  });
}

/** Compares word by word, or, where one text has more of them, the first words only. */
function differInCase(first: string, second: string): boolean {
  if (/^\P{L}/u.test(first) !== /^\P{L}/u.test(second)) return false;
  const [shapes, others] = [caseShapes(first), caseShapes(second)];
  const count = shapes.length === others.length ? shapes.length : Math.min(1, shapes.length, others.length);
  return shapes.slice(0, count).some((shape, i) => shape !== others[i]);
}

/** The fewest conventions that explain a difference; undefined when the words are different. */
function explain(first: string, second: string): readonly Convention[] | undefined {
  const isEven = (steps: ReadonlySet<StepConvention>): boolean => evenOut(first, steps) === evenOut(second, steps);
  if (!isEven(ALL_STEPS)) return undefined;
  const needed = new Set(ALL_STEPS);
  for (const step of STEP_CONVENTIONS) {
    needed.delete(step);
    if (!isEven(needed)) needed.add(step);
  }
  if (differInCase(first, second)) return [...needed, 'case'];
  if (needed.size > 0) return [...needed];
  return [first.toLowerCase() === second.toLowerCase() ? 'case' : 'spacing'];
}

interface Place {
  readonly first: readonly string[];
  readonly second: readonly string[];
}

/** Stretches of raw words that differ, each with its single steps. */
function differingStretches(first: readonly Word[], second: readonly Word[]): readonly (readonly Place[])[] {
  const { steps } = alignWords(
    first.map(({ folded }) => folded),
    second.map(({ folded }) => folded),
  );
  const stretches: Place[][] = [];
  let open: Place[] | undefined;
  let i = 0;
  let j = 0;
  for (const { type } of steps satisfies readonly AlignmentStep[]) {
    const place: Place = {
      first: type === 'insertion' ? [] : [first[i++]!.raw],
      second: type === 'deletion' ? [] : [second[j++]!.raw],
    };
    if (type === 'match') {
      open = undefined;
      if (place.first[0] !== place.second[0]) stretches.push([place]);
    } else if (open === undefined) {
      open = [place];
      stretches.push(open);
    } else open.push(place);
  }
  return stretches;
}

function textOf(places: readonly Place[]): { readonly first: string; readonly second: string } {
  return {
    first: places.flatMap((place) => place.first).join(' '),
    second: places.flatMap((place) => place.second).join(' '),
  };
}

/** A stretch as a whole, or, where that stays different, step by step. */
function differencesIn(places: readonly Place[]): readonly LabelDifference[] {
  const whole = textOf(places);
  const conventions = explain(whole.first, whole.second);
  if (conventions !== undefined) return [{ conventions, ...whole }];
  return places.map((place) => {
    const text = textOf([place]);
    return { conventions: explain(text.first, text.second) ?? [], ...text };
  });
}

/**
 * Where two texts of the same clip differ, and whether in how words are written or in the words.
 *
 * A convention is named where evening it out is needed to make the two equal: of all steps of a normaliser, those are
 * left out one by one without which the place stays equal; what remains explains it.
 *
 * @returns In the order of the texts; empty when they are the same.
 */
export function labelDifferences(first: string, second: string): readonly LabelDifference[] {
  if (first === second) return [];
  const stretches = differingStretches(wordsOf(first), wordsOf(second));
  if (stretches.length === 0) return [{ conventions: ['spacing'], first, second }];
  const differences = stretches.flatMap(differencesIn);
  if (normaliseEnglish(first) !== normaliseEnglish(second)) return differences;
  return differences.map((difference) =>
    difference.conventions.length > 0 ? difference : { ...difference, conventions: ['other'] },
  );
}

/** How often labellers differ in one way. */
export interface DifferenceCount {
  /** The convention, or `words` where different words were heard. */
  readonly kind: Convention | 'words';
  readonly differenceCount: number;
  readonly clipCount: number;
  /** The first of them, no two alike. */
  readonly examples: readonly { readonly id: string; readonly first: string; readonly second: string }[];
}

/**
 * Counts the ways in which two labellers differ, the most frequent first.
 *
 * @param clips Both texts of each clip.
 * @param exampleCount Most examples of each.
 */
export function countDifferences(
  clips: readonly { readonly id: string; readonly first: string; readonly second: string }[],
  exampleCount: number,
): readonly DifferenceCount[] {
  const counts = new Map<
    Convention | 'words',
    { differences: number; ids: Set<string>; examples: Map<string, string> }
  >();
  const pairs = new Map<string, DifferenceCount['examples'][number]>();
  for (const { id, first, second } of clips) {
    for (const difference of labelDifferences(first, second)) {
      const kinds = difference.conventions.length === 0 ? (['words'] as const) : difference.conventions;
      const key = JSON.stringify([difference.first, difference.second]);
      if (!pairs.has(key)) pairs.set(key, { id, first: difference.first, second: difference.second });
      for (const kind of kinds) {
        const count = counts.get(kind) ?? { differences: 0, ids: new Set(), examples: new Map() };
        counts.set(kind, count);
        count.differences++;
        count.ids.add(id);
        if (count.examples.size < exampleCount) count.examples.set(key, key);
      }
    }
  }
  return [...counts]
    .map(([kind, { differences, ids, examples }]) => ({
      kind,
      differenceCount: differences,
      clipCount: ids.size,
      examples: [...examples.keys()].map((key) => pairs.get(key)!),
    }))
    .sort((a, b) => b.clipCount - a.clipCount || b.differenceCount - a.differenceCount);
}
