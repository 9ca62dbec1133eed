import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { RefusedRequest } from '../../src/server/openai-error.ts';
import { PredictorPool, type PredictorPoolOptions } from '../../src/server/predictor-pool.ts';
import { BUILT, fixtureFile, longSpeech, postForm, startLocalServer, transcriptionForm } from '../local-server.ts';

/** Enough speech that a recogniser is busy with it for as long as a test looks. */
const LONG_SECONDS = 55;
const WAIT = { timeout: 30_000, interval: 5 };

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

function startPool(options: Partial<PredictorPoolOptions> = {}): PredictorPool {
  const pool = new PredictorPool({
    workerUrl: BUILT.workerUrl,
    settings: { releaseFolder: join(BUILT.modelsFolder, 'moonshine-tiny-en'), kernelPath: BUILT.kernelPath },
    threadCount: 1,
    queueLimit: 1,
    nowMs: () => performance.now(),
    ...options,
  });
  open.push(pool);
  return pool;
}

/** A worker that stands for a recogniser whose native library brings its thread down on clips that begin with 13. */
const CRASHING_WORKER = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort } from 'node:worker_threads';
    parentPort.on('message', ({ type, jobId, clip }) => {
      if (type === 'close') parentPort.close();
      if (type !== 'predict') return;
      if (clip[0] === 13) process.exit(1);
      parentPort.postMessage({ type: 'result', jobId, prediction: { durationSeconds: clip.length, segments: [] } });
    });
    parentPort.postMessage({ type: 'ready' });
  `)}`,
);

async function refusalOf(promise: Promise<unknown>): Promise<RefusedRequest['refusal']> {
  const thrown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(thrown instanceof RefusedRequest)) throw new Error('expected a refusal', { cause: thrown });
  return thrown.refusal;
}

describe('predictor pool', () => {
  it('refuses the newest clip when the queue is full, and says when to come back', async () => {
    const pool = startPool();
    await pool.ready;
    const clip = await longSpeech(LONG_SECONDS);
    const stop = new AbortController();
    const accepted = [1, 2].map(() => pool.predict({ clip, isCut: false }, stop.signal));
    const outcomes = Promise.allSettled(accepted);
    expect(pool.load).toEqual({ queuedCount: 1, runningCount: 1 });
    const refusal = await refusalOf(pool.predict({ clip, isCut: false }));
    expect(refusal).toMatchObject({ status: 429, code: 'queue_full' });
    expect(refusal.retryAfterSeconds).toBeGreaterThanOrEqual(1);
    stop.abort();
    expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });

  it('works on as many clips at a time as it has threads', async () => {
    const pool = startPool({ threadCount: 2 });
    await pool.ready;
    const clip = await longSpeech(LONG_SECONDS);
    const stop = new AbortController();
    const outcomes = Promise.allSettled([1, 2].map(() => pool.predict({ clip, isCut: false }, stop.signal)));
    expect(pool.load).toEqual({ queuedCount: 0, runningCount: 2 });
    stop.abort();
    await outcomes;
  });

  it('drops a queued clip when it is aborted, and keeps the others', async () => {
    const pool = startPool();
    await pool.ready;
    const stopRunning = new AbortController();
    const stopQueued = new AbortController();
    const running = pool.predict({ clip: await longSpeech(LONG_SECONDS), isCut: false }, stopRunning.signal);
    const queued = pool.predict({ clip: await longSpeech(6), isCut: false }, stopQueued.signal);
    const outcomes = Promise.allSettled([running, queued]);
    stopQueued.abort(new Error('not wanted any more'));
    await expect(queued).rejects.toThrow('not wanted any more');
    expect(pool.load).toEqual({ queuedCount: 0, runningCount: 1 });
    stopRunning.abort();
    await outcomes;
  });

  it('stops recognising a clip when it is aborted', async () => {
    const pool = startPool();
    await pool.ready;
    const stop = new AbortController();
    const texts: string[] = [];
    const aborted = pool.predict(
      {
        clip: await longSpeech(LONG_SECONDS),
        isCut: false,
        onSegment: ({ text }) => {
          texts.push(text);
          stop.abort(new Error('enough'));
        },
      },
      stop.signal,
    );
    await expect(aborted).rejects.toThrow('enough');
    await pool.drain();
    // The whole clip holds nine sentences; the next one may have been ready when the abort arrived.
    expect(texts.length).toBeLessThanOrEqual(2);
  });

  it('takes the next clip after an abort', async () => {
    const pool = startPool();
    await pool.ready;
    const stop = new AbortController();
    const aborted = pool.predict({ clip: await longSpeech(LONG_SECONDS), isCut: false }, stop.signal);
    stop.abort();
    await expect(aborted).rejects.toBe(stop.signal.reason);
    const next = await pool.predict({ clip: await longSpeech(6), isCut: false });
    expect(next.segments.length).toBeGreaterThan(0);
  });

  it('finishes what it has when it drains, and takes no more', async () => {
    const pool = startPool();
    await pool.ready;
    const clip = await longSpeech(6);
    const accepted = [1, 2].map(() => pool.predict({ clip, isCut: false }));
    const drained = pool.drain();
    expect(await refusalOf(pool.predict({ clip, isCut: false }))).toMatchObject({ status: 503, code: 'stopping' });
    for (const prediction of await Promise.all(accepted)) expect(prediction.segments.length).toBeGreaterThan(0);
    await drained;
  });

  it('replaces a thread that crashed and refuses only the clip that brought it down', async () => {
    const pool = startPool({ workerUrl: CRASHING_WORKER, queueLimit: 4 });
    await pool.ready;
    const bad = pool.predict({ clip: Uint8Array.of(13), isCut: true });
    const good = pool.predict({ clip: Uint8Array.of(1, 2, 3), isCut: true });
    expect(await refusalOf(bad)).toMatchObject({ status: 500, code: 'recogniser_crashed' });
    expect(await good).toEqual({ durationSeconds: 3, segments: [] });
  });

  it('can be closed while its recognisers are still loading', async () => {
    const pool = startPool({ threadCount: 2 });
    const ready = Promise.allSettled([pool.ready]);
    await pool.close();
    expect((await ready)[0]?.status).toBe('rejected');
    expect(pool.isReady).toBe(false);
  });

  it('says which file is missing when it cannot start, instead of trying for ever', async () => {
    const pool = startPool({ settings: { releaseFolder: '/nowhere', kernelPath: BUILT.kernelPath } });
    await expect(pool.ready).rejects.toThrow(/\/nowhere\/.*cannot be read/);
    expect(pool.isReady).toBe(false);
    const refusal = await refusalOf(pool.predict({ clip: Uint8Array.of(1), isCut: true }));
    expect(refusal).toMatchObject({ status: 503, code: 'recogniser_unavailable' });
  });
});

