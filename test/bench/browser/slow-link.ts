import type { Seconds } from '../../../src/units.ts';
import { type Bench, inTurn, type Pair, pairOf } from './bench.ts';
import { type EmittedSegment, hearScene, sceneStartSeconds, soundStartMs } from './hearing.ts';
import type { Finding } from './rows.ts';
import type { Scene } from './scenes.ts';

const LINK = { bitsPerSecond: 10_000_000, roundTripMs: 40 };

/** Speech that begins so long after the press is to be kept whole. */
const SPEECH_AFTER_MS = 500;

/** What is kept of speech that begins while everything is still being fetched. */
export interface SlowLinkFindings {
  readonly pressMs: Finding;
  /** Share of a sentence, begun {@link SPEECH_AFTER_MS} after the press, during which the microphone was heard. */
  readonly heardPercent: Finding;
  /** Ours: when the scene's first word began, after the press. */
  readonly wordMs: Finding;
  /** Ours: how much of the speech is in the segments, from the first word's start to the last one's end, by correlation. */
  readonly keptPercent: Finding;
  /** Ours: how long before the first word's start the segment begins; negative where it is cut. */
  readonly leadMs: Finding;
}

/** Cold presses over 10 Mbit/s, spoken to at once. */
export async function measureSlowLink(bench: Bench, scene: Scene): Promise<SlowLinkFindings> {
  const { chromium, site, repeats, progress } = bench;
  const [start, end] = scene.speech;
  const pressMs: Pair<number[]> = pairOf(() => []);
  const heardShare: Pair<number[]> = pairOf(() => []);
  const words: number[] = [];
  const kept: number[] = [];
  const leads: number[] = [];
  site.link = LINK;
  try {
    for (let i = 0; i < repeats.slowLink; i++) {
      for (const name of inTurn(i)) {
        progress(`10 Mbit/s ${i + 1}/${repeats.slowLink}: ${name}`);
        const trial = await chromium.newPage(name, site.origin);
        const { notes, segments } = await hearScene(bench, trial, scene);
        await trial.close();
        pressMs[name].push(notes.soundAtMs - notes.pressedAtMs);
        // A file begins anew whenever the microphone is opened, as people do not: what was said before is lost.
        const deafMs = soundStartMs(notes) - notes.pressedAtMs - SPEECH_AFTER_MS;
        heardShare[name].push(100 * (1 - Math.min(1, Math.max(0, deafMs) / ((end - start) * 1_000))));
        if (name === 'vad-web') continue;
        kept.push(100 * Math.min(1, keptSeconds(segments, start, end) / (end - start)));
        const first = segments.find(({ alignment }) => alignment !== undefined);
        if (first?.alignment === undefined) continue;
        leads.push((start - first.alignment.startSample / 16_000) * 1_000);
        const sceneAtMs = soundStartMs(notes) - sceneStartSeconds(first) * 1_000;
        words.push(sceneAtMs + start * 1_000 - notes.pressedAtMs);
      }
    }
  } finally {
    site.link = undefined;
  }
  const where = 'nothing cached, 10 Mbit/s';
  const ours = (ossicle: readonly number[]): Pair<readonly number[]> => ({ ossicle, 'vad-web': [] });
  return {
    pressMs: { what: `press to samples, ${where}`, unit: 'ms', digits: 0, values: pressMs },
    heardPercent: {
      what: `a sentence begun ${SPEECH_AFTER_MS} ms after the press, heard, ${where}`,
      unit: '%',
      digits: 1,
      values: heardShare,
    },
    wordMs: { what: `press to first word spoken, ${where}`, unit: 'ms', digits: 0, values: ours(words) },
    keptPercent: { what: `speech found in the segments, ${where}`, unit: '%', digits: 1, values: ours(kept) },
    leadMs: { what: `segment begins before the first word, ${where}`, unit: 'ms', digits: 0, values: ours(leads) },
  };
}

function keptSeconds(segments: readonly EmittedSegment[], start: Seconds, end: Seconds): Seconds {
  let sum = 0;
  for (const { alignment } of segments) {
    if (alignment === undefined) continue;
    const { startSample, endSample, lostSamples } = alignment;
    const inside = Math.min(end, endSample / 16_000) - Math.max(start, startSample / 16_000);
    sum += Math.max(0, inside - Math.abs(lostSamples) / 16_000);
  }
  return sum;
}
