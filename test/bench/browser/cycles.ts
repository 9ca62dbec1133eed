import { type Bench, inTurn, pairOf } from './bench.ts';
import type { Finding } from './rows.ts';
import { play, type Scene } from './scenes.ts';

/** Presses after which everything that is made once has been made, and our audio context been replaced. */
const WARM_CYCLES = 25;

/** Heap growth of the page by presses, in kilobytes. */
export async function measureCycles(bench: Bench, scene: Scene): Promise<Finding> {
  const { chromium, site, repeats, progress } = bench;
  play(scene, bench.microphonePath);
  const growth = pairOf<number[]>(() => []);
  for (const name of inTurn(0)) {
    const trial = await chromium.newPage(name, site.origin);
    const cycle = async (count: number): Promise<number> => {
      for (let i = 0; i < count; i++) {
        progress(`start and stop: ${name}`);
        await trial.press();
        await trial.firstSoundMs();
        await trial.stop();
      }
      await trial.collectGarbage();
      return (await trial.mainThread()).heapBytes;
    };
    const before = await cycle(Math.min(WARM_CYCLES, repeats.cycles));
    growth[name].push(((await cycle(repeats.cycles)) - before) / 1_000);
    await trial.notes();
    await trial.close();
  }
  const what = `heap growth of the page by ${repeats.cycles} starts and stops`;
  return { what, unit: 'KB', digits: 1, values: growth };
}