describe('server under load', () => {
  const readiness = async (origin: string): Promise<unknown> => (await fetch(`${origin}/readyz`)).json();

  it('answers 429 with Retry-After when all recognisers are busy', async () => {
    const server = await startLocalServer({ queueLimit: 0 });
    open.push({ close: () => server.stop(0) });
    const long = new Blob([await longSpeech(LONG_SECONDS)]);
    const stop = new AbortController();
    const first = postForm(server.origin, transcriptionForm(long), { signal: stop.signal });
    const outcome = Promise.allSettled([first]);
    await vi.waitFor(async () => expect(await readiness(server.origin)).toMatchObject({ running: 1 }), WAIT);
    const refused = await postForm(server.origin, transcriptionForm(await fixtureFile('jfk.flac')));
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(await refused.json()).toMatchObject({ error: { type: 'rate_limit_error', code: 'queue_full' } });
    stop.abort();
    await outcome;
  });

  it('drops the work of a client that went away', async () => {
    const server = await startLocalServer({ queueLimit: 1 });
    open.push({ close: () => server.stop(0) });
    const long = new Blob([await longSpeech(LONG_SECONDS)]);
    const stops = [new AbortController(), new AbortController()];
    const requests: Promise<Response>[] = [];
    for (const [i, stop] of stops.entries()) {
      requests.push(postForm(server.origin, transcriptionForm(long), { signal: stop.signal }));
      const expected = { running: 1, queued: i };
      await vi.waitFor(async () => expect(await readiness(server.origin)).toMatchObject(expected), WAIT);
    }
    const outcomes = Promise.allSettled(requests);
    stops[1]?.abort();
    // The first clip still runs, so only being dropped takes the second one out of the queue.
    await vi.waitFor(async () => expect(await readiness(server.origin)).toMatchObject({ running: 1, queued: 0 }), WAIT);
    stops[0]?.abort();
    await vi.waitFor(async () => expect(await readiness(server.origin)).toMatchObject({ running: 0 }), WAIT);
    expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });

  it('finishes the answers under way when it is stopped, and accepts no more', async () => {
    const server = await startLocalServer();
    const request = postForm(server.origin, transcriptionForm(await fixtureFile('jfk.flac')));
    await vi.waitFor(async () => expect(await readiness(server.origin)).toMatchObject({ running: 1 }), WAIT);
    const stopped = server.stop();
    expect((await (await request).json()).text).not.toBe('');
    await stopped;
    await expect(fetch(`${server.origin}/healthz`)).rejects.toThrow();
  });

  it('stops although a clip is still running when its patience ends, and says so', async () => {
    const server = await startLocalServer();
    const request = postForm(server.origin, transcriptionForm(new Blob([await longSpeech(LONG_SECONDS)])));
    await vi.waitFor(async () => expect(await readiness(server.origin)).toMatchObject({ running: 1 }), WAIT);
    await server.stop(0);
    const response = await request;
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ error: { code: 'stopping' } });
  });
});
