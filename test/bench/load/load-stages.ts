import { seededRandom } from '../../../src/evaluation/seeded-random.ts';
import type { Seconds } from '../../../src/units.ts';
import { atLeast, atMost, type Bar, fixed, type Table } from '../front-end/table.ts';
import { closedLoop, openLoop } from './arrivals.ts';
import type { LoadClips } from './clips.ts';
import { ForeignLoad } from './foreign-load.ts';
import { Poster, type Upload } from './poster.ts';
import { ServerWatch, slopePerMinute } from './server-watch.ts';
import { STAGE_COLUMNS, type Stage, stageRow, summarise } from './stage.ts';

const BAR = { audioPerSecond: 40, p95Ms: 300, p95TimesLone: 4, overloadTimesCapacity: 2, slopeMbPerMinute: 10 };
const BAR_RATE = 8;
const IN_FLIGHT = [2, 3, 4];
const MULTIPLES = [1, 2, 3, 4, 5];
const OVERLOAD = 5;
const SEED = 3;

/** How long the stages take. */
interface Plan {
  readonly loneCount: number;
  readonly capacitySeconds: Seconds;
  readonly openSeconds: Seconds;
  readonly stepSeconds: Seconds;
  readonly overloadSeconds: Seconds;
}
const FULL: Plan = { loneCount: 60, capacitySeconds: 15, openSeconds: 60, stepSeconds: 20, overloadSeconds: 60 };
const QUICK: Plan = { loneCount: 12, capacitySeconds: 4, openSeconds: 10, stepSeconds: 4, overloadSeconds: 12 };

class LoadRun {
  readonly stages: Stage[] = [];
  readonly watch: ServerWatch;
  readonly #poster: Poster;
  readonly #progress: (text: string) => void;

  constructor(origin: string, progress: (text: string) => void) {
    this.watch = new ServerWatch(origin);
    this.#poster = new Poster(origin);
    this.#progress = progress;
  }

  /** So many senders that wait for their answers. */
  async closed(name: string, uploads: readonly Upload[], inFlightCount: number, seconds: Seconds): Promise<Stage> {
    this.#progress(name);
    const run = await closedLoop(inFlightCount, seconds, this.#sender(uploads));
    return this.#keep(summarise(name, `${inFlightCount} in flight`, run.outcomes, run.seconds));
  }

  /** One clip after the other. */
  async lone(name: string, uploads: readonly Upload[], count: number): Promise<Stage> {
    this.#progress(name);
    const send = this.#sender(uploads);
    const startMs = performance.now();
    const outcomes = [];
    for (let i = 0; i < count; i++) outcomes.push(await send(i, performance.now()));
    return this.#keep(summarise(name, 'one at a time', outcomes, (performance.now() - startMs) / 1_000));
  }

  /** Requests that come whether or not the server is ready for them. */
  async open(
    name: string,
    uploads: readonly Upload[],
    perSecond: number,
    seconds: Seconds,
    isRandom = true,
  ): Promise<Stage> {
    this.#progress(name);
    const schedule = { perSecond, seconds, ...(isRandom ? { random: seededRandom(SEED) } : {}) };
    const outcomes = await openLoop(schedule, this.#sender(uploads));
    const load = `${fixed(perSecond, 1)} a second, ${isRandom ? 'at random' : 'evenly'}`;
    return this.#keep(summarise(name, load, outcomes, seconds));
  }

  close(): void {
    this.watch.close();
    this.#poster.close();
  }

  #sender(uploads: readonly Upload[]): Parameters<typeof openLoop>[1] {
    return (index, dueAtMs) => this.#poster.post(uploads[index % uploads.length]!, dueAtMs);
  }

  #keep(stage: Stage): Stage {
    this.stages.push(stage);
    return stage;
  }
}

