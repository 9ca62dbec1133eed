import { randomBytes, randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bodyDigest } from '../../src/server/body-digest.ts';
import type { IdempotencyStore } from '../../src/server/idempotency-store.ts';
import { MemoryIdempotencyStore } from '../../src/server/memory-idempotency-store.ts';
import { openAnswer, type StoredAnswer, sealAnswer } from '../../src/server/sealed-answer.ts';
import { anyId, describeIdempotencyStore, leaseOf } from '../contracts/idempotency-store.ts';
import { fixtureFile, type LocalServer, postForm, startLocalServer, transcriptionForm } from '../local-server.ts';

const nowMs = (): number => performance.now();

describeIdempotencyStore('memory', async ({ ttlMs }) => new MemoryIdempotencyStore({ nowMs, ttlMs }));

describe('the memory store', () => {
  it('lets the oldest answers go when it is full', async () => {
    const store = new MemoryIdempotencyStore({ nowMs, maxBytes: 10_000 });
    const ids = Array.from({ length: 6 }, anyId);
    for (const id of ids) await leaseOf(await store.claim(id, randomBytes(32))).finish(randomBytes(2000));
    const statuses = [];
    for (const id of ids) statuses.push((await store.claim(id, randomBytes(32))).status);
    expect(statuses).toEqual(['mine', 'mine', 'answered', 'answered', 'answered', 'answered']);
  });
});

describe('a sealed answer', () => {
  const answer: StoredAnswer = {
    status: 200,
    headers: [['content-type', 'application/json']],
    body: Buffer.from('{"text":"a flat white with oat milk"}'),
  };

  it('opens with its key only', () => {
    fc.assert(
      fc.property(fc.string(), fc.uint8Array({ maxLength: 500 }), fc.string(), (key, body, otherKey) => {
        const id = anyId();
        const sealed = sealAnswer(key, id, { ...answer, body });
        const opened = openAnswer(key, id, sealed);
        expect(opened?.status).toBe(200);
        expect(opened?.headers).toEqual(answer.headers);
        expect(Buffer.compare(opened?.body ?? Buffer.of(1), body)).toBe(0);
        if (otherKey !== key) expect(openAnswer(otherKey, id, sealed)).toBeUndefined();
        expect(openAnswer(key, anyId(), sealed)).toBeUndefined();
      }),
    );
  });

  it('does not open once a bit of it has changed', () => {
    const id = anyId();
    const sealed = sealAnswer('the key', id, answer);
    for (let i = 0; i < sealed.length; i++) {
      const changed = Buffer.from(sealed);
      changed[i] = (changed[i] ?? 0) ^ 1;
      expect(openAnswer('the key', id, changed)).toBeUndefined();
      expect(openAnswer('the key', id, sealed.subarray(0, i))).toBeUndefined();
    }
  });

  it('shows nothing of the text, and looks new each time', () => {
    const one = sealAnswer('the key', 'id', answer);
    expect(Buffer.from(one).includes('flat white')).toBe(false);
    expect(Buffer.compare(one, sealAnswer('the key', 'id', answer))).not.toBe(0);
  });
});

