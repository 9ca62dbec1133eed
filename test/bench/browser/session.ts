import { type Bench, inTurn, pairOf } from './bench.ts';
import { busiestRenderer, privateBytes } from './chromium.ts';
import type { Finding } from './rows.ts';
import { play, type Scene } from './scenes.ts';

/** Everything that is made once has been made by then. */
const SETTLE_SECONDS = 5;
const WINDOW_SECONDS = 10;
const MEGABYTE = 1_000_000;

/** What listening costs. */
export interface SessionFindings {
  readonly mainThreadMs: Finding;
  readonly scriptMs: Finding;
  readonly cpuMs: Finding;
  readonly heapMegabytes: Finding;
  readonly ownMegabytes: Finding;
  readonly processMegabytes: Finding;
}

interface Costs {
  readonly task: number[];
  readonly script: number[];
  readonly cpu: number[];
  readonly heap: number[];
  readonly own: number[];
  readonly process: number[];
}

/** Minutes of talk, on a page that may ask the browser for its memory. */
export async function measureSessions(bench: Bench, scene: Scene): Promise<SessionFindings> {
  const { chromium, site, repeats, progress } = bench;
  const costs = pairOf<Costs>(() => ({ task: [], script: [], cpu: [], heap: [], own: [], process: [] }));
  play(scene, bench.microphonePath);
  for (let i = 0; i < repeats.sessions; i++) {
    for (const name of inTurn(i)) {
      progress(`${repeats.sessionSeconds} s of talk ${i + 1}/${repeats.sessions}: ${name}`);
      const mine = costs[name];
      const trial = await chromium.newPage(name, site.origin, '?isolated');
      await trial.listenOn();
      await trial.press();
      await trial.firstSoundMs();
      await trial.wait(SETTLE_SECONDS * 1_000);
      const cpuBefore = await chromium.cpu();
      let cpu = cpuBefore;
      let main = await trial.mainThread();
      let heard = await trial.heardSeconds();
      for (let at = SETTLE_SECONDS + WINDOW_SECONDS; at <= repeats.sessionSeconds; at += WINDOW_SECONDS) {
        await trial.wait(WINDOW_SECONDS * 1_000);
        const mainNow = await trial.mainThread();
        const cpuNow = await chromium.cpu();
        const heardNow = await trial.heardSeconds();
        const seconds = heardNow - heard;
        mine.task.push(((mainNow.taskSeconds - main.taskSeconds) * 1_000) / seconds);
        mine.script.push(((mainNow.scriptSeconds - main.scriptSeconds) * 1_000) / seconds);
        mine.cpu.push(((cpuNow.seconds - cpu.seconds) * 1_000) / seconds);
        [main, cpu, heard] = [mainNow, cpuNow, heardNow];
      }
      await trial.collectGarbage();
      mine.own.push((await trial.ownMemoryBytes()) / MEGABYTE);
      mine.heap.push((await trial.mainThread()).heapBytes / MEGABYTE);
      mine.process.push(privateBytes(busiestRenderer(cpuBefore, await chromium.cpu())) / MEGABYTE);
      await trial.notes();
      await trial.stop();
      await trial.close();
    }
  }
  const finding = (what: string, field: keyof Costs, unit: string, digits: number): Finding => ({
    what,
    unit,
    digits,
    values: { ossicle: costs.ossicle[field], 'vad-web': costs['vad-web'][field] },
  });
  const after = `after ${repeats.sessionSeconds} s of talk`;
  return {
    mainThreadMs: finding('main thread, all tasks', 'task', 'ms per second of sound', 2),
    scriptMs: finding('main thread, script alone', 'script', 'ms per second of sound', 2),
    cpuMs: finding('processor, all of the browser', 'cpu', 'ms per second of sound', 0),
    heapMegabytes: finding(`JavaScript heap of the page, ${after}`, 'heap', 'MB', 2),
    ownMegabytes: finding(`page and workers, with WebAssembly, as the browser tells, ${after}`, 'own', 'MB', 1),
    processMegabytes: finding(`private memory of the page’s process, ${after}`, 'process', 'MB', 1),
  };
}
