import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { userEvent } from 'vitest/browser';
import { captureAssets } from '../../src/capture/assets.ts';
import { Capture } from '../../src/capture/capture.ts';
import type { FromWorkletToPage } from '../../src/protocol/worklet-messages.ts';

const CYCLE_COUNT = 10;
/** The browser's recording mark goes out within this. */
const RELEASE_LIMIT_MS = 200;

/** Every microphone stream and every AudioContext that the page asked the browser for. */
class Resources {
  readonly tracks: MediaStreamTrack[] = [];
  readonly contexts: AudioContext[] = [];
  readonly #getUserMedia = navigator.mediaDevices.getUserMedia;
  readonly #AudioContext = globalThis.AudioContext;

  watch(): void {
    const { tracks, contexts } = this;
    const getUserMedia = this.#getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (constraints) => {
      const stream = await getUserMedia(constraints);
      tracks.push(...stream.getTracks());
      return stream;
    };
    globalThis.AudioContext = class extends this.#AudioContext {
      constructor(options?: AudioContextOptions) {
        super(options);
        contexts.push(this);
      }
    };
  }

  unwatch(): void {
    navigator.mediaDevices.getUserMedia = this.#getUserMedia;
    globalThis.AudioContext = this.#AudioContext;
  }

  get liveTrackCount(): number {
    return this.tracks.filter(({ readyState }) => readyState === 'live').length;
  }
}

let resources: Resources;

beforeEach(async () => {
  resources = new Resources();
  resources.watch();
  // Browsers let a page make sound, and so run an AudioContext, after a gesture of its user.
  const button = document.body.appendChild(document.createElement('button'));
  await userEvent.click(button);
  button.remove();
});

afterEach(() => resources.unwatch());

function newCapture(): { readonly capture: Capture; readonly toPage: readonly FromWorkletToPage[] } {
  const toPage: FromWorkletToPage[] = [];
  const listener = {
    message: (message: FromWorkletToPage) => void toPage.push(message),
    granted: () => {},
    changed: () => {},
    stranded: () => {},
    forgot: () => {},
    lost: () => {},
    left: () => {},
  };
  const capture = new Capture(captureAssets(undefined, 'full'), listener, {}, () => new MessageChannel().port1);
  onTestFinished(() => capture.close());
  return { capture, toPage };
}

async function open(capture: Capture, queryId: number): Promise<void> {
  await capture.open(queryId, new AbortController().signal);
  expect(resources.liveTrackCount).toBe(1);
}

describe('the microphone', () => {
  it('is given back after each of ten presses, which share one AudioContext', async () => {
    const { capture, toPage } = newCapture();
    const releaseMs: number[] = [];
    for (let queryId = 1; queryId <= CYCLE_COUNT; queryId++) {
      await open(capture, queryId);
      const calledAtMs = performance.now();
      await capture.stop();
      releaseMs.push(performance.now() - calledAtMs);
      expect(resources.liveTrackCount).toBe(0);
    }
    expect(resources.tracks).toHaveLength(CYCLE_COUNT);
    expect(resources.contexts).toHaveLength(1);
    expect(toPage.filter(({ type }) => type === 'query-end')).toHaveLength(CYCLE_COUNT);
    // The middle one: another program may take the processor away from any single one.
    expect(releaseMs.toSorted((a, b) => a - b)[CYCLE_COUNT / 2]).toBeLessThanOrEqual(RELEASE_LIMIT_MS);
  });

  it('is heard with other parts from the next query on, which has an AudioContext of its own', async () => {
    const { capture, toPage } = newCapture();
    await open(capture, 1);
    capture.setUp(captureAssets(undefined, 'lite'), { preset: 'command' });
    expect(resources.contexts.map(({ state }) => state)).toEqual(['running']);
    await capture.stop();
    await open(capture, 2);
    await capture.stop();
    expect(resources.contexts).toHaveLength(2);
    // Between two queries at once.
    capture.setUp(captureAssets(undefined, 'full'), {});
    await open(capture, 3);
    await capture.stop();
    expect(resources.contexts.map(({ state }) => state)).toEqual(['closed', 'closed', 'suspended']);
    expect(toPage.filter(({ type }) => type === 'query-end')).toHaveLength(3);
  });

  it('is given back at once when the query is cancelled', async () => {
    const { capture } = newCapture();
    await open(capture, 1);
    capture.cancel();
    expect(resources.liveTrackCount).toBe(0);
  });

  it('is given back at once when everything is closed, and the AudioContext with it', async () => {
    const { capture } = newCapture();
    await open(capture, 1);
    const closed = capture.close();
    expect(resources.liveTrackCount).toBe(0);
    await closed;
    expect(resources.contexts.map(({ state }) => state)).toEqual(['closed']);
  });

  it('is given back when the press is taken back before it opens', async () => {
    const { capture } = newCapture();
    const press = new AbortController();
    const opening = capture.open(1, press.signal);
    press.abort();
    await expect(opening).rejects.toBe(press.signal.reason);
    expect(resources.liveTrackCount).toBe(0);
  });
});
