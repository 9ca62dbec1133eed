import { pairedDifferenceInterval } from '../../../src/evaluation/bootstrap.ts';
import { seededRandom } from '../../../src/evaluation/seeded-random.ts';
import { type ClipErrors, countClipErrors, pooledWordErrorRate } from '../../../src/evaluation/word-error-rate.ts';
import type { BenchContext, Benchmark } from './benchmark.ts';
import type { CorpusClip } from './corpus.ts';
import { recogniseAll } from './recognise-all.ts';
import { quantile } from './statistics.ts';
import { atMost, type Bar, between, type Plot, type Table } from './table.ts';
import { makeCopies, PADDED, PLAIN, QUIET } from './wer-copies.ts';

const SETS = ['librispeech-test-other', 'coffee-orders'];
const PLAIN_BAR_POINTS = 1;
const COPY_BAR_POINTS = 1.5;
const SEED = 7;

/** One clip of one copy. */
interface Scored {
  readonly clip: CorpusClip;
  readonly copy: string;
  readonly raw: ClipErrors;
  readonly processed: ClipErrors;
  readonly segmentCount: number;
}

/** A difference of two word error rates in points. */
interface Difference {
  readonly points: number;
  readonly interval: readonly [number, number];
}

function difference(before: readonly ClipErrors[], after: readonly ClipErrors[]): Difference {
  const [low, high] = pairedDifferenceInterval(before, after, seededRandom(SEED));
  return {
    points: (pooledWordErrorRate(after) - pooledWordErrorRate(before)) * 100,
    interval: [low * 100, high * 100],
  };
}

function signed({ points, interval }: Difference): string {
  return `${points >= 0 ? '+' : ''}${points.toFixed(2)} ${between(interval, 2)}`;
}

async function scoreAll({ corpus, limit, progress }: BenchContext): Promise<readonly Scored[]> {
  const copies = await makeCopies(corpus);
  const jobs = SETS.flatMap((set) =>
    corpus
      .of([set], limit)
      .filter(({ transcript }) => transcript !== undefined)
      .flatMap((clip, index) => copies.map((copy) => ({ clip, copy, index }))),
  );
  let done = 0;
  const answers = await recogniseAll(
    jobs.map(({ clip, copy, index }) => ({
      rateHz: clip.rateHz,
      samples: async () => copy.make(await corpus.samples(clip), clip, index),
    })),
    () => progress(`word error rate: ${++done} of ${jobs.length}`),
  );
  return jobs.map(({ clip, copy }, i) => ({
    clip,
    copy: copy.name,
    raw: countClipErrors(clip.transcript!, answers[i]!.rawText, 'english'),
    processed: countClipErrors(clip.transcript!, answers[i]!.processedText, 'english'),
    segmentCount: answers[i]!.segmentCount,
  }));
}

function points(clips: readonly ClipErrors[]): string {
  return (pooledWordErrorRate(clips) * 100).toFixed(2);
}

/** How the clips are divided to see whom the front end serves worse; each slice by what its set's middle is. */
function slices(scored: readonly Scored[]): readonly (readonly [string, readonly Scored[]])[] {
  const middle = (figure: (clip: CorpusClip) => number): number =>
    quantile(
      scored.map(({ clip }) => figure(clip)),
      0.5,
    );
  const seconds = middle((clip) => clip.seconds);
  const lufs = middle((clip) => clip.lufs ?? 0);
  const floor = middle((clip) => clip.floorDbfs ?? -120);
  const parts: readonly (readonly [string, (clip: Scored) => boolean])[] = [
    [`shorter than ${seconds.toFixed(1)} s`, ({ clip }) => clip.seconds < seconds],
    [`${seconds.toFixed(1)} s or longer`, ({ clip }) => clip.seconds >= seconds],
    [`quieter than ${lufs.toFixed(0)} LUFS`, ({ clip }) => (clip.lufs ?? 0) < lufs],
    [`${lufs.toFixed(0)} LUFS or louder`, ({ clip }) => (clip.lufs ?? 0) >= lufs],
    [`background under ${floor.toFixed(0)} dBFS`, ({ clip }) => (clip.floorDbfs ?? -120) < floor],
    [`background of ${floor.toFixed(0)} dBFS or more`, ({ clip }) => (clip.floorDbfs ?? -120) >= floor],
    ['women', ({ clip }) => clip.gender === 'F'],
    ['men', ({ clip }) => clip.gender === 'M'],
    ['cut into several segments', ({ segmentCount }) => segmentCount > 1],
    ['one segment', ({ segmentCount }) => segmentCount === 1],
    ['no segment', ({ segmentCount }) => segmentCount === 0],
  ];
  return parts.map(([name, isIn]) => [name, scored.filter(isIn)] as const).filter(([, clips]) => clips.length > 0);
}

