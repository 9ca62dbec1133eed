import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../src/server/app.ts';
import { VoiceMetrics } from '../../src/server/metric-store/voice-metrics.ts';
import { openApiDocument } from '../../src/server/openapi/document.ts';
import type { JsonSchema } from '../../src/server/openapi/json-schema.ts';
import { SCHEMAS } from '../../src/server/openapi/schemas.ts';
import { prometheusMetrics } from '../../src/server/prometheus-metrics.ts';
import { MOONSHINE_TINY_EN } from '../../src/server/release.ts';
import { type RunningServer, serve } from '../../src/server/serve.ts';
import { schemaErrors } from '../json-schema.ts';
import { BUILT, fixtureFile, longSpeech, transcriptionForm } from '../local-server.ts';
import { metricBatch } from '../metric-batches.ts';

const DOCUMENT = openApiDocument(MOONSHINE_TINY_EN, true);
const TRANSCRIBE = '/v1/audio/transcriptions';
const METRICS = '/v1/metrics';
const SERIES = '/v1/metrics/series';
const KEY = 'sesame';

/** A recogniser that brings its thread down with every clip. */
const CRASHING = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort } from 'node:worker_threads';
    parentPort.on('message', ({ type }) => (type === 'close' ? parentPort.close() : process.exit(1)));
    parentPort.postMessage({ type: 'ready' });
  `)}`,
);

type Server = 'open' | 'keyed' | 'limited' | 'full' | 'crashing' | 'broken' | 'uncounted';
const servers = new Map<Server, RunningServer>();
const origin = (name: Server): string => `http://127.0.0.1:${servers.get(name)?.port}`;

let clip: File;
let minute: File;
beforeAll(async () => {
  const common = { ...BUILT, appFolder: null, threadCount: 1, port: 0, host: '127.0.0.1' };
  clip = await fixtureFile('whats_the_weather_like.flac');
  minute = new File([await longSpeech(55)], 'minute.wav');
  servers.set(
    'open',
    await serve({
      ...common,
      metrics: prometheusMetrics(),
      voiceMetrics: new VoiceMetrics('local', ':memory:', Date.now),
    }),
  );
  servers.set('keyed', await serve({ ...common, keys: [KEY], metricsAccess: 'private' }));
  servers.set('uncounted', await serve({ ...common, metricsAccess: 'off' }));
  const limits = { perKeyCount: 1, perAddressCount: 0 };
  servers.set('limited', await serve({ ...common, keys: [KEY, 'l', 'm', 'n', 's', 'q', 'd', 'e', 'f'], limits }));
  servers.set('crashing', await serve({ ...common, workerUrl: CRASHING }));
  const broken = await serve({ ...common, modelsFolder: '/nowhere' });
  servers.set('broken', broken);
  await Promise.allSettled([...servers.values()].map((server) => server.ready));
}, 60_000);
afterAll(async () => {
  await Promise.all([...servers.values()].map((server) => server.stop(0)));
});

interface Provoked {
  readonly path: string;
  readonly method?: 'get' | 'post';
  readonly status: number;
  readonly send: () => Promise<Response>;
}

const get =
  (server: Server, path: string, headers: Record<string, string> = {}): Provoked['send'] =>
  () =>
    fetch(`${origin(server)}${path}`, { headers });
const post =
  (server: Server, fields: Record<string, string> = {}, headers: Record<string, string> = {}): Provoked['send'] =>
  () =>
    fetch(`${origin(server)}${TRANSCRIBE}`, { method: 'POST', headers, body: transcriptionForm(clip, fields) });

const send =
  (server: Server, body: () => string, headers: Record<string, string> = {}): Provoked['send'] =>
  () => {
    const init = { method: 'POST', headers: { 'Content-Type': 'application/json', ...headers }, body: body() };
    return fetch(`${origin(server)}${METRICS}`, init);
  };

/** What every call of `/v1` may be answered. */
function common(path: string, asked: string, key: string, method: 'get' | 'post' = 'get'): Provoked[] {
  const send = (server: Server, headers: Record<string, string>): Promise<Response> =>
    method === 'get'
      ? get(server, asked, headers)()
      : fetch(`${origin(server)}${asked}`, { method: 'POST', headers, body: transcriptionForm(clip) });
  return [
    { path, method, status: 401, send: () => send('keyed', {}) },
    { path, method, status: 403, send: () => send('open', { Origin: 'https://elsewhere.example' }) },
    {
      path,
      method,
      status: 429,
      send: async () => {
        const headers = { Authorization: `Bearer ${key}` };
        await (await send('limited', headers)).arrayBuffer();
        return await send('limited', headers);
      },
    },
  ];
}