describe('the digest of a body', () => {
  const form = (boundary: string, content: Uint8Array): Uint8Array =>
    Buffer.concat([
      Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n`),
      content,
      Buffer.from(`\r\n--${boundary}--\r\n`),
    ]);
  const type = (boundary: string): string => `multipart/form-data; boundary=${boundary}`;
  const digest = (boundary: string, content: Uint8Array, contract = ''): string =>
    Buffer.from(bodyDigest(form(boundary, content), type(boundary), [contract])).toString('hex');

  it('does not depend on the boundary, which a client writes anew', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.uuid(), fc.uint8Array(), (one, other, content) => {
        expect(digest(one, content)).toBe(digest(other, content));
        expect(bodyDigest(form(one, content), `multipart/form-data; boundary="${one}"`, [''])).toEqual(
          bodyDigest(form(one, content), type(one), ['']),
        );
      }),
    );
  });

  it('changes with every byte of the content, and with the clip contract', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), fc.nat(), fc.uuid(), (content, at, boundary) => {
        const changed = Uint8Array.from(content);
        changed[at % content.length] = (changed[at % content.length] ?? 0) ^ 1;
        expect(digest(boundary, changed)).not.toBe(digest(boundary, content));
        expect(digest(boundary, content, '1')).not.toBe(digest(boundary, content));
      }),
    );
  });
});

describe('a repeated request', () => {
  let server: LocalServer;
  let clip: File;
  let otherClip: File;
  beforeAll(async () => {
    server = await startLocalServer({ keys: ['key-of-anna', 'key-of-ben'] });
    clip = await fixtureFile('jfk.flac');
    otherClip = await fixtureFile('brooklyn_bridge_padded.flac');
  });
  afterAll(() => server.stop());

  interface Asked {
    readonly file?: File;
    readonly fields?: Readonly<Record<string, string>>;
    readonly bearer?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly signal?: AbortSignal;
  }

  function post(key: string, { file = clip, fields = {}, bearer = 'key-of-anna', headers = {}, signal }: Asked = {}) {
    return postForm(server.origin, transcriptionForm(file, fields), {
      headers: { Authorization: `Bearer ${bearer}`, 'Idempotency-Key': key, ...headers },
      ...(signal === undefined ? {} : { signal }),
    });
  }
  const isReplayed = (response: Response): boolean => response.headers.get('idempotent-replayed') === 'true';

  it('gets the first answer, with all its headers, though its form has another boundary', async () => {
    const key = randomUUID();
    const first = await post(key);
    const second = await post(key);
    expect([first.status, second.status]).toEqual([200, 200]);
    expect([isReplayed(first), isReplayed(second)]).toEqual([false, true]);
    const text = await first.text();
    expect(text).toMatch(/country/);
    expect(await second.text()).toBe(text);
    for (const name of ['content-type', 'x-release', 'cache-control', 'x-content-type-options']) {
      expect(second.headers.get(name), name).toBe(first.headers.get(name));
    }
  });

  it('joins the first while that is being worked on', async () => {
    const key = randomUUID();
    const answers = await Promise.all([post(key), post(key), post(key)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(answers.filter((answer) => !isReplayed(answer))).toHaveLength(1);
    const texts = await Promise.all(answers.map((answer) => answer.text()));
    expect(new Set(texts).size).toBe(1);
  });

  it('is refused with another clip, during the work and after', async () => {
    const key = randomUUID();
    const answers = await Promise.all([post(key), post(key, { file: otherClip })]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 422]);
    const firstClip = answers[0]?.status === 200 ? otherClip : clip;
    const after = await post(key, { file: firstClip });
    expect(after.status).toBe(422);
    expect(await after.json()).toMatchObject({
      error: { type: 'invalid_request_error', param: 'Idempotency-Key', code: 'idempotency_key_reused' },
    });
  });

  it('is another request when it comes from another caller', async () => {
    const key = randomUUID();
    await post(key);
    expect(isReplayed(await post(key, { bearer: 'key-of-ben' }))).toBe(false);
    expect((await post(key, { bearer: 'key-of-ben', file: otherClip })).status).toBe(422);
  });

  it('is worked on anew when the first was refused', async () => {
    const key = randomUUID();
    const notAudio = new File(['no audio at all'], 'a.wav');
    for (let i = 0; i < 2; i++) {
      const refused = await post(key, { file: notAudio });
      expect(refused.status).toBe(400);
      expect(isReplayed(refused)).toBe(false);
    }
    expect((await post(key)).status).toBe(200);
  });

  it('gets the same events of a stream', async () => {
    const key = randomUUID();
    const first = await (await post(key, { fields: { stream: 'true' } })).text();
    const second = await post(key, { fields: { stream: 'true' } });
    expect(isReplayed(second)).toBe(true);
    expect(second.headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect(await second.text()).toBe(first);
    expect(first).toContain('transcript.text.done');
  });

  it('is answered when the first client has gone away', async () => {
    const key = randomUUID();
    const leaving = new AbortController();
    const gone = post(key, { signal: leaving.signal }).catch(() => 'gone');
    const joined = post(key);
    leaving.abort();
    await gone;
    expect((await joined).status).toBe(200);
  });

  it('keeps to its own deadline while it waits', async () => {
    const key = randomUUID();
    const [, late] = await Promise.all([post(key), post(key, { headers: { 'X-Deadline-Ms': '1' } })]);
    expect([408, 429, 504]).toContain(late.status);
  });

  it.each(['short', 'a'.repeat(256), 'with a space in the middle'])('is refused with the key %j', async (key) => {
    const refused = await post(key);
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ error: { param: 'Idempotency-Key' } });
  });
});

describe('a store that cannot be reached', () => {
  it('costs no answer', async () => {
    const unreachable: IdempotencyStore = {
      claim: () => Promise.reject(new Error('connection refused')),
      close: () => Promise.resolve(),
    };
    const server = await startLocalServer({ idempotencyStore: unreachable });
    const form = transcriptionForm(await fixtureFile('jfk.flac'));
    const answer = await postForm(server.origin, form, { headers: { 'Idempotency-Key': randomUUID() } });
    await server.stop();
    expect(answer.status).toBe(200);
  });
});
