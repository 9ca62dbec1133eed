import { cohensKappa, fleissKappa, type Kappa, meanPairwiseKappa, symmetricErrors } from '../evaluation/agreement.ts';
import { type Interval, wordErrorRateInterval } from '../evaluation/bootstrap.ts';
import { countDifferences, type DifferenceCount, labelDifferences } from '../evaluation/convention-differences.ts';
import { seededRandom } from '../evaluation/seeded-random.ts';
import { type NormaliserName, normalisedWords } from '../evaluation/text-normaliser.ts';
import { pooledWordErrorRate } from '../evaluation/word-error-rate.ts';
import type { Label, Labeller } from './label-files.ts';
import { compareText } from './recording-tree.ts';

/** Word error rate between two labellers, with its 95 % interval. */
export interface PairRate {
  readonly wer: number;
  readonly interval: Interval;
}

/** How two labellers agree on the clips that both transcribed. */
export interface TranscriptAgreement {
  readonly clips: number;
  /** Share of clips with the same text, character by character. */
  readonly sameShare: number;
  /** Share of clips with the same words after the normaliser. */
  readonly sameNormalisedShare: number;
  /** Words as written, case and punctuation included. */
  readonly raw: PairRate;
  readonly normalised: PairRate;
  /** Clips whose texts differ only in conventions; the other ones that differ hold different words. */
  readonly conventionOnlyClips: number;
  readonly differences: readonly DifferenceCount[];
}

/** Two labellers. */
export interface PairReport {
  readonly labellers: readonly [first: string, second: string];
  /** Undefined when there is no clip that both transcribed. */
  readonly transcripts: TranscriptAgreement | undefined;
  /** Undefined without categories. */
  readonly kappa: Kappa | undefined;
}

/** What is told of several labellers. */
export interface LabelReport {
  readonly normaliser: NormaliserName;
  readonly clips: number;
  readonly labellers: readonly {
    readonly name: string;
    readonly clips: number;
    /** Clips that another labeller labelled and this one did not. */
    readonly missing: readonly string[];
  }[];
  /** What kappa compares: a field of categories, whole transcripts where they come from a closed set, or nothing. */
  readonly kappaOf: 'label' | 'transcript' | null;
  readonly pairs: readonly PairReport[];
  /** Over three and more labellers; Fleiss' over the clips that all of them labelled. */
  readonly fleiss: Kappa | undefined;
  readonly meanPairwiseKappa: number | undefined;
  readonly differences: readonly DifferenceCount[];
}

/** Start of the random numbers of every interval: the same labels give the same report. */
const BOOTSTRAP_SEED = 1;
const EXAMPLES = 3;
/** Transcripts are a closed set of labels when there are so few, each used so often on average. */
const CLOSED_SET_TEXTS = 50;
const CLOSED_SET_USES = 5;

interface BothTexts {
  readonly id: string;
  readonly first: string;
  readonly second: string;
}

function normalised(text: string, normaliser: NormaliserName): string {
  return normalisedWords(text, normaliser).join(' ');
}

function rawWords(text: string): readonly string[] {
  return text.split(/\s+/).filter(Boolean);
}

function rate(both: readonly BothTexts[], wordsOf: (text: string) => readonly string[]): PairRate {
  const clips = both.map(({ first, second }) => symmetricErrors(wordsOf(first), wordsOf(second)));
  return { wer: pooledWordErrorRate(clips), interval: wordErrorRateInterval(clips, seededRandom(BOOTSTRAP_SEED)) };
}

function transcriptAgreement(both: readonly BothTexts[], normaliser: NormaliserName): TranscriptAgreement | undefined {
  if (both.length === 0) return undefined;
  const share = (isSame: (clip: BothTexts) => boolean): number => both.filter(isSame).length / both.length;
  return {
    clips: both.length,
    sameShare: share(({ first, second }) => first === second),
    sameNormalisedShare: share(({ first, second }) => normalised(first, normaliser) === normalised(second, normaliser)),
    raw: rate(both, rawWords),
    normalised: rate(both, (text) => normalisedWords(text, normaliser)),
    conventionOnlyClips: both.filter(({ first, second }) => {
      const differences = labelDifferences(first, second);
      return differences.length > 0 && differences.every(({ conventions }) => conventions.length > 0);
    }).length,
    differences: countDifferences(both, EXAMPLES),
  };
}

function isClosedSet(labellers: readonly Labeller[], normaliser: NormaliserName): boolean {
  const texts = labellers
    .flatMap(({ labels }) => [...labels.values()])
    .flatMap(({ transcript }) => (transcript === undefined ? [] : [normalised(transcript, normaliser)]));
  const distinct = new Set(texts).size;
  return distinct <= CLOSED_SET_TEXTS && texts.length >= CLOSED_SET_USES * distinct;
}

function categoryReader(
  kappaOf: LabelReport['kappaOf'],
  normaliser: NormaliserName,
): (label: Label | undefined) => string | undefined {
  if (kappaOf === 'label') return (label) => label?.category;
  if (kappaOf === null) return () => undefined;
  return (label) => (label?.transcript === undefined ? undefined : normalised(label.transcript, normaliser));
}

function pairsOf<Item>(items: readonly Item[]): readonly (readonly [Item, Item])[] {
  return items.flatMap((first, i) => items.slice(i + 1).map((second) => [first, second] as const));
}

function bothTexts(first: Labeller, second: Labeller): readonly BothTexts[] {
  return [...first.labels].flatMap(([id, label]) => {
    const other = second.labels.get(id)?.transcript;
    return label.transcript === undefined || other === undefined
      ? []
      : [{ id, first: label.transcript, second: other }];
  });
}

/** Compares labellers pair by pair, and all of them. @param labellers Two or more. */
export function reportLabels(labellers: readonly Labeller[], normaliser: NormaliserName): LabelReport {
  const ids = [...new Set(labellers.flatMap(({ labels }) => [...labels.keys()]))].sort(compareText);
  const hasCategories = labellers.some(({ labels }) =>
    [...labels.values()].some(({ category }) => category !== undefined),
  );
  const kappaOf = hasCategories ? 'label' : isClosedSet(labellers, normaliser) ? 'transcript' : null;
  const categoryOf = categoryReader(kappaOf, normaliser);
  const categories = (...of: readonly Labeller[]): readonly (readonly string[])[] =>
    ids
      .map((id) => of.map(({ labels }) => categoryOf(labels.get(id))).filter((category) => category !== undefined))
      .filter((found) => found.length === of.length);
  const pairs = pairsOf(labellers).map(([first, second]): PairReport => {
    const labels = categories(first, second).map(([one, other]) => [one!, other!] as const);
    return {
      labellers: [first.name, second.name],
      transcripts: transcriptAgreement(bothTexts(first, second), normaliser),
      kappa: labels.length === 0 ? undefined : cohensKappa(labels),
    };
  });
  const kappas = pairs.flatMap(({ kappa }) => kappa ?? []);
  const byAll = labellers.length > 2 ? categories(...labellers) : [];
  return {
    normaliser,
    clips: ids.length,
    labellers: labellers.map(({ name, labels }) => ({
      name,
      clips: labels.size,
      missing: ids.filter((id) => !labels.has(id)),
    })),
    kappaOf,
    pairs,
    fleiss: byAll.length === 0 ? undefined : fleissKappa(byAll),
    meanPairwiseKappa: labellers.length > 2 && kappas.length > 0 ? meanPairwiseKappa(kappas) : undefined,
    differences: countDifferences(
      pairsOf(labellers).flatMap(([first, second]) => bothTexts(first, second)),
      EXAMPLES,
    ),
  };
}
