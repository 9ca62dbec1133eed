import type { CountShape, EvenShape, ExponentialShape, HistogramShape, Shape } from './shape.ts';

/** Part of the system that a metric tells of: the software, what goes into the model, what comes of its answers. */
export type MetricGroup = 'software' | 'input' | 'output';

/** One metric: what it is called and in which bins it is counted. */
export interface MetricDefinition<S extends Shape = Shape> {
  /** Unit in UCUM's notation, as OpenTelemetry writes it: `s`, `dB`, `By`, `1` for a share, `{request}` for things counted. */
  readonly unit: string;
  readonly group: MetricGroup;
  readonly shape: S;
}

/** Times from 1 ms to 65 s, bins 9 % apart. Kept in whole 10 us. */
const TIME: ExponentialShape = exponential(3, -80, 48, 1e-5);
/** Shares in steps of 0.05, kept in whole 0.001. */
const SHARE: EvenShape = even(0, 1, 0.05, 0.001);

/** What became of a voice search; each has exactly one. */
export const OUTCOMES = ['result', 'null', 'error', 'abandoned'] as const;
/** What people do after a voice search; each at most once for a search. */
export const FOLLOWUPS = ['redo', 'switch_to_typing', 'click'] as const;
/** Signal-to-noise ratio of a search's longest segment, in dB, lower edges included; `none`: nothing was heard. */
export const SNR_BINS = ['none', '<0', '0-5', '5-10', '10-15', '15-20', '20-25', '25-30', '>=30'] as const;
/** Speech sent for a search, in seconds, lower edges included. */
export const LENGTH_BINS = ['none', '<1', '1-2', '2-4', '4-8', '>=8'] as const;

/** One of {@link OUTCOMES}. */
export type Outcome = (typeof OUTCOMES)[number];
/** One of {@link FOLLOWUPS}. */
export type Followup = (typeof FOLLOWUPS)[number];

/** Names of the metrics whose values are binned. */
export type HistogramName =
  | 'voice.capture.duration'
  | 'voice.vad.duration'
  | 'voice.endpoint.delay'
  | 'voice.search.duration'
  | 'voice.model.load.duration'
  | 'voice.memory.usage'
  | 'voice.input.clip_length'
  | 'voice.input.speech_share'
  | 'voice.input.active_level'
  | 'voice.input.noise_level'
  | 'voice.input.snr'
  | 'voice.input.gain'
  | 'voice.input.clipping'
  | 'voice.search.confidence';

/** Names of the metrics that count what happened. */
export type CountName =
  | 'voice.audio.underruns'
  | 'voice.input.frames'
  | 'voice.search.requests'
  | 'voice.search.input_outcomes'
  | 'voice.search.followups';

/** Name of a metric that a device records. */
export type MetricName = HistogramName | CountName;

/** The binned metrics. */
export const HISTOGRAMS: Readonly<Record<HistogramName, MetricDefinition<HistogramShape>>> = {
  'voice.capture.duration': { group: 'software', unit: 's', shape: TIME },
  'voice.vad.duration': { group: 'software', unit: 's', shape: TIME },
  'voice.endpoint.delay': { group: 'software', unit: 's', shape: TIME },
  'voice.search.duration': { group: 'software', unit: 's', shape: TIME },
  'voice.model.load.duration': { group: 'software', unit: 's', shape: TIME },
  'voice.memory.usage': { group: 'software', unit: 'By', shape: exponential(2, 80, 136, 1024) },
  'voice.input.clip_length': { group: 'input', unit: 's', shape: exponential(3, -32, 48, 0.001) },
  'voice.input.speech_share': { group: 'input', unit: '1', shape: SHARE },
  'voice.input.active_level': { group: 'input', unit: 'dB', shape: decibels(-90, 0) },
  'voice.input.noise_level': { group: 'input', unit: 'dB', shape: decibels(-110, -10) },
  'voice.input.snr': { group: 'input', unit: 'dB', shape: decibels(-10, 70) },
  'voice.input.gain': { group: 'input', unit: 'dB', shape: decibels(-20, 60) },
  'voice.input.clipping': { group: 'input', unit: '{run}', shape: even(0, 20, 1, 1) },
  'voice.search.confidence': { group: 'output', unit: '1', shape: SHARE },
};

/** The counted things, by attribute. */
export const COUNTS: Readonly<Record<CountName, MetricDefinition<CountShape>>> = {
  'voice.audio.underruns': { group: 'software', unit: '{underrun}', shape: counted({}) },
  'voice.input.frames': {
    group: 'input',
    unit: '{sample}',
    shape: counted({ 'voice.frame.state': ['ok', 'missing', 'invalid'] }),
  },
  'voice.search.requests': { group: 'output', unit: '{request}', shape: counted({ 'voice.search.outcome': OUTCOMES }) },
  'voice.search.input_outcomes': {
    group: 'output',
    unit: '{request}',
    shape: counted({
      'voice.search.outcome': OUTCOMES,
      'voice.input.snr_bin': SNR_BINS,
      'voice.input.length_bin': LENGTH_BINS,
    }),
  },
  'voice.search.followups': {
    group: 'output',
    unit: '{action}',
    shape: counted({ 'voice.search.action': FOLLOWUPS }),
  },
};

/**
 * Every metric that a device records, by its OpenTelemetry name.
 *
 * - `voice.capture.duration`: from the press to the first sample heard, the browser's question included.
 * - `voice.vad.duration`: time that the audio thread takes for one second of sound.
 * - `voice.endpoint.delay`: from the end of speech, as the detector placed it, to the decision that it ended.
 * - `voice.search.duration`: from the end of the last segment's speech to its text.
 * - `voice.model.load.duration`: until the recogniser on the device is ready.
 * - `voice.memory.usage`: JavaScript heap of the page, where the browser tells it.
 * - `voice.audio.underruns`: stretches of 10 ms or more without sound inside speech.
 * - `voice.input.…`: measured on each segment before the gain; `.gain` is the gain that it got, `.clipping` its runs at full scale.
 * - `voice.input.frames`: samples at 16 kHz that were heard, that the audio clock says were lost, that were not numbers.
 * - `voice.search.requests`: voice searches by what became of them; `.input_outcomes` the same by what was heard, too.
 * - `voice.search.followups`: what people did after one.
 * - `voice.search.confidence`: the recogniser's confidence in a segment's text.
 *
 * Source of the notation: OpenTelemetry semantic conventions, "Metrics: Naming" and "Instrument units".
 */
export const METRICS: Readonly<Record<MetricName, MetricDefinition>> = { ...HISTOGRAMS, ...COUNTS };

/** All names, in the table's order. */
export const METRIC_NAMES: readonly MetricName[] = Object.keys(METRICS) as MetricName[];

function even(lowest: number, highest: number, step: number, resolution: number): EvenShape {
  return { kind: 'even', lowest, highest, step, resolution };
}

/** Levels in steps of 1 dB, kept in whole 0.01 dB. */
function decibels(lowest: number, highest: number): EvenShape {
  return even(lowest, highest, 1, 0.01);
}

function exponential(scale: number, from: number, to: number, resolution: number): ExponentialShape {
  return { kind: 'exponential', scale, from, to, resolution };
}

function counted(attributes: CountShape['attributes']): CountShape {
  return { kind: 'count', attributes };
}
