import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { RefusedRequest } from '../../src/server/openai-error.ts';
import { PredictorPool, type ShedReason } from '../../src/server/predictor-pool.ts';
import { WaitEstimate } from '../../src/server/wait-estimate.ts';
import { fixtureFile, longSpeech, postForm, startLocalServer, transcriptionForm } from '../local-server.ts';

const WAIT = { timeout: 30_000, interval: 5 };

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

/** A worker that stands for a recogniser; it works on a clip until the channel says that it is done. */
function steppedWorker(channelName: string): URL {
  const script = `
    import { parentPort } from 'node:worker_threads';
    const steps = new BroadcastChannel(${JSON.stringify(channelName)});
    let running;
    steps.onmessage = () => {
      if (running === undefined) return;
      parentPort.postMessage({ type: 'result', jobId: running, prediction: { durationSeconds: 3, segments: [] } });
      running = undefined;
    };
    parentPort.on('message', ({ type, jobId }) => {
      if (type === 'close') { steps.close(); parentPort.close(); }
      if (type === 'predict') running = jobId;
    });
    parentPort.postMessage({ type: 'ready' });
  `;
  return new URL(`data:text/javascript,${encodeURIComponent(script)}`);
}

function refusalIn(action: () => void): RefusedRequest['refusal'] {
  try {
    action();
  } catch (thrown) {
    if (thrown instanceof RefusedRequest) return thrown.refusal;
    throw thrown;
  }
  throw new Error('expected a refusal');
}

describe('the expected wait', () => {
  it('is nothing while a thread is idle, whatever clips took', () => {
    const estimate = new WaitEstimate();
    estimate.learn(1_000_000);
    expect(estimate.waitMs({ threadCount: 2, runningForMs: [0], queuedCount: 0 })).toBe(0);
  });

  it('shares what is left of the running and the waiting clips among the threads', () => {
    const estimate = new WaitEstimate();
    for (let i = 0; i < 500; i++) estimate.learn(400);
    // Left: 300 and 0 ms of the running clips, three times 400 ms waiting; two threads.
    const waitMs = estimate.waitMs({ threadCount: 2, runningForMs: [100, 900], queuedCount: 3 });
    expect(waitMs).toBeCloseTo((300 + 0 + 3 * 400) / 2, 6);
  });
});

describe('admission', () => {
  it('refuses a clip whose deadline the queue would miss, and says how long to wait', async () => {
    const channelName = 'admission-test';
    const clock = { ms: 0 };
    const shed: ShedReason[] = [];
    const runMs: number[] = [];
    const pool = new PredictorPool({
      workerUrl: steppedWorker(channelName),
      settings: { releaseFolder: '', kernelPath: '' },
      threadCount: 1,
      queueLimit: 10,
      nowMs: () => clock.ms,
      observer: {
        recognised: (clip) => runMs.push(clip.runMs),
        shed: (reason) => shed.push(reason),
        dropped: () => undefined,
      },
    });
    const steps = new BroadcastChannel(channelName);
    open.push(pool, steps);
    await pool.ready;
    const clip = Uint8Array.of(1);
    // Clips that take 3 s each, until the mean follows them.
    for (let i = 0; i < 80; i++) {
      const running = pool.predict({ clip, isCut: true });
      clock.ms += 3_000;
      await vi.waitFor(async () => {
        steps.postMessage('done');
        expect(pool.load.runningCount).toBe(0);
      }, WAIT);
      await running;
    }
    expect(runMs).toEqual(Array.from({ length: 80 }, () => 3_000));

    const stop = new AbortController();
    const accepted = [1, 2, 3].map(() => pool.predict({ clip, isCut: true }, stop.signal));
    const outcomes = Promise.allSettled(accepted);
    // One has just begun and two wait: the next would begin after 9 s and end after 12 s.
    expect(pool.expectedWaitMs).toBeGreaterThan(8_900);
    expect(() => pool.requireRoom(12_500)).not.toThrow();
    expect(() => pool.requireRoom()).not.toThrow();
    const refusal = refusalIn(() => pool.requireRoom(5_000));
    expect(refusal).toMatchObject({ status: 429, code: 'deadline_out_of_reach', retryAfterSeconds: 7 });
    // And after that time it is indeed taken.
    clock.ms += 3_000;
    steps.postMessage('done');
    await vi.waitFor(() => expect(pool.load.queuedCount).toBe(1), WAIT);
    clock.ms += 3_000;
    steps.postMessage('done');
    await vi.waitFor(() => expect(pool.load.queuedCount).toBe(0), WAIT);
    clock.ms += 1_000;
    expect(() => pool.requireRoom(5_001)).not.toThrow();
    expect(shed).toEqual(['deadline_out_of_reach']);
    stop.abort();
    await outcomes;
  });

  it('lets nobody starve by a wrong estimate: an idle recogniser takes any deadline', async () => {
    const pool = new PredictorPool({
      workerUrl: steppedWorker('idle-test'),
      settings: { releaseFolder: '', kernelPath: '' },
      threadCount: 1,
      queueLimit: 0,
      nowMs: () => 0,
    });
    open.push(pool);
    await pool.ready;
    expect(() => pool.requireRoom(1)).not.toThrow();
  });
});

