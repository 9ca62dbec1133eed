import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { debianProgram } from '../debian-program.ts';
import { fixtureFile, longSpeech, postForm, transcriptionForm } from '../local-server.ts';
import { freePort, type NatsServer, startNatsServer } from '../nats-server.ts';
import { type ServerProcess, startServerProcess } from '../server-process.ts';

const CADDYFILE = join(import.meta.dirname, '../../deploy/Caddyfile');
const KEY = 'a-key-of-this-test';

describe('two servers behind the proxy of the compose file', () => {
  let folder: string;
  let nats: NatsServer;
  let servers: readonly ServerProcess[] = [];
  let proxy: ChildProcess | undefined;
  let origin: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ossicle-proxy-'));
    nats = await startNatsServer();
    const args = ['--key', KEY, '--idempotency', nats.url, '--trust-proxy', '127.0.0.1', '--rate-per-address', '40'];
    servers = await Promise.all([startServerProcess(args), startServerProcess(args)]);
    const port = await freePort();
    origin = `http://localhost:${port}`;
    proxy = spawn(debianProgram('caddy', 'CADDY_PATH'), ['run', '--config', CADDYFILE, '--adapter', 'caddyfile'], {
      env: {
        PATH: process.env['PATH'],
        HOME: folder,
        // Its own control port would be the same for all who run it.
        CADDY_ADMIN: `127.0.0.1:${await freePort()}`,
        OSSICLE_SITE: origin,
        OSSICLE_SERVERS: servers.map((server) => server.origin.replace('http://localhost', '127.0.0.1')).join(' '),
      },
      stdio: 'ignore',
    });
    await vi.waitFor(async () => expect((await fetch(`${origin}/readyz`)).status).toBe(200), { timeout: 30_000 });
  });
  afterAll(async () => {
    proxy?.kill('SIGKILL');
    for (const { child } of servers) child.kill('SIGKILL');
    await nats.stop();
    await rm(folder, { recursive: true, force: true });
  });

  function post(
    file: Blob,
    headers: Record<string, string> = {},
    fields: Record<string, string> = {},
  ): Promise<Response> {
    return postForm(origin, transcriptionForm(file, fields), {
      headers: { Authorization: `Bearer ${KEY}`, ...headers },
    });
  }

  it('answer the page as its own site, and once to a request that is repeated', async () => {
    const clip = await fixtureFile('jfk.flac');
    const headers = { Origin: origin, 'Idempotency-Key': randomUUID() };
    const answers = await Promise.all([post(clip, headers), post(clip, headers), post(clip, headers)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(answers.filter((answer) => answer.headers.get('idempotent-replayed') === null)).toHaveLength(1);
    expect((await post(clip, { Origin: 'https://evil.example' })).status).toBe(403);
  });

  it('stream through it, the first words before the last', async () => {
    const answer = await post(new Blob([await longSpeech(50)]), {}, { stream: 'true' });
    const reads: string[] = [];
    const decoder = new TextDecoder();
    for await (const part of answer.body ?? []) reads.push(decoder.decode(part));
    expect(reads.length).toBeGreaterThan(1);
    expect(reads[0]).toContain('transcript.text.delta');
    expect(reads[0]).not.toContain('transcript.text.done');
    expect(reads.at(-1)).toContain('transcript.text.done');
  });

  it('cannot be told a false address from outside', async () => {
    const status = (forged: string): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const headers = { Authorization: 'Bearer guess', 'X-Forwarded-For': forged };
        httpRequest(`${origin}/v1/models`, { headers }, (response) => resolve(response.resume().statusCode))
          .on('error', reject)
          .end();
      });
    // Were the forged address believed, the limit of 40 would be reached: from this machine itself there is none.
    const statuses = [];
    for (let i = 0; i < 90; i++) statuses.push(await status('203.0.113.9'));
    expect(new Set(statuses)).toEqual(new Set([401]));
  });

  it('go on answering when one of them is gone, to clients that repeat what broke off', async () => {
    const clip = await fixtureFile('jfk.flac');
    servers[0]?.child.kill('SIGKILL');
    for (let i = 0; i < 6; i++) {
      const headers = { 'Idempotency-Key': randomUUID() };
      await vi.waitFor(async () => expect((await post(clip, headers)).status).toBe(200), { timeout: 20_000 });
    }
  });
});
