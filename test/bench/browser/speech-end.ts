import type { Ms } from '../../../src/units.ts';
import { RoomTone } from '../front-end/copies.ts';
import { type Bench, inTurn, pairOf } from './bench.ts';
import { type HeardScene, hearScene, sceneStartSeconds, soundStartMs } from './hearing.ts';
import type { Finding } from './rows.ts';
import { orderScene } from './scenes.ts';
import type { ContestantName, TrialPage } from './trial-page.ts';

const LEAD_SECONDS = 1.5;
const TAIL_SECONDS = 3;

/** From the end of speech to its segment, and the silence in it. */
export interface SpeechEndFindings {
  readonly takeMs: Finding;
  readonly segmentMs: Finding;
  readonly silenceBeforeMs: Finding;
  readonly silenceAfterMs: Finding;
  readonly segmentCount: Finding;
}

interface Ends {
  readonly take: Ms[];
  readonly segment: Ms[];
  readonly before: Ms[];
  readonly after: Ms[];
  readonly count: number[];
}

/** Orders, spoken one after the other to both on pages that were used before. */
export async function measureSpeechEnd(bench: Bench): Promise<SpeechEndFindings> {
  const { chromium, corpus, site, repeats, progress } = bench;
  const orders = corpus.of(['coffee-orders'], Number.POSITIVE_INFINITY).filter(({ words }) => words !== undefined);
  // Spread over the whole set: neighbours share their speaker.
  const step = Math.max(1, Math.floor(orders.length / repeats.orders));
  const clips = orders.filter((_, i) => i % step === 0).slice(0, repeats.orders);
  const room = await RoomTone.of(corpus);
  const ends = pairOf<Ends>(() => ({ take: [], segment: [], before: [], after: [], count: [] }));
  const pages = new Map<ContestantName, TrialPage>();
  for (const name of inTurn(0)) pages.set(name, await chromium.newPage(name, site.origin));
  for (const [i, clip] of clips.entries()) {
    const scene = await orderScene(corpus, clip, room, LEAD_SECONDS, TAIL_SECONDS);
    for (const name of inTurn(i)) {
      progress(`end of speech ${i + 1}/${clips.length}: ${name}`);
      note(ends[name], await hearScene(bench, pages.get(name)!, scene), scene.speech);
    }
  }
  for (const page of pages.values()) await page.close();
  const finding = (what: string, field: keyof Ends, unit = 'ms', digits = 0): Finding => ({
    what,
    unit,
    digits,
    values: { ossicle: ends.ossicle[field], 'vad-web': ends['vad-web'][field] },
  });
  return {
    takeMs: finding('end of speech to take sent', 'take'),
    segmentMs: finding('end of speech to segment (commit, onSpeechEnd)', 'segment'),
    silenceBeforeMs: finding('silence kept before the first word', 'before'),
    silenceAfterMs: finding('silence kept after the last word', 'after'),
    segmentCount: finding('segments of an order', 'count', '', 0),
  };
}

function note(ends: Ends, { notes, segments }: HeardScene, [start, end]: readonly [number, number]): void {
  ends.count.push(segments.length);
  const first = segments[0];
  const last = segments.at(-1);
  if (first?.alignment === undefined || last?.alignment === undefined) {
    // No segment, or none that holds the speech: it never came.
    ends.segment.push(Number.POSITIVE_INFINITY);
    return;
  }
  const spokenAtMs = soundStartMs(notes) + (end - sceneStartSeconds(last)) * 1_000;
  ends.segment.push(last.atMs - spokenAtMs);
  const takenAtMs = notes.sentAtMs.findLast((atMs) => atMs <= last.atMs);
  if (takenAtMs !== undefined) ends.take.push(takenAtMs - spokenAtMs);
  ends.before.push((start - first.alignment.startSample / 16_000) * 1_000);
  ends.after.push((last.alignment.endSample / 16_000 - end) * 1_000);
}
