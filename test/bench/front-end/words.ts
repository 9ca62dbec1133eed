import type { BenchContext, Benchmark } from './benchmark.ts';
import { atLevel } from './copies.ts';
import type { CorpusClip, Stretch } from './corpus.ts';
import { hear } from './hearing.ts';
import { type KernelWeights, kernelScorer } from './scorers.ts';
import { ratioInterval } from './statistics.ts';
import { atLeast, type Bar, between, percent, type Table } from './table.ts';

const QUIET_DB = -50;
const BAR_SHARE = 0.995;

/** How the clips are played. */
interface Condition {
  readonly name: string;
  readonly weights: KernelWeights;
  readonly gainDb: number;
}

const CONDITIONS: readonly Condition[] = [
  { name: 'as recorded', weights: 'fp16', gainDb: 0 },
  { name: `${QUIET_DB} dB, 16 bit`, weights: 'fp16', gainDb: QUIET_DB },
  { name: 'as recorded, int8', weights: 'int8', gainDb: 0 },
  { name: `${QUIET_DB} dB, 16 bit, int8`, weights: 'int8', gainDb: QUIET_DB },
];

/** Every clip with word timings, at most `limit` of each set. */
export function wordTimedClips({ corpus, limit }: BenchContext): readonly CorpusClip[] {
  const timed = corpus.clips.filter(({ words }) => words !== undefined && words.length > 0);
  const sets = [...new Set(timed.map(({ set }) => set))];
  return sets.flatMap((set) => timed.filter((clip) => clip.set === set).slice(0, limit));
}

function middleHalf([start, end]: Stretch): Stretch {
  const quarter = (end - start) / 4;
  return [start + quarter, end - quarter];
}

/** True when one of the segments holds the middle half of the word. */
export function holdsWord(segments: readonly Stretch[], word: Stretch): boolean {
  const [start, end] = middleHalf(word);
  return segments.some(([from, to]) => from <= start && to >= end);
}

interface ClipWords {
  readonly set: string;
  readonly kept: number;
  readonly lost: readonly string[];
}

function countWords(clip: CorpusClip, segments: readonly Stretch[]): ClipWords {
  const first = clip.words![0]!;
  const last = clip.words!.at(-1)!;
  const lost = [
    ...(holdsWord(segments, first) ? [] : [`${clip.name} first`]),
    ...(holdsWord(segments, last) ? [] : [`${clip.name} last`]),
  ];
  return { set: clip.set, kept: 2 - lost.length, lost };
}

async function run(context: BenchContext): Promise<Table> {
  const clips = wordTimedClips(context);
  const rows: string[][] = [];
  const bars: Bar[] = [];
  const figures: Record<string, number> = {};
  for (const { name, weights, gainDb } of CONDITIONS) {
    const scorer = kernelScorer(weights);
    const counts: ClipWords[] = [];
    for (const clip of clips) {
      context.progress(`${name}: ${clip.name}`);
      const recorded = await context.corpus.samples(clip);
      const samples = gainDb === 0 ? recorded : atLevel(recorded, gainDb);
      counts.push(countWords(clip, hear(samples, clip.rateHz, scorer).segments));
    }
    const total = counts.reduce((sum, { kept }) => sum + kept, 0);
    const share = total / (2 * counts.length);
    const interval = ratioInterval(
      counts.map(({ kept }) => kept),
      counts.map(() => 2),
    );
    const lost = counts.flatMap((count) => count.lost);
    rows.push([
      name,
      `${counts.length} clips, ${2 * counts.length} words`,
      percent(share, 2),
      between(interval, 2, 100),
      lost.length === 0 ? 'none' : `${lost.length}: ${lost.slice(0, 6).join(', ')}${lost.length > 6 ? ' …' : ''}`,
    ]);
    figures[`${name} share`] = share;
    figures[`${name} lost`] = lost.length;
    if (weights === 'fp16') {
      bars.push(
        atLeast(`first and last word's middle half in a segment, ${name}`, share * 100, BAR_SHARE * 100, ' %', 2),
      );
    }
  }
  return {
    name: 'words',
    title: 'First and last words',
    about: [
      'All clips with word timings (machine alignment, unchecked: starts typically within 0.05 s, ends within 0.15 s). A word is kept when the middle half of its stretch lies inside one emitted segment, padding zeros not counted. Preset search.',
      'The quiet copies are 50 dB down and rounded to 16 bit again, without dither.',
    ],
    columns: ['input', 'n', 'kept', '95 %', 'lost'],
    rows,
    bars,
    plots: [],
    figures,
  };
}

/** First and last words that survive the trimming. */
export const wordsBenchmark: Benchmark = { name: 'words', run };
