import type { CDPSession, Page } from 'playwright';
import type { Ms, Samples, Seconds } from '../../../src/units.ts';

/** Who is measured. */
export type ContestantName = 'ossicle' | 'vad-web';

/** Both, in the order of the table. */
export const CONTESTANTS: readonly ContestantName[] = ['ossicle', 'vad-web'];

/** A segment as its page noted it. */
export interface NotedSegment {
  readonly atMs: Ms;
  /** Ours: where in the sound since the press it begins. */
  readonly startSeconds?: Seconds;
  /** vad-web's: how much sound it had heard. */
  readonly endSeconds?: Seconds;
  readonly lengthSamples: Samples;
  /** Ours: what the audio clock says was lost. */
  readonly missingSamples?: Samples;
  /** vad-web's: 16-bit samples in base64. */
  readonly audio?: string;
}

/** What a page noted since the press. */
export interface Notes {
  readonly pressedAtMs: Ms;
  /** First sign of samples that are not digital silence. */
  readonly soundAtMs: Ms;
  readonly heard: readonly { readonly atMs: Ms; readonly seconds: Seconds }[];
  readonly segments: readonly NotedSegment[];
  readonly sentAtMs: readonly Ms[];
  readonly isOver: boolean;
  readonly errors: readonly string[];
  readonly nowMs: Ms;
  readonly underruns: { readonly events: number; readonly seconds: Seconds };
}

const POLL_MS: Ms = 100;

const NOTES = `(() => {
  const base64 = (audio) => {
    const pcm16 = Int16Array.from(audio, (x) => Math.max(-32768, Math.min(32767, Math.round(x * 32768))));
    let characters = '';
    for (const byte of new Uint8Array(pcm16.buffer)) characters += String.fromCharCode(byte);
    return btoa(characters);
  };
  const { pressedAtMs, soundAtMs, heard, segments, sentAtMs, isOver, errors } = notes;
  const noted = segments.map(({ audio, ...rest }) => (audio === undefined ? rest : { ...rest, audio: base64(audio) }));
  const nowMs = performance.now();
  return { pressedAtMs, soundAtMs, heard, segments: noted, sentAtMs, isOver, errors, nowMs, underruns: notes.underruns() };
})()`;

/** Seconds that the page's main thread has worked. */
export interface MainThreadTime {
  readonly taskSeconds: Seconds;
  readonly scriptSeconds: Seconds;
  readonly heapBytes: number;
}

/** One contestant's page. */
export class TrialPage {
  readonly name: ContestantName;
  readonly #page: Page;
  readonly #session: CDPSession;

  private constructor(name: ContestantName, page: Page, session: CDPSession) {
    this.name = name;
    this.#page = page;
    this.#session = session;
  }

  static async open(page: Page, name: ContestantName, url: string): Promise<TrialPage> {
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable');
    await page.goto(url);
    const trial = new TrialPage(name, page, session);
    await trial.#ready();
    return trial;
  }

  /** Opens the page again: what is cached stays, what was made is gone. */
  async reload(): Promise<void> {
    await this.#page.reload();
    await this.#ready();
  }

  /** Has the contestant fetch and make all that it can before a press. */
  async prepare(): Promise<void> {
    await this.#page.evaluate('bench.prepare()');
  }

  /** Ours is to listen until it is stopped; vad-web always does. */
  async listenOn(): Promise<void> {
    await this.#page.evaluate("bench.ends = 'manual', notes.keepsAudio = false");
  }

  async press(): Promise<void> {
    await this.#page.click('#press');
  }

  /** @returns From the press to the first sign of samples that are not digital silence. */
  async firstSoundMs(withinMs: Ms = 30_000): Promise<Ms> {
    await this.#until('notes.soundAtMs > 0', withinMs);
    return this.#page.evaluate<Ms>('notes.soundAtMs - notes.pressedAtMs');
  }

  async wait(ms: Ms): Promise<void> {
    await this.#page.waitForTimeout(ms);
  }

  /** How much sound was heard since the press. */
  async heardSeconds(): Promise<Seconds> {
    return this.#page.evaluate<Seconds>('notes.heard.at(-1)?.seconds ?? 0');
  }

  /** Waits until the query has ended by itself. */
  async over(withinSeconds: Seconds): Promise<void> {
    await this.#until('notes.isOver', withinSeconds * 1_000);
  }

  /** Waits until so much time has passed since samples flowed first: the microphone plays on though none is heard. */
  async playedSeconds(seconds: Seconds): Promise<void> {
    const withinMs = 10_000 + seconds * 1_000;
    await this.#until(`performance.now() - notes.heard[0]?.atMs >= ${seconds * 1_000}`, withinMs);
  }

  /** Keeps the main thread busy. */
  async block(ms: Ms): Promise<void> {
    await this.#page.evaluate(`for (const until = performance.now() + ${ms}; performance.now() < until; );`);
  }

  /** Makes the main thread so many times slower. */
  async slowDown(rate: number): Promise<void> {
    await this.#session.send('Emulation.setCPUThrottlingRate', { rate });
  }

  async stop(): Promise<void> {
    await this.#page.evaluate('bench.stop()');
  }

  /** @throws Error with what went wrong in the page. */
  async notes(): Promise<Notes> {
    const notes = await this.#page.evaluate<Notes>(NOTES);
    if (notes.errors.length > 0) throw new Error(`${this.name}: ${notes.errors.join('; ')}`);
    return notes;
  }

  async mainThread(): Promise<MainThreadTime> {
    const { metrics } = await this.#session.send('Performance.getMetrics');
    const metric = (name: string): number => metrics.find((entry) => entry.name === name)?.value ?? Number.NaN;
    return {
      taskSeconds: metric('TaskDuration'),
      scriptSeconds: metric('ScriptDuration'),
      heapBytes: metric('JSHeapUsedSize'),
    };
  }

  async collectGarbage(): Promise<void> {
    await this.#session.send('HeapProfiler.collectGarbage');
  }

  /** Memory of page and workers as the browser tells it to the page itself, which must be isolated. */
  async ownMemoryBytes(): Promise<number> {
    return this.#page.evaluate<number>('performance.measureUserAgentSpecificMemory().then(({ bytes }) => bytes)');
  }

  async close(): Promise<void> {
    await this.#page.context().close();
  }

  /** Asks now and then only: asking is work for the page. */
  async #until(condition: string, withinMs: Ms): Promise<void> {
    await this.#page.waitForFunction(condition, undefined, { timeout: withinMs, polling: POLL_MS });
  }

  async #ready(): Promise<void> {
    await this.#page.waitForFunction('globalThis.bench');
  }
}
