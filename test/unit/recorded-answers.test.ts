import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PredictionClient } from '../../src/delivery/prediction-client.ts';
import type { Attempt } from '../../src/delivery/retry.ts';
import { readTranscriptionAnswer, type TranscriptionAnswer } from '../../src/delivery/transcription-answer.ts';
import { isSpeechError } from '../../src/errors.ts';
import type { ResponseFormat } from '../../src/protocol/delivery-messages.ts';
import { settingsFor, testEnvironment } from '../connected-delivery.ts';
import { ForeignServer } from '../foreign-server.ts';
import { ManualClock } from '../manual-clock.ts';
import { type RecordedAnswer, recordedAnswers } from '../recorded-answers.ts';

const ORDER = 'A large iced mocha with oat milk, please.';
const ANSWERS = recordedAnswers();

interface Read {
  readonly text: string;
  readonly confidence?: number;
  readonly asked?: ResponseFormat;
}

/** What must be read out of each answer that is a transcription; confidences are exp(mean log-probability). */
const TRANSCRIPTIONS: Readonly<Record<string, Read>> = {
  'groq/json': { text: ORDER },
  'groq/text': { text: ORDER, asked: 'text' },
  'groq/verbose-json': { text: ORDER, confidence: Math.exp(-0.097569615), asked: 'verbose_json' },
  'localai/json': { text: ORDER },
  'localai/stream': { text: ORDER },
  'localai/text': { text: ORDER, asked: 'text' },
  'localai/verbose-json': { text: ORDER, asked: 'verbose_json' },
  'localai/verbose-json-older': { text: ORDER },
  'openai/json': { text: ORDER },
  'openai/json-logprobs': { text: 'Oat milk.', confidence: Math.exp(-0.05) },
  'openai/stream': { text: ORDER },
  'openai/stream-diarized': { text: 'Two flat whites.' },
  'openai/stream-logprobs': { text: 'Oat milk.', confidence: Math.exp(-0.1) },
  'openai/text': { text: ORDER, asked: 'text' },
  'openai/verbose-json': {
    text: 'The beach was a popular spot on a hot summer day. People were swimming in the ocean.',
    confidence: Math.exp(-0.2860786020755768),
    asked: 'verbose_json',
  },
  'speaches/json': { text: ORDER },
  'speaches/stream-bare-text': { text: `${ORDER} And a croissant.` },
  'speaches/stream-empty-done': { text: `${ORDER} And a croissant.` },
  'speaches/stream-plain-text': { text: `${ORDER} And a croissant.`, asked: 'text' },
  'speaches/text': { text: ORDER, asked: 'text' },
  'speaches/verbose-json': { text: ORDER, confidence: Math.exp(-0.23), asked: 'verbose_json' },
  'vllm/json': { text: ORDER },
  'vllm/stream': { text: ORDER },
  'vllm/text': { text: ORDER, asked: 'text' },
  'vllm/verbose-json': { text: ORDER, confidence: Math.exp(-0.12), asked: 'verbose_json' },
  'whisper.cpp/json': { text: ORDER },
  'whisper.cpp/text': { text: ORDER, asked: 'text' },
  'whisper.cpp/verbose-json': { text: ORDER, confidence: Math.exp(-0.15), asked: 'verbose_json' },
};

/** What must be told of each answer that is an error: code, words from the server, whether sending again may help. */
const ERRORS: Readonly<Record<string, readonly [code: string, words: string, mayPass: boolean]>> = {
  'groq/error-400': ['rejected', 'file must be one of the following types', false],
  'groq/error-413': ['rejected', 'Request Entity Too Large', false],
  'groq/error-429': ['busy', 'too busy', true],
  'localai/error-500': ['server', 'status 500', true],
  'localai/stream-error': ['server', 'rpc error', true],
  'openai/error-400': ['rejected', 'Invalid file format', false],
  'openai/error-401': ['unauthorised', 'status 401', false],
  'openai/error-429': ['busy', 'too busy', true],
  'speaches/error-403': ['unauthorised', 'status 403', false],
  'speaches/error-404': ['rejected', "Model 'moonshine' is not installed", false],
  'speaches/error-415': ['rejected', 'Failed to decode audio', false],
  'speaches/error-422': ['rejected', 'Field required', false],
  'vllm/error-400-older': ['rejected', 'Currently only support response_format', false],
  'vllm/error-404': ['rejected', 'does not exist', false],
  'vllm/error-422': ['rejected', "Expected 'file' to be", false],
  'vllm/stream-error': ['server', 'status 500', true],
  'vllm/stream-error-400': ['rejected', 'Maximum clip duration', false],
  'whisper.cpp/error-200-older': ['server', 'failed to read WAV file', false],
  'whisper.cpp/error-400': ['rejected', 'failed to read audio data', false],
  'whisper.cpp/error-404': ['rejected', 'status 404', false],
  'whisper.cpp/error-500': ['server', 'status 500', true],
};

