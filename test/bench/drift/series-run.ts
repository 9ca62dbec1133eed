import { seededRandom } from '../../../src/evaluation/seeded-random.ts';
import type { Detector, Method } from './detector.ts';
import { type Change, Fleet, REFERENCE_HOURS, type SeriesKind } from './fleet.ts';

/** What is done to a series. */
export interface Scenario {
  readonly name: string;
  readonly kind: SeriesKind;
  readonly change: Change;
  /** Most utterances until the median alarm; none where no bar asks. */
  readonly medianBar?: number;
}

/** What came of one method. */
export interface Outcome {
  readonly method: string;
  readonly kind: SeriesKind;
  readonly falseAlarmCount: number;
  readonly quietCount: number;
  /** Utterances until the alarm of each seed, by scenario; Infinity when there was none. */
  readonly delays: ReadonlyMap<string, readonly number[]>;
}

/** Utterances after a change within which it must be found. */
const LONGEST_DELAY = 20_000;
/** Utterances without change before one at least, and of a day, over which changes are spread evenly. */
const RUN_IN = 3_000;
const DAY_UTTERANCES = 2_880;
export const QUIET_UTTERANCES = 100_000;

const RAMP_UTTERANCES = 5_000;

function step(size: number): Change {
  return (utterance) => (utterance > 0 ? size : 0);
}

function ramp(size: number): Change {
  return (utterance) => size * Math.min(1, Math.max(0, utterance / RAMP_UTTERANCES));
}

/** Every change that a bar names, and the same of times. */
export const SCENARIOS: readonly Scenario[] = [
  { name: '.05 to .10', kind: 'rate', change: step(1), medianBar: 350 },
  { name: '.05 to .075', kind: 'rate', change: step(0.5), medianBar: 900 },
  { name: '.05 to .10 over 5,000', kind: 'rate', change: ramp(1), medianBar: 2_600 },
  { name: '0.5 sigma', kind: 'level', change: step(0.5), medianBar: 80 },
  { name: '0.25 sigma', kind: 'level', change: step(0.25), medianBar: 450 },
  { name: '0.5 sigma over 5,000', kind: 'level', change: ramp(0.5), medianBar: 2_600 },
  { name: '0.5 sigma', kind: 'time', change: step(0.5), medianBar: 80 },
  { name: '0.25 sigma', kind: 'time', change: step(0.25), medianBar: 450 },
  { name: '0.5 sigma over 5,000', kind: 'time', change: ramp(0.5), medianBar: 2_600 },
];

interface Running {
  readonly method: Method;
  detector: Detector;
  wasAlarm: boolean;
  falseAlarmCount: number;
  delay: number;
}

/** Utterances as they come, from a time of the week that each seed draws, until told to stop. */
function eachUtterance(
  fleet: Fleet,
  startHour: number,
  from: number,
  change: Change,
  take: (t: number, value: number, bin: number, hourInWeek: number) => boolean,
) {
  let t = from;
  for (let hour = startHour; ; hour++) {
    const hourInWeek = fleet.hourInWeek(hour);
    for (let left = fleet.volume(hour); left > 0; left--) {
      t++;
      const value = fleet.draw(hour, change(t));
      if (!take(t, value, fleet.binOf(value), hourInWeek)) return;
    }
  }
}

/** All methods on the same fleets, seed by seed. @param swing 1 for the usual day, 0 for none. */
export function runSeries(
  kind: SeriesKind,
  methods: readonly Method[],
  seeds: readonly number[],
  swing: number,
  progress: (text: string) => void,
): readonly Outcome[] {
  const scenarios = SCENARIOS.filter((scenario) => scenario.kind === kind);
  const used = methods.filter(({ kinds }) => kinds.includes(kind));
  const falseAlarms = used.map(() => 0);
  const delays = used.map(() => new Map(scenarios.map(({ name }): [string, number[]] => [name, []])));
  for (const [at, seed] of seeds.entries()) {
    progress(`${kind}, seed ${at + 1} of ${seeds.length}`);
    const fleet = new Fleet(kind, seed, swing);
    const random = seededRandom(seed);
    const startHour = REFERENCE_HOURS + Math.floor(168 * random());
    const runIn = RUN_IN + Math.floor(DAY_UTTERANCES * random());
    const past = { kind, ...fleet.reference() };
    const start = (method: Method): Running => {
      return { method, detector: method.start(past, fleet), wasAlarm: false, falseAlarmCount: 0, delay: Infinity };
    };
    const quiet = used.map(start);
    eachUtterance(
      fleet,
      startHour,
      0,
      () => 0,
      (t, value, bin, hourInWeek) => {
        for (const one of quiet) {
          const isAlarm = one.detector.push(value, bin, hourInWeek);
          if (isAlarm && !one.wasAlarm) one.falseAlarmCount++;
          one.wasAlarm = isAlarm;
        }
        return t < QUIET_UTTERANCES;
      },
    );
    for (const [i, { falseAlarmCount }] of quiet.entries()) falseAlarms[i]! += falseAlarmCount;
    for (const { name, change } of scenarios) {
      const running = used.map(start);
      eachUtterance(fleet, startHour, -runIn, change, (t, value, bin, hourInWeek) => {
        let leftCount = 0;
        for (const one of running) {
          if (one.delay < Infinity) continue;
          leftCount++;
          const isAlarm = one.detector.push(value, bin, hourInWeek);
          // What alarms before the change starts anew: it knows nothing of the change.
          if (isAlarm && t <= 0) one.detector = one.method.start(past, fleet);
          else if (isAlarm) one.delay = t;
        }
        return leftCount > 0 && t < LONGEST_DELAY;
      });
      for (const [i, { delay }] of running.entries()) delays[i]!.get(name)!.push(delay);
    }
  }
  return used.map(({ name }, i) => ({
    method: name,
    kind,
    falseAlarmCount: falseAlarms[i]!,
    quietCount: QUIET_UTTERANCES * seeds.length,
    delays: delays[i]!,
  }));
}
