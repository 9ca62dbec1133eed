import type { Browser } from 'playwright';
import type { Ms } from '../../../src/units.ts';
import { WidgetTrial } from './widget-trial.ts';

/** What every measurement works with. */
export interface WidgetBench {
  readonly browser: Browser;
  /** Where the page with the tag is. */
  readonly origin: string;
  readonly repeatCount: number;
  readonly cycleCount: number;
  progress(text: string): void;
}

/** Presses after which everything that is made once has been made, and the audio context been replaced. */
const WARM_CYCLES = 25;
/** A page that nobody sees listens on for this long, by intention. */
const HIDDEN_LIMIT_MS: Ms = 30_000;
const SLOWER = 4;

/** Files fetched before anybody points at the microphone, other than the page. */
export async function fetchedBeforeIntent({ browser, origin }: WidgetBench): Promise<WidgetTrial['fetched']> {
  const trial = await WidgetTrial.open(browser, origin);
  await trial.evaluate('new Promise((resolve) => setTimeout(resolve, 3000))');
  await trial.close();
  return trial.fetched.filter(({ name }) => name !== '/');
}

/** From the press to `listening`, by what the page had before it. */
export interface PressFindings {
  readonly pointed: readonly Ms[];
  readonly again: readonly Ms[];
  readonly unexpected: readonly Ms[];
}

/** Presses, each repetition in a profile of its own. */
export async function measurePresses(bench: WidgetBench): Promise<PressFindings> {
  const found = { pointed: [] as Ms[], again: [] as Ms[], unexpected: [] as Ms[] };
  for (let i = 0; i < bench.repeatCount; i++) {
    bench.progress(`presses ${i + 1}/${bench.repeatCount}`);
    const trial = await WidgetTrial.open(bench.browser, bench.origin);
    await trial.pointAt();
    await trial.press();
    found.pointed.push(await trial.listeningMs());
    await trial.evaluate('voice().cancel()');
    await trial.press();
    found.again.push(await trial.listeningMs());
    await trial.close();
    const cold = await WidgetTrial.open(bench.browser, bench.origin);
    await cold.press();
    found.unexpected.push(await cold.listeningMs());
    await cold.close();
  }
  return found;
}

/** The ways in which the microphone is given back. */
export const RELEASES = {
  'stop()': 'voice().stop()',
  'cancel()': 'voice().cancel()',
  'the element leaves the page': 'voice().remove()',
  'the page is hidden for 30 s':
    "Object.defineProperty(document, 'hidden', { value: true }), document.dispatchEvent(new Event('visibilitychange')), undefined",
} as const;
/** A name of {@link RELEASES}. */
export type Release = keyof typeof RELEASES;

/** Time until all tracks are stopped; of the hidden page, after its 30 s. */
export async function measureReleases(bench: WidgetBench): Promise<ReadonlyMap<Release, readonly Ms[]>> {
  const found = new Map<Release, Ms[]>();
  for (const [name, script] of Object.entries(RELEASES) as [Release, string][]) {
    const isLong = name === 'the page is hidden for 30 s';
    const values: Ms[] = [];
    for (let i = 0; i < (isLong ? Math.ceil(bench.repeatCount / 10) : bench.repeatCount); i++) {
      bench.progress(`${name} ${i + 1}`);
      const trial = await WidgetTrial.open(bench.browser, bench.origin);
      // A site's listener keeps silence from ending the query meanwhile.
      await trial.evaluate("voice().setAttribute('silence-ms', '60000'), voice().options = { noSpeechMs: 60000 }");
      await trial.press();
      await trial.listeningMs();
      values.push((await trial.stoppedMs(script)) - (isLong ? HIDDEN_LIMIT_MS : 0));
      await trial.close();
    }
    found.set(name, values);
  }
  return found;
}

/** Growth of the page's heap by starts and stops, in bytes. */
export async function measureHeapGrowth(bench: WidgetBench): Promise<number> {
  const trial = await WidgetTrial.open(bench.browser, bench.origin);
  await trial.pointAt();
  const heapAfter = async (count: number): Promise<number> => {
    for (let i = 0; i < count; i++) {
      bench.progress(`starts and stops ${i + 1}/${count}`);
      await trial.press();
      await trial.listeningMs();
      await trial.evaluate('voice().stop()');
      await trial.reaches('no-speech', 'result', 'uncertain');
    }
    await trial.evaluate('notes.states.length = 0, notes.longTaskMs.length = 0, undefined');
    return trial.heapBytes();
  };
  const before = await heapAfter(Math.min(WARM_CYCLES, bench.cycleCount));
  const growth = (await heapAfter(bench.cycleCount)) - before;
  await trial.close();
  return growth;
}

/** Tasks over 50 ms on a main thread four times slower. */
export interface LongTasks {
  /** Until the page rests. */
  readonly loadMs: readonly Ms[];
  /** From pointing at the microphone to the text in the field. */
  readonly queryMs: readonly Ms[];
}

/** One whole query on a slow main thread. */
export async function measureLongTasks({ browser, origin, progress }: WidgetBench): Promise<LongTasks> {
  progress('long tasks');
  const trial = await WidgetTrial.open(browser, origin, SLOWER);
  const take = (): Promise<readonly Ms[]> => trial.evaluate<readonly Ms[]>('notes.longTaskMs.splice(0)');
  const loadMs = await take();
  await trial.pointAt();
  await trial.press();
  await trial.reaches('result');
  const queryMs = await take();
  await trial.close();
  return { loadMs, queryMs };
}

/** Violations of the page's policy in one whole query. */
export async function countViolations({ browser, origin, progress }: WidgetBench): Promise<number> {
  progress('strict policy');
  const trial = await WidgetTrial.open(browser, origin);
  await trial.press();
  await trial.reaches('result');
  const violations = await trial.evaluate<readonly string[]>('notes.violations');
  await trial.close();
  return violations.length;
}
