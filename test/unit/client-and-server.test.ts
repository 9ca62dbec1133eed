import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PredictionClient } from '../../src/delivery/prediction-client.ts';
import type { Prediction } from '../../src/delivery/predictor.ts';
import { normalisedWords } from '../../src/evaluation/text-normaliser.ts';
import type { DeliverySettings } from '../../src/protocol/delivery-messages.ts';
import { settingsFor, testEnvironment } from '../connected-delivery.ts';
import { type LocalServer, startLocalServer } from '../local-server.ts';
import { recording } from '../transcribed-clips.ts';

let server: LocalServer;
let pcm16: Int16Array<ArrayBuffer>;

beforeAll(async () => {
  server = await startLocalServer();
  pcm16 = Int16Array.from(await recording('3005-163389-0002.flac'), (sample) => Math.round(sample * 32_767));
});

afterAll(async () => {
  await server.stop();
});

/** Asks the real server; every asking has a key of its own. */
async function ask(
  overrides: Partial<DeliverySettings>,
): Promise<{ readonly prediction: Prediction; readonly told: readonly string[] }> {
  const settings = settingsFor(`${server.origin}/v1/audio/transcriptions`, {
    model: 'moonshine-tiny-en',
    ...overrides,
  });
  const told: string[] = [];
  const prediction = await new PredictionClient(settings, testEnvironment()).predict(
    {
      pcm16,
      idempotencyKey: crypto.randomUUID(),
      onSent: () => undefined,
      onInterim: (text) => told.push(text),
    },
    new AbortController().signal,
  );
  return { prediction, told };
}

describe('our client at our server', () => {
  it('gets the same text in every format, and the same confidence where the format has one', async () => {
    const json = (await ask({})).prediction;
    const said = 'the stillness was awful creepy and uncomfortable';
    expect(normalisedWords(json.text, 'plain')).toEqual(normalisedWords(said, 'plain'));
    expect(json.confidence).toBeGreaterThan(0.5);
    const verbose = (await ask({ responseFormat: 'verbose_json' })).prediction;
    expect(verbose).toMatchObject({ text: json.text, confidence: expect.closeTo(json.confidence!, 6) });
    const text = (await ask({ responseFormat: 'text' })).prediction;
    expect(text).toMatchObject({ text: json.text, release: json.release });
    const { prediction, told } = await ask({ stream: true });
    expect(prediction).toMatchObject({
      text: json.text,
      confidence: expect.closeTo(json.confidence!, 6),
      release: json.release,
    });
    expect(told.at(-1)).toBe(json.text);
  });
});
