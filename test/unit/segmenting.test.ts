import { describe, expect, it } from 'vitest';
import { LoudnessMeter } from '../../src/dsp/loudness.ts';
import { FrontEnd } from '../../src/front-end/front-end.ts';
import { EnergyScorer } from '../../src/vad/energy-scorer.ts';
import { labelledScorer, RecordingSink, runFrontEnd } from '../front-end-run.ts';
import { seededRandom, silence, tone, whiteNoise } from '../signals.ts';

const RATE_HZ = 16_000;
const NEVER = { queryEndMs: Number.POSITIVE_INFINITY, noSpeechMs: Number.POSITIVE_INFINITY, paddingMs: 0 };

function joined(...parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** A second of room noise, two of tone, two of noise, one of tone, two of noise. */
function twoTones(rateHz: number): Float32Array {
  const room = whiteNoise(rateHz, 8, -65, 1);
  const signal = joined(
    silence(rateHz, 1),
    tone(rateHz, 2, 440, -20),
    silence(rateHz, 2),
    tone(rateHz, 1, 660, -20),
    silence(rateHz, 2),
  );
  return signal.map((x, i) => x + room[i]!);
}
const TWO_TONES: readonly (readonly [number, number])[] = [
  [1, 3],
  [5, 6],
];

describe('segmenting', () => {
  it('measures and lifts a voice so far away that the absolute gate of programme loudness would call it silence', () => {
    // 50 dB further away it lies about 5 LU under BS.1770's -70 LUFS.
    const near = twoTones(RATE_HZ).map((x) => x * 10 ** (-5 / 20));
    const far = near.map((x) => x * 10 ** (-50 / 20));
    const scorer = labelledScorer(TWO_TONES);
    const [nearSegment] = runFrontEnd(near, RATE_HZ, scorer, NEVER).segments;
    const [farSegment] = runFrontEnd(far, RATE_HZ, scorer, NEVER).segments;
    expect(farSegment!.metrics.loudnessLufs).toBeCloseTo(nearSegment!.metrics.loudnessLufs - 50, 1);
    expect(farSegment!.metrics.gainDb).toBe(40);
  });

  it('cuts one segment for each stretch of speech, in the order speech, take, commit', () => {
    const run = runFrontEnd(twoTones(RATE_HZ), RATE_HZ, labelledScorer(TWO_TONES), NEVER);
    expect(run.order).toEqual([
      ...['speech-start', 'take', 'commit', 'speech-end'],
      ...['speech-start', 'take', 'commit', 'speech-end'],
      'query-end',
    ]);
    expect(run.ends).toEqual(['silence', 'silence']);
    expect(run.segments.map(({ segmentId }) => segmentId)).toEqual([1, 2]);
    for (const [i, { span }] of run.segments.entries()) {
      const [start, end] = TWO_TONES[i]!;
      expect(Math.abs(span.speechStartSample / RATE_HZ - start)).toBeLessThan(0.032);
      expect(Math.abs(span.speechEndSample / RATE_HZ - end)).toBeLessThan(0.032);
    }
  });

  it('keeps 300 ms of pre-roll before the onset and the silence heard up to the take after the end', () => {
    const [first] = runFrontEnd(twoTones(RATE_HZ), RATE_HZ, labelledScorer(TWO_TONES), NEVER).segments;
    expect((first!.span.speechStartSample - first!.span.startSample) / RATE_HZ).toBeCloseTo(0.3, 3);
    const tailSeconds = (first!.span.endSample - first!.span.speechEndSample) / RATE_HZ;
    expect(tailSeconds).toBeGreaterThanOrEqual(0.2);
    expect(tailSeconds).toBeLessThan(0.2 + 0.032);
    expect(first!.pcm16.length).toBe(first!.span.endSample - first!.span.startSample);
  });

  it('appends zeros where the recogniser wants them, and counts them in the clip length', () => {
    const options = { ...NEVER, paddingMs: 100 };
    const [first] = runFrontEnd(twoTones(RATE_HZ), RATE_HZ, labelledScorer(TWO_TONES), options).segments;
    const spoken = first!.span.endSample - first!.span.startSample;
    expect(first!.pcm16.length).toBe(spoken + 1_600);
    expect(first!.pcm16.subarray(spoken).every((x) => x === 0)).toBe(true);
    expect(first!.metrics.clipLengthSeconds).toBeCloseTo(first!.pcm16.length / RATE_HZ, 6);
  });

  it('emits the input times the stated gain, rounded to 16 bits', () => {
    const input = twoTones(RATE_HZ);
    for (const { pcm16, span, metrics } of runFrontEnd(input, RATE_HZ, labelledScorer(TWO_TONES), NEVER).segments) {
      const gain = 10 ** (metrics.gainDb / 20);
      for (let i = 0; i < pcm16.length; i += 97) {
        expect(Math.abs(pcm16[i]! - input[span.startSample + i]! * gain * 32_768)).toBeLessThanOrEqual(1);
      }
    }
  });

  it('brings speech of any level to the target loudness', () => {
    for (const peakDbfs of [-10, -25, -40]) {
      const input = joined(silence(RATE_HZ, 1), tone(RATE_HZ, 2, 1_000, peakDbfs), silence(RATE_HZ, 1));
      const [segment] = runFrontEnd(input, RATE_HZ, labelledScorer([[1, 3]]), NEVER).segments;
      const meter = new LoudnessMeter(RATE_HZ);
      const spoken = segment!.span.speechStartSample - segment!.span.startSample;
      meter.push(Float32Array.from(segment!.pcm16.subarray(spoken, spoken + 2 * RATE_HZ), (x) => x / 32_768));
      expect(meter.integrated().lufs).toBeCloseTo(-23, 0);
    }
  });

  it.each([8_000, 16_000, 22_050, 44_100, 48_000])(
    'gives the same bits at %i Hz however the input is cut',
    (rateHz) => {
      const random = seededRandom(rateHz);
      const input = twoTones(rateHz);
      const reference = runFrontEnd(input, rateHz, new EnergyScorer(), NEVER, 128);
      expect(reference.segments.length).toBe(2);
      for (const cut of [1, 127, 4_096, () => 1 + Math.floor(random() * 1_000)]) {
        const other = runFrontEnd(input, rateHz, new EnergyScorer(), NEVER, cut);
        expect(other.segments).toEqual(reference.segments);
        expect(other.probabilities).toEqual(reference.probabilities);
      }
    },
  );

  it('hears the same segments when the scorer arrives seconds late', () => {
    const input = twoTones(RATE_HZ);
    const onTime = runFrontEnd(input, RATE_HZ, new EnergyScorer(), NEVER);
    const sink = new RecordingSink();
    const frontEnd = new FrontEnd(RATE_HZ, undefined, sink, NEVER);
    frontEnd.start(1);
    for (let at = 0; at < input.length; at += 128) {
      if (at >= 4 * RATE_HZ && at < 4 * RATE_HZ + 128) frontEnd.setScorer(new EnergyScorer());
      frontEnd.push(input.subarray(at, at + 128));
    }
    frontEnd.stop();
    expect(sink.segments).toEqual(onTime.segments);
  });

  it('waits with the flush for a scorer that arrives after the stop', () => {
    const input = twoTones(RATE_HZ);
    const sink = new RecordingSink();
    const frontEnd = new FrontEnd(RATE_HZ, undefined, sink, NEVER);
    frontEnd.start(1);
    frontEnd.push(input);
    frontEnd.stop();
    expect(sink.order).toEqual([]);
    frontEnd.setScorer(new EnergyScorer());
    expect(sink.segments.length).toBe(2);
    expect(sink.queryEndMessage?.reason).toBe('stopped');
  });

  it('flushes the open segment on stop, and drops it on cancel', () => {
    const input = joined(silence(RATE_HZ, 0.5), tone(RATE_HZ, 1, 440, -20));
    const stopped = runFrontEnd(input, RATE_HZ, labelledScorer([[0.5, 9]]), NEVER);
    expect(stopped.ends).toEqual(['stopped']);
    expect(stopped.segments[0]!.span.endSample).toBe(input.length);

    const sink = new RecordingSink();
    const frontEnd = new FrontEnd(RATE_HZ, labelledScorer([[0.5, 9]]), sink, NEVER);
    frontEnd.start(7);
    frontEnd.push(input);
    frontEnd.cancel();
    expect(sink.segments).toEqual([]);
    expect(sink.queryEndMessage).toEqual({ type: 'query-end', queryId: 7, segmentCount: 0, reason: 'cancelled' });
  });

  it('retracts on cancel a take that was already posted', () => {
    const input = joined(tone(RATE_HZ, 1, 440, -20), silence(RATE_HZ, 0.3));
    const sink = new RecordingSink();
    const frontEnd = new FrontEnd(RATE_HZ, labelledScorer([[0, 1]]), sink, NEVER);
    frontEnd.start(1);
    for (let at = 0; at < input.length; at += 128) frontEnd.push(input.subarray(at, at + 128));
    frontEnd.cancel();
    expect(sink.order).toEqual(['speech-start', 'take', 'retract', 'query-end']);
  });

  it('ends the query after the silence that follows the last segment, and says how many there were', () => {
    const input = joined(twoTones(RATE_HZ), silence(RATE_HZ, 5));
    const run = runFrontEnd(input, RATE_HZ, labelledScorer(TWO_TONES), { queryEndMs: 2_500, noSpeechMs: 8_000 });
    expect(run.queryEnd).toMatchObject({ reason: 'silence', segmentCount: 2 });
    const early = runFrontEnd(input, RATE_HZ, labelledScorer(TWO_TONES), { queryEndMs: 1_000 });
    expect(early.queryEnd).toMatchObject({ reason: 'silence', segmentCount: 1 });
  });

  it('gives up after eight seconds in which nobody speaks', () => {
    const run = runFrontEnd(silence(RATE_HZ, 9), RATE_HZ, labelledScorer([]));
    expect(run.order).toEqual(['query-end']);
    expect(run.queryEnd).toMatchObject({ reason: 'no-speech', segmentCount: 0 });
    expect(Math.abs(run.probabilities.length * 0.032 - 8)).toBeLessThan(0.04);
  });

  it('splits speech that grows too long in its deepest pause, without losing or repeating a sample', () => {
    const input = joined(
      tone(RATE_HZ, 4, 440, -20),
      tone(RATE_HZ, 0.3, 440, -60),
      tone(RATE_HZ, 4, 440, -20),
      silence(RATE_HZ, 1),
    );
    const run = runFrontEnd(input, RATE_HZ, labelledScorer([[0, 8.3]]), { ...NEVER, maxSegmentMs: 6_000 });
    expect(run.ends).toEqual(['maximum-length', 'silence']);
    const [first, second] = run.segments;
    expect(first!.span.endSample / RATE_HZ).toBeGreaterThan(4);
    expect(first!.span.endSample / RATE_HZ).toBeLessThan(4.3);
    expect(second!.span.startSample).toBe(first!.span.endSample);
  });

  it('never lets two segments share a sample', () => {
    const input = joined(tone(RATE_HZ, 1, 440, -20), silence(RATE_HZ, 0.45), tone(RATE_HZ, 1, 440, -20));
    const { segments } = runFrontEnd(
      input,
      RATE_HZ,
      labelledScorer([
        [0, 1],
        [1.45, 2.45],
      ]),
      NEVER,
    );
    expect(segments.length).toBe(2);
    expect(segments[1]!.span.startSample).toBeGreaterThanOrEqual(segments[0]!.span.endSample);
  });

  it('counts clipping, invalid and missing samples in the segment that they fall into', () => {
    const input = twoTones(RATE_HZ);
    input.fill(1, 2 * RATE_HZ, 2 * RATE_HZ + 5);
    input[5.5 * RATE_HZ] = Number.NaN;
    input[5.6 * RATE_HZ] = Number.POSITIVE_INFINITY;
    const sink = new RecordingSink();
    const frontEnd = new FrontEnd(RATE_HZ, labelledScorer(TWO_TONES), sink, NEVER);
    frontEnd.start(1);
    for (let at = 0; at < input.length; at += 128) {
      if (at === 128 * 250) frontEnd.reportMissing(128);
      frontEnd.push(input.subarray(at, at + 128));
    }
    frontEnd.stop();
    const [first, second] = sink.segments.map(({ metrics }) => metrics);
    expect([first!.clippedRuns, first!.invalidSamples, first!.missingSamples]).toEqual([1, 0, 128]);
    expect([second!.clippedRuns, second!.invalidSamples, second!.missingSamples]).toEqual([0, 2, 0]);
  });

  it('measures level, noise and signal-to-noise ratio of a known mix', () => {
    const speech = joined(silence(RATE_HZ, 2), tone(RATE_HZ, 3, 1_000, -17), silence(RATE_HZ, 2));
    for (const snrDb of [10, 20, 30]) {
      // A sine of -17 dBFS peak has -20.01 dBFS RMS.
      const noise = whiteNoise(RATE_HZ, 7, -20.01 - snrDb, snrDb);
      const input = speech.map((x, i) => x + noise[i]!);
      const [segment] = runFrontEnd(input, RATE_HZ, labelledScorer([[2, 5]]), NEVER).segments;
      expect(Math.abs(segment!.metrics.activeLevelDbov - -20.01)).toBeLessThan(1);
      expect(Math.abs(segment!.metrics.snrDb - snrDb)).toBeLessThan(2);
    }
  });

  it('survives digital silence, DC, full-scale squares and garbage without an invalid number in any metric', () => {
    const signals = [
      silence(RATE_HZ, 3),
      new Float32Array(3 * RATE_HZ).fill(0.5),
      tone(RATE_HZ, 3, 100, 0).map(Math.sign),
      new Float32Array(3 * RATE_HZ).fill(Number.NaN),
    ];
    for (const signal of signals) {
      const { segments } = runFrontEnd(signal, RATE_HZ, labelledScorer([[1, 2]]), NEVER);
      for (const { metrics, pcm16 } of segments) {
        expect(Object.values(metrics).some(Number.isNaN)).toBe(false);
        expect(pcm16.every((x) => x >= -32_768 && x <= 32_767)).toBe(true);
      }
    }
  });
});
