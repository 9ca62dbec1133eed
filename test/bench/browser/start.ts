import { type Bench, inTurn, type Pair, pairOf } from './bench.ts';
import type { Finding } from './rows.ts';
import { play, type Scene } from './scenes.ts';

/** Assets that are fetched without need for the first sample are waited for so long before bytes are counted. */
const SETTLE_MS = 2_000;

/** The four ways to begin. */
export const STARTS = [
  'nothing cached',
  'files cached, page new',
  'second press on the page',
  'prepared ahead, page new',
] as const;

/** How long a press takes until samples flow, and what it fetches. */
export interface StartFindings {
  readonly kilobytes: Finding;
  /** For each of {@link STARTS}. */
  readonly pressMs: readonly Finding[];
}

/** Presses, each repetition in a profile of its own. */
export async function measureStart(bench: Bench, scene: Scene): Promise<StartFindings> {
  const { chromium, site, repeats, progress } = bench;
  play(scene, bench.microphonePath);
  const bytes: Pair<number[]> = pairOf(() => []);
  const times = STARTS.map(() => pairOf<number[]>(() => []));
  for (let i = 0; i < repeats.start; i++) {
    for (const name of inTurn(i)) {
      progress(`start ${i + 1}/${repeats.start}: ${name}`);
      const before = site.writtenBytes;
      const trial = await chromium.newPage(name, site.origin);
      await trial.press();
      const cold = await trial.firstSoundMs();
      await trial.wait(SETTLE_MS);
      bytes[name].push((site.writtenBytes - before) / 1_000);
      await trial.stop();
      await trial.reload();
      await trial.press();
      const cached = await trial.firstSoundMs();
      await trial.wait(500);
      await trial.stop();
      await trial.wait(500);
      await trial.press();
      const second = await trial.firstSoundMs();
      await trial.stop();
      await trial.reload();
      await trial.prepare();
      await trial.press();
      const prepared = await trial.firstSoundMs();
      await trial.stop();
      await trial.notes();
      await trial.close();
      for (const [kind, value] of [cold, cached, second, prepared].entries()) times[kind]![name].push(value);
    }
  }
  const pressMs = STARTS.map((kind, i) => ({
    what: `press to samples, ${kind}`,
    unit: 'ms',
    digits: 0,
    values: times[i]!,
  }));
  return { kilobytes: { what: 'fetched until listening, brotli', unit: 'KB', digits: 1, values: bytes }, pressMs };
}
