import { DRIFT_PROFILES } from '../../../src/monitor/drift-profile.ts';
import { quantile } from '../front-end/statistics.ts';
import { atLeast, atMost, type Bar, fixed, percent, type Table } from '../front-end/table.ts';
import { type BenchCommand, runBenchCommand } from '../load/bench-command.ts';
import { CAUSE_CASES, runCauseCase } from './cause-run.ts';
import { chartMethod } from './detector.ts';
import { SERIES, type SeriesKind } from './fleet.ts';
import { PEERS } from './peers.ts';
import { type Outcome, runSeries, SCENARIOS } from './series-run.ts';
import { runShapeCase, SHAPE_CASES } from './shape-run.ts';
import { runWindows, WINDOW_METRICS } from './window-run.ts';

/** The seeds that judge; nothing was tuned on them. */
const FIRST_SEED = 1_000_000;
const SEED_COUNT = 200;
const QUICK_SEED_COUNT = 20;
/** Peers are slower, and their figures far from any bar. */
const PEER_SHARE = 0.1;
const WINDOW_SHARE = 0.3;
const KINDS: readonly SeriesKind[] = ['rate', 'level', 'time'];
const OWN = [
  chartMethod('Ossicle, user-facing', DRIFT_PROFILES['user-facing']),
  chartMethod('Ossicle, business', DRIFT_PROFILES.business),
];

interface Part {
  readonly rows: readonly (readonly string[])[];
  readonly bars: readonly Bar[];
}

function seedsOf(count: number): readonly number[] {
  return Array.from({ length: Math.max(1, Math.round(count)) }, (_, i) => FIRST_SEED + i);
}

function per100k(count: number, of: number): number {
  return (count / of) * 100_000;
}

function seriesRows(outcome: Outcome, swing: number, seedCount: number): readonly (readonly string[])[] {
  const { kind, method, falseAlarmCount, quietCount, delays } = outcome;
  const day = swing > 0 ? '' : ', no swing over the day';
  return [...delays].map(([scenario, found]) => [
    `${kind}: ${scenario}${day}`,
    method,
    String(seedCount),
    fixed(per100k(falseAlarmCount, quietCount), 2),
    String(found.filter((delay) => delay === Infinity).length),
    fixed(quantile(found, 0.5), 0),
    fixed(quantile(found, 0.9), 0),
    '',
  ]);
}

function seriesBars({ kind, falseAlarmCount, quietCount, delays }: Outcome, seedCount: number): readonly Bar[] {
  const scenarios = SCENARIOS.filter((scenario) => scenario.kind === kind);
  const alarms = atMost(
    `drift, ${kind}: false alarms per 100,000 utterances`,
    per100k(falseAlarmCount, quietCount),
    ...([1, '', 2, `${falseAlarmCount} in ${quietCount / 1e6} million`] as const),
  );
  return [
    alarms,
    ...scenarios.flatMap(({ name, medianBar }): readonly Bar[] => {
      const found = delays.get(name)!;
      const missed = found.filter((delay) => delay === Infinity).length;
      return [
        atMost(`drift, ${kind} ${name}: missed within 20,000`, missed, 0, '', 0, `${seedCount} seeds`),
        ...(medianBar === undefined
          ? []
          : [atMost(`drift, ${kind} ${name}: median delay`, quantile(found, 0.5), medianBar, ' utterances', 0)]),
      ];
    }),
  ];
}

function series(seedCount: number, progress: (text: string) => void): Part {
  const rows: (readonly string[])[] = [];
  const bars: Bar[] = [];
  for (const kind of KINDS) {
    const own = runSeries(kind, OWN, seedsOf(seedCount), 1, progress);
    rows.push(...own.flatMap((outcome) => seriesRows(outcome, 1, seedCount)));
    bars.push(...seriesBars(own[0]!, seedCount));
    if (kind === 'time') continue;
    const peerSeeds = seedsOf(seedCount * PEER_SHARE);
    for (const swing of [1, 0]) {
      const peers = runSeries(kind, PEERS, peerSeeds, swing, progress);
      rows.push(...peers.flatMap((outcome) => seriesRows(outcome, swing, peerSeeds.length)));
    }
  }
  return { rows, bars };
}

