import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ENDPOINTER_DEFAULTS,
  type EndpointEvent,
  Endpointer,
  type EndpointerOptions,
  resolveEndpointerOptions,
} from '../../src/vad/endpointer.ts';

const RATE_HZ = 16_000;
const FRAME = 512;
const FRAME_MS = 32;

interface Step {
  readonly event: EndpointEvent;
  readonly frame: number;
}

/** Feeds probabilities frame by frame, without a network's latency. */
function feed(probabilities: readonly number[], options: Partial<EndpointerOptions> = {}) {
  const endpointer = new Endpointer(resolveEndpointerOptions(options), RATE_HZ);
  const steps: Step[] = [];
  probabilities.forEach((probability, frame) => {
    const event = endpointer.push(
      Float64Array.of(probability),
      frame * FRAME,
      (frame + 1) * FRAME,
      (frame + 1) * FRAME,
    );
    if (event !== 'none') steps.push({ event, frame });
  });
  return { endpointer, steps };
}

const frames = (count: number, probability: number): number[] => Array.from({ length: count }, () => probability);

describe('endpointing', () => {
  it('opens after the minimum of speech, and places the start at its first frame', () => {
    const { endpointer, steps } = feed([...frames(5, 0), ...frames(10, 0.9)], { minSpeechMs: 64 });
    expect(steps).toEqual([{ event: 'speech-start', frame: 6 }]);
    expect(endpointer.speechStartSample).toBe(5 * FRAME);
  });

  it('opens for speech that is hardly sure only once the odds have added up', () => {
    // ln(0.6 / 0.4) = 0.405 nats a frame over even odds: the third frame passes 1 nat.
    expect(feed(frames(10, 0.6), { onset: 0.5, onsetEvidence: 1 }).steps).toEqual([
      { event: 'speech-start', frame: 2 },
    ]);
  });

  it('gives an onset up when the odds turn against it, without waiting for silence', () => {
    // 0.38: unsure, but -0.49 nats, more than the 0.41 before.
    expect(feed([0.6, 0.38, 0.6, 0.38, 0.6, 0.38], { minSpeechMs: 64 }).steps).toEqual([]);
  });

  it('asks for more evidence of what does not stand out of the background', () => {
    const opensAt = (standsOut: boolean): number => {
      const endpointer = new Endpointer(
        resolveEndpointerOptions({ onsetEvidence: 1, faintOnsetEvidence: 14 }),
        RATE_HZ,
      );
      const score = Float64Array.of(0.99);
      for (let i = 0; ; i++) {
        const event = endpointer.push(score, i * FRAME, (i + 1) * FRAME, (i + 1) * FRAME, standsOut);
        if (event === 'speech-start') return i;
      }
    };
    expect(opensAt(true)).toBe(1);
    // At most 3 nats a frame: the fifth frame passes 14.
    expect(opensAt(false)).toBe(4);
  });

  it('does not open for a click shorter than the minimum', () => {
    expect(feed([0, 0.9, 0, 0, 0.9, 0], { minSpeechMs: 64 }).steps).toEqual([]);
  });

  it('takes after 200 ms of silence and commits after 400 ms', () => {
    const { endpointer, steps } = feed([...frames(10, 0.9), ...frames(20, 0)]);
    const silentMs = (step: Step | undefined): number => ((step?.frame ?? 0) + 1 - 10) * FRAME_MS;
    expect(steps.map(({ event }) => event)).toEqual(['speech-start', 'take', 'commit']);
    // The first frame boundary at or past the asked silence.
    expect(silentMs(steps[1])).toBe(Math.ceil(200 / FRAME_MS) * FRAME_MS);
    expect(silentMs(steps[2])).toBe(Math.ceil(400 / FRAME_MS) * FRAME_MS);
    expect(endpointer.speechEndSample).toBe(10 * FRAME);
  });

  it('retracts the take when speech resumes before the commit, and takes again', () => {
    const { steps } = feed([...frames(10, 0.9), ...frames(9, 0), ...frames(5, 0.9), ...frames(20, 0)]);
    expect(steps.map(({ event }) => event)).toEqual(['speech-start', 'take', 'retract', 'take', 'commit']);
  });

  it('stays in speech between offset and onset, and needs the onset to come back from silence', () => {
    const { offset, onset } = ENDPOINTER_DEFAULTS;
    const between = (offset + onset) / 2;
    expect(feed([...frames(5, 0.9), ...frames(60, between)]).steps.map(({ event }) => event)).toEqual(['speech-start']);
    const { steps } = feed([...frames(5, 0.9), 0, ...frames(60, between)]);
    expect(steps.map(({ event }) => event)).toEqual(['speech-start', 'take', 'commit']);
  });

  it('posts, for any probabilities, takes only in speech, and ends each by one commit or one retract', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 400 }), (probabilities) => {
        const { steps } = feed(probabilities);
        let isOpen = false;
        let isTaken = false;
        for (const { event } of steps) {
          if (event === 'speech-start') {
            expect(isOpen).toBe(false);
            isOpen = true;
          } else if (event === 'take') {
            expect([isOpen, isTaken]).toEqual([true, false]);
            isTaken = true;
          } else {
            expect(isTaken).toBe(true);
            isTaken = false;
            if (event === 'commit') isOpen = false;
          }
        }
      }),
    );
  });

  it('names the field, the range and the value of an option that makes no sense', () => {
    expect(() => resolveEndpointerOptions({ onset: 1.5 })).toThrow('onset must be from 0 to 1, got 1.5');
    expect(() => resolveEndpointerOptions({ onset: 0.4, offset: 0.5 })).toThrow(
      'offset must be from 0 to 0.4, got 0.5',
    );
    expect(() => resolveEndpointerOptions({ takeMs: 400, hangoverMs: 400 })).toThrow(RangeError);
    expect(() => resolveEndpointerOptions({ minSpeechMs: Number.NaN })).toThrow('minSpeechMs');
  });
});
