import { clusterEffect } from '../monitor/cluster-effect.ts';
import { type ComparedMetric, compareMetrics, type MetricDrift } from '../monitor/drift-comparison.ts';
import { DRIFT_PROFILES } from '../monitor/drift-profile.ts';
import { type Bin, distribution } from './distribution.ts';
import { type ClipMeasure, COMPARED_MEASURES } from './prep-measures.ts';
import type { ClipRow } from './prep-rows.ts';

/** A set of prepared clips. */
export interface ClipSet {
  /** As the user named it. */
  readonly path: string;
  readonly clips: readonly ClipRow[];
}

/** One measure in both sets. */
export interface MeasureDrift extends MetricDrift {
  readonly title: string;
  readonly explanation: string;
  readonly unit: string;
  readonly decimals: number;
  /** What the effect and the shift are told in. */
  readonly effectUnit: 'standard deviations' | 'relative';
  /** How much more the clips vary than independent ones, because several come from one recording. */
  readonly designEffect: number;
  /** Clips of each set of which it cannot be told. */
  readonly unknown: readonly [reference: number, current: number];
  /** Median; of something that happens or not, the share of clips in percent. */
  readonly typical: readonly [reference: number, current: number];
  /** The same bins in both sets. */
  readonly bins: readonly [reference: readonly Bin[], current: readonly Bin[]];
  readonly isCount: boolean;
}

/** How two sets of prepared clips differ. */
export interface DriftReport {
  readonly reference: string;
  readonly current: string;
  readonly clipCounts: readonly [reference: number, current: number];
  /** Contracts under which the sets were cut; more than one, and the front end differs, not only the input. */
  readonly contractCount: number;
  readonly measures: readonly MeasureDrift[];
  readonly isDrift: boolean;
  /** Rules of the verdict. */
  readonly limits: { readonly falseShare: number; readonly leastDeviations: number; readonly leastRelative: number };
}

/** Something that happens to a clip or not. */
interface Event {
  readonly key: string;
  readonly title: string;
  readonly explanation: string;
  /** Undefined where it cannot be told. */
  readonly happened: (clip: ClipRow) => boolean | undefined;
}

function exceeds(key: 'clippedRuns' | 'dropoutCount' | 'missingSamples' | 'invalidSamples', title: string): Event {
  return {
    key: `${key}Share`,
    title,
    explanation: 'Clips in which it happened at least once.',
    happened: ({ metrics }) => {
      const value = metrics[key];
      return typeof value === 'number' ? value > 0 : undefined;
    },
  };
}

const EVENTS: readonly Event[] = [
  exceeds('clippedRuns', 'Clips with clipping'),
  exceeds('dropoutCount', 'Clips with stretches of zeros'),
  exceeds('missingSamples', 'Clips with lost samples'),
  exceeds('invalidSamples', 'Clips with samples that are no numbers'),
  {
    key: 'noSnrShare',
    title: 'Clips in digital silence',
    explanation: 'Clips whose background is digital silence, so that no signal-to-noise ratio can be told.',
    happened: ({ metrics }) => ('snrDb' in metrics ? metrics.snrDb === null : undefined),
  },
];

const PROFILE = DRIFT_PROFILES['user-facing'];

interface Sample {
  readonly compared: ComparedMetric;
  readonly describe: Omit<MeasureDrift, keyof MetricDrift>;
}

function valuesOf(set: ClipSet, read: (clip: ClipRow) => number | undefined): readonly number[] {
  return set.clips.flatMap((clip) => read(clip) ?? []);
}

function bySource(set: ClipSet, read: (clip: ClipRow) => number | undefined): readonly (readonly number[])[] {
  const groups = new Map<string, number[]>();
  for (const clip of set.clips) {
    const value = read(clip);
    if (value === undefined) continue;
    const group = groups.get(clip.source);
    if (group === undefined) groups.set(clip.source, [value]);
    else group.push(value);
  }
  return [...groups.values()];
}

