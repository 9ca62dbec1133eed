import { describe, expect, it } from 'vitest';
import { FrontEnd } from '../../src/front-end/front-end.ts';
import type { FrontEndOverrides } from '../../src/front-end/options.ts';
import type { QueryStart } from '../../src/protocol/query-start.ts';
import type { SpeechScorer } from '../../src/vad/speech-scorer.ts';
import { RecordingSink } from '../front-end-run.ts';
import { concatenate, silence, tone, whiteNoise } from '../signals.ts';

const RATE_HZ = 16_000;
const OPTIONS: FrontEndOverrides = { queryEndMs: 1_000, noSpeechMs: 8_000, paddingMs: 0 };

/** A front end that hears tones as speech, and what it says. */
class Listener {
  readonly sink = new RecordingSink();
  readonly frontEnd: FrontEnd;

  constructor(scorer: SpeechScorer = toneScorer(), rateHz: number = RATE_HZ) {
    this.frontEnd = new FrontEnd(rateHz, scorer, this.sink, OPTIONS);
  }

  start(queryStart: QueryStart = {}): this {
    this.frontEnd.start(1, queryStart);
    return this;
  }

  hear(samples: Float32Array): this {
    for (let at = 0; at < samples.length; at += 128) this.frontEnd.push(samples.subarray(at, at + 128));
    return this;
  }

  get spansSeconds(): readonly (readonly [number, number])[] {
    return this.sink.segments.map(({ span }) => [span.speechStartSample / RATE_HZ, span.speechEndSample / RATE_HZ]);
  }
}

/** Speech is what is louder than -40 dBFS. */
function toneScorer(): SpeechScorer {
  return {
    latencySamples: 0,
    score: (frame) => (Math.sqrt(frame.reduce((sum, x) => sum + x * x, 0) / frame.length) > 0.01 ? 1 : 0),
    reset: () => {},
  };
}

function room(seconds: number, rateHz: number = RATE_HZ): Float32Array {
  return whiteNoise(rateHz, seconds, -75, 1);
}

function said(seconds: number, rateHz: number = RATE_HZ): Float32Array {
  return tone(rateHz, seconds, 440, -20);
}

