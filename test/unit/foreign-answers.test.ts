import { afterEach, describe, expect, it } from 'vitest';
import { PredictionClient } from '../../src/delivery/prediction-client.ts';
import type { Clip, Prediction } from '../../src/delivery/predictor.ts';
import { isSpeechError, type SpeechError } from '../../src/errors.ts';
import type { DeliverySettings } from '../../src/protocol/delivery-messages.ts';
import { settingsFor, testEnvironment } from '../connected-delivery.ts';
import { answer, answerJson, ForeignServer, readForm, type Script } from '../foreign-server.ts';
import { ManualClock } from '../manual-clock.ts';

const servers: ForeignServer[] = [];

async function listening(script: Script): Promise<ForeignServer> {
  const server = await new ForeignServer(script).listen();
  servers.push(server);
  return server;
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

function clipOf(samples: readonly number[] = [0, 1, -1, 32_767, -32_768]): Clip & { readonly sentBytes: number[] } {
  const sentBytes: number[] = [];
  return {
    pcm16: Int16Array.from(samples),
    idempotencyKey: 'b9b2f0d1-2f0c-4a35-8a0e-5a3d0c2b7e11',
    onSent: (bytes) => sentBytes.push(bytes),
    sentBytes,
  };
}

function predict(
  server: ForeignServer,
  overrides: Partial<DeliverySettings> = {},
  clip = clipOf(),
): Promise<Prediction> {
  const settings = settingsFor(server.endpoint, { retryCount: 0, ...overrides });
  return new PredictionClient(settings, testEnvironment()).predict(clip, new AbortController().signal);
}

async function failureOf(promise: Promise<unknown>): Promise<SpeechError> {
  const thrown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!isSpeechError(thrown)) throw new Error('Expected a SpeechError.', { cause: thrown });
  return thrown;
}

