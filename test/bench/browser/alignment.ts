import type { Samples } from '../../../src/units.ts';
import { convolved } from '../front-end/convolution.ts';

const RATE_HZ = 16_000;
const WINDOW_SAMPLES: Samples = RATE_HZ / 5;
const STEP_SAMPLES: Samples = RATE_HZ / 10;
/** Windows this much below the loudest hold too little to be found again. */
const QUIET_SHARE = 0.01;
/** Below, a window was found nowhere: speech that the browser's noise suppressor changed still reaches 0.7. */
const ALIKE = 0.6;
const NEAR_SAMPLES: Samples = 64;

/** Where emitted audio lies in the recording, by normalised cross-correlation. */
export interface Alignment {
  /** Where its first sample lies in the recording; negative when it begins before. */
  readonly startSample: Samples;
  /** Where its last sample lies, if nothing is lost after the last window found. */
  readonly endSample: Samples;
  /** Samples of the recording that are missing between the first and the last window found. */
  readonly lostSamples: Samples;
  /** Windows found, of those tried. */
  readonly foundCount: number;
  readonly triedCount: number;
}

interface Anchor {
  readonly at: Samples;
  readonly recordedAt: Samples;
}

/**
 * Finds windows of speech of the emitted audio in the recording.
 *
 * @param emitted Mono at 16 kHz, at any level.
 * @param recording What was played into the microphone, mono at 16 kHz.
 * @returns Undefined when fewer than two windows are found.
 */
export function align(emitted: Float32Array, recording: Float32Array): Alignment | undefined {
  const energies = prefixEnergies(emitted);
  const starts: Samples[] = [];
  let loudest = 0;
  for (let at = 0; at + WINDOW_SAMPLES <= emitted.length; at += STEP_SAMPLES) {
    starts.push(at);
    loudest = Math.max(loudest, energies[at + WINDOW_SAMPLES]! - energies[at]!);
  }
  const tried = starts.filter((at) => energies[at + WINDOW_SAMPLES]! - energies[at]! > QUIET_SHARE * loudest);
  const anchors: Anchor[] = [];
  for (const at of tried) {
    const window = emitted.subarray(at, at + WINDOW_SAMPLES);
    const energy = energies[at + WINDOW_SAMPLES]! - energies[at]!;
    const last = anchors.at(-1);
    // Where nothing was lost it lies as far behind the window before as in the emitted audio.
    const expected = last === undefined ? 0 : last.recordedAt + at - last.at;
    const near = recording.subarray(Math.max(0, expected - NEAR_SAMPLES), expected + WINDOW_SAMPLES + NEAR_SAMPLES);
    let place = last === undefined ? NOWHERE : search(window, energy, near);
    if (place.likeness >= ALIKE)
      place = { ...place, recordedAt: place.recordedAt + Math.max(0, expected - NEAR_SAMPLES) };
    else place = search(window, energy, recording);
    const { recordedAt, likeness } = place;
    // What lies before an anchor that was found before it is another word that sounds alike.
    if (likeness >= ALIKE && recordedAt >= (last?.recordedAt ?? 0)) anchors.push({ at, recordedAt });
  }
  const [first] = anchors;
  const last = anchors.at(-1);
  if (first === undefined || last === undefined || first === last) return undefined;
  return {
    startSample: first.recordedAt - first.at,
    endSample: last.recordedAt + emitted.length - last.at,
    lostSamples: last.recordedAt - first.recordedAt - (last.at - first.at),
    foundCount: anchors.length,
    triedCount: tried.length,
  };
}

function prefixEnergies(samples: Float32Array): Float64Array {
  const sums = new Float64Array(samples.length + 1);
  for (const [i, x] of samples.entries()) sums[i + 1] = sums[i]! + x * x;
  return sums;
}

interface Place {
  readonly recordedAt: Samples;
  readonly likeness: number;
}

const NOWHERE: Place = { recordedAt: -1, likeness: 0 };

/** Where in the recording the window is most alike. */
function search(window: Float32Array, energy: number, recording: Float32Array): Place {
  const energies = prefixEnergies(recording);
  const products = convolved(recording, window.toReversed());
  let best = NOWHERE;
  for (let at = 0; at + window.length <= recording.length; at++) {
    const recordedEnergy = energies[at + window.length]! - energies[at]!;
    if (recordedEnergy <= energy * 1e-6) continue;
    const likeness = products[at + window.length - 1]! / Math.sqrt(energy * recordedEnergy);
    if (likeness > best.likeness) best = { recordedAt: at, likeness };
  }
  return best;
}

/** 16-bit samples in [-1, 1]. */
export function floatSamples(pcm16: Int16Array): Float32Array {
  return Float32Array.from(pcm16, (x) => x / 32_768);
}
