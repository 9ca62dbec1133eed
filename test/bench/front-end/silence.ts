import type { BenchContext, Benchmark } from './benchmark.ts';
import { type Audio, joined, RoomTone, roomLevelDbfs } from './copies.ts';
import type { CorpusClip, Stretch } from './corpus.ts';
import { hear } from './hearing.ts';
import { kernelScorer, vadWebScorer } from './scorers.ts';
import { quantile, quantileInterval } from './statistics.ts';
import { atMost, type Bar, between, fixed, type Table } from './table.ts';
import { vadWebSegments } from './vad-web.ts';
import { wordTimedClips } from './words.ts';

const PAD_SECONDS = 5;
const BAR_MS = 450;
const OURS = 'Ossicle';
const PEER = 'vad-web';

type PadKind = 'room tone' | 'digital silence';
const PAD_KINDS: readonly PadKind[] = ['room tone', 'digital silence'];

function padding(kind: PadKind, clip: CorpusClip, room: RoomTone): Audio {
  if (kind === 'digital silence') return new Float32Array(PAD_SECONDS * clip.rateHz);
  return room.stretch(PAD_SECONDS, clip.rateHz, roomLevelDbfs(clip));
}

/** Milliseconds of the segments before a moment, and after it. */
function keptBefore(segments: readonly Stretch[], moment: number): number {
  return segments.reduce((sum, [start, end]) => sum + Math.max(0, Math.min(end, moment) - start), 0) * 1_000;
}

function keptAfter(segments: readonly Stretch[], moment: number): number {
  return segments.reduce((sum, [start, end]) => sum + Math.max(0, end - Math.max(start, moment)), 0) * 1_000;
}

/** The silence that each clip's segments keep. */
interface Kept {
  readonly before: number[];
  readonly after: number[];
  readonly zeros: number[];
  clipsWithout: number;
}

function note(kept: Kept, segments: readonly Stretch[], zerosMs: number, speech: Stretch): void {
  if (segments.length === 0) {
    kept.clipsWithout++;
    return;
  }
  kept.before.push(keptBefore(segments, speech[0]));
  kept.after.push(keptAfter(segments, speech[1]));
  kept.zeros.push(zerosMs);
}

function row(name: string, side: string, values: readonly number[], n: string): string[] {
  const groups = values.map((value) => [value]);
  return [
    name,
    side,
    n,
    fixed(quantile(values, 0.5), 0),
    between(quantileInterval(groups, 0.5), 0),
    fixed(quantile(values, 0.95), 0),
    between(quantileInterval(groups, 0.95), 0),
  ];
}

async function run(context: BenchContext): Promise<Table> {
  const { corpus, progress } = context;
  const clips = wordTimedClips(context).filter(({ rateHz }) => rateHz === 16_000);
  const room = await RoomTone.of(corpus);
  const scorer = kernelScorer('fp16');
  const peer = await vadWebScorer('legacy');
  const rows: string[][] = [];
  const bars: Bar[] = [];
  const figures: Record<string, number> = {};
  for (const kind of PAD_KINDS) {
    const ours: Kept = { before: [], after: [], zeros: [], clipsWithout: 0 };
    const theirs: Kept = { before: [], after: [], zeros: [], clipsWithout: 0 };
    for (const clip of clips) {
      progress(`${kind}: ${clip.name}`);
      const pad = padding(kind, clip, room);
      const samples = joined(pad, await corpus.samples(clip), pad);
      const speech = [clip.words![0]![0] + PAD_SECONDS, clip.words!.at(-1)![1] + PAD_SECONDS] as const;
      const { segments, takes } = hear(samples, clip.rateHz, scorer);
      const last = takes.findLast(({ committedAtSeconds }) => committedAtSeconds !== undefined)?.message;
      const zeros = last === undefined ? 0 : last.pcm16.length - (last.span.endSample - last.span.startSample);
      note(ours, segments, zeros / 16, speech);
      const heardByPeer = await vadWebSegments(samples, await peer.score(samples));
      note(
        theirs,
        heardByPeer.map(({ startSeconds, endSeconds }) => [startSeconds, endSeconds] as const),
        0,
        speech,
      );
    }
    for (const [name, kept] of [
      [OURS, ours],
      [PEER, theirs],
    ] as const) {
      const n = `${kept.before.length} clips${kept.clipsWithout === 0 ? '' : `, ${kept.clipsWithout} without a segment`}`;
      rows.push(row(name, `${kind}: before`, kept.before, n), row(name, `${kind}: after`, kept.after, n));
      figures[`${name} ${kind} before p95 ms`] = quantile(kept.before, 0.95);
      figures[`${name} ${kind} after p95 ms`] = quantile(kept.after, 0.95);
    }
    bars.push(
      atMost(
        `silence kept before the first word, p95, padded with ${kind}`,
        quantile(ours.before, 0.95),
        BAR_MS,
        ' ms',
        0,
      ),
      atMost(
        `silence kept after the last word, p95, padded with ${kind}`,
        quantile(ours.after, 0.95),
        BAR_MS,
        ' ms',
        0,
        `and ${fixed(quantile(ours.zeros, 0.5), 0)} ms of zeros that the recogniser's profile asks for`,
      ),
    );
  }
  await peer.close();
  return {
    name: 'silence',
    title: 'Silence kept',
    about: [
      `16 kHz clips with word timings, ${PAD_SECONDS} s put before and after: a room's tone at the level of the clip's own background, or digital silence. Counted is all audio in the emitted segments before the first word and after the last (machine alignment: within about 0.05 s and 0.15 s), pauses of the clip itself included. Preset search.`,
      'vad-web: its frame processor and default model, at its defaults, on the same input.',
    ],
    columns: ['who', 'padding, side', 'n', 'p50 ms', '95 %', 'p95 ms', '95 %'],
    rows,
    bars,
    plots: [],
    figures,
  };
}

/** Silence before and after speech that is still in what is sent. */
export const silenceBenchmark: Benchmark = { name: 'silence', run };
