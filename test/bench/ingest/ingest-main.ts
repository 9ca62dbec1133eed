import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { METRIC_NAMES } from '../../../src/metrics/metric-table.ts';
import { metricBatch } from '../../metric-batches.ts';
import { type ServerProcess, startServerProcess } from '../../server-process.ts';
import { atLeast, fixed, type Table } from '../front-end/table.ts';
import { type BenchCommand, runBenchCommand } from '../load/bench-command.ts';
import { ForeignLoad } from '../load/foreign-load.ts';
import { FlushPoster } from './flush-poster.ts';

const BAR_POSTS_PER_SECOND = 2_000;
const CONNECTIONS = 64;
const SECONDS = 20;
const QUICK_SECONDS = 4;
/** Sets of values; every post has ids of its own besides. */
const VALUE_SETS = 500;
/** Slices of a fleet: two releases, four browsers, two kinds of device. */
const BROWSERS = ['chromium', 'firefox', 'webkit', 'other'] as const;
const ID_DIGITS = 32;

const COMMAND: BenchCommand = {
  name: 'ingest',
  about: "Posts full flushes of devices' metrics to a real server whose database writes each to the disk",
  duration: 'four seconds instead of twenty',
  async measure(isQuick, progress) {
    const folder = mkdtempSync(join(tmpdir(), 'ossicle-ingest-'));
    const store = join(folder, 'metrics.db');
    const server = await startServerProcess(['--telemetry', 'production', '--telemetry-store', store]);
    try {
      const table = await measure(server, store, isQuick ? QUICK_SECONDS : SECONDS, progress);
      return { table, corpusName: `${VALUE_SETS} sets of values, drawn from a seed` };
    } finally {
      server.child.kill('SIGTERM');
      rmSync(folder, { recursive: true });
    }
  },
};

/** Runs the command. @returns Its exit code. */
export async function main(args: readonly string[]): Promise<number> {
  return await runBenchCommand(COMMAND, args);
}

async function measure(
  { origin, child: { pid } }: ServerProcess,
  store: string,
  seconds: number,
  progress: (text: string) => void,
): Promise<Table> {
  const bodies = Array.from({ length: VALUE_SETS }, (_, set) => template(set));
  const bytes = bodies.reduce((sum, { length }) => sum + length, 0) / VALUE_SETS;
  await post(origin, bodies, 1, 0);
  progress('posting');
  const foreign = new ForeignLoad();
  const busyBefore = serverSeconds(pid);
  const startMs = performance.now();
  const { count, latenciesMs } = await post(origin, bodies, seconds, 1);
  const tookSeconds = (performance.now() - startMs) / 1_000;
  const others = foreign.cores(serverSeconds(pid) - busyBefore);
  const rate = count / tookSeconds;
  const sorted = latenciesMs.sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))]!;
  const megabytes = statSync(store).size / 1e6;
  return {
    name: 'ingest',
    title: "Devices' metrics, taken in",
    about: [
      `POST /v1/metrics, OTLP JSON, ${CONNECTIONS} connections, each one post after the other, on the machine that serves.`,
      `Each post is a flush of all ${METRIC_NAMES.length} metrics with the values of 20 utterances, ${fixed(bytes / 1000, 1)} kB, with ids of its own, from one of 16 slices.`,
      'An answer means that the post is on the disk: SQLite, write-ahead log, synchronous = FULL.',
      `Other programs used ${fixed(others, 2)} cores meanwhile.`,
    ],
    columns: ['posts', 'posts a second', 'MB a second', 'p50 ms', 'p95 ms', 'p99 ms', 'database MB'],
    rows: [
      [
        String(count),
        fixed(rate, 0),
        fixed((rate * bytes) / 1e6, 1),
        ...[0.5, 0.95, 0.99].map((share) => fixed(at(share), 1)),
        fixed(megabytes, 1),
      ],
    ],
    bars: [atLeast('posts a second', rate, BAR_POSTS_PER_SECOND, '', 0)],
    plots: [],
    figures: { postsPerSecond: rate, bytesPerPost: bytes, p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99) },
  };
}

/** A body whose ids are to be filled in. */
interface Template {
  readonly length: number;
  readonly parts: readonly [Buffer, Buffer, Buffer];
}

/** Session and batch are 32 digits each, the first of which tells them apart. */
function template(set: number): Template {
  const slice = {
    browser: BROWSERS[set % 4]!,
    device: set % 8 < 4 ? ('phone' as const) : ('desktop' as const),
    release: set % 16 < 8 ? 'moonshine-tiny-en' : 'moonshine-tiny-en-2',
  };
  const [session, batch] = ['1'.padStart(ID_DIGITS, '0'), '2'.padStart(ID_DIGITS, '0')];
  const body = metricBatch({ seed: set, batch: 2, session: 1, timeMs: Date.now(), slice });
  const [head, middle, tail] = body.split(new RegExp(`${session}|${batch}`));
  return { length: body.length, parts: [Buffer.from(head!), Buffer.from(middle!), Buffer.from(tail!)] };
}

async function post(
  origin: string,
  bodies: readonly Template[],
  seconds: number,
  run: number,
): Promise<{ readonly count: number; readonly latenciesMs: number[] }> {
  const endMs = performance.now() + seconds * 1_000;
  const latenciesMs: number[] = [];
  let count = 0;
  const one = async (connection: number): Promise<void> => {
    const poster = new FlushPoster(origin);
    for (let i = 0; performance.now() < endMs; i++) {
      const { parts } = bodies[(connection * 7_919 + i) % bodies.length]!;
      const number = (run * CONNECTIONS + connection) * 1_000_000 + i;
      const id = Buffer.from(number.toString().padStart(ID_DIGITS, '0'));
      const startMs = performance.now();
      const status = await poster.post(Buffer.concat([parts[0], id, parts[1], id, parts[2]]));
      if (status !== 200) throw new Error(`The server answered ${status}.`);
      latenciesMs.push(performance.now() - startMs);
      count++;
    }
    poster.close();
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, (_, connection) => one(connection)));
  return { count, latenciesMs };
}

/** Processor time of a process, user and system. Source: proc(5), /proc/pid/stat. */
function serverSeconds(pid: number | undefined): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