function named(name: string): RecordedAnswer {
  const answer = ANSWERS.find((candidate) => candidate.name === name);
  if (answer === undefined) throw new Error(`No answer ${name}.`);
  return answer;
}

/** A response whose body arrives in the given pieces. */
function response(
  { status, headers }: Pick<RecordedAnswer, 'status' | 'headers'>,
  pieces: readonly Uint8Array[],
): Response {
  const left = [...pieces];
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      const piece = left.shift();
      if (piece === undefined) controller.close();
      else controller.enqueue(piece);
    },
  });
  return new Response(body, { status, headers });
}

async function read(
  answer: Response,
  asked: ResponseFormat = 'json',
  onInterim: (text: string) => void = () => undefined,
): Promise<Attempt<TranscriptionAnswer>> {
  const reading = { host: 'speech.example', isPlainText: asked === 'text', onInterim, clock: new ManualClock() };
  return await readTranscriptionAnswer(answer, reading);
}

function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const ends = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [...ends, bytes.length].map((end, i) => bytes.subarray(i === 0 ? 0 : ends[i - 1], end));
}

describe('the recorded answers', () => {
  it('are all told of here', () => {
    const told = [...Object.keys(TRANSCRIPTIONS), ...Object.keys(ERRORS)].sort();
    expect(ANSWERS.map(({ name }) => name).sort()).toEqual(told);
    expect(new Set(told.map((name) => name.split('/')[0])).size).toBe(6);
  });

  describe('over a socket', () => {
    let server: ForeignServer;
    let recorded: RecordedAnswer;
    beforeAll(async () => {
      server = await new ForeignServer(({ response: out }) => {
        out.writeHead(recorded.status, recorded.headers);
        out.end(recorded.body);
      }).listen();
    });
    afterAll(() => server.close());

    const predict = (asked: ResponseFormat): Promise<unknown> =>
      new PredictionClient(
        settingsFor(server.endpoint, { retryCount: 0, responseFormat: asked, server: 'openai-compatible' }),
        testEnvironment(),
      ).predict(
        { pcm16: new Int16Array(160), idempotencyKey: 'key', onSent: () => undefined },
        new AbortController().signal,
      );

    it.each(Object.entries(TRANSCRIPTIONS))('give the text of %s', async (name, { text, confidence, asked }) => {
      recorded = named(name);
      const prediction = await predict(asked ?? 'json');
      expect(prediction).toMatchObject({ text, place: 'server' });
      if (confidence === undefined) expect(prediction).not.toHaveProperty('confidence');
      else expect(prediction).toHaveProperty('confidence', expect.closeTo(confidence, 6));
    });

    it.each(Object.entries(ERRORS))('tell the error of %s', async (name, [code, words]) => {
      recorded = named(name);
      const thrown = await predict('json').catch((reason: unknown) => reason);
      expect(isSpeechError(thrown) && [thrown.code, thrown.message]).toEqual([code, expect.stringContaining(words)]);
    });
  });

  it.each(Object.entries(ERRORS))('say whether sending again may help: %s', async (name, [, , mayPass]) => {
    const attempt = await read(response(named(name), [named(name).body]));
    expect(attempt).toMatchObject({ status: 'failed', mayPass });
  });

  it('ask for the pause that the server wants', async () => {
    const groq = await read(response(named('groq/error-429'), []));
    expect(groq).toMatchObject({ retryAfterMs: 7_000 });
  });

  it('read the same, however their bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...Object.entries(TRANSCRIPTIONS)),
        fc.array(fc.nat(), { maxLength: 40 }),
        async ([name, { text, asked }], places) => {
          const answer = named(name);
          const attempt = await read(response(answer, cut(answer.body, places)), asked);
          expect(attempt).toMatchObject({ status: 'done', value: { text } });
        },
      ),
      { numRuns: 400 },
    );
  });

  it('never give more than they hold, nor anything but a typed error, when they end too early', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...Object.entries(TRANSCRIPTIONS)),
        fc.nat(),
        async ([name, { asked, text }], at) => {
          const answer = named(name);
          const attempt = await read(response(answer, [answer.body.subarray(0, at % answer.body.length)]), asked);
          if (attempt.status === 'failed') expect(attempt.error.code).toBe('bad-answer');
          else expect(text.startsWith(attempt.value.text)).toBe(true);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('give a text or a typed error, never another exception, when any of their bytes are wrong', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...ANSWERS),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 5 }),
        fc.constantFrom<ResponseFormat>('json', 'text'),
        async (answer, changes, asked) => {
          const body = answer.body.slice();
          for (const [at, byte] of changes) body[at % body.length] = byte;
          const attempt = await read(response(answer, [body]), asked);
          if (attempt.status === 'failed') expect(isSpeechError(attempt.error)).toBe(true);
          else expect(typeof attempt.value.text).toBe('string');
        },
      ),
      { numRuns: 400 },
    );
  });
});

