import type { Seconds } from '../../../src/units.ts';
import type { BenchContext, Benchmark } from './benchmark.ts';
import { joined, RoomTone, roomLevelDbfs } from './copies.ts';
import type { CorpusClip, Stretch } from './corpus.ts';
import { type Heard, hear } from './hearing.ts';
import { kernelScorer, vadWebScorer } from './scorers.ts';
import { quantile, quantileInterval, ratioInterval } from './statistics.ts';
import { atMost, type Bar, between, fixed, type Plot, percent, type Table } from './table.ts';
import { vadWebSegments } from './vad-web.ts';

const PAD_SECONDS = 2.5;
/** The room as it was recorded, whatever the clip's own background: a step in the noise right after the last word. */
const LOUD_ROOM = 'room tone as recorded';
const OWN_ROOM = "room tone at the clip's background";
const SHORTEST_PAUSE_SECONDS = 0.5;
/** A take is still the pause's when it comes while the resumed speech has not been found yet. */
const RESUME_SECONDS = 0.1;
const TAKE_BAR_MS = 260;
const COMMIT_BAR_MS = 460;
const EARLY_BAR_PERCENT = 2;
const CALLS_BAR = 1.7;

/** Delays of one clip's ends of speech, in ms; Infinity where none came. */
interface ClipDelays {
  readonly take: number[];
  readonly commit: number[];
}

/** The take that ended the query's last speech, and its commit, after the last word. */
function finalDelays({ takes }: Heard, endSeconds: Seconds): ClipDelays {
  const last = takes.findLast(({ retractedAtSeconds }) => retractedAtSeconds === undefined);
  return {
    take: [delayMs(last?.takenAtSeconds, endSeconds)],
    commit: [delayMs(last?.committedAtSeconds, endSeconds)],
  };
}

function delayMs(at: Seconds | undefined, end: Seconds): number {
  return at === undefined ? Number.POSITIVE_INFINITY : (at - end) * 1_000;
}

/** Pauses of at least {@link SHORTEST_PAUSE_SECONDS} inside a clip or at its end. */
function longPauses(clip: CorpusClip): readonly Stretch[] {
  const speech = clip.speech!;
  return speech
    .map(([, end], i) => [end, speech[i + 1]?.[0] ?? clip.seconds] as const)
    .filter(([start, end]) => end - start >= SHORTEST_PAUSE_SECONDS);
}

/** For each pause the take that stands in it, and that take's commit if it comes before the speech goes on. */
function pauseDelays({ takes }: Heard, clip: CorpusClip): ClipDelays {
  const delays: ClipDelays = { take: [], commit: [] };
  for (const [start, end] of longPauses(clip)) {
    const speechStart = clip.speech!.find(([, speechEnd]) => speechEnd === start)![0];
    const take = takes.findLast(
      ({ takenAtSeconds, retractedAtSeconds }) =>
        takenAtSeconds > speechStart &&
        takenAtSeconds < end + RESUME_SECONDS &&
        (retractedAtSeconds === undefined || retractedAtSeconds > start),
    );
    const committedAt = take?.committedAtSeconds;
    const isInPause = committedAt !== undefined && committedAt < end + RESUME_SECONDS;
    delays.take.push(delayMs(take?.takenAtSeconds, start));
    delays.commit.push(delayMs(isInPause ? committedAt : undefined, start));
  }
  return delays;
}

function delayRow(name: string, message: string, groups: readonly (readonly number[])[]): string[] {
  const values = groups.flat();
  const missing = values.filter((value) => value === Number.POSITIVE_INFINITY).length;
  return [
    name,
    message,
    `${values.length} in ${groups.length} clips`,
    fixed(quantile(values, 0.5), 0),
    between(quantileInterval(groups, 0.5), 0),
    fixed(quantile(values, 0.95), 0),
    between(quantileInterval(groups, 0.95), 0),
    `${values.filter((value) => value < 0).length}`,
    `${missing}`,
  ];
}

/** What the promptness costs on one set. */
interface Price {
  readonly name: string;
  readonly early: number[];
  readonly calls: number[];
  readonly segments: number[];
}

function price(kept: Price, { takes }: Heard, lastWordEnd: Seconds): void {
  const committed = takes.filter(({ committedAtSeconds }) => committedAtSeconds !== undefined);
  kept.early.push(committed.some(({ committedAtSeconds }) => committedAtSeconds! < lastWordEnd) ? 1 : 0);
  kept.calls.push(takes.length);
  kept.segments.push(committed.length);
}

function priceRow({ name, early, calls, segments }: Price): string[] {
  const ones = early.map(() => 1);
  const clipCount = early.length;
  const shareEarly = early.reduce((sum, value) => sum + value, 0) / clipCount;
  const callsPerQuery = calls.reduce((sum, value) => sum + value, 0) / clipCount;
  const segmentsPerQuery = segments.reduce((sum, value) => sum + value, 0) / clipCount;
  return [
    name,
    'price',
    `${clipCount} clips`,
    `early commits ${percent(shareEarly)}`,
    between(ratioInterval(early, ones), 1, 100),
    `calls per query ${fixed(callsPerQuery, 2)}`,
    between(ratioInterval(calls, ones), 2),
    `segments ${fixed(segmentsPerQuery, 2)}`,
    '',
  ];
}

