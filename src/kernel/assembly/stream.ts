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
import { CONTEXT_SAMPLES, F32, FRAME_SAMPLES } from './network-shape';

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