/** Every value that occurs is a bin, so that nothing is lost to rounding. */
function counted(first: readonly number[], second: readonly number[]) {
  const positions = [...new Set([...first, ...second])].sort((a, b) => a - b);
  const places = new Map(positions.map((value, i) => [value, i]));
  const tally = (values: readonly number[]): readonly number[] => {
    const counts = new Array<number>(positions.length).fill(0);
    for (const value of values) counts[places.get(value)!]!++;
    return counts;
  };
  return { positions, reference: tally(first), current: tally(second) };
}

function inBins(values: readonly number[], bins: readonly Bin[]): readonly Bin[] {
  const last = bins.length - 1;
  return bins.map(({ from, to }, i) => {
    return { from, to, count: values.filter((value) => value >= from && (value < to || i === last)).length };
  });
}

function valueSample(measure: ClipMeasure, reference: ClipSet, current: ClipSet): Sample | undefined {
  const [first, second] = [valuesOf(reference, measure.ofClip), valuesOf(current, measure.ofClip)];
  const [before, now] = [distribution(first, measure.isCount), distribution(second, measure.isCount)];
  const both = distribution([...first, ...second], measure.isCount);
  if (before === undefined || now === undefined || both === undefined) return undefined;
  const groups = [bySource(reference, measure.ofClip), bySource(current, measure.ofClip)] as const;
  const designEffect = Math.max(clusterEffect(groups[0]), clusterEffect(groups[1]));
  const { title, explanation, unit, decimals, isCount } = measure;
  return {
    compared: { name: measure.key, ...counted(first, second), designEffect },
    describe: {
      ...{ title, explanation, unit, decimals, isCount, designEffect },
      effectUnit: 'standard deviations',
      unknown: [reference.clips.length - first.length, current.clips.length - second.length],
      typical: [before.median, now.median],
      bins: [inBins(first, both.bins), inBins(second, both.bins)],
    },
  };
}

function eventSample(
  { key, title, explanation, happened }: Event,
  reference: ClipSet,
  current: ClipSet,
): Sample | undefined {
  const read = (clip: ClipRow): number | undefined => {
    const is = happened(clip);
    return is === undefined ? undefined : Number(is);
  };
  const samples = [valuesOf(reference, read), valuesOf(current, read)] as const;
  const [before, now] = samples.map((values) => {
    const hits = values.reduce((sum, value) => sum + value, 0);
    return [values.length - hits, hits];
  });
  if (before === undefined || now === undefined || samples.some((values) => values.length === 0)) return undefined;
  const designEffect = Math.max(clusterEffect(bySource(reference, read)), clusterEffect(bySource(current, read)));
  const share = ([misses = 0, hits = 0]: readonly number[]): number => (100 * hits) / (misses + hits);
  return {
    compared: { name: key, reference: before, current: now, positions: undefined, designEffect },
    describe: {
      ...{ title, explanation, unit: '% of clips', decimals: 1, isCount: false, designEffect },
      effectUnit: 'relative',
      unknown: [reference.clips.length - samples[0].length, current.clips.length - samples[1].length],
      typical: [share(before), share(now)],
      bins: [[], []],
    },
  };
}

/** Compares two sets of prepared clips in everything that was measured on both. */
export function driftReport(reference: ClipSet, current: ClipSet): DriftReport {
  const samples = [
    ...COMPARED_MEASURES.map((measure) => valueSample(measure, reference, current)),
    ...EVENTS.map((event) => eventSample(event, reference, current)),
  ].filter((sample) => sample !== undefined);
  const found = compareMetrics(
    samples.map(({ compared }) => compared),
    PROFILE,
  );
  const measures = found.map((drift, i): MeasureDrift => ({ ...drift, ...samples[i]!.describe }));
  const contracts = new Set([...reference.clips, ...current.clips].map(({ contractSha256 }) => contractSha256));
  const { falseShare, leastDeviations, leastRelative } = PROFILE;
  return {
    reference: reference.path,
    current: current.path,
    clipCounts: [reference.clips.length, current.clips.length],
    contractCount: contracts.size,
    measures,
    isDrift: measures.some(({ verdict }) => verdict === 'drift'),
    limits: { falseShare, leastDeviations, leastRelative },
  };
}
