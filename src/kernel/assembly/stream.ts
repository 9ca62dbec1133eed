import {
  CELL,
  CELL_BYTES,
  HIDDEN,
  HIDDEN_BYTES,
  MAGNITUDE,
  MAGNITUDE_BYTES,
  SAMPLES,
  SAMPLES_BYTES,
} from './memory-map';
import { CONTEXT_SAMPLES, F32, FRAME_SAMPLES, V128 } from './network-shape';

/** Far beyond full scale, far from overflow anywhere in the network. */
const LARGEST_SAMPLE: f32 = 1048576;

/**
 * Silences samples of the new frame that are no numbers, or absurd: the recurrent state would remember them for seconds,
 * and a NaN for ever.
 */
export function silenceInvalidSamples(): void {
  const frame = SAMPLES + CONTEXT_SAMPLES * F32;
  const limit = f32x4.splat(LARGEST_SAMPLE);
  for (let at = frame; at < frame + FRAME_SAMPLES * F32; at += V128) {
    const samples = v128.load(at);
    v128.store(at, v128.and(samples, f32x4.lt(f32x4.abs(samples), limit)));
  }
}

/** Moves the frame's last 64 samples to the front, where the next frame finds them as its context. */
export function keepContext(): void {
  memory.copy(SAMPLES, SAMPLES + FRAME_SAMPLES * F32, CONTEXT_SAMPLES * F32);
}

/** The state before the first frame: silence behind, nothing remembered. */
export function clearStream(): void {
  memory.fill(SAMPLES, 0, SAMPLES_BYTES);
  memory.fill(MAGNITUDE, 0, MAGNITUDE_BYTES);
  memory.fill(HIDDEN, 0, HIDDEN_BYTES);
  memory.fill(CELL, 0, CELL_BYTES);
}