/** A request that ends before it has arrived, over a bare socket. */
async function unfinished(): Promise<Response> {
  const { hostname, port } = new URL(origin('open'));
  const socket = connect(Number(port), hostname);
  socket.write(
    `POST ${TRANSCRIBE} HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=x\r\n` +
      'Content-Length: 1000\r\nX-Deadline-Ms: 100\r\nConnection: close\r\n\r\n--x\r\n',
  );
  let text = '';
  for await (const part of socket.setEncoding('utf8')) {
    text += part;
    if (/\r\n\r\n[\s\S]*\}/.test(text)) break;
  }
  const [head = '', body = ''] = text.split('\r\n\r\n');
  const contentType = /content-type: ([^\r]+)/i.exec(head)?.[1] ?? '';
  return new Response(/\{.*\}/s.exec(body)?.[0], {
    status: Number(head.split(' ')[1]),
    headers: { 'Content-Type': contentType },
  });
}

const CASES: readonly Provoked[] = [
  ...['json', 'text', 'verbose_json', 'srt', 'vtt'].map(
    (format): Provoked => ({
      path: TRANSCRIBE,
      method: 'post',
      status: 200,
      send: post('open', { response_format: format }),
    }),
  ),
  { path: TRANSCRIBE, method: 'post', status: 200, send: post('open', { 'include[]': 'logprobs' }) },
  { path: TRANSCRIBE, method: 'post', status: 200, send: post('open', { stream: 'true', 'include[]': 'logprobs' }) },
  ...common(TRANSCRIBE, TRANSCRIBE, KEY, 'post'),
  { path: TRANSCRIBE, method: 'post', status: 400, send: post('open', { language: 'fr' }) },
  { path: TRANSCRIBE, method: 'post', status: 404, send: post('open', { model: 'whisper-9' }) },
  { path: TRANSCRIBE, method: 'post', status: 408, send: unfinished },
  { path: TRANSCRIBE, method: 'post', status: 409, send: post('open', {}, { 'X-Clip-Contract': '99' }) },
  {
    path: TRANSCRIBE,
    method: 'post',
    status: 413,
    send: () => {
      const body = transcriptionForm(new File([new Uint8Array(25 * 1024 * 1024 + 1)], 'big.wav'));
      return fetch(`${origin('open')}${TRANSCRIBE}`, { method: 'POST', body });
    },
  },
  {
    path: TRANSCRIBE,
    method: 'post',
    status: 415,
    send: () => fetch(`${origin('open')}${TRANSCRIBE}`, { method: 'POST', body: '{}' }),
  },
  {
    path: TRANSCRIBE,
    method: 'post',
    status: 422,
    send: async () => {
      const headers = { 'Idempotency-Key': 'a-random-key-of-this-test' };
      await (await post('open', {}, headers)()).arrayBuffer();
      return await post('open', { response_format: 'text' }, headers)();
    },
  },
  { path: TRANSCRIBE, method: 'post', status: 500, send: post('crashing') },
  { path: TRANSCRIBE, method: 'post', status: 503, send: post('broken') },
  {
    path: TRANSCRIBE,
    method: 'post',
    status: 504,
    send: () => {
      const headers = { 'X-Deadline-Ms': '400' };
      return fetch(`${origin('open')}${TRANSCRIBE}`, { method: 'POST', headers, body: transcriptionForm(minute) });
    },
  },
  { path: '/v1/models', status: 200, send: get('open', '/v1/models') },
  ...common('/v1/models', '/v1/models', 'l'),
  { path: '/v1/models/{id}', status: 200, send: get('open', '/v1/models/moonshine-tiny-en') },
  { path: '/v1/models/{id}', status: 404, send: get('open', '/v1/models/other') },
  ...common('/v1/models/{id}', '/v1/models/moonshine-tiny-en', 'm'),
  { path: '/v1/session', status: 200, send: get('open', '/v1/session', { 'X-Session-Key': 'abc' }) },
  { path: '/v1/session', status: 400, send: get('open', '/v1/session', { 'X-Session-Key': 'x'.repeat(201) }) },
  ...common('/v1/session', '/v1/session', 's'),
  { path: '/v1/search', status: 200, send: get('open', '/v1/search?q=iced+latte') },
  { path: '/v1/search', status: 400, send: get('open', '/v1/search') },
  ...common('/v1/search', '/v1/search?q=latte', 'q'),
  { path: METRICS, status: 200, send: get('open', METRICS) },
  { path: METRICS, status: 404, send: get('uncounted', METRICS) },
  ...common(METRICS, METRICS, 'd'),
  { path: METRICS, method: 'post', status: 200, send: send('open', () => metricBatch({ timeMs: Date.now() })) },
  { path: METRICS, method: 'post', status: 400, send: send('open', () => '{}') },
  { path: METRICS, method: 'post', status: 404, send: send('uncounted', () => '{}') },
  { path: METRICS, method: 'post', status: 413, send: send('open', () => `"${'x'.repeat(1024 * 1024)}"`) },
  { path: METRICS, method: 'post', status: 415, send: send('open', () => '{}', { 'Content-Type': 'text/plain' }) },
  ...common(METRICS, METRICS, 'e', 'post'),
  { path: SERIES, status: 200, send: get('open', `${SERIES}?metric=voice.input.snr&counts=true`) },
  { path: SERIES, status: 400, send: get('open', `${SERIES}?metric=text`) },
  { path: SERIES, status: 404, send: get('uncounted', `${SERIES}?metric=voice.input.snr`) },
  ...common(SERIES, `${SERIES}?metric=voice.input.snr`, 'f'),
  { path: '/healthz', status: 200, send: get('open', '/healthz') },
  { path: '/readyz', status: 200, send: get('open', '/readyz') },
  { path: '/readyz', status: 503, send: get('broken', '/readyz') },
  { path: '/metrics', status: 200, send: get('open', '/metrics') },
  { path: '/metrics', status: 401, send: get('keyed', '/metrics', { 'X-Forwarded-For': '203.0.113.9' }) },
  { path: '/metrics', status: 404, send: get('uncounted', '/metrics') },
  { path: '/openapi.json', status: 200, send: get('open', '/openapi.json') },
  { path: '/docs', status: 200, send: get('open', '/docs') },
];

