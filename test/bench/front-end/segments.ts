import { dbToAmplitude, type Seconds } from '../../../src/units.ts';
import type { SpeechScorer } from '../../../src/vad/speech-scorer.ts';
import type { BenchContext, Benchmark } from './benchmark.ts';
import { type Audio, atLevel } from './copies.ts';
import type { CorpusClip, Stretch } from './corpus.ts';
import { type Heard, hear, ListeningScorer, ReplayingScorer } from './hearing.ts';
import { kernelScorer, ortSilero } from './scorers.ts';
import { ratioInterval } from './statistics.ts';
import { atLeast, atMost, type Bar, between, percent, type Table } from './table.ts';

const QUIET_DB = -50;
const TOLERANCE_SECONDS: Seconds = 0.1;
const IDENTICAL_BARS = { fp16: 100, int8: 97 } as const;
const ALIKE_BAR_PERCENT = 95;
const SHORTEST_RATE_HZ = 16_000;

/** All that the endpointer decided on a stream, to compare. */
function decisions({ takes }: Heard): string {
  return takes
    .map(
      ({ message, takenAtSeconds, committedAtSeconds, retractedAtSeconds }) =>
        `${Object.values(message.span).join()} ${takenAtSeconds} ${committedAtSeconds} ${retractedAtSeconds}`,
    )
    .join('\n');
}

function isAlike(plain: readonly Stretch[], quiet: readonly Stretch[]): boolean {
  return (
    plain.length === quiet.length &&
    plain.every(([start, end], i) => {
      const [quietStart, quietEnd] = quiet[i]!;
      return Math.abs(start - quietStart) <= TOLERANCE_SECONDS && Math.abs(end - quietEnd) <= TOLERANCE_SECONDS;
    })
  );
}

/** Recordings that hold speech or noise, not tones. */
function playedClips({ corpus, limit }: BenchContext): readonly CorpusClip[] {
  const played = corpus.clips.filter(
    ({ set, rateHz }) => set !== 'loudness' && set !== 'rir' && rateHz >= SHORTEST_RATE_HZ,
  );
  const sets = [...new Set(played.map(({ set }) => set))];
  return sets.flatMap((set) => played.filter((clip) => clip.set === set).slice(0, limit));
}

/** How a kernel's decisions compare with onnxruntime's, clip by clip. */
interface Comparison {
  readonly name: keyof typeof IDENTICAL_BARS;
  readonly scorer: SpeechScorer;
  readonly identical: number[];
  readonly different: string[];
}

async function compareRuntimes(context: BenchContext, clips: readonly CorpusClip[]): Promise<readonly Comparison[]> {
  const ort = await ortSilero();
  const listener = new ListeningScorer(kernelScorer('fp16'));
  const comparisons: Comparison[] = [
    { name: 'fp16', scorer: kernelScorer('fp16'), identical: [], different: [] },
    { name: 'int8', scorer: kernelScorer('int8'), identical: [], different: [] },
  ];
  for (const clip of clips) {
    context.progress(`against onnxruntime-web: ${clip.name}`);
    const samples = await context.corpus.samples(clip);
    // What the network hears does not depend on what it answers.
    hear(samples, clip.rateHz, listener);
    const replay = new ReplayingScorer(await ort.score(listener.input), ort.latencySamples);
    const expected = decisions(hear(samples, clip.rateHz, replay));
    for (const { scorer, identical, different } of comparisons) {
      const isIdentical = decisions(hear(samples, clip.rateHz, scorer)) === expected;
      identical.push(isIdentical ? 1 : 0);
      if (!isIdentical) different.push(clip.name);
    }
  }
  await ort.close();
  return comparisons;
}

/** Clips of one set, plain against quiet. */
interface QuietSet {
  readonly set: string;
  readonly alike: number[];
  readonly lost: string[];
  readonly moved: string[];
}

/** How a clip is made quiet: its samples scaled, or rounded to 16 bit again, which leaves a faint background no sound at all. */
const QUIET_COPIES = {
  unrounded: (samples: Audio): Audio => samples.map((x) => x * dbToAmplitude(QUIET_DB)),
  '16 bit': (samples: Audio): Audio => atLevel(samples, QUIET_DB),
} as const;
type QuietCopy = keyof typeof QUIET_COPIES;

