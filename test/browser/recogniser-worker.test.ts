import { proxy, type Remote, releaseProxy, transfer, wrap } from 'comlink';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { normalisedWords } from '../../src/evaluation/text-normaliser.ts';
import type { RecogniserApi, RecogniserConnectMessage } from '../../src/protocol/delivery-messages.ts';
import { MODEL_CACHE_NAME } from '../../src/protocol/model-cache.ts';

const MODEL_BASE = new URL('/models/moonshine-tiny-en/', location.href).href;
const MODEL_BYTES = 13_281_600 + 30_412_256 + 249_974;

const CLIPS = [
  ['whats_the_weather_like', "what's the weather like"],
  ['3005-163389-0002', 'the stillness was awful creepy and uncomfortable'],
] as const;

const opened: { readonly worker: Worker; readonly ports: Remote<RecogniserApi>[] }[] = [];

function startWorker(): { readonly connect: (modelBase?: string) => Remote<RecogniserApi> } {
  const worker = new Worker(new URL('../../src/recogniser-worker/recogniser-worker.ts', import.meta.url), {
    type: 'module',
  });
  const ports: Remote<RecogniserApi>[] = [];
  opened.push({ worker, ports });
  return {
    connect: (modelBase = MODEL_BASE) => {
      const { port1, port2 } = new MessageChannel();
      const message: RecogniserConnectMessage = { type: 'connect', port: port2, modelBase };
      worker.postMessage(message, [port2]);
      const remote = wrap<RecogniserApi>(port1);
      ports.push(remote);
      return remote;
    },
  };
}

/** One of the test recordings as the front end would hand it over. */
async function clip(name: string): Promise<Int16Array> {
  const response = await fetch(new URL(`../fixtures/audio/${name}.flac`, import.meta.url));
  const context = new OfflineAudioContext(1, 1, 16_000);
  const audio = await context.decodeAudioData(await response.arrayBuffer());
  return Int16Array.from(audio.getChannelData(0), (sample) => Math.round(sample * 32_767));
}

async function hear(remote: Remote<RecogniserApi>, name: string): Promise<{ text: string; confidence: number }> {
  const pcm16 = await clip(name);
  return remote.transcribe(transfer(pcm16, [pcm16.buffer]));
}

beforeAll(async () => {
  await caches.delete(MODEL_CACHE_NAME);
});

afterEach(() => {
  for (const { worker, ports } of opened.splice(0)) {
    for (const port of ports) port[releaseProxy]();
    worker.terminate();
  }
});

afterAll(async () => {
  await caches.delete(MODEL_CACHE_NAME);
});

describe("the on-device recogniser's worker", () => {
  it('downloads the model, tells how far it is, and writes what was said', async () => {
    const remote = startWorker().connect();
    const told: number[] = [];
    const totals = new Set<number>();
    await remote.load(
      proxy((loadedBytes: number, totalBytes: number) => {
        told.push(loadedBytes);
        totals.add(totalBytes);
      }),
    );
    expect([...totals]).toEqual([MODEL_BYTES]);
    expect(told.length).toBeGreaterThan(20);
    expect(told.at(-1)).toBe(MODEL_BYTES);
    for (const [name, transcript] of CLIPS) {
      const { text, confidence } = await hear(remote, name);
      expect(normalisedWords(text, 'plain')).toEqual(normalisedWords(transcript, 'plain'));
      expect(confidence).toBeGreaterThan(0.8);
      expect(confidence).toBeLessThanOrEqual(1);
    }
  });

  it('serves several ports with one model', async () => {
    const { connect } = startWorker();
    const page = connect();
    const delivery = connect();
    const [, ...answers] = await Promise.all([
      page.load(),
      hear(delivery, CLIPS[0][0]),
      hear(page, CLIPS[1][0]),
      hear(delivery, CLIPS[0][0]),
    ]);
    const texts = answers.map(({ text }) => normalisedWords(text, 'plain').join(' '));
    const [first, second] = CLIPS.map(([, transcript]) => normalisedWords(transcript, 'plain').join(' '));
    expect(texts).toEqual([first, second, first]);
  });

  it('starts from its cache when the server has the model no more', async () => {
    // The model as an earlier visit would have stored it under an address that nobody serves now.
    const gone = new URL('/models/gone/', location.href).href;
    const cache = await caches.open(MODEL_CACHE_NAME);
    const kept = (await cache.keys()).filter(({ url }) => url.startsWith(MODEL_BASE));
    expect(kept).toHaveLength(4);
    for (const { url } of kept) {
      const response = await cache.match(url);
      await cache.put(url.replace(MODEL_BASE, gone), response ?? Response.error());
    }
    const remote = startWorker().connect(gone);
    await remote.load();
    const { text } = await hear(remote, CLIPS[0][0]);
    expect(normalisedWords(text, 'plain')).toEqual(normalisedWords(CLIPS[0][1], 'plain'));
  });

  it('says clearly that there is no model, and tries again when asked again', async () => {
    const remote = startWorker().connect('/models/none/');
    const message = /\/models\/none\/model\.json (answered 404\. Check|is not JSON\. Check) /;
    await expect(remote.load()).rejects.toThrow(message);
    await expect(hear(remote, CLIPS[0][0])).rejects.toThrow(message);
  });
});
