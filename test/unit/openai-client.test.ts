import OpenAI, {
  APIConnectionTimeoutError,
  APIError,
  APIUserAbortError,
  AuthenticationError,
  BadRequestError,
  NotFoundError,
  RateLimitError,
} from 'openai';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { countClipErrors } from '../../src/evaluation/word-error-rate.ts';
import { fixtureFile, type LocalServer, longSpeech, startLocalServer } from '../local-server.ts';

const MODEL = 'moonshine-tiny-en';
const KEY = 'sk-test-key';
const WAIT = { timeout: 30_000, interval: 5 };

let server: LocalServer;
let client: OpenAI;
let file: File;
beforeAll(async () => {
  server = await startLocalServer({ keys: [KEY], queueLimit: 0 });
  client = new OpenAI({ apiKey: KEY, baseURL: `${server.origin}/v1`, maxRetries: 0 });
  file = await fixtureFile('whats_the_weather_like.flac');
});
afterAll(() => server.stop(0));

async function thrownBy(promise: Promise<unknown>): Promise<unknown> {
  return await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
}

function expectWords(text: string): void {
  expect(countClipErrors("what's the weather like", text, 'english').editCount).toBe(0);
}

describe('the official OpenAI client', () => {
  it('gets the text as JSON, by default and by name', async () => {
    expectWords((await client.audio.transcriptions.create({ file, model: MODEL })).text);
    const named = await client.audio.transcriptions.create({ file, model: MODEL, response_format: 'json' });
    expectWords(named.text);
  });

  it('gets log-probabilities', async () => {
    const { text, logprobs } = await client.audio.transcriptions.create({ file, model: MODEL, include: ['logprobs'] });
    expect(
      logprobs
        ?.map(({ token }) => token)
        .join('')
        .trim(),
    ).toBe(text);
  });

  it('gets segments with times', async () => {
    const answer = await client.audio.transcriptions.create({
      file,
      model: MODEL,
      language: 'en',
      response_format: 'verbose_json',
      timestamp_granularities: ['segment'],
    });
    expectWords(answer.text);
    expect(answer.language).toBe('english');
    expect(answer.duration).toBeCloseTo(2.03, 2);
    expect(answer.segments?.length).toBe(1);
    const segment = answer.segments?.[0];
    expect(segment?.start).toBeLessThan(segment?.end ?? 0);
    expect(segment?.text).toBe(answer.text);
    expect(segment?.avg_logprob).toBeLessThan(0);
  });

  it.each(['text', 'srt', 'vtt'] as const)('gets %s', async (format) => {
    const answer = await client.audio.transcriptions.create({ file, model: MODEL, response_format: format });
    // The client's types say that text comes as a string for these formats.
    expect(typeof answer).toBe('string');
    expect(answer).toContain('weather');
  });

  it('gets a stream of deltas that make the final text', async () => {
    const stream = await client.audio.transcriptions.create({ file, model: MODEL, stream: true });
    let deltas = '';
    let done: string | undefined;
    for await (const event of stream) {
      if (event.type === 'transcript.text.delta') deltas += event.delta;
      if (event.type === 'transcript.text.done') done = event.text;
    }
    expectWords(done ?? '');
    expect(deltas).toBe(done);
  });

  it('gets an empty text for a recording without speech, streamed or not', async () => {
    const silent = await fixtureFile('room_tone_1.flac');
    expect((await client.audio.transcriptions.create({ file: silent, model: MODEL })).text).toBe('');
    const events = [];
    const stream = await client.audio.transcriptions.create({ file: silent, model: MODEL, stream: true });
    for await (const event of stream) events.push(event);
    expect(events).toEqual([{ type: 'transcript.text.done', text: '' }]);
  });

  it('lists and reads models', async () => {
    const ids = [];
    for await (const model of client.models.list()) ids.push(model.id);
    expect(ids).toEqual([MODEL]);
    expect((await client.models.retrieve(MODEL)).owned_by).toBe('moonshine-ai');
  });

  it('throws its typed errors', async () => {
    const stranger = new OpenAI({ apiKey: 'sk-wrong', baseURL: `${server.origin}/v1`, maxRetries: 0 });
    const unknownKey = await thrownBy(stranger.audio.transcriptions.create({ file, model: MODEL }));
    expect(unknownKey).toBeInstanceOf(AuthenticationError);
    const language = await thrownBy(client.audio.transcriptions.create({ file, model: MODEL, language: 'fr' }));
    expect(language).toBeInstanceOf(BadRequestError);
    expect(language).toMatchObject({ status: 400, param: 'language', code: 'invalid_value' });
    const model = await thrownBy(client.audio.transcriptions.create({ file, model: 'whisper-1' }));
    expect(model).toBeInstanceOf(NotFoundError);
    const big = new File([new Uint8Array(25 * 1024 * 1024 + 1)], 'big.wav');
    const tooLarge = await thrownBy(client.audio.transcriptions.create({ file: big, model: MODEL }));
    expect(tooLarge).toBeInstanceOf(APIError);
    expect(tooLarge).toMatchObject({ status: 413, param: 'file', code: 'file_too_large' });
    expect((tooLarge as APIError).requestID).toMatch(/^[\w-]{8,}$/);
  });

  it('is told to come back when all recognisers are busy, can abort, and does come back', async () => {
    const long = new File([await longSpeech(55)], 'long.wav');
    const stop = new AbortController();
    const first = client.audio.transcriptions.create({ file: long, model: MODEL }, { signal: stop.signal });
    const outcome = thrownBy(first);
    const load = async (): Promise<unknown> => (await fetch(`${server.origin}/readyz`)).json();
    await vi.waitFor(async () => expect(await load()).toMatchObject({ running: 1 }), WAIT);
    const refused = await thrownBy(client.audio.transcriptions.create({ file, model: MODEL }));
    expect(refused).toBeInstanceOf(RateLimitError);
    expect(Number((refused as RateLimitError).headers?.get('retry-after'))).toBeGreaterThanOrEqual(1);
    const patient = new OpenAI({ apiKey: KEY, baseURL: `${server.origin}/v1`, maxRetries: 5 });
    const later = patient.audio.transcriptions.create({ file, model: MODEL });
    stop.abort();
    expect(await outcome).toBeInstanceOf(APIUserAbortError);
    expectWords((await later).text);
    await vi.waitFor(async () => expect(await load()).toMatchObject({ running: 0 }), WAIT);
  });

  it('can stop a stream in the middle, which drops the work', async () => {
    const long = new File([await longSpeech(40)], 'long.wav');
    const stream = await client.audio.transcriptions.create({ file: long, model: MODEL, stream: true });
    for await (const event of stream) {
      expect(event.type).toBe('transcript.text.delta');
      break;
    }
    stream.controller.abort();
    const load = async (): Promise<unknown> => (await fetch(`${server.origin}/readyz`)).json();
    await vi.waitFor(async () => expect(await load()).toMatchObject({ running: 0 }), WAIT);
  });

  it('can give up by itself after a time', async () => {
    const long = new File([await longSpeech(55)], 'long.wav');
    const late = await thrownBy(client.audio.transcriptions.create({ file: long, model: MODEL }, { timeout: 300 }));
    expect(late).toBeInstanceOf(APIConnectionTimeoutError);
  });
});
