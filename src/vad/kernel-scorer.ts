import type { Samples } from '../units.ts';
import { FRAME_SAMPLES, type SpeechScorer } from './speech-scorer.ts';

/** What the WebAssembly module of `kernel/` exports; one instance serves one stream. */
export interface KernelExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  /** Byte offset of the frame's {@link FRAME_SAMPLES} float32 samples. */
  readonly frameOffset: { readonly value: number };
  /** Expands the weights and clears the state; once, before the first frame. */
  init(): void;
  /** Runs the network on the frame in memory and returns the speech probability. */
  score(): number;
  /** Clears the recurrent state and the carried-over context. */
  reset(): void;
}

/** Silero v6 in our own WebAssembly kernel. */
export class KernelScorer implements SpeechScorer {
  /** The network's answer follows the sound by about one frame (measured on hand-labelled clips: best AUC at 32 ms). */
  readonly latencySamples: Samples = FRAME_SAMPLES;
  readonly #exports: KernelExports;
  readonly #frame: Float32Array;

  /** @param exports A fresh instance's exports, owned by the scorer from now on. */
  constructor(exports: KernelExports) {
    this.#exports = exports;
    exports.init();
    this.#frame = new Float32Array(exports.memory.buffer, exports.frameOffset.value, FRAME_SAMPLES);
  }

  /** @realtime */
  score(frame: Float32Array): number {
    this.#frame.set(frame);
    return this.#exports.score();
  }

  /** @realtime */
  reset(): void {
    this.#exports.reset();
  }
}
