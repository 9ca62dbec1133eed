import { afterEach, describe, expect, it } from 'vitest';
import { prometheusMetrics } from '../../src/server/prometheus-metrics.ts';
import { requestLog } from '../../src/server/request-log.ts';
import type { LogLevel } from '../../src/server/telemetry.ts';
import { fixtureFile, type LocalServer, postForm, startLocalServer, transcriptionForm } from '../local-server.ts';

const open: LocalServer[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.stop(0);
});

async function start(options: Parameters<typeof startLocalServer>[0]): Promise<LocalServer> {
  const server = await startLocalServer(options);
  open.push(server);
  return server;
}

class Lines {
  readonly all: string[] = [];
  write(line: string): void {
    this.all.push(line);
  }
  get parsed(): Record<string, unknown>[] {
    return this.all.map((line) => JSON.parse(line) as Record<string, unknown>);
  }
}

/** Samples by name and labels, as the exposition format has them. */
async function samples(server: LocalServer): Promise<Map<string, number>> {
  const response = await fetch(`${server.origin}/metrics`);
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  const lines = (await response.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const end = line.lastIndexOf(' ');
      return [line.slice(0, end), Number(line.slice(end + 1))];
    }),
  );
}

describe('metrics', () => {
  it('count requests, audio, clips without speech and time, in base units', async () => {
    const server = await start({ metrics: prometheusMetrics() });
    const speech = await fixtureFile('whats_the_weather_like.flac');
    await (await postForm(server.origin, transcriptionForm(speech))).json();
    await (await postForm(server.origin, transcriptionForm(await fixtureFile('room_tone_1.flac')))).json();
    await (await postForm(server.origin, transcriptionForm(speech, { language: 'fr' }))).json();
    await fetch(`${server.origin}/v1/models/anything`);
    await fetch(`${server.origin}/v1/search?q=latte`);
    await fetch(`${server.origin}/some/page`);

    const of = await samples(server);
    const requests = (method: string, route: string, status: number): number | undefined =>
      of.get(`ossicle_http_requests_total{method="${method}",route="${route}",status="${status}"}`);
    expect(requests('POST', '/v1/audio/transcriptions', 200)).toBe(2);
    expect(requests('POST', '/v1/audio/transcriptions', 400)).toBe(1);
    expect(requests('GET', '/v1/models/:id', 404)).toBe(1);
    expect(requests('GET', '/v1/search', 200)).toBe(1);
    expect(requests('GET', 'page', 404)).toBe(1);
    expect(of.get('ossicle_audio_seconds_total')).toBeCloseTo(2.03 + 10, 2);
    expect(of.get('ossicle_clips_without_speech_total')).toBe(1);
    expect(of.get('ossicle_recognition_duration_seconds_count')).toBe(2);
    expect(of.get('ossicle_recognition_duration_seconds_sum')).toBeGreaterThan(0);
    expect(of.get('ossicle_recognition_duration_seconds_sum')).toBeLessThan(30);
    expect(of.get('ossicle_clips_queued')).toBe(0);
    expect(of.get('ossicle_clips_running')).toBe(0);
    expect(of.get('ossicle_recogniser_threads')).toBe(1);
    expect(of.get('ossicle_clips_shed_total{reason="queue_full"}')).toBe(0);
    expect(of.get('process_resident_memory_bytes')).toBeGreaterThan(10_000_000);
    const latency = 'ossicle_http_request_duration_seconds_count{method="POST",route="/v1/audio/transcriptions"}';
    expect(of.get(latency)).toBe(3);
    const ours = [...of.keys()].filter((name) => name.startsWith('ossicle_')).map((name) => name.split('{')[0] ?? '');
    for (const name of ours) {
      expect(name).toMatch(
        /(_total|_seconds|_seconds_(bucket|sum|count)|_clips_\w+|_clips_(queued|running)|_threads)$/,
      );
    }
  });

  it('cannot be made to grow by what strangers send', async () => {
    const server = await start({ metrics: prometheusMetrics() });
    for (let i = 0; i < 20; i++) {
      await fetch(`${server.origin}/v1/${i}`);
      await fetch(`${server.origin}/page-${i}`);
      await fetch(`${server.origin}/v1/models/${i}`);
      await fetch(`${server.origin}/v1/models`, { method: `METHOD${i}` });
    }
    const counted = [...(await samples(server)).keys()].filter((name) =>
      name.startsWith('ossicle_http_requests_total'),
    );
    expect(counted.length).toBeLessThanOrEqual(4);
  });

  it('are read on this machine or with a key, not by what a proxy forwards', async () => {
    const server = await start({ metrics: prometheusMetrics(), keys: ['sesame'] });
    const status = async (headers: Record<string, string>): Promise<number> =>
      (await fetch(`${server.origin}/metrics`, { headers })).status;
    expect(await status({})).toBe(200);
    expect(await status({ 'X-Forwarded-For': '203.0.113.9' })).toBe(401);
    expect(await status({ 'X-Forwarded-For': '203.0.113.9', Authorization: 'Bearer guess' })).toBe(401);
    expect(await status({ 'X-Forwarded-For': '203.0.113.9', Authorization: 'Bearer sesame' })).toBe(200);
  });

  it('are open to all, or gone, where that is set', async () => {
    const openServer = await start({ metrics: prometheusMetrics(), keys: ['sesame'], metricsAccess: 'open' });
    const forwarded = { headers: { 'X-Forwarded-For': '203.0.113.9' } };
    expect((await fetch(`${openServer.origin}/metrics`, forwarded)).status).toBe(200);
    const closed = await start({ metrics: prometheusMetrics(), metricsAccess: 'off' });
    expect((await fetch(`${closed.origin}/metrics`)).status).toBe(404);
  });
});