const encoder = new TextEncoder();
const JSON_TYPE = { 'content-type': 'application/json' };
const STREAM_TYPE = { 'content-type': 'text/event-stream' };

async function readBody(
  headers: Readonly<Record<string, string>>,
  body: string | Uint8Array,
  asked?: ResponseFormat,
): Promise<Attempt<TranscriptionAnswer>> {
  return await read(
    response({ status: 200, headers }, [typeof body === 'string' ? encoder.encode(body) : body]),
    asked,
  );
}

describe('an answer in an unusual dress', () => {
  it.each<[string, Record<string, string>, string | Uint8Array, ResponseFormat]>([
    ['a byte order mark before JSON', JSON_TYPE, '\ufeff{"text":"Grüner Tee"}', 'json'],
    ['a byte order mark before events', STREAM_TYPE, '\ufeffdata: {"text":"Grüner Tee"}\n\n', 'json'],
    ['a byte order mark before text', { 'content-type': 'text/plain' }, '\ufeffGrüner Tee', 'text'],
    [
      'Latin-1, as it says',
      { 'content-type': 'text/plain; charset="ISO-8859-1"' },
      Uint8Array.from('Grüner Tee', (letter) => letter.charCodeAt(0)),
      'text',
    ],
    ['capitals in its type', { 'content-type': 'Application/JSON; Charset=UTF-8' }, '{"text":"Grüner Tee"}', 'json'],
    ['a JSON type of another name', { 'content-type': 'application/problem+json' }, '{"text":"Grüner Tee"}', 'json'],
    ['plain text as a JSON string', JSON_TYPE, '"Grüner Tee"', 'text'],
    ['events with CR LF', STREAM_TYPE, 'event: x\r\ndata: {"text":\r\ndata: "Grüner Tee"}\r\n\r\n', 'json'],
    ['events with comments and ids', STREAM_TYPE, ': ping\n\nid: 1\ndata: {"text":"Grüner Tee"}\n\n: ping\n\n', 'json'],
    ['no empty line at the end', STREAM_TYPE, 'data: {"text":"Grüner Tee"}', 'json'],
    [
      'fields of types that do not matter',
      JSON_TYPE,
      '{"text":"Grüner Tee","duration":"1.5","segments":"none"}',
      'json',
    ],
  ])('is read: %s', async (_name, headers, body, asked) => {
    expect(await readBody(headers, body, asked)).toMatchObject({ status: 'done', value: { text: 'Grüner Tee' } });
  });
});

const HUGE = new Uint8Array(5_000_000).fill(0x20);

