import { seededRandom } from '../../../src/evaluation/seeded-random.ts';
import type { Seconds } from '../../../src/units.ts';
import { startServerProcess } from '../../server-process.ts';
import { quantile } from '../front-end/statistics.ts';
import { atMost, type Bar, fixed, type Table } from '../front-end/table.ts';
import { closedLoop, openLoop, type Send } from './arrivals.ts';
import { type BenchCommand, runBenchCommand } from './bench-command.ts';
import { type LoadClips, loadClips } from './clips.ts';
import { ForeignLoad } from './foreign-load.ts';
import { type Outcome, Poster } from './poster.ts';
import { type ServerReading, ServerWatch, slopePerMinute } from './server-watch.ts';
import { kindAt, type SoakKind, soakMix } from './soak-mix.ts';

const SHARE_OF_CAPACITY = 0.7;
const IN_FLIGHT = 4;
const SEED = 5;
const BAR = { slopeMbPerMinute: 2, handleGrowth: 4 };

const COMMAND: BenchCommand = {
  name: 'soak',
  about:
    'Keeps a real server on this machine at 0.7 of what it can take with every format, clients that leave and bad requests',
  duration: 'one minute instead of ten',
  async measure(isQuick, progress) {
    const clips = await loadClips();
    const server = await startServerProcess(['--threads', '2']);
    try {
      const table = await soak(server.origin, clips, isQuick ? 40 : 600, progress);
      return { table, corpusName: clips.corpusName };
    } finally {
      server.child.kill('SIGTERM');
    }
  },
};

/** What came of the requests of one kind. */
class KindCount {
  readonly outcomes: Outcome[] = [];
  readonly kind: SoakKind;

  constructor(kind: SoakKind) {
    this.kind = kind;
  }

  count(isOfThem: (status: number) => boolean): number {
    return this.outcomes.filter(({ status }) => isOfThem(status)).length;
  }

  /** Neither as expected, nor refused by 429; a client that hangs up late is answered. */
  get unexpectedCount(): number {
    const { expectedStatus } = this.kind;
    return this.count(
      (status) => status !== expectedStatus && status !== 429 && !(expectedStatus === 0 && status === 200),
    );
  }

  row(): readonly string[] {
    const answered = this.outcomes.filter(({ status }) => status === this.kind.expectedStatus);
    const latencies = this.kind.expectedStatus === 0 ? [] : answered.map(({ latencyMs }) => latencyMs);
    const expected = this.kind.expectedStatus === 0 ? 'hung up' : String(this.kind.expectedStatus);
    return [
      this.kind.name,
      String(this.outcomes.length),
      `${answered.length} x ${expected}`,
      fixed(quantile(latencies, 0.5), 0),
      fixed(quantile(latencies, 0.95), 0),
      String(this.count((status) => status === 429)),
      String(this.unexpectedCount),
    ];
  }
}

async function soak(
  origin: string,
  clips: LoadClips,
  seconds: Seconds,
  progress: (text: string) => void,
): Promise<Table> {
  const kinds = await soakMix(clips);
  const poster = new Poster(origin);
  const random = seededRandom(SEED);
  const counts = new Map(kinds.map((kind) => [kind, new KindCount(kind)]));
  const send: Send = async (_, dueAtMs) => {
    const kind = kindAt(kinds, random());
    const upload = kind.make(random);
    const signal = kind.hangUpAfterMs === undefined ? undefined : AbortSignal.timeout(kind.hangUpAfterMs(random));
    const outcome = await poster.post(upload, dueAtMs, signal);
    counts.get(kind)!.outcomes.push(outcome);
    return outcome;
  };
  progress('finding the capacity for the mix');
  const found = await closedLoop(IN_FLIGHT, Math.min(20, seconds / 3), send);
  for (const count of counts.values()) count.outcomes.length = 0;
  const perSecond = (found.outcomes.length / found.seconds) * SHARE_OF_CAPACITY;
  poster.close();
  const watch = new ServerWatch(origin);
  const before = await watch.settled();
  const foreign = new ForeignLoad();
  progress(`${fixed(perSecond, 1)} requests a second for ${seconds} s`);
  await openLoop({ perSecond, seconds, random }, send);
  poster.close();
  const during = [...watch.readings];
  const after = await watch.settled();
  watch.close();
  const foreignCores = foreign.cores(after.cpuSeconds - before.cpuSeconds);
  const { failedCount } = watch;
  return soakTable([...counts.values()], { perSecond, seconds, before, during, after, failedCount, foreignCores });
}

interface Watched {
  readonly perSecond: number;
  readonly seconds: Seconds;
  readonly before: ServerReading;
  readonly during: readonly ServerReading[];
  readonly after: ServerReading;
  readonly failedCount: number;
  readonly foreignCores: number;
}

function soakTable(counts: readonly KindCount[], watched: Watched): Table {
  const { before, during, after } = watched;
  // Heaps grow to their usual size at first.
  const later = during.slice(Math.floor(during.length / 3));
  const slope = slopePerMinute(later.map(({ atMs, residentMb }) => [atMs, residentMb]));
  const resident = later.map(({ residentMb }) => residentMb);
  const serverFaults = counts.reduce((sum, count) => sum + count.count((status) => status >= 500), 0);
  const unexpected = counts.reduce((sum, count) => sum + count.unexpectedCount, 0);
  const total = counts.reduce((sum, { outcomes }) => sum + outcomes.length, 0);
  const bars: Bar[] = [
    atMost('server, soak: answers 5xx', serverFaults, 0, '', 0),
    atMost('server, soak: other answers than expected, 429 aside', unexpected, 0, '', 0),
    atMost('server, soak: growth of memory after the first third', slope, BAR.slopeMbPerMinute, ' MB a minute', 2),
    atMost(
      'server, soak: open handles afterwards over before',
      after.handleCount - before.handleCount,
      BAR.handleGrowth,
      '',
      0,
    ),
    atMost('server, soak: times that it could not be asked', watched.failedCount, 0, '', 0),
  ];
  return {
    name: 'prediction-soak',
    title: 'Server kept busy',
    about: [
      `${total} requests in ${fixed(watched.seconds, 0)} s to \`ossicle serve --threads 2\`: ${fixed(watched.perSecond, 1)} a second at random, ${SHARE_OF_CAPACITY} of what a closed loop of ${IN_FLIGHT} of the same mix reached. Latency counts from when a request was due.`,
      `Memory of the server: ${fixed(before.residentMb, 0)} MB before, ${fixed(Math.min(...resident), 0)} to ${fixed(Math.max(...resident), 0)} MB in the last two thirds, ${fixed(after.residentMb, 0)} MB afterwards. Open handles: ${before.handleCount} before, ${after.handleCount} afterwards. Other programs took ${fixed(watched.foreignCores, 2)} cores meanwhile.`,
    ],
    columns: ['request', 'sent', 'as expected', 'p50 ms', 'p95 ms', 'refused by 429', 'anything else'],
    rows: counts.map((count) => count.row()),
    bars,
    plots: [],
    figures: {
      perSecond: watched.perSecond,
      requestCount: total,
      serverFaultCount: serverFaults,
      unexpectedCount: unexpected,
      slopeMbPerMinute: slope,
      residentBeforeMb: before.residentMb,
      residentAfterMb: after.residentMb,
      handlesBefore: before.handleCount,
      handlesAfter: after.handleCount,
    },
  };
}

/** Runs the command. @returns Its exit code. */
export async function main(args: readonly string[]): Promise<number> {
  return await runBenchCommand(COMMAND, args);
}