describe('the request', () => {
  it('is a form with the WAV file, the model, the language and the format, of exactly the size that is reported', async () => {
    const server = await listening((exchange) => answerJson(exchange, { text: 'tea' }));
    const clip = clipOf();
    await predict(server, {}, clip);
    const exchange = await server.received(0);
    const form = await readForm(exchange);
    expect(exchange.method).toBe('POST');
    expect([...form.keys()]).toEqual(['model', 'language', 'response_format', 'file']);
    expect(form.get('model')).toBe('moonshine-tiny');
    expect(form.get('language')).toBe('en');
    expect(form.get('response_format')).toBe('json');
    const file = form.get('file');
    if (!(file instanceof File)) throw new Error('The form has no file.');
    expect([file.name, file.type]).toEqual(['speech.wav', 'audio/wav']);
    const wav = new DataView(await file.arrayBuffer());
    expect(wav.getUint32(24, true)).toBe(16_000);
    expect([0, 1, 2, 3, 4].map((index) => wav.getInt16(44 + 2 * index, true))).toEqual([0, 1, -1, 32_767, -32_768]);
    expect(wav.byteLength).toBe(44 + 10);
    expect(clip.sentBytes).toEqual([exchange.body.length]);
    expect(Number(exchange.headers['content-length'])).toBe(exchange.body.length);
  });

  it('carries our own headers to our server', async () => {
    const server = await listening((exchange) => answerJson(exchange, { text: 'tea' }));
    await predict(server, { headers: { Authorization: 'Bearer k' }, deadlineMs: 30_000 });
    const { headers } = await server.received(0);
    expect(headers['authorization']).toBe('Bearer k');
    expect(headers['idempotency-key']).toBe('b9b2f0d1-2f0c-4a35-8a0e-5a3d0c2b7e11');
    expect(headers['x-clip-contract']).toBe('1');
    expect(Number(headers['x-deadline-ms'])).toBeGreaterThan(0);
    expect(Number(headers['x-deadline-ms'])).toBeLessThanOrEqual(30_000);
  });

  it('carries none of our own headers to another server', async () => {
    const server = await listening((exchange) => answerJson(exchange, { text: 'tea' }));
    await predict(server, { server: 'openai-compatible' });
    const { headers } = await server.received(0);
    const own = ['idempotency-key', 'x-clip-contract', 'x-deadline-ms', 'x-session-key'];
    expect(own.filter((name) => name in headers)).toEqual([]);
  });

  it.each([
    ['v1/audio/transcriptions', {}, TypeError, /absolute http or https URL, but is "v1/],
    ['ftp://example.com/', {}, TypeError, /absolute http or https URL/],
    ['https://example.com/', { deadlineMs: 0 }, RangeError, /deadlineMs must be above 0 .* is 0\./],
    ['https://example.com/', { deadlineMs: Number.POSITIVE_INFINITY }, RangeError, /deadlineMs .* is Infinity/],
    ['https://example.com/', { retryCount: 1.5 }, RangeError, /retryCount .* is 1\.5/],
    ['https://example.com/', { headers: { 'bad name': '' } }, TypeError, /bad name/],
  ])('is refused before it is made with settings that make no sense: %s %j', (endpoint, overrides, kind, message) => {
    const make = (): unknown => new PredictionClient(settingsFor(endpoint, overrides), testEnvironment());
    expect(make).toThrow(kind);
    expect(make).toThrow(message);
  });
});

describe('an answer', () => {
  it('may be JSON with a confidence and a release', async () => {
    const server = await listening((exchange) => {
      exchange.response.setHeader('X-Release', 'moonshine-tiny-1');
      answerJson(exchange, { text: ' Two flat whites. ', confidence: 0.75 });
    });
    expect(await predict(server)).toMatchObject({
      text: 'Two flat whites.',
      confidence: 0.75,
      release: 'moonshine-tiny-1',
      place: 'server',
    });
  });

  it('may be verbose JSON', async () => {
    const server = await listening((exchange) =>
      answerJson(exchange, { task: 'transcribe', duration: '1.5', text: 'tea', segments: [{ id: 0, text: 'tea' }] }),
    );
    const prediction = await predict(server);
    expect(prediction.text).toBe('tea');
    expect(prediction).not.toHaveProperty('confidence');
    expect(prediction).not.toHaveProperty('release');
  });

  it('may be plain text, also without words', async () => {
    const server = await listening((exchange, index) =>
      answer(exchange, 200, 'text/plain; charset=utf-8', index === 0 ? 'Grüner Tee\n' : '\n'),
    );
    expect((await predict(server)).text).toBe('Grüner Tee');
    expect((await predict(server)).text).toBe('');
  });

  it('may come slowly', async () => {
    const server = await listening(({ response }) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"te', () => response.write('xt":"te', () => response.end('a"}')));
    });
    expect((await predict(server)).text).toBe('tea');
  });
});

describe('an answer that is no transcription', () => {
  it.each([
    ['HTML', 200, 'text/html', '<html>secret words</html>', 'status 200 with text/html'],
    ['nothing said about its type', 200, undefined, '{"text":"secret words"}', 'status 200 with no content type'],
    ['truncated JSON', 200, 'application/json', '{"text":"secret wor', 'broken JSON'],
    ['another JSON', 200, 'application/json', '{"words":["secret words"]}', 'status 200 with application/json'],
    ['JSON null', 200, 'application/json', 'null', 'status 200 with application/json'],
    ['an empty body', 200, 'application/json', '', 'broken JSON'],
    ['audio', 200, 'audio/wav', 'secret words', 'status 200 with audio/wav'],
  ])('is told as such, without its text: %s', async (_name, status, contentType, body, seen) => {
    const server = await listening((exchange) => answer(exchange, status, contentType, body));
    const failure = await failureOf(predict(server, { retryCount: 3 }));
    expect(failure.code).toBe('bad-answer');
    expect(failure.message).toContain(server.host);
    expect(failure.message).toContain(seen);
    expect(failure.message).not.toContain('secret');
    expect(server.exchanges).toHaveLength(1);
  });
});

