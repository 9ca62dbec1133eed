import { describe, expect, it } from 'vitest';
import type { TakeMessage } from '../../src/protocol/worklet-messages.ts';
import { QUANTUM_SAMPLES, type QueryRecord, recording, runFrontEnd, runWorklet } from './worklet-run.ts';

const CLIPS = [
  { name: 'brooklyn_bridge_padded', rateHz: 16_000, midSpeechSeconds: 3.2 },
  { name: 'jfk', rateHz: 44_100, midSpeechSeconds: 6.5 },
  { name: 'vctk_p286_011', rateHz: 48_000, midSpeechSeconds: 4 },
] as const;

function takesOf({ toDelivery }: QueryRecord): readonly TakeMessage[] {
  return toDelivery.filter((message) => message.type === 'take');
}

function wholeQuanta(seconds: number, rateHz: number): number {
  return Math.floor((seconds * rateHz) / QUANTUM_SAMPLES) * QUANTUM_SAMPLES;
}

describe('the worklet', () => {
  for (const { name, rateHz, midSpeechSeconds } of CLIPS) {
    it(`cuts and levels a recording at ${rateHz} Hz sample for sample as the front end does`, async () => {
      const samples = await recording(name, rateHz);
      const setup = { rateHz, ending: 'stop' } as const;
      const [inWorklet, inPage] = [await runWorklet(samples, setup), await runFrontEnd(samples, setup)];
      expect(takesOf(inPage).length).toBeGreaterThan(0);
      expect(inWorklet).toEqual(inPage);
    });

    it(`flushes what is being said at ${rateHz} Hz when it is stopped`, async () => {
      const samples = (await recording(name, rateHz)).slice(0, wholeQuanta(midSpeechSeconds, rateHz));
      const setup = { rateHz, ending: 'stop' } as const;
      const [inWorklet, inPage] = [await runWorklet(samples, setup), await runFrontEnd(samples, setup)];
      expect(inPage.toDelivery.at(-2)).toMatchObject({ type: 'commit', end: 'stopped' });
      // To the last sample that there was, give or take one of the device's.
      const lastEndSeconds = (takesOf(inPage).at(-1)?.span.endSample ?? 0) / 16_000;
      expect(Math.abs(lastEndSeconds - samples.length / rateHz)).toBeLessThanOrEqual(1 / 16_000);
      expect(inWorklet).toEqual(inPage);
    });
  }

  it('drops what is being said when it is cancelled', async () => {
    const samples = (await recording('vctk_p286_011', 48_000)).slice(0, wholeQuanta(4, 48_000));
    const { toDelivery, toPage } = await runWorklet(samples, { rateHz: 48_000, ending: 'cancel' });
    expect(toPage.at(-1)).toMatchObject({ type: 'query-end', reason: 'cancelled', segmentCount: 0 });
    expect(toDelivery.filter(({ type }) => type === 'commit')).toEqual([]);
  });

  it('sends nothing of 10 s of a quiet room before, between and after what is said', async () => {
    const room = (await recording('room_tone_1', 16_000)).subarray(7 * 16_000);
    const said = [
      { clip: await recording('3005-163389-0002', 16_000), startSeconds: 10 },
      { clip: await recording('whats_the_weather_like', 16_000), startSeconds: 25 },
    ];
    const samples = new Float32Array(wholeQuanta(37.5, 16_000)).map((_, i) => room[i % room.length]!);
    for (const { clip, startSeconds } of said) {
      for (let i = 0; i < clip.length; i++) samples[startSeconds * 16_000 + i]! += clip[i]!;
    }
    const overrides = { noSpeechMs: Number.POSITIVE_INFINITY, queryEndMs: Number.POSITIVE_INFINITY };
    const record = await runWorklet(samples, { rateHz: 16_000, overrides, ending: 'stop' });

    const takes = takesOf(record);
    for (const { span } of takes) {
      const { clip, startSeconds } = said.findLast((one) => one.startSeconds * 16_000 <= span.endSample) ?? said[0]!;
      expect(span.startSample / 16_000).toBeGreaterThanOrEqual(startSeconds - 0.3);
      expect(span.endSample / 16_000).toBeLessThanOrEqual(startSeconds + clip.length / 16_000 + 0.4);
    }
    expect(record.toPage.at(-1)).toMatchObject({ type: 'query-end', segmentCount: 2 });
    const sentSamples = takes.reduce((sum, { pcm16 }) => sum + pcm16.length, 0);
    expect(sentSamples / samples.length).toBeLessThan(0.16);
  });
});