function eventsOf(text: string): unknown[] {
  return text
    .split('\n\n')
    .filter((each) => each !== '')
    .map((each) => JSON.parse(each.replace(/^data: /, '')) as unknown);
}

describe('the OpenAPI description', () => {
  it('has every route that is mounted, and no other', async () => {
    const app = createApp({ ...BUILT, appFolder: null, threadCount: 1, workerUrl: CRASHING });
    await app.close();
    const mounted = app.routes.map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
    const described = Object.entries(DOCUMENT.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(described.sort()).toEqual([...new Set(mounted)].sort());
  });

  it.each(CASES.map((each) => [each.method ?? 'get', each.path, each.status, each] as const))(
    '%s %s answers %i as described',
    async (method, path, status, { send }) => {
      const response = await send();
      const body = await response.text();
      expect(response.status, body.slice(0, 300)).toBe(status);
      const described = DOCUMENT.paths[path]?.[method]?.responses[String(status)];
      const contentType = (response.headers.get('content-type') ?? '').split(';')[0] ?? '';
      expect(Object.keys(described?.content ?? {})).toContain(contentType);
      for (const name of status === 429 || status === 503 ? Object.keys(described?.headers ?? {}) : []) {
        expect(response.headers.get(name), name).not.toBeNull();
      }
      const schema: JsonSchema = described?.content?.[contentType]?.schema ?? {};
      const values =
        contentType === 'application/json'
          ? [JSON.parse(body)]
          : contentType === 'text/event-stream'
            ? eventsOf(body)
            : [body];
      expect(values.length).toBeGreaterThan(0);
      expect(values.flatMap((value) => schemaErrors(value, schema, SCHEMAS))).toEqual([]);
    },
  );

  it('describes no status that was not shown above', () => {
    // What a missing package gives cannot be shown where the package is installed.
    const unshown = ['get /docs 404'];
    const shown = CASES.map(({ method = 'get', path, status }) => `${method} ${path} ${status}`);
    const described = Object.entries(DOCUMENT.paths).flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, { responses }]) =>
        Object.keys(responses).map((status) => `${method} ${path} ${status}`),
      ),
    );
    expect(described.filter((each) => !shown.includes(each)).sort()).toEqual(unshown);
  });

  it('gives every operation a name of its own', () => {
    const names = Object.values(DOCUMENT.paths).flatMap((methods) =>
      Object.values(methods).map((operation) => operation.operationId),
    );
    expect(new Set(names).size).toBe(names.length);
  });

  it('serves what the page to try it needs, from this server alone', async () => {
    const page = await (await fetch(`${origin('open')}/docs`)).text();
    const addresses = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '');
    expect(addresses.length).toBeGreaterThan(3);
    for (const address of addresses) {
      expect(address).toMatch(/^\/(docs\/|openapi\.json)/);
      expect((await fetch(`${origin('open')}${address}`)).status, address).toBe(200);
    }
    expect(page).not.toMatch(/<script>|<style|style=/);
    expect((await fetch(`${origin('open')}/docs/package.json`)).status).toBe(404);
  });
});
