import { HOP_SAMPLES } from '../../../src/dsp/frame.ts';
import { KWeightedHopMeter } from '../../../src/dsp/k-weighting.ts';
import { gatedLoudness, LoudnessMeter, type LoudnessResult } from '../../../src/dsp/loudness.ts';
import { Resampler } from '../../../src/dsp/resampler.ts';
import { TruePeakMeter } from '../../../src/dsp/true-peak.ts';
import { amplitudeToDb, type Db, type Hz, powerToDb } from '../../../src/units.ts';
import type { BenchContext, Benchmark } from './benchmark.ts';
import type { Corpus, CorpusClip } from './corpus.ts';
import { atMost, type Bar, fixed, type Table } from './table.ts';

const PIPELINE_RATE_HZ = 16_000;
/** One of two equal channels carries half of their power. */
const MONO_DB = powerToDb(2);
const LOUDNESS_BAR_LU = 0.1;
const PEAK_BARS_DB = { above: 0.2, below: 0.4 } as const;

function integrated(samples: Float32Array, rateHz: Hz): LoudnessResult {
  const meter = new LoudnessMeter(rateHz);
  meter.push(samples);
  return meter.integrated();
}

/** Loudness the way a segment gets it: resampled to 16 kHz, hop by hop. */
function integratedOfHops(samples: Float32Array, rateHz: Hz): LoudnessResult {
  const resampler = new Resampler(rateHz, PIPELINE_RATE_HZ);
  const resampled = new Float32Array(resampler.maxOutputFor(samples.length) + resampler.maxFlushOutput);
  const pushed = resampler.push(samples, resampled);
  const count = pushed + resampler.flush(resampled.subarray(pushed));
  const meter = new KWeightedHopMeter(PIPELINE_RATE_HZ);
  const hopCount = Math.floor(count / HOP_SAMPLES);
  const powers = new Float32Array(Math.max(1, hopCount));
  for (let hop = 0; hop < hopCount; hop++) {
    powers[hop] = meter.pushHop(resampled.subarray(hop * HOP_SAMPLES, (hop + 1) * HOP_SAMPLES));
  }
  const result: LoudnessResult = { lufs: Number.NaN, isGated: false };
  gatedLoudness(powers, 0, hopCount, powers.length, result);
  return result;
}

function truePeakDb(channels: readonly Float32Array[], rateHz: Hz): Db {
  return amplitudeToDb(
    Math.max(
      ...channels.map((samples) => {
        const meter = new TruePeakMeter(rateHz);
        return Math.max(meter.pushHop(samples), meter.pushHop(new Float32Array(meter.delaySamples)));
      }),
    ),
  );
}

function isMonoConvertible(channels: readonly Float32Array[]): boolean {
  const [left, right] = channels;
  if (left === undefined || channels.length > 2) return false;
  return right === undefined || left.every((x, i) => x === right[i]);
}

interface Reading {
  readonly row: string[];
  readonly loudnessErrorsLu: readonly number[];
  readonly peakErrorDb: number | undefined;
  readonly isStandard: boolean;
}

function read(corpus: Corpus, clip: CorpusClip): Reading | undefined {
  const { I: expectedLufs, TP: expectedPeak } = clip.expected ?? {};
  const channels = corpus.channels(clip);
  const name = clip.name.replace(/^.*\/|\.flac$/g, '');
  const isStandard = name.startsWith('ebu3341');
  if (typeof expectedPeak === 'number') {
    const peak = truePeakDb(channels, clip.rateHz);
    const error = peak - expectedPeak;
    return {
      row: [name, 'true peak', `${expectedPeak} dBTP`, fixed(peak, 2), '', fixed(error, 2)],
      loudnessErrorsLu: [],
      peakErrorDb: error,
      isStandard,
    };
  }
  if (expectedLufs === undefined || !isMonoConvertible(channels)) return undefined;
  const offset = channels.length === 2 ? MONO_DB : 0;
  const whole = integrated(channels[0]!, clip.rateHz);
  const hops = integratedOfHops(channels[0]!, clip.rateHz);
  if (typeof expectedLufs !== 'number') {
    const said = expectedLufs === null ? 'ungated, finite' : String(expectedLufs);
    const row = [
      name,
      'integrated',
      said,
      fixed(whole.lufs, 2),
      fixed(hops.lufs, 2),
      whole.isGated ? 'gated' : 'ungated',
    ];
    return { row, loudnessErrorsLu: [], peakErrorDb: undefined, isStandard: false };
  }
  const errors = [whole.lufs + offset - expectedLufs, hops.lufs + offset - expectedLufs];
  return {
    row: [
      name,
      'integrated',
      `${expectedLufs} LUFS`,
      fixed(whole.lufs + offset, 2),
      fixed(hops.lufs + offset, 2),
      errors.map((error) => fixed(error, 2)).join(' / '),
    ],
    loudnessErrorsLu: errors,
    peakErrorDb: undefined,
    isStandard,
  };
}

async function run({ corpus, progress }: BenchContext): Promise<Table> {
  const readings: Reading[] = [];
  const skipped: string[] = [];
  for (const clip of corpus.clips.filter(({ set }) => set === 'loudness')) {
    progress(clip.name);
    const reading = read(corpus, clip);
    if (reading === undefined) skipped.push(clip.name.replace(/^.*\//, ''));
    else readings.push(reading);
  }
  const standard = readings.filter(({ isStandard }) => isStandard);
  const loudnessErrors = standard.flatMap(({ loudnessErrorsLu }) => loudnessErrorsLu.map(Math.abs));
  const peakErrors = standard.flatMap(({ peakErrorDb }) => peakErrorDb ?? []);
  const bars: Bar[] =
    standard.length === 0
      ? []
      : [
          atMost(
            'EBU Tech 3341, mono integrated loudness, largest error',
            Math.max(...loudnessErrors),
            LOUDNESS_BAR_LU,
            ' LU',
            3,
          ),
          atMost(
            'EBU Tech 3341, true peak, largest reading above',
            Math.max(0, ...peakErrors),
            PEAK_BARS_DB.above,
            ' dB',
            2,
          ),
          atMost(
            'EBU Tech 3341, true peak, largest reading below',
            Math.max(0, ...peakErrors.map((e) => -e)),
            PEAK_BARS_DB.below,
            ' dB',
            2,
          ),
        ];
  return {
    name: 'loudness',
    title: 'Loudness and true peak on the standard’s signals',
    about: [
      "Integrated loudness at the file's own rate and the way a segment gets it (resampled to 16 kHz, by 10 ms hops). Two equal channels are measured as one, +3.01 dB. True peak at the file's rate, the higher channel.",
      `Left out, because they need more than one channel or the loudness range, which is not measured: ${skipped.join(', ') || 'none'}.`,
    ],
    columns: ['signal', 'reading', 'expected', 'at its rate', 'at 16 kHz, by hops', 'error'],
    rows: readings.map(({ row }) => row),
    bars,
    plots: [],
    figures: {
      ...(loudnessErrors.length > 0 ? { 'largest loudness error LU': Math.max(...loudnessErrors) } : {}),
      ...(peakErrors.length > 0 ? { 'largest peak error dB': Math.max(...peakErrors.map(Math.abs)) } : {}),
    },
  };
}

/** The meters on signals with known readings. */
export const loudnessBenchmark: Benchmark = { name: 'loudness', run };
