import { ActiveLevelMeter } from '../dsp/active-level.ts';
import { HOP_SAMPLES } from '../dsp/frame.ts';
import { chooseGain, type GainChoice, type GainLimits } from '../dsp/gain.ts';
import { gatedLoudness, type LoudnessResult } from '../dsp/loudness.ts';
import type { FloatRing } from '../dsp/ring-buffer.ts';
import { RolloffMeter } from '../dsp/rolloff.ts';
import { type InputMetrics, SEGMENT_RATE_HZ, type SegmentSpan } from '../protocol/segment.ts';
import { amplitudeToDb, type Hz, type Lufs, powerToDb, type Samples, samplesToMs, samplesToSeconds } from '../units.ts';
import type { HopHistory } from './hop-history.ts';

/** Most hops fed to the running meters in one frame: more than a frame lasts, so that a segment's pre-roll catches up. */
const HOPS_PER_FRAME = 12;

/**
 * Absolute gate of a segment's loudness. BS.1770's own, -70 LUFS, tells a programme from silence; here the detector has done
 * so, and a voice 50 dB further away lies under it.
 */
const SPEECH_GATE_LUFS: Lufs = -110;

/** What the segmenter alone knows of a segment. */
export interface SegmentFacts {
  readonly span: SegmentSpan;
  readonly speechShare: number;
  readonly noiseMeanSquare: number;
  readonly leadingSilenceSamples: Samples;
  readonly retractedTakeCount: number;
  readonly paddingSamples: Samples;
}

/** Measures one segment after another: running meters while it is open, sums over its hops when it is taken. */
export class SegmentMeter {
  readonly #deviceRateHz: Hz;
  readonly #samples: FloatRing;
  readonly #hops: HopHistory;
  readonly #limits: GainLimits;
  readonly #activeLevel = new ActiveLevelMeter(SEGMENT_RATE_HZ);
  readonly #rolloff = new RolloffMeter(SEGMENT_RATE_HZ);
  readonly #hop = new Float32Array(HOP_SAMPLES);
  readonly #loudness: LoudnessResult = { lufs: Number.NEGATIVE_INFINITY, isGated: false };
  readonly #gain: GainChoice = { gainDb: 0, shortfallDb: 0, limitedBy: 'none' };
  #nextHop = 0;

  constructor(deviceRateHz: Hz, samples: FloatRing, hops: HopHistory, limits: GainLimits) {
    this.#deviceRateHz = deviceRateHz;
    this.#samples = samples;
    this.#hops = hops;
    this.#limits = limits;
  }

  /** A segment opens. @realtime */
  open(startSample: Samples): void {
    this.#activeLevel.reset();
    this.#rolloff.reset();
    this.#nextHop = Math.ceil(startSample / HOP_SAMPLES);
  }

  /** Hears the open segment up to here, at most a few hops at once. @realtime */
  hear(heardSample: Samples): void {
    this.#hearTo(Math.min(Math.floor(heardSample / HOP_SAMPLES), this.#nextHop + HOPS_PER_FRAME));
  }

  /** All figures of the segment as it stands, and the one gain that it gets. */
  measure(facts: SegmentFacts): InputMetrics {
    const { span } = facts;
    this.#hearTo(Math.floor(span.endSample / HOP_SAMPLES));
    const hops = this.#hops;
    const startHop = Math.floor(span.startSample / HOP_SAMPLES);
    // Whole hops only: the one that the end lies in may not be there yet.
    const endHop = Math.max(Math.floor(span.endSample / HOP_SAMPLES), startHop + 1);
    let truePeak = 0;
    let sum = 0;
    let clippedRuns = 0;
    let dropoutCount = 0;
    let invalidSamples = 0;
    let missingSamples = 0;
    for (let hop = startHop; hop < endHop; hop++) {
      const at = hop % hops.capacity;
      truePeak = Math.max(truePeak, hops.truePeak[at]!);
      sum += hops.sum[at]!;
      clippedRuns += hops.clippedRuns[at]!;
      dropoutCount += hops.dropouts[at]!;
      invalidSamples += hops.invalidSamples[at]!;
      missingSamples += hops.missingSamples[at]!;
    }
    const speechStartHop = Math.floor(span.speechStartSample / HOP_SAMPLES);
    const speechEndHop = Math.min(Math.max(Math.ceil(span.speechEndSample / HOP_SAMPLES), speechStartHop + 1), endHop);
    gatedLoudness(
      hops.kWeightedMeanSquare,
      speechStartHop,
      speechEndHop,
      hops.capacity,
      this.#loudness,
      SPEECH_GATE_LUFS,
    );
    const truePeakDbtp = amplitudeToDb(truePeak);
    const noiseLevelDbfs = powerToDb(facts.noiseMeanSquare);
    chooseGain({ loudnessLufs: this.#loudness.lufs, truePeakDbtp, noiseLevelDbfs }, this.#limits, this.#gain);
    const activeLevelDbov = this.#activeLevel.activeLevelDbov();
    return {
      clipLengthSeconds: samplesToSeconds(span.endSample - span.startSample + facts.paddingSamples, SEGMENT_RATE_HZ),
      speechShare: facts.speechShare,
      activeLevelDbov,
      loudnessLufs: this.#loudness.lufs,
      isLoudnessGated: this.#loudness.isGated,
      noiseLevelDbfs,
      snrDb: signalToNoiseDb(10 ** (activeLevelDbov / 10), facts.noiseMeanSquare),
      gainDb: this.#gain.gainDb,
      gainShortfallDb: this.#gain.shortfallDb,
      truePeakDbtp,
      clippedRuns,
      dcOffset: sum / ((endHop - startHop) * HOP_SAMPLES),
      dropoutCount,
      missingSamples,
      invalidSamples,
      rolloffHz: this.#rolloff.rolloffHz(),
      leadingSilenceMs: samplesToMs(facts.leadingSilenceSamples, SEGMENT_RATE_HZ),
      retractedTakeCount: facts.retractedTakeCount,
      deviceRateHz: this.#deviceRateHz,
    };
  }

  #hearTo(endHop: number): void {
    for (; this.#nextHop < endHop; this.#nextHop++) {
      const startSample = this.#nextHop * HOP_SAMPLES;
      this.#samples.copyOut(startSample, startSample + HOP_SAMPLES, this.#hop);
      this.#activeLevel.push(this.#hop);
      this.#rolloff.pushHop(this.#hop);
    }
  }
}

/** Speech power over noise power, where the measured speech level holds the noise too; Infinity without noise. */
function signalToNoiseDb(activeMeanSquare: number, noiseMeanSquare: number): number {
  if (noiseMeanSquare <= 0) return activeMeanSquare > 0 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  return powerToDb(Math.max(activeMeanSquare - noiseMeanSquare, 0) / noiseMeanSquare);
}
