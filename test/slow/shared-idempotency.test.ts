import { randomBytes, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { IdempotencyStore } from '../../src/server/idempotency-store.ts';
import { NatsIdempotencyStore } from '../../src/server/nats-idempotency-store.ts';
import { anyId, describeIdempotencyStore, leaseOf, nextOf } from '../contracts/idempotency-store.ts';
import { fixtureFile, longSpeech, postForm, transcriptionForm } from '../local-server.ts';
import { type NatsServer, startNatsServer } from '../nats-server.ts';
import { type ServerProcess, startServerProcess } from '../server-process.ts';

const LEASE_MS = 600;

let nats: NatsServer;
beforeAll(async () => {
  nats = await startNatsServer();
});
afterAll(() => nats.stop());

describeIdempotencyStore('a NATS bucket', ({ ttlMs }) =>
  NatsIdempotencyStore.open({ url: nats.url, bucket: `contract-${randomUUID()}`, ttlMs, leaseMs: LEASE_MS }),
);

describe('a NATS bucket that two servers share', () => {
  let one: IdempotencyStore;
  let other: IdempotencyStore;
  beforeAll(async () => {
    const options = { url: nats.url, bucket: 'shared', leaseMs: LEASE_MS };
    one = await NatsIdempotencyStore.open(options);
    other = await NatsIdempotencyStore.open(options);
  });
  afterAll(async () => {
    await one.close();
    await other.close();
  });
  const digest = randomBytes(32);

  it('gives a key to one of them', async () => {
    const id = anyId();
    const claims = await Promise.all([one, other, one, other].map((store) => store.claim(id, digest)));
    expect(claims.filter(({ status }) => status === 'mine')).toHaveLength(1);
  });

  it('gives the answer of one to those who wait at the other', async () => {
    const id = anyId();
    const lease = leaseOf(await one.claim(id, digest));
    const waiting = nextOf(await other.claim(id, digest), new AbortController().signal);
    await lease.finish(Buffer.from('sealed'));
    expect(await waiting).toMatchObject({ status: 'answered' });
  });

  it('leaves a claim alone for as long as it is renewed', async () => {
    const id = anyId();
    const lease = leaseOf(await one.claim(id, digest));
    const patience = AbortSignal.timeout(3 * LEASE_MS);
    await expect(nextOf(await other.claim(id, digest), patience)).rejects.toMatchObject({ name: 'TimeoutError' });
    await lease.finish(Buffer.from('sealed'));
    expect(await other.claim(id, digest)).toMatchObject({ status: 'answered' });
  });

  it('hands the claim of a server that died to exactly one of those who wait', async () => {
    const id = anyId();
    const dying = await NatsIdempotencyStore.open({ url: nats.url, bucket: 'shared', leaseMs: LEASE_MS });
    leaseOf(await dying.claim(id, digest));
    await dying.close();
    const { signal } = new AbortController();
    const claims = await Promise.all([one, other].map(async (store) => nextOf(await store.claim(id, digest), signal)));
    expect(claims.map(({ status }) => status).sort()).toEqual(['busy', 'mine']);
  });

  it('says where no server is, without the password', async () => {
    const opening = NatsIdempotencyStore.open({ url: 'nats://anna:secret-word@127.0.0.1:9' });
    await expect(opening).rejects.toThrow(/nats:\/\/127\.0\.0\.1:9 cannot be reached/);
    await expect(opening).rejects.not.toThrow(/secret-word/);
  });
});

describe('two server processes with one store', () => {
  const started: ServerProcess[] = [];
  let first: ServerProcess;
  let second: ServerProcess;

  async function startReplica(): Promise<ServerProcess> {
    const replica = await startServerProcess(['--idempotency', nats.url]);
    started.push(replica);
    return replica;
  }

  beforeAll(async () => {
    [first, second] = await Promise.all([startReplica(), startReplica()]);
  });
  afterEach(async () => {
    if (first.child.exitCode !== null || first.child.signalCode !== null) first = await startReplica();
  });
  afterAll(() => {
    for (const { child } of started) child.kill('SIGKILL');
  });

  async function post(replica: ServerProcess, key: string, file: Blob): Promise<Response> {
    return await postForm(replica.origin, transcriptionForm(file), { headers: { 'Idempotency-Key': key } });
  }

  it('give one answer to a request that is sent to both at once', async () => {
    const clip = await fixtureFile('jfk.flac');
    const key = randomUUID();
    const answers = await Promise.all([first, second, first, second].map((replica) => post(replica, key, clip)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(answers.filter(({ headers }) => headers.get('idempotent-replayed') === null)).toHaveLength(1);
    const texts = await Promise.all(answers.map((answer) => answer.text()));
    expect(new Set(texts).size).toBe(1);
    expect(texts[0]).toMatch(/country/);
    expect((await post(second, key, await fixtureFile('brooklyn_bridge_padded.flac'))).status).toBe(422);
  });

  it('answer a request whose server was killed in the middle of it', async () => {
    const clip = new Blob([await longSpeech(50)]);
    const key = randomUUID();
    const lost = post(first, key, clip).then(
      (response) => response.status,
      () => 'lost',
    );
    await expect
      .poll(async () => (await (await fetch(`${first.origin}/readyz`)).json()) as unknown, {
        timeout: 30_000,
        interval: 5,
      })
      .toMatchObject({ running: 1 });
    const joined = post(second, key, clip);
    first.child.kill('SIGKILL');
    expect(await lost).toBe('lost');
    const answer = await joined;
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ text: expect.stringMatching(/bridge/i) });
  });

  it('go on without the store, and use it again once it is back', async () => {
    const clip = await fixtureFile('jfk.flac');
    await nats.kill();
    const key = randomUUID();
    for (const replica of [first, second]) expect((await post(replica, key, clip)).status).toBe(200);
    await nats.restart();
    // Reconnecting takes a moment.
    await expect
      .poll(
        async () => {
          const again = randomUUID();
          await post(first, again, clip);
          return (await post(second, again, clip)).headers.get('idempotent-replayed');
        },
        { timeout: 60_000 },
      )
      .toBe('true');
  });

  it('leave nothing readable where the store could write', async () => {
    const clip = await fixtureFile('jfk.flac');
    const key = randomUUID();
    expect(await (await post(first, key, clip)).text()).toMatch(/country/);
    const files = readdirSync(nats.folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const contents = files.map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1')).join('\n');
    for (const secret of ['country', key]) expect(contents).not.toContain(secret);
  });
});
