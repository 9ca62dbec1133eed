import { describe, expect, it } from 'vitest';
import { InputWatch } from '../../src/worklet/input-watch.ts';

const RATE_HZ = 48_000;
const QUANTUM_SAMPLES = 128;
const SOUND = new Float32Array(QUANTUM_SAMPLES).fill(0.01);
const ZEROS = new Float32Array(QUANTUM_SAMPLES);
const NOTHING = new Float32Array();

/** Feeds a watch quantum by quantum, as the clock of an audio thread runs, and gathers what it finds. */
class Feeder {
  readonly watch = new InputWatch(RATE_HZ);
  readonly faults: { readonly code: string; readonly atSeconds: number }[] = [];
  missingSamples = 0;
  #frame = 0;

  /** @param block Gives the quantum of that index; undefined when the audio thread was not called at all. */
  hear(seconds: number, block: (index: number) => Float32Array | undefined): void {
    const endFrame = this.#frame + seconds * RATE_HZ;
    for (let i = 0; this.#frame < endFrame; i++, this.#frame += QUANTUM_SAMPLES) {
      const samples = block(i);
      if (samples === undefined) continue;
      this.missingSamples += this.watch.push(samples, this.#frame, QUANTUM_SAMPLES);
      const fault = this.watch.check();
      if (fault !== undefined) this.faults.push({ code: fault.code, atSeconds: this.#frame / RATE_HZ });
    }
  }
}

describe('the watch over the input', () => {
  it('finds nothing wrong with sound that keeps up with its clock', () => {
    const feeder = new Feeder();
    feeder.hear(10, () => SOUND);
    expect(feeder.faults).toEqual([]);
    expect(feeder.missingSamples).toBe(0);
  });

  it('counts what is lost while everything starts, and goes on', () => {
    const feeder = new Feeder();
    // Two quanta, then 0.4 s without a call.
    feeder.hear(0.4, (i) => (i < 2 ? SOUND : undefined));
    feeder.hear(10, () => SOUND);
    expect(feeder.faults).toEqual([]);
    expect(feeder.missingSamples).toBe(0.4 * RATE_HZ - 2 * QUANTUM_SAMPLES);
  });

  it('does not count as lost what a stale clock at the first quantum skips', () => {
    const feeder = new Feeder();
    // The first call is shown the time at which the worklet was made, the second one the true one.
    feeder.hear(0.4, (i) => (i === 0 ? SOUND : undefined));
    feeder.hear(10, () => SOUND);
    expect(feeder.faults).toEqual([]);
    expect(feeder.missingSamples).toBe(0);
  });

  it('says once that a fifth of the sound keeps missing, whichever way it is lost', () => {
    for (const lost of [NOTHING, undefined]) {
      const feeder = new Feeder();
      feeder.hear(20, (i) => (i % 5 === 4 ? lost : SOUND));
      expect(feeder.faults.map(({ code }) => code)).toEqual(['starved']);
      expect(feeder.faults[0]?.atSeconds).toBeCloseTo(4, 1);
      expect(feeder.missingSamples / RATE_HZ).toBeCloseTo(4, 1);
    }
  });

  it('does not count the time before the first sample as lost', () => {
    const feeder = new Feeder();
    feeder.hear(1, () => NOTHING);
    feeder.hear(10, () => SOUND);
    expect(feeder.faults).toEqual([]);
    expect(feeder.missingSamples).toBe(0);
  });

  it('says once that a live microphone delivers nothing but zeros', () => {
    const feeder = new Feeder();
    feeder.hear(1, () => SOUND);
    feeder.hear(10, () => ZEROS);
    expect(feeder.faults.map(({ code }) => code)).toEqual(['silent']);
    expect(feeder.faults[0]?.atSeconds).toBeCloseTo(3, 1);
  });

  it('says so again when sound came back in between', () => {
    const feeder = new Feeder();
    for (let turn = 0; turn < 2; turn++) {
      feeder.hear(1, () => SOUND);
      feeder.hear(5, () => ZEROS);
    }
    expect(feeder.faults.map(({ code }) => code)).toEqual(['silent', 'silent']);
  });

  it('starts anew with the next query', () => {
    const feeder = new Feeder();
    feeder.hear(5, () => ZEROS);
    feeder.watch.reset();
    feeder.hear(5, () => ZEROS);
    expect(feeder.faults.map(({ code }) => code)).toEqual(['silent', 'silent']);
  });
});
