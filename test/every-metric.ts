import { seededRandom } from '../src/evaluation/seeded-random.ts';
import { COUNTS, type CountName, HISTOGRAMS, type HistogramName } from '../src/metrics/metric-table.ts';
import { binEdges } from '../src/metrics/quantile.ts';
import type { Recorder } from '../src/metrics/recorder.ts';
import { binCount, valuesOf } from '../src/metrics/shape.ts';

/** Voice searches of one flush. */
const UTTERANCES = 20;

/** Records what twenty utterances bring: values of every metric in some dozen bins, and every kind of count, from a seed. */
export function everyMetric(recorder: Recorder, seed: number): void {
  const random = seededRandom(seed);
  for (const [name, { shape }] of Object.entries(HISTOGRAMS)) {
    const centre = 0.3 + 0.4 * random();
    for (let i = 0; i < UTTERANCES; i++) {
      const bin = Math.floor((centre + (random() - 0.5) * 0.3) * binCount(shape));
      const [lower, upper] = binEdges(shape, bin);
      recorder.record(name as HistogramName, lower + random() * (upper - lower));
    }
  }
  for (const [name, { shape }] of Object.entries(COUNTS)) {
    for (let i = 0; i < UTTERANCES; i++) {
      const cell = Math.floor(random() * binCount(shape));
      recorder.count(name as CountName, valuesOf(shape, cell), 1 + Math.floor(random() * 3));
    }
  }
}
