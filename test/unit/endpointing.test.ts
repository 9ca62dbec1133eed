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
      endpointer.classOf(Float64Array.of(probability)),
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