describe('deadlines over a socket', () => {
  function rawPost(origin: string, headers: readonly string[]): { socket: Socket; answer: Promise<string> } {
    const { hostname, port, host } = new URL(origin);
    const socket = connect(Number(port), hostname);
    open.push({ close: () => socket.destroy() });
    socket.write(['POST /v1/audio/transcriptions HTTP/1.1', `Host: ${host}`, ...headers, '', ''].join('\r\n'));
    const answer = new Promise<string>((resolve, reject) => {
      let text = '';
      socket.setEncoding('utf8').on('data', (part: string) => {
        text += part;
        if (/\r\n\r\n[\s\S]*\}/.test(text)) resolve(text);
      });
      socket.on('error', reject);
      socket.on('close', () => resolve(text));
    });
    return { socket, answer };
  }

  it('gives up a request that never arrives whole', async () => {
    const server = await startLocalServer();
    open.push({ close: () => server.stop(0) });
    const { socket, answer } = rawPost(server.origin, [
      'Content-Type: multipart/form-data; boundary=x',
      'Content-Length: 5000',
      'X-Deadline-Ms: 300',
    ]);
    socket.write('--x\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\nRIFF');
    const text = await answer;
    expect(text).toMatch(/^HTTP\/1\.1 408 /);
    expect(text).toContain('request_timeout');
    expect((await postForm(server.origin, transcriptionForm(await fixtureFile('room_tone_1.flac')))).status).toBe(200);
  });

  it('drops a clip from the queue when its deadline passes there', async () => {
    const server = await startLocalServer({ queueLimit: 1 });
    open.push({ close: () => server.stop(0) });
    const readiness = async (): Promise<unknown> => (await fetch(`${server.origin}/readyz`)).json();
    const long = new Blob([await longSpeech(55)]);
    const stop = new AbortController();
    const first = postForm(server.origin, transcriptionForm(long), { signal: stop.signal });
    const outcome = Promise.allSettled([first]);
    await vi.waitFor(async () => expect(await readiness()).toMatchObject({ running: 1 }), WAIT);
    const late = await postForm(server.origin, transcriptionForm(await fixtureFile('jfk.flac')), {
      headers: { 'X-Deadline-Ms': '500' },
    });
    expect(late.status).toBe(504);
    expect(await late.json()).toMatchObject({ error: { code: 'deadline_exceeded', type: 'server_error' } });
    expect(await readiness()).toMatchObject({ running: 1, queued: 0 });
    stop.abort();
    await outcome;
  });
});