describe('a malformed answer', () => {
  it.each<[string, Record<string, string>, string | Uint8Array]>([
    ['an empty body', JSON_TYPE, ''],
    ['an empty stream', STREAM_TYPE, ''],
    ['a stream that never says a word', STREAM_TYPE, ': ping\n\ndata: {"usage":{"seconds":1}}\n\n'],
    ['truncated JSON', JSON_TYPE, '{"text":"secret'],
    ['truncated UTF-8', JSON_TYPE, encoder.encode('{"text":"secret ü').subarray(0, -1)],
    ['truncated UTF-8 in plain text', { 'content-type': 'text/plain' }, encoder.encode('secret ü').subarray(0, -1)],
    ['truncated UTF-8 in a stream', STREAM_TYPE, encoder.encode('data: {"text":"ü').subarray(0, -1)],
    ['a text that is no string', JSON_TYPE, '{"text":["secret"]}'],
    ['a list', JSON_TYPE, '["secret"]'],
    ['a string where JSON was asked for', JSON_TYPE, '"secret"'],
    ['a delta that is no string', STREAM_TYPE, 'data: {"type":"transcript.text.delta","delta":7}\n\n'],
    ['a final text that is no string', STREAM_TYPE, 'data: {"type":"transcript.text.done","text":null}\n\n'],
    ['choices that are no list', STREAM_TYPE, 'data: {"choices":{"delta":{"content":"secret"}}}\n\n'],
    ['a content that is no string', STREAM_TYPE, 'data: {"choices":[{"delta":{"content":{"secret":1}}}]}\n\n'],
    ['an event that is no JSON', STREAM_TYPE, 'data: secret words\n\n'],
    ['a huge body', JSON_TYPE, HUGE],
    ['a huge text', { 'content-type': 'text/plain' }, HUGE],
    ['a huge event', STREAM_TYPE, HUGE],
    ['a character set that nobody knows', { 'content-type': 'application/json; charset=klingon' }, '{"text":"secret"}'],
    ['HTML', { 'content-type': 'text/html; charset=utf-8' }, '<!doctype html><p>secret'],
    ['XML', { 'content-type': 'application/xml' }, '<text>secret</text>'],
  ])('is a typed error that does not repeat it: %s', async (_name, headers, body) => {
    const attempt = await readBody(headers, body);
    if (attempt.status !== 'failed') throw new Error('It was read as a transcription.');
    expect([attempt.error.code, attempt.mayPass]).toEqual(['bad-answer', false]);
    expect(attempt.error.message).toContain('speech.example');
    expect(attempt.error.message).not.toContain('secret');
  });

  it('is a page, even where plain text was asked for', async () => {
    const attempt = await readBody({ 'content-type': 'text/html' }, ' <!doctype html><p>Sign in</p>', 'text');
    expect(attempt).toMatchObject({ status: 'failed', error: { code: 'bad-answer' } });
  });

  it('that never ends is not read past its limit', async () => {
    let pulledBytes = 0;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        pulledBytes += 65_536;
        controller.enqueue(new Uint8Array(65_536).fill(0x61));
      },
    });
    const attempt = await read(new Response(body, { headers: { 'content-type': 'text/plain' } }));
    expect(attempt).toMatchObject({ status: 'failed', error: { code: 'bad-answer' } });
    expect(pulledBytes).toBeLessThan(5_000_000);
  });

  it('that is told in the middle of a stream is an error, though text came before', async () => {
    const attempt = await readBody(
      STREAM_TYPE,
      'data: {"type":"transcript.text.delta","delta":"secret"}\n\nevent: error\ndata: {"code":7}\n\n',
    );
    expect(attempt).toMatchObject({ status: 'failed', error: { code: 'server' }, mayPass: true });
  });
});

describe('a streamed text', () => {
  /** Any words, with spaces and letters of several bytes. */
  const words = fc.array(fc.stringMatching(/^[ a-zäöü日本]{1,8}$/), { minLength: 1, maxLength: 12 });
  const delta = (text: string): string => `data: ${JSON.stringify({ type: 'transcript.text.delta', delta: text })}\n\n`;
  const choice = (text: string): string => `data: ${JSON.stringify({ choices: [{ delta: { content: text } }] })}\n\n`;

  it('grows by its deltas and is their sum, whatever the shape, the cuts and the end', async () => {
    await fc.assert(
      fc.asyncProperty(
        words,
        fc.constantFrom(delta, choice),
        fc.constantFrom('data: [DONE]\n\n', '', 'data: {"usage":{}}\n\ndata: [DONE]\n\n'),
        fc.array(fc.nat(), { maxLength: 30 }),
        async (parts, event, end, places) => {
          const told: string[] = [];
          const bytes = encoder.encode(parts.map(event).join('') + end);
          const answer = response({ status: 200, headers: STREAM_TYPE }, cut(bytes, places));
          const attempt = await read(answer, 'json', (text) => told.push(text));
          const whole = parts.join('').trim();
          expect(attempt).toMatchObject({ status: 'done', value: { text: whole } });
          expect(told.every((text) => whole.startsWith(text))).toBe(true);
          expect(told.at(-1) ?? '').toBe(whole);
        },
      ),
    );
  });

  it('is what the final event says, in whatever shape the deltas came', async () => {
    await fc.assert(
      fc.asyncProperty(
        words,
        fc.constantFrom(delta, choice),
        fc.constantFrom('transcript.text.done', undefined),
        async (parts, event, type) => {
          const final = `data: ${JSON.stringify({ type, text: 'All of it.' })}\n\n`;
          const attempt = await readBody(STREAM_TYPE, parts.map(event).join('') + final);
          expect(attempt).toMatchObject({ status: 'done', value: { text: 'All of it.' } });
        },
      ),
    );
  });

  it('is there with its final event, though the connection stays open, which is cut a second later', async () => {
    const clock = new ManualClock();
    let isCut = false;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) =>
        controller.enqueue(encoder.encode('data: {"type":"transcript.text.done","text":"tea"}\n\n')),
      cancel: () => {
        isCut = true;
      },
    });
    const attempt = await readTranscriptionAnswer(new Response(body, { headers: STREAM_TYPE }), {
      host: 'speech.example',
      isPlainText: false,
      onInterim: () => undefined,
      clock,
    });
    expect(attempt).toMatchObject({ status: 'done', value: { text: 'tea' } });
    clock.advance(999);
    expect(isCut).toBe(false);
    clock.advance(1);
    await clock.whenPending(0);
    expect(isCut).toBe(true);
  });
});