function windows(seedCount: number, progress: (text: string) => void): Part {
  const seeds = seedsOf(seedCount * WINDOW_SHARE);
  const { falseAlarmCount, quietCount, delays } = runWindows(DRIFT_PROFILES['user-facing'], seeds, progress);
  const missed = delays.filter((delay) => delay === Infinity).length;
  const alarms = per100k(falseAlarmCount, quietCount);
  return {
    rows: [
      [
        ...['distribution: 30 % twice as wide, same mean', 'Ossicle, user-facing, hourly windows of 300'],
        ...[String(seeds.length), fixed(alarms, 2), String(missed)],
        ...[fixed(quantile(delays, 0.5), 0), fixed(quantile(delays, 0.9), 0), ''],
      ],
    ],
    bars: [
      atMost(
        `drift, hourly distributions of ${WINDOW_METRICS} metrics: false alarms per 100,000 utterances of each`,
        alarms,
        ...([1, '', 2, `${falseAlarmCount} in ${fixed(quietCount / 1e6, 0)} million`] as const),
      ),
      atMost('drift, distribution with the same mean: missed within 20,000', missed, 0, '', 0, `${seeds.length} seeds`),
    ],
  };
}

function shapes(seedCount: number, progress: (text: string) => void): Part {
  const rows: (readonly string[])[] = [];
  let [right, wrong, clearDecided, clearCount, covered] = [0, 0, 0, 0, 0];
  for (const one of SHAPE_CASES) {
    progress(one.name);
    const found = runShapeCase(one, seedsOf(seedCount));
    const decided = found.rightCount + found.wrongCount;
    right += found.rightCount;
    wrong += found.wrongCount;
    covered += found.coveredCount;
    if (one.isClear) {
      clearDecided += decided;
      clearCount += seedCount;
    }
    const onset = `onset off by ${fixed(quantile(found.onsetErrorsHours, 0.5), 0)} h`;
    const slope = found.slopeErrors.length === 0 ? '' : `, slope by ${percent(quantile(found.slopeErrors, 0.5), 0)}`;
    const verdict = `${percent(found.rightCount / decided)} right of ${percent(decided / seedCount)} decided; ${onset}${slope}`;
    rows.push([
      one.name,
      one.isClear ? 'step or ramp, clear case' : 'step or ramp',
      String(seedCount),
      '',
      '',
      '',
      '',
      verdict,
    ]);
  }
  return {
    rows,
    bars: [
      atLeast('drift, sudden or gradual: right where decided', (100 * right) / (right + wrong), 95, ' %', 1),
      atLeast('drift, sudden or gradual: clear cases decided', (100 * clearDecided) / clearCount, 80, ' %', 1),
      atLeast('drift, true onset inside the range of 95 %', (100 * covered) / right, 90, ' %', 1, 'our own bar'),
    ],
  };
}

function causes(seedCount: number, progress: (text: string) => void): Part {
  const rows: (readonly string[])[] = [];
  const bars: Bar[] = [];
  for (const one of CAUSE_CASES) {
    progress(one.name);
    const found = runCauseCase(one, seedsOf(seedCount));
    const share = found.filter((cause) => cause === one.truth).length / found.length;
    rows.push([
      one.name,
      'data or concept',
      String(seedCount),
      '',
      '',
      '',
      '',
      `${percent(share)} told as ${one.truth}`,
    ]);
    bars.push(atLeast(`drift, data or concept, ${one.name}: told rightly`, 100 * share, 90, ' %', 1));
  }
  return { rows, bars };
}

async function measure(
  isQuick: boolean,
  progress: (text: string) => void,
): Promise<{ table: Table; corpusName: string }> {
  const seedCount = isQuick ? QUICK_SEED_COUNT : SEED_COUNT;
  const parts = [series, windows, shapes, causes].map((part) => part(seedCount, progress));
  const table: Table = {
    name: 'drift',
    title: 'Drift told from chance',
    about: [
      `Simulated fleets of about 2,900 utterances a day. ${Object.values(SERIES).join('; ')}. References are learnt from four weeks of each fleet, with their errors; a change comes at a random hour after 3,000 utterances without one. Delays count utterances until the alarm. Rates are watched for a rise, levels and times in both directions. The seeds here are used for nothing else; thresholds come from run-length formulas.`,
      'Peers are written after their papers, with the defaults of the tool that is named; those of River get levels as standard deviations. One that compares with all hours at once takes the day’s swing for drift, so they are shown without it, too. "Never" is no alarm within 20,000. A method that alarms all the time is quick.',
    ],
    columns: ['case', 'method', 'seeds', 'false alarms per 100,000', 'missed', 'median delay', 'p90', 'verdict'],
    rows: parts.flatMap(({ rows }) => rows),
    bars: parts.flatMap(({ bars }) => bars),
    plots: [],
    figures: {},
  };
  return { table, corpusName: `simulated, ${seedCount} seeds` };
}

const COMMAND: BenchCommand = {
  name: 'drift',
  about: 'Measures drift detection in simulated fleets against its bars and its peers',
  duration: `${QUICK_SEED_COUNT} seeds instead of ${SEED_COUNT}`,
  measure,
};

/** Runs the command. @returns Its exit code: 2 for wrong arguments or a missing build, else 0. */
export function main(args: readonly string[]): Promise<number> {
  return runBenchCommand(COMMAND, args);
}