function werRow(set: string, name: string, scored: readonly Scored[], plain: readonly Scored[] | undefined): string[] {
  const raw = scored.map((clip) => clip.raw);
  const processed = scored.map((clip) => clip.processed);
  const words = raw.reduce((sum, { wordCount }) => sum + wordCount, 0);
  return [
    set,
    name,
    `${scored.length} clips, ${words} words`,
    points(raw),
    points(processed),
    signed(difference(raw, processed)),
    plain === undefined
      ? ''
      : signed(
          difference(
            plain.map((clip) => clip.raw),
            processed,
          ),
        ),
    `${scored.filter(({ segmentCount }) => segmentCount === 0).length}`,
  ];
}

function setBars(set: string, of: (copy: string) => readonly Scored[]): Bar[] {
  const plainRaw = of(PLAIN).map(({ raw }) => raw);
  const plain = difference(
    plainRaw,
    of(PLAIN).map(({ processed }) => processed),
  );
  return [
    atMost(
      `WER processed - raw, ${set}: upper end of the interval`,
      plain.interval[1],
      PLAIN_BAR_POINTS,
      ' points',
      2,
      `difference ${plain.points.toFixed(2)}`,
    ),
    ...[QUIET, PADDED].map((copy) => {
      const spoilt = difference(
        plainRaw,
        of(copy).map(({ processed }) => processed),
      );
      return atMost(
        `WER of ${set} ${copy}, processed, against the untouched clip raw`,
        spoilt.points,
        COPY_BAR_POINTS,
        ' points',
        2,
        `interval ${between(spoilt.interval, 2)}`,
      );
    }),
  ];
}

async function run(context: BenchContext): Promise<Table> {
  const scored = await scoreAll(context);
  const copies = [...new Set(scored.map(({ copy }) => copy))];
  const rows: string[][] = [];
  const bars: Bar[] = [];
  const figures: Record<string, number> = {};
  const plots: Plot[] = [];
  for (const set of SETS) {
    const of = (copy: string) => scored.filter((clip) => clip.clip.set === set && clip.copy === copy);
    if (of(PLAIN).length === 0) continue;
    const shown: { name: string; value: number; interval: readonly [number, number] }[] = [];
    for (const copy of copies) {
      rows.push(werRow(set, copy, of(copy), of(PLAIN)));
      const against = difference(
        of(copy).map(({ raw }) => raw),
        of(copy).map(({ processed }) => processed),
      );
      shown.push({ name: copy, value: against.points, interval: against.interval });
      figures[`${set} ${copy} raw`] = pooledWordErrorRate(of(copy).map(({ raw }) => raw));
      figures[`${set} ${copy} processed`] = pooledWordErrorRate(of(copy).map(({ processed }) => processed));
    }
    for (const [name, clips] of slices(of(PLAIN))) rows.push(werRow(set, `${PLAIN}: ${name}`, clips, undefined));
    bars.push(...setBars(set, of));
    plots.push({
      type: 'intervals',
      name: `wer-${set}`,
      title: `${set}: word error rate processed - raw on the same copy, points, 95 % interval`,
      x: 'points (left: the front end helps)',
      rows: shown,
      marks: [PLAIN_BAR_POINTS],
    });
  }
  return {
    name: 'wer',
    title: 'Word error rate, raw against processed',
    about: [
      'Moonshine Tiny on onnxruntime-node. Raw: the clip as it is, uncut and unlevelled. Processed: what the front end (preset search) would send, joined over short pauses as the delivery worker joins. Texts compared after the English normaliser. Differences in points, paired by clip, with 95 % bootstrap intervals; the second against the untouched clip raw.',
      "Copies: level changes rounded to 16 bit again; a room at the level of the clip's own background; noises without voices in turn, under the active speech level (P.56); two rooms' impulse responses in turn; so loud that 2 % of the samples clip. The orders' transcripts are machine-made.",
    ],
    columns: ['set', 'copy or slice', 'n', 'raw %', 'processed %', 'difference', 'against untouched raw', 'no segment'],
    rows,
    bars,
    plots,
    figures,
  };
}

/** What the front end does to the recogniser's errors. */
export const werBenchmark: Benchmark = { name: 'wer', run };