async function run(context: BenchContext): Promise<Table> {
  const { corpus, limit, progress } = context;
  const room = await RoomTone.of(corpus);
  const scorer = kernelScorer('fp16');
  const peer = await vadWebScorer('legacy');
  const rows: string[][] = [];
  const bars: Bar[] = [];
  const figures: Record<string, number> = {};
  const curves: { name: string; points: (readonly [number, number])[] }[] = [];
  const report = (name: string, delays: readonly ClipDelays[], isJudged: boolean): void => {
    for (const [message, limitMs] of [
      ['take', TAKE_BAR_MS],
      ['commit', COMMIT_BAR_MS],
    ] as const) {
      const groups = delays.map((clip) => clip[message]);
      if (groups.flat().length === 0) continue;
      rows.push(delayRow(name, message, groups));
      const p50 = quantile(groups.flat(), 0.5);
      figures[`${name} ${message} p50 ms`] = p50;
      figures[`${name} ${message} p95 ms`] = quantile(groups.flat(), 0.95);
      curves.push({ name: `${name}: ${message}`, points: distribution(groups.flat()) });
      if (isJudged) bars.push(atMost(`end of speech to ${message}, p50, ${name}`, p50, limitMs, ' ms', 0));
    }
  };

  for (const set of ['coffee-orders', 'librispeech-test-other']) {
    const clips = corpus.of([set], limit).filter(({ words }) => words !== undefined);
    const own: ClipDelays[] = [];
    const loud: ClipDelays[] = [];
    const peers: number[][] = [];
    const paid: Price = { name: set, early: [], calls: [], segments: [] };
    for (const clip of clips) {
      progress(`${set}: ${clip.name}`);
      const recorded = await corpus.samples(clip);
      const [, lastEnd] = clip.words!.at(-1)!;
      const padded = joined(recorded, room.stretch(PAD_SECONDS, clip.rateHz, roomLevelDbfs(clip)));
      const heard = hear(padded, clip.rateHz, scorer);
      own.push(finalDelays(heard, lastEnd));
      price(paid, heard, lastEnd);
      loud.push(
        finalDelays(hear(joined(recorded, room.stretch(PAD_SECONDS, clip.rateHz)), clip.rateHz, scorer), lastEnd),
      );
      const ended = (await vadWebSegments(padded, await peer.score(padded))).at(-1)?.endedAtSeconds;
      peers.push([delayMs(ended, lastEnd)]);
    }
    const isOrders = set === 'coffee-orders';
    report(`${set}, ${OWN_ROOM}`, own, isOrders);
    report(`${set}, ${LOUD_ROOM}`, loud, false);
    rows.push(delayRow(`vad-web, ${set}, ${OWN_ROOM}`, 'end', peers), priceRow(paid));
    figures[`vad-web ${set} p50 ms`] = quantile(peers.flat(), 0.5);
    figures[`${set} early commit share`] = paid.early.reduce((sum, value) => sum + value, 0) / paid.early.length;
    figures[`${set} calls per query`] = paid.calls.reduce((sum, value) => sum + value, 0) / paid.calls.length;
    if (!isOrders) continue;
    bars.push(
      atMost(
        'clips with a commit before the end of their last word, orders',
        figures[`${set} early commit share`]! * 100,
        EARLY_BAR_PERCENT,
        ' %',
        1,
      ),
      atMost('calls per query (takes posted), orders', figures[`${set} calls per query`]!, CALLS_BAR, '', 2),
    );
  }

  const labelled: ClipDelays[] = [];
  for (const clip of corpus.of(['ten-vad'], limit)) {
    progress(`ten-vad: ${clip.name}`);
    labelled.push(pauseDelays(hear(await corpus.samples(clip), clip.rateHz, scorer), clip));
  }
  report('ten-vad, hand-labelled pauses >= 0.5 s', labelled, true);
  await peer.close();
  const plots: Plot[] = [
    {
      type: 'curves',
      name: 'endpoint-delay',
      title: 'Labelled end of speech to take and commit: share of ends that have it',
      x: 'ms after the labelled end',
      y: 'share',
      xRange: [-200, 1_000],
      yRange: [0, 1],
      curves: curves.filter(({ name }) => !name.includes(LOUD_ROOM) && !name.startsWith('librispeech')),
      marks: [TAKE_BAR_MS, COMMIT_BAR_MS],
    },
  ];
  return {
    name: 'endpoint-delay',
    title: 'From the end of speech to take and commit',
    about: [
      `Preset search. Orders and LibriSpeech: from the end of the last word (machine alignment, within about 0.15 s) to the last take and its commit, ${PAD_SECONDS} s of a room's tone put behind each clip. ten-vad: pauses of at least ${SHORTEST_PAUSE_SECONDS} s that people marked, in the clips as they are; a take or commit that does not come before the speech goes on counts as "never", so short pauses weigh against us. "Early" ends came before the label, "never" did not come.`,
      'Early commits: clips in which a segment was committed before the last word had ended. Calls per query: takes posted, withdrawn ones too. vad-web: its own frame processor and default model at its defaults.',
    ],
    columns: ['ends', 'message', 'n', 'p50 ms', '95 %', 'p95 ms', '95 %', 'early', 'never'],
    rows,
    bars,
    plots,
    figures,
  };
}

function distribution(values: readonly number[]): (readonly [number, number])[] {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted.filter(Number.isFinite).map((value, i) => [value, (i + 1) / sorted.length] as const);
}

/** How soon after the end of speech the segment is posted and committed, and what that costs. */
export const endpointDelayBenchmark: Benchmark = { name: 'endpoint-delay', run };
