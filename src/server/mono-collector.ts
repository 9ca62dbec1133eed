import { mixToMono } from '../dsp/mix.ts';
import type { Hz } from '../units.ts';
import { audioTooLong, MAX_AUDIO_SECONDS } from './audio-limits.ts';

/** Encoders add up to this much silence at the end, which is cut off only when all is decoded. */
const PADDING_SECONDS = 1;

/** Collects what a decoder gives, mixed to mono, and stops it as soon as there is more than may be. */
export class MonoCollector {
  readonly rateHz: Hz;
  readonly #blocks: Float32Array[] = [];
  readonly #limit: number;
  #sampleCount = 0;

  constructor(rateHz: Hz) {
    this.rateHz = rateHz;
    this.#limit = (MAX_AUDIO_SECONDS + PADDING_SECONDS) * rateHz;
  }

  get sampleCount(): number {
    return this.#sampleCount;
  }

  /**
   * @param channels Of one length, in [-1, 1]; read only, not kept.
   * @throws RefusedRequest 400 once there is more than the longest audio taken.
   */
  add(channels: readonly Float32Array[]): void {
    const block = new Float32Array(channels[0]?.length ?? 0);
    mixToMono(channels, block);
    this.#sampleCount += block.length;
    if (this.#sampleCount > this.#limit) throw audioTooLong(`more than ${MAX_AUDIO_SECONDS} s`);
    this.#blocks.push(block);
  }

  /** The first `sampleCount` samples, all by default; owned by the receiver. */
  samples(sampleCount: number = this.#sampleCount): Float32Array<ArrayBuffer> {
    const all = new Float32Array(this.#sampleCount);
    let at = 0;
    for (const block of this.#blocks) {
      all.set(block, at);
      at += block.length;
    }
    return all.subarray(0, Math.max(0, Math.min(sampleCount, all.length)));
  }
}