/** Measures every stage against a server that has just started. @throws Error when the server dies. */
export async function measureLoad(
  origin: string,
  clips: LoadClips,
  isQuick: boolean,
  progress: (text: string) => void,
): Promise<Table> {
  const plan = isQuick ? QUICK : FULL;
  const run = new LoadRun(origin, progress);
  try {
    await run.lone('warming up', clips.cut, clips.cut.length);
    run.stages.length = 0;
    const foreign = new ForeignLoad();
    const { cpuSeconds } = await run.watch.read();
    const lone = await run.lone('lone clip', clips.cut, plan.loneCount);
    await run.lone('lone clip, server cuts', clips.uncut, plan.loneCount);
    const closed: Stage[] = [];
    for (const count of IN_FLIGHT) closed.push(await run.closed('capacity', clips.cut, count, plan.capacitySeconds));
    await run.closed('capacity, server cuts', clips.uncut, 3, plan.capacitySeconds);
    const capacity = Math.max(...closed.map(({ audioPerSecond }) => audioPerSecond));
    const open = await run.open('usual load', clips.cut, BAR_RATE, plan.openSeconds);
    await run.open('usual load, even', clips.cut, BAR_RATE, plan.openSeconds / 2, false);
    await run.open('usual load, server cuts', clips.uncut, BAR_RATE, plan.openSeconds / 2);
    const capacityPerSecond = capacity / clips.meanSeconds;
    const steps: Stage[] = [];
    for (const multiple of MULTIPLES) {
      const name = `${multiple} x capacity`;
      steps.push(await run.open(name, clips.cut, multiple * capacityPerSecond, plan.stepSeconds));
    }
    const overloadStartMs = (await run.watch.read()).atMs;
    const overload = await run.open(
      `${OVERLOAD} x capacity for ${plan.overloadSeconds} s`,
      clips.cut,
      OVERLOAD * capacityPerSecond,
      plan.overloadSeconds,
    );
    const during = run.watch.readings.filter(({ atMs }) => atMs >= overloadStartMs);
    const last = await run.watch.read();
    const after = await run.lone('lone clip, after it all', clips.cut, plan.loneCount);
    const foreignCores = foreign.cores((await run.watch.read()).cpuSeconds - cpuSeconds);
    const slopeMbPerMinute = slopePerMinute(during.map(({ atMs, residentMb }) => [atMs, residentMb]));
    const resident = during.map(({ residentMb }) => residentMb);
    const atCapacity = steps[0]!;
    const times = overload.p95Ms / atCapacity.p95Ms;
    const lost = run.stages.reduce((sum, { otherCount }) => sum + otherCount, 0);
    const silent = run.stages.reduce((sum, each) => sum + each.refusedCount - each.refusedWithRetryAfterCount, 0);
    const bars: Bar[] = [
      atLeast('server: audio recognised on two cores, seconds a second', capacity, BAR.audioPerSecond, '', 1),
      atMost('server: p95 at 8 clips a second at random', open.p95Ms, BAR.p95Ms, ' ms', 0),
      atMost('server: the same as a multiple of a lone clip', open.p95Ms / lone.p50Ms, BAR.p95TimesLone, '', 2),
      atMost(
        `server: p95 of what is taken at ${OVERLOAD} x capacity over that at capacity`,
        times,
        BAR.overloadTimesCapacity,
        '',
        2,
      ),
      atMost('server: requests neither answered nor refused by 429', lost, 0, '', 0),
      atMost('server: refusals without Retry-After', silent, 0, '', 0),
      atMost('server: growth of memory at overload', slopeMbPerMinute, BAR.slopeMbPerMinute, ' MB a minute', 1),
    ];
    return {
      name: 'prediction-load',
      title: 'Server under load',
      about: [
        `\`ossicle serve --threads 2\` as it is built, in a process of its own; clips are segments as the front end cuts them (2.4 to 3.6 s, ${fixed(clips.meanSeconds, 2)} s on average), sent as WAV with the clip contract; "server cuts" sends the recordings they come from, without. Client and server share the cores.`,
        'Open loads are sent by the clock, whether or not earlier requests are answered, and latency counts from when a request was due. Capacity is the best of the closed loops. p50 and p95 are of what was answered.',
        `Memory of the server at overload: ${fixed(Math.min(...resident), 0)} to ${fixed(Math.max(...resident), 0)} MB, ${fixed(last.residentMb, 0)} MB at its end; a lone clip took ${fixed(after.p50Ms / lone.p50Ms, 2)} times as long afterwards as at first. Other programs took ${fixed(foreignCores, 2)} cores meanwhile.`,
      ],
      columns: STAGE_COLUMNS,
      rows: run.stages.map(stageRow),
      bars,
      plots: [],
      figures: {
        loneP50Ms: lone.p50Ms,
        loneP95Ms: lone.p95Ms,
        capacityAudioPerSecond: capacity,
        openP50Ms: open.p50Ms,
        openP95Ms: open.p95Ms,
        openP95TimesLone: open.p95Ms / lone.p50Ms,
        capacityP95Ms: atCapacity.p95Ms,
        overloadP95Ms: overload.p95Ms,
        overloadP95TimesCapacity: times,
        overloadSlopeMbPerMinute: slopeMbPerMinute,
        unansweredCount: lost,
        foreignCores,
      },
    };
  } finally {
    run.close();
  }
}
