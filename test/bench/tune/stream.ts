import { HOP_SAMPLES } from '../../../src/dsp/frame.ts';
import { NoiseFloorTracker } from '../../../src/dsp/noise-floor.ts';
import { SEGMENT_RATE_HZ } from '../../../src/protocol/segment.ts';
import { msToSamples, type Seconds, samplesToMs } from '../../../src/units.ts';
import { BackgroundLevel, type BackgroundOptions } from '../../../src/vad/background-level.ts';
import { Endpointer, type EndpointerOptions } from '../../../src/vad/endpointer.ts';
import { EnergyGate, type EnergyGateOptions } from '../../../src/vad/energy-gate.ts';
import { FRAME_POWER, NetworkLevel, type NetworkLevelOptions, NOISE_POWER } from '../../../src/vad/network-level.ts';
import { FRAME_SAMPLES, type SpeechScorer } from '../../../src/vad/speech-scorer.ts';
import type { Stretch } from '../front-end/corpus.ts';

/** What the front end's decisions on one recording depend on, frame by frame, worked out once. */
export interface ScoredStream {
  readonly framePowers: Float64Array;
  readonly noisePowers: Float64Array;
  readonly scores: Float64Array;
  readonly latencySamples: number;
}

/** Everything that is tuned. */
export interface TunedOptions {
  readonly endpointer: EndpointerOptions;
  readonly gate: EnergyGateOptions;
  readonly background: BackgroundOptions;
  readonly level: NetworkLevelOptions;
  readonly preRollMs: number;
}

/** Scores a recording at 16 kHz as the front end does: noise floor by hops, levelled frames. */
export function scoreStream(samples: Float32Array, scorer: SpeechScorer, level: NetworkLevelOptions): ScoredStream {
  scorer.reset();
  const noise = new NoiseFloorTracker();
  const networkLevel = new NetworkLevel(level);
  const frameCount = Math.floor(samples.length / FRAME_SAMPLES);
  const framePowers = new Float64Array(frameCount);
  const noisePowers = new Float64Array(frameCount);
  const scores = new Float64Array(frameCount);
  const powers = new Float64Array(2);
  let hop = 0;
  for (let i = 0; i < frameCount; i++) {
    const end = (i + 1) * FRAME_SAMPLES;
    for (; (hop + 1) * HOP_SAMPLES <= end; hop++) {
      noise.pushHop(Math.fround(meanSquare(samples, hop * HOP_SAMPLES, HOP_SAMPLES)));
    }
    powers[FRAME_POWER] = meanSquare(samples, i * FRAME_SAMPLES, FRAME_SAMPLES);
    powers[NOISE_POWER] = noise.noiseMeanSquare();
    networkLevel.push(powers);
    const { gain } = networkLevel;
    scores[i] = scorer.score(samples.slice(i * FRAME_SAMPLES, end).map((x) => x * gain));
    framePowers[i] = powers[FRAME_POWER];
    noisePowers[i] = powers[NOISE_POWER];
  }
  return { framePowers, noisePowers, scores, latencySamples: scorer.latencySamples };
}

function meanSquare(samples: Float32Array, start: number, count: number): number {
  let sum = 0;
  for (let i = start; i < start + count; i++) sum += samples[i]! * samples[i]!;
  return sum / count;
}

/** What the front end would do with one recording. */
export interface Decisions {
  /** Emitted stretches. */
  readonly segments: readonly Stretch[];
  /** When each segment's standing take was posted, and when it was committed. */
  readonly takenAt: readonly Seconds[];
  readonly committedAt: readonly Seconds[];
  /** Takes posted, withdrawn ones too. */
  readonly takeCount: number;
}

/** Plays scored frames through gate and endpointer, with the front end's pre-roll. */
export function decide(
  stream: ScoredStream,
  { endpointer: times, gate: gateOptions, background: backgroundOptions, preRollMs }: TunedOptions,
): Decisions {
  const endpointer = new Endpointer(times, SEGMENT_RATE_HZ);
  const gate = new EnergyGate(gateOptions);
  const background = new BackgroundLevel(SEGMENT_RATE_HZ, backgroundOptions);
  const preRollSamples = msToSamples(preRollMs, SEGMENT_RATE_HZ);
  const powers = new Float64Array(2);
  const score = new Float64Array(1);
  const segments: Stretch[] = [];
  const takenAt: Seconds[] = [];
  const committedAt: Seconds[] = [];
  let takeCount = 0;
  let startSample = 0;
  let lastEndSample = 0;
  let takenSample = 0;
  const close = (sample: number): void => {
    segments.push([startSample / SEGMENT_RATE_HZ, takenSample / SEGMENT_RATE_HZ]);
    takenAt.push(takenSample / SEGMENT_RATE_HZ);
    committedAt.push(sample / SEGMENT_RATE_HZ);
    lastEndSample = takenSample;
  };
  const { scores, framePowers, noisePowers, latencySamples } = stream;
  for (let i = 0; i < scores.length; i++) {
    const end = (i + 1) * FRAME_SAMPLES;
    powers[FRAME_POWER] = framePowers[i]!;
    powers[NOISE_POWER] = noisePowers[i]!;
    const isClosed = endpointer.phase === 'silence' && gate.isClosed(powers, samplesToMs(end, SEGMENT_RATE_HZ));
    score[0] = isClosed ? 0 : scores[i]!;
    const standsOut = background.standsOut(powers);
    const from = Math.max(0, end - FRAME_SAMPLES - latencySamples);
    const event = endpointer.push(score, from, Math.max(0, end - latencySamples), end, standsOut);
    if (endpointer.phase === 'silence') background.push(powers);
    if (event === 'speech-start') startSample = Math.max(endpointer.speechStartSample - preRollSamples, lastEndSample);
    if (event === 'take') {
      takeCount++;
      takenSample = end;
    }
    if (event === 'commit') close(end);
  }
  const end = scores.length * FRAME_SAMPLES;
  if (endpointer.phase === 'speech' || endpointer.phase === 'hangover') {
    if (!endpointer.isTaken) {
      takeCount++;
      takenSample = end;
    }
    close(end);
  }
  return { segments, takenAt, committedAt, takeCount };
}
