import { type Remote, transfer, wrap } from 'comlink';
import { ALL_FORMATS, BufferSource, EncodedPacketSink, Input } from 'mediabunny';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { encodeClip } from '../../src/delivery/clip-encoding.ts';
import { canEncodeOpus, OPUS_CHOICE } from '../../src/delivery/opus-encoder.ts';
import type { DeliveryApi, FromDeliveryToPage } from '../../src/protocol/delivery-messages.ts';
import { settingsFor, WorkletEnd } from '../connected-delivery.ts';

const NEVER = new AbortController().signal;

async function speech(): Promise<Int16Array<ArrayBuffer>> {
  const response = await fetch(new URL('../fixtures/audio/3005-163389-0002.flac', import.meta.url));
  const context = new OfflineAudioContext(1, 1, 16_000);
  const audio = await context.decodeAudioData(await response.arrayBuffer());
  return Int16Array.from(audio.getChannelData(0), (sample) => Math.round(sample * 32_767));
}

/** As the browser's own decoder hears the file. */
async function heard(file: Uint8Array<ArrayBuffer>): Promise<Float32Array> {
  const audio = await new OfflineAudioContext(1, 1, 16_000).decodeAudioData(file.slice().buffer);
  return audio.getChannelData(0);
}

/** Shift of `b` against `a`, within 20 ms, at which they agree best, and how well they do: 1 is perfectly. */
function bestAlignment(a: Int16Array, b: Float32Array): { readonly shiftSamples: number; readonly agreement: number } {
  let best = { shiftSamples: 0, agreement: Number.NEGATIVE_INFINITY };
  for (let shiftSamples = -320; shiftSamples <= 320; shiftSamples++) {
    let ab = 0;
    let aa = 0;
    let bb = 0;
    for (let i = 320; i < Math.min(a.length, b.length) - 320; i++) {
      const x = a[i]! / 32_768;
      const y = b[i + shiftSamples]!;
      ab += x * y;
      aa += x * x;
      bb += y * y;
    }
    const agreement = ab / Math.sqrt(aa * bb);
    if (agreement > best.agreement) best = { shiftSamples, agreement };
  }
  return best;
}

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('a clip sent as Opus', () => {
  it('is an Ogg file of about a tenth of the size that sounds the same, in place and to its end', async () => {
    expect(await canEncodeOpus()).toBe(true);
    const pcm16 = await speech();
    const { fileName, contentType, content } = await encodeClip(pcm16, 'opus', NEVER);
    expect([fileName, contentType]).toEqual(['speech.ogg', 'audio/ogg']);
    expect(content.length / (pcm16.length * 2)).toBeLessThan(0.13);
    const samples = await heard(content);
    expect(Math.abs(samples.length - pcm16.length)).toBeLessThanOrEqual(16);
    const { shiftSamples, agreement } = bestAlignment(pcm16, samples);
    expect(Math.abs(shiftSamples)).toBeLessThanOrEqual(2);
    expect(agreement).toBeGreaterThan(0.95);
  });

  it('is read by another reader of Ogg: one mono Opus track, of the right length', async () => {
    const pcm16 = await speech();
    const { content } = await encodeClip(pcm16, 'opus', NEVER);
    const input = new Input({ formats: ALL_FORMATS, source: new BufferSource(content) });
    const track = await input.getPrimaryAudioTrack();
    expect([track?.codec, track?.numberOfChannels]).toEqual(['opus', 1]);
    let packetCount = 0;
    for await (const _ of new EncodedPacketSink(track!).packets()) packetCount++;
    const seconds = pcm16.length / 16_000;
    expect(packetCount).toBeGreaterThanOrEqual(Math.ceil(seconds / 0.02));
    expect(packetCount).toBeLessThanOrEqual(Math.ceil(seconds / 0.02) + 1);
    expect(content.length * 8).toBeLessThan(seconds * OPUS_CHOICE.bitsPerSecond * 1.25);
  });

  it('may be shorter than one frame', async () => {
    const { content } = await encodeClip(new Int16Array(100).fill(500), 'opus', NEVER);
    expect(Math.abs((await heard(content)).length - 100)).toBeLessThanOrEqual(16);
  });

  it('is WAV where the browser cannot encode, refuses to, or breaks down', async () => {
    vi.stubGlobal('AudioEncoder', undefined);
    expect((await encodeClip(new Int16Array(1600), 'opus', NEVER)).contentType).toBe('audio/wav');
    vi.stubGlobal('AudioEncoder', { isConfigSupported: async () => ({ supported: false }) });
    expect((await encodeClip(new Int16Array(1600), 'opus', NEVER)).contentType).toBe('audio/wav');
    class Breaking {
      static isConfigSupported = async () => ({ supported: true });
      state = 'unconfigured';
      configure(): void {
        throw new DOMException('no codec', 'NotSupportedError');
      }
      close(): void {
        this.state = 'closed';
      }
    }
    vi.stubGlobal('AudioEncoder', Breaking);
    expect((await encodeClip(new Int16Array(1600), 'opus', NEVER)).contentType).toBe('audio/wav');
  });

  it('is given up with its signal', async () => {
    const given = new AbortController();
    const encoding = encodeClip(new Int16Array(16_000 * 20), 'opus', given.signal);
    given.abort(new Error('enough'));
    await expect(encoding).rejects.toThrow('enough');
  });

  it('goes out of the delivery’s own worker', async () => {
    const worker = new Worker(new URL('../../src/delivery/delivery-worker.ts', import.meta.url), { type: 'module' });
    try {
      const api: Remote<DeliveryApi> = wrap<DeliveryApi>(worker);
      // Nobody transcribes there: what was sent counts.
      const endpoint = new URL('/no-such-endpoint', location.href).href;
      await api.configure(settingsFor(endpoint, { encoding: 'opus', retryCount: 0 }));
      const { port1: fromWorklet, port2: worklet } = new MessageChannel();
      const { port1: toPage, port2: page } = new MessageChannel();
      await api.connect(transfer(fromWorklet, [fromWorklet]), transfer(toPage, [toPage]));
      const sent = new Promise<number>((resolve) => {
        page.onmessage = ({ data }: MessageEvent<FromDeliveryToPage>) =>
          data.type === 'sent' && resolve(data.sentBytes);
      });
      const pcm16 = await speech();
      new WorkletEnd(worklet).takeOf(1, 0, 1, pcm16.slice());
      expect(await sent).toBeLessThan(pcm16.length * 2 * 0.13 + 1_500);
    } finally {
      worker.terminate();
    }
  });
});
