import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MetricSeries } from '../../src/server/metric-store/metric-series.ts';
import { FlushPoster } from '../bench/ingest/flush-poster.ts';
import { metricBatch } from '../metric-batches.ts';
import { type ServerProcess, startServerProcess } from '../server-process.ts';

const CONNECTIONS = 8;
const ACKNOWLEDGED = 150;
const VALUES_PER_BATCH = 20;

let folder: string;
let server: ServerProcess;
const start = (): Promise<ServerProcess> =>
  startServerProcess(['--telemetry', 'local', '--telemetry-store', join(folder, 'metrics.db')]);

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ossicle-killed-'));
  server = await start();
});
afterEach(async () => {
  server.child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

async function countedValues(): Promise<number> {
  const answer = await fetch(`${server.origin}/v1/metrics/series?metric=voice.input.snr&step=day`);
  const { points } = (await answer.json()) as MetricSeries;
  return points.reduce((sum, { count = 0 }) => sum + count, 0);
}

describe('a server that is killed (kill -9) while it takes metrics in', () => {
  it('has lost nothing that it acknowledged, and counts nothing twice', async () => {
    const timeMs = Date.now();
    const sent: string[] = [];
    let acknowledged = 0;
    const post = async (): Promise<void> => {
      const poster = new FlushPoster(server.origin);
      for (;;) {
        const body = metricBatch({ seed: sent.length, batch: sent.length, session: sent.length, timeMs });
        sent.push(body);
        if ((await poster.post(Buffer.from(body))) === 200) acknowledged++;
        if (acknowledged >= ACKNOWLEDGED) server.child.kill('SIGKILL');
      }
    };
    const ended = once(server.child, 'exit');
    await Promise.allSettled(Array.from({ length: CONNECTIONS }, post));
    await ended;
    expect(acknowledged).toBeGreaterThanOrEqual(ACKNOWLEDGED);

    server = await start();
    const kept = await countedValues();
    expect(kept % VALUES_PER_BATCH).toBe(0);
    expect(kept / VALUES_PER_BATCH).toBeGreaterThanOrEqual(acknowledged);
    expect(kept / VALUES_PER_BATCH).toBeLessThanOrEqual(sent.length);

    // Whoever got no answer sends again; so does, for once, everybody else.
    for (const body of sent) {
      const headers = { 'Content-Type': 'application/json' };
      const answer = await fetch(`${server.origin}/v1/metrics`, { method: 'POST', headers, body });
      expect(answer.status).toBe(200);
    }
    expect(await countedValues()).toBe(sent.length * VALUES_PER_BATCH);
  });
});