async function compareLevels(
  context: BenchContext,
  clips: readonly CorpusClip[],
  copy: QuietCopy,
): Promise<readonly QuietSet[]> {
  const scorer = kernelScorer('fp16');
  const sets = new Map<string, QuietSet>();
  for (const clip of clips) {
    context.progress(`${QUIET_DB} dB, ${copy}: ${clip.name}`);
    const samples = await context.corpus.samples(clip);
    const plain = hear(samples, clip.rateHz, scorer).segments;
    if (plain.length === 0) continue;
    const quiet = hear(QUIET_COPIES[copy](samples), clip.rateHz, scorer).segments;
    const result = sets.get(clip.set) ?? { set: clip.set, alike: [], lost: [], moved: [] };
    const isLike = isAlike(plain, quiet);
    result.alike.push(isLike ? 1 : 0);
    if (quiet.length === 0) result.lost.push(clip.name);
    else if (!isLike) result.moved.push(clip.name);
    sets.set(clip.set, result);
  }
  return [...sets.values()];
}

function few(names: readonly string[]): string {
  if (names.length === 0) return 'none';
  return `${names.length}: ${names.slice(0, 4).join(', ')}${names.length > 4 ? ' …' : ''}`;
}

function share(ones: readonly number[]): number {
  return ones.reduce((sum, one) => sum + one, 0) / ones.length;
}

function shareRow(name: string, ones: readonly number[], rest: string): string[] {
  const interval = ratioInterval(
    ones,
    ones.map(() => 1),
  );
  return [name, `${ones.length} clips`, percent(share(ones)), between(interval, 1, 100), rest];
}

async function run(context: BenchContext): Promise<Table> {
  const rows: string[][] = [];
  const bars: Bar[] = [];
  const figures: Record<string, number> = {};
  for (const { name, identical, different } of await compareRuntimes(context, playedClips(context))) {
    rows.push(shareRow(`kernel ${name}: identical to onnxruntime-web's`, identical, `different ${few(different)}`));
    figures[`${name} identical share`] = share(identical);
    bars.push(
      atLeast(
        `kernel ${name}: clips cut at the same samples as with onnxruntime-web`,
        share(identical) * 100,
        IDENTICAL_BARS[name],
        ' %',
        1,
        `${identical.length} clips`,
      ),
    );
  }
  const timed = playedClips(context).filter(({ words }) => words !== undefined);
  for (const copy of ['unrounded', '16 bit'] as const) {
    const name = `${QUIET_DB} dB, ${copy}`;
    const sets = await compareLevels(context, timed, copy);
    for (const { set, alike, lost, moved } of sets) {
      rows.push(shareRow(`${name}, within 100 ms: ${set}`, alike, `lost ${few(lost)}; other ${few(moved)}`));
    }
    const alike = sets.flatMap((set) => set.alike);
    const lost = sets.flatMap((set) => set.lost);
    rows.push(shareRow(`${name}, within 100 ms: all`, alike, `lost ${few(lost)}`));
    figures[`quiet ${copy} alike share`] = share(alike);
    figures[`quiet ${copy} lost`] = lost.length;
    bars.push(
      atLeast(
        `clips whose segments lie within 100 ms of those on the plain clip, ${name}`,
        share(alike) * 100,
        ALIKE_BAR_PERCENT,
        ' %',
        1,
        `${alike.length} clips`,
      ),
      atMost(`clips without a segment, ${name}`, lost.length, 0, '', 0),
    );
  }
  return {
    name: 'segments',
    title: 'The same segments from another runtime, and 50 dB further away',
    about: [
      'Against onnxruntime-web: every recording of 16 kHz or more, speech and noise; the network hears the same levelled input, and its answers go through the same endpointer. Identical: every take, commit and withdrawal at the same sample. Preset search.',
      `${QUIET_DB} dB: clips with word timings, scaled down as they are (a device of 24 bits), or rounded to 16 bit again without dither; alike when there are as many segments and each begins and ends within 100 ms of the plain clip's.`,
    ],
    columns: ['comparison', 'n', 'share', '95 %', 'clips'],
    rows,
    bars,
    plots: [],
    figures,
  };
}

/** Whether segments stay the same with another runtime and at another level. */
export const segmentsBenchmark: Benchmark = { name: 'segments', run };