describe('a refusal', () => {
  it.each([
    [400, 'rejected'],
    [401, 'unauthorised'],
    [403, 'unauthorised'],
    [404, 'rejected'],
    [408, 'timeout'],
    [409, 'rejected'],
    [413, 'rejected'],
    [422, 'rejected'],
    [425, 'busy'],
    [429, 'busy'],
    [500, 'server'],
    [501, 'server'],
    [502, 'server'],
    [503, 'busy'],
    [504, 'timeout'],
  ])('with status %i is %s, and names status and host', async (status, code) => {
    const server = await listening((exchange) => answer(exchange, status, 'text/html', '<html>Bad gateway</html>'));
    const failure = await failureOf(predict(server));
    expect(failure.code).toBe(code);
    expect(failure.message).toContain(`status ${status}`);
    expect(failure.message).toContain(server.host);
    expect(failure.message).not.toContain('Bad gateway');
  });

  it.each([
    [{ error: { message: 'The model "x" does not exist.', type: 'invalid_request_error' } }],
    [{ error: 'The model "x" does not exist.' }],
    [{ detail: 'The model "x" does not exist.' }],
  ])('of the request quotes the reason that the server gives: %j', async (body) => {
    const server = await listening((exchange) => answerJson(exchange, body, 404));
    expect((await failureOf(predict(server))).message).toContain('(status 404): The model "x" does not exist. Check');
  });

  it('of the key does not quote the server, which may repeat the key', async () => {
    const server = await listening((exchange) => answerJson(exchange, { error: { message: 'Bad key: sk-123' } }, 401));
    expect((await failureOf(predict(server))).message).not.toContain('sk-123');
  });
});

describe('a server that gives no answer', () => {
  it('is unreachable when nothing listens', async () => {
    const server = await listening(() => undefined);
    await server.close();
    const failure = await failureOf(predict(server));
    expect(failure.code).toBe('unreachable');
    expect(failure.message).toContain(server.host);
  });

  it('is unreachable when it resets the connection', async () => {
    const server = await listening(({ response }) => response.socket?.resetAndDestroy());
    expect((await failureOf(predict(server))).code).toBe('unreachable');
  });

  it('is unreachable when it breaks off in the middle of an answer', async () => {
    const server = await listening(({ response }) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
      response.write('{"text":', () => response.socket?.resetAndDestroy());
    });
    expect((await failureOf(predict(server))).code).toBe('unreachable');
  });

  it('is not blamed when the device is offline, and nothing counts as sent', async () => {
    const server = await listening(() => undefined);
    await server.close();
    const clip = clipOf();
    const environment = testEnvironment({ isOnline: () => false });
    const client = new PredictionClient(settingsFor(server.endpoint), environment);
    const failure = await failureOf(client.predict(clip, new AbortController().signal));
    expect(failure.code).toBe('offline');
    expect(clip.sentBytes).toEqual([]);
  });

  it('times out at the deadline, and the request is cut', async () => {
    const clock = new ManualClock();
    const server = await listening(() => undefined);
    const client = new PredictionClient(
      settingsFor(server.endpoint, { deadlineMs: 8_000 }),
      testEnvironment({ clock }),
    );
    const failure = failureOf(client.predict(clipOf(), new AbortController().signal));
    const exchange = await server.received(0);
    clock.advance(7_999);
    expect(clock.pendingMs).toEqual([8_000]);
    clock.advance(1);
    expect((await failure).code).toBe('timeout');
    expect((await failure).message).toContain('within 8 s');
    expect(await exchange.abandoned).toBe(true);
  });

  it('is left at once when the caller gives up, for the caller’s reason', async () => {
    const server = await listening(() => undefined);
    const caller = new AbortController();
    const client = new PredictionClient(settingsFor(server.endpoint), testEnvironment());
    const outcome = client.predict(clipOf(), caller.signal).catch((reason: unknown) => reason);
    const exchange = await server.received(0);
    const reason = new Error('enough');
    caller.abort(reason);
    expect(await outcome).toBe(reason);
    expect(await exchange.abandoned).toBe(true);
  });
});