describe('the log', () => {
  async function logged(level: LogLevel, options: { readonly logAddresses?: boolean } = {}): Promise<Lines> {
    const lines = new Lines();
    const server = await start({ log: requestLog(level, lines), keys: ['sesame-key-123'], ...options });
    const headers = { Authorization: 'Bearer sesame-key-123', 'X-Session-Key': 'visit-4711' };
    const form = transcriptionForm(await fixtureFile('whats_the_weather_like.flac'), { prompt: 'secretprompt' });
    expect((await (await postForm(server.origin, form, { headers })).json()).text).toContain('weather');
    await fetch(`${server.origin}/v1/search?q=secretquery`, { headers });
    await fetch(`${server.origin}/v1/search?q=secretquery`, { headers: { Authorization: 'Bearer wrong-key-456' } });
    await fetch(`${server.origin}/v1/models/secretmodel`, { headers });
    return lines;
  }

  it('has one line of JSON for each request, with an id that the answer carries too', async () => {
    const lines = new Lines();
    const server = await start({ log: requestLog('info', lines) });
    const response = await fetch(`${server.origin}/v1/models`);
    const proxied = await fetch(`${server.origin}/v1/models`, { headers: { 'X-Request-Id': 'from-the-proxy-1' } });
    const forged = await fetch(`${server.origin}/v1/models`, { headers: { 'X-Request-Id': 'a"},{"b' } });
    expect(proxied.headers.get('x-request-id')).toBe('from-the-proxy-1');
    expect(forged.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(lines.parsed.length).toBe(3);
    const [first] = lines.parsed;
    expect(first).toMatchObject({
      level: 'info',
      requestId: response.headers.get('x-request-id'),
      method: 'GET',
      route: '/v1/models',
      status: 200,
    });
    expect(Object.keys(first ?? {}).sort()).toEqual(
      ['durationMs', 'level', 'method', 'msg', 'requestId', 'route', 'status', 'time'].sort(),
    );
  });

  it('holds no text, no query, no key and no address', async () => {
    const { all } = await logged('debug');
    expect(all.length).toBe(4);
    const text = all.join('');
    for (const secret of ['weather', 'secret', 'sesame', 'wrong-key', '4711', '127.0.0.1', 'RIFF', 'fLaC']) {
      expect(text).not.toContain(secret);
    }
  });

  it('holds addresses where that is switched on', async () => {
    const { parsed } = await logged('info', { logAddresses: true });
    expect(parsed.every((line) => line['address'] === '127.0.0.1')).toBe(true);
  });

  it('tells as much as its level', async () => {
    expect((await logged('warn')).parsed.map(({ status }) => status)).toEqual([401, 404]);
    expect((await logged('error')).all).toEqual([]);
    expect((await logged('silent')).all).toEqual([]);
  });
});