describe('a query that is interrupted', () => {
  it('keeps what was being said, with its reason, and hears nothing until it is resumed', () => {
    const listener = new Listener().start().hear(concatenate(room(1), said(1.5)));
    listener.frontEnd.pause('device-lost');
    expect(listener.frontEnd.isPaused).toBe(true);
    expect(listener.sink.ends).toEqual(['device-lost']);
    expect(listener.sink.segments[0]?.span.endSample).toBe(2.5 * RATE_HZ);
    listener.hear(concatenate(said(1), room(20)));
    expect(listener.sink.order.at(-1)).not.toBe('query-end');
    expect(listener.sink.segments).toHaveLength(1);
  });

  it('keeps every last sample at a rate that is resampled', () => {
    const rateHz = 48_000;
    const listener = new Listener(toneScorer(), rateHz).start();
    listener.hear(concatenate(room(1, rateHz), said(1.5, rateHz)));
    listener.frontEnd.pause('interrupted');
    expect(Math.abs((listener.sink.segments[0]?.span.endSample ?? 0) - 2.5 * RATE_HZ)).toBeLessThanOrEqual(1);
  });

  it('goes on with the next segment, placed where it was said', () => {
    const listener = new Listener().start().hear(concatenate(room(1), said(1)));
    listener.frontEnd.pause('interrupted');
    listener.frontEnd.resume(10 * RATE_HZ);
    listener.hear(concatenate(room(0.5), said(1), room(2)));
    expect(listener.sink.segments.map(({ segmentId }) => segmentId)).toEqual([1, 2]);
    expect(listener.sink.ends).toEqual(['interrupted', 'silence']);
    for (const [i, expected] of [1, 10.5].entries()) {
      expect(Math.abs(listener.spansSeconds[i]![0] - expected)).toBeLessThan(0.033);
    }
    expect(listener.sink.queryEndMessage).toMatchObject({ reason: 'silence', segmentCount: 2 });
  });

  it('leaves as much time to go on as there was to begin', () => {
    const listener = new Listener().start().hear(concatenate(room(1), said(1)));
    listener.frontEnd.pause('interrupted');
    listener.frontEnd.resume(3 * RATE_HZ);
    listener.hear(room(7.9));
    expect(listener.sink.queryEndMessage).toBeUndefined();
    listener.hear(room(0.2));
    expect(listener.sink.queryEndMessage).toMatchObject({ reason: 'silence', segmentCount: 1 });
  });

  it('is stopped while it is paused without saying anything twice', () => {
    const listener = new Listener().start().hear(concatenate(room(1), said(1)));
    listener.frontEnd.pause('interrupted');
    listener.frontEnd.stop();
    expect(listener.sink.segments).toHaveLength(1);
    expect(listener.sink.queryEndMessage).toMatchObject({ reason: 'stopped', segmentCount: 1 });
    expect(listener.frontEnd.isPaused).toBe(false);
  });

  it('is paused only when the detector, still loading, has heard what came before', () => {
    const sink = new RecordingSink();
    const late = new FrontEnd(RATE_HZ, undefined, sink, OPTIONS);
    late.start(1);
    for (const part of [room(1), said(1)]) late.push(part);
    late.pause('device-lost');
    expect(late.isPaused).toBe(false);
    late.setScorer(toneScorer());
    expect(late.isPaused).toBe(true);
    expect(sink.ends).toEqual(['device-lost']);
  });

  it('goes on in another worklet with fresh segment numbers, counting the segments before', () => {
    const continues = { lastSegmentId: 4, segmentCount: 2, startSample: 5 * RATE_HZ };
    const listener = new Listener().start({ continues }).hear(concatenate(room(1), said(1), room(2)));
    expect(listener.sink.segments.map(({ segmentId }) => segmentId)).toEqual([5]);
    expect(Math.abs(listener.spansSeconds[0]![0] - 6)).toBeLessThan(0.033);
    expect(listener.sink.queryEndMessage).toMatchObject({ reason: 'silence', segmentCount: 3 });
  });

  it('ends in silence, not without speech, when nobody goes on in the other worklet', () => {
    const continues = { lastSegmentId: 1, segmentCount: 1, startSample: 5 * RATE_HZ };
    const listener = new Listener().start({ continues }).hear(room(9));
    expect(listener.sink.queryEndMessage).toMatchObject({ reason: 'silence', segmentCount: 1 });
  });
});

describe('a query that is ended by hand', () => {
  it('is not ended by silence, before, between and after what is said', () => {
    const listener = new Listener().start({ ends: 'manual' });
    listener.hear(concatenate(room(12), said(1), room(5), said(1), room(30)));
    expect(listener.sink.queryEndMessage).toBeUndefined();
    expect(listener.sink.ends).toEqual(['silence', 'silence']);
    listener.frontEnd.stop();
    expect(listener.sink.queryEndMessage).toMatchObject({ reason: 'stopped', segmentCount: 2 });
  });

  it('has what is being said flushed when it is stopped', () => {
    const listener = new Listener().start({ ends: 'manual' }).hear(concatenate(room(1), said(1)));
    listener.frontEnd.stop();
    expect(listener.sink.ends).toEqual(['stopped']);
    expect(listener.sink.segments[0]?.span.endSample).toBe(2 * RATE_HZ);
  });

  it('is ended by silence again once it is left to that', () => {
    const listener = new Listener().start({ ends: 'manual' }).hear(concatenate(room(0.5), said(1), room(3)));
    expect(listener.sink.queryEndMessage).toBeUndefined();
    listener.frontEnd.setEnds('auto');
    listener.hear(room(0.1));
    expect(listener.sink.queryEndMessage).toMatchObject({ reason: 'silence', segmentCount: 1 });
  });

  it('says nothing of a silence of digital zeros', () => {
    const listener = new Listener().start({ ends: 'manual' }).hear(silence(RATE_HZ, 20));
    listener.frontEnd.stop();
    expect(listener.sink.queryEndMessage).toMatchObject({ reason: 'stopped', segmentCount: 0 });
  });
});
