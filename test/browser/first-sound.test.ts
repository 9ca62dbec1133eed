import { expect, it, onTestFinished } from 'vitest';
import { userEvent } from 'vitest/browser';
import { captureAssets } from '../../src/capture/assets.ts';
import { Capture } from '../../src/capture/capture.ts';
import { SEGMENT_RATE_HZ } from '../../src/protocol/segment.ts';
import type { FromWorkletToDelivery, FromWorkletToPage, TakeMessage } from '../../src/protocol/worklet-messages.ts';
import { whiteNoise } from '../signals.ts';

/** Divisions in the slow kernel's `init`: 12 ms to run, and 400 ms to compile (V8 11.3, two shared cores). */
const ROUND_COUNT = 1_000_000;
/** Sound that is recognised by its likeness. */
const STRETCH_SAMPLES = 800;
/** One sample may be put down to rounding. */
const LOSS_LIMIT_SAMPLES = 1;
/** Chromium itself makes a microphone wait for some hundredths of a second at its start: zeros come in between. */
const HOLE_LIMIT_SAMPLES = SEGMENT_RATE_HZ / 10;

/** A detector that hears speech in everything, and whose `init` takes long to compile but is done at once. */
function slowKernel(): Blob {
  const round = [0x20, 0x00, 0x41, 0x07, 0x6d, 0x21, 0x00];
  const rounds = new Uint8Array(ROUND_COUNT * round.length);
  for (let i = 0; i < rounds.length; i += round.length) rounds.set(round, i);
  const init = sized([0x01, 0x01, 0x7f], rounds, [0x0b]);
  const parts = [
    new Uint8Array([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]),
    section(1, [0x02, 0x60, 0x00, 0x00, 0x60, 0x00, 0x01, 0x7d]),
    section(3, [0x03, 0x00, 0x01, 0x00]),
    section(5, [0x01, 0x00, 0x01]),
    section(6, [0x01, 0x7f, 0x00, 0x41, 0x00, 0x0b]),
    section(7, [
      ...[0x05, ...name('memory'), 0x02, 0x00, ...name('frameOffset'), 0x03, 0x00],
      ...[...name('init'), 0x00, 0x00, ...name('score'), 0x00, 0x01, ...name('reset'), 0x00, 0x02],
    ]),
    section(10, [0x03], init, [0x07, 0x00, 0x43, 0x00, 0x00, 0x80, 0x3f, 0x0b], [0x02, 0x00, 0x0b]),
  ];
  return new Blob(parts);
}

function section(id: number, ...content: readonly Iterable<number>[]): Uint8Array<ArrayBuffer> {
  return joined([id], sized(...content));
}

function sized(...content: readonly Iterable<number>[]): Uint8Array<ArrayBuffer> {
  const bytes = joined(...content);
  return joined(leb128(bytes.length), bytes);
}

function joined(...content: readonly Iterable<number>[]): Uint8Array<ArrayBuffer> {
  const parts = content.map((part) => Uint8Array.from(part));
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function leb128(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...leb128(value >>> 7)];
}

function name(text: string): number[] {
  return [text.length, ...new TextEncoder().encode(text)];
}

/** Plays samples at 16 kHz to a microphone that is not there. */
async function microphoneHearing(samples: Float32Array<ArrayBuffer>): Promise<MediaStream> {
  const context = new AudioContext();
  onTestFinished(() => context.close());
  const buffer = new AudioBuffer({ length: samples.length, sampleRate: SEGMENT_RATE_HZ });
  buffer.copyToChannel(samples, 0);
  const source = new AudioBufferSourceNode(context, { buffer });
  const destination = new MediaStreamAudioDestinationNode(context, { channelCount: 1 });
  source.connect(destination);
  source.start();
  await context.resume();
  return destination.stream;
}

/**
 * Where in the noise a stretch of the take was heard.
 *
 * @returns The position that fits it best, in samples of `noise`.
 */
function positionOf(stretch: Int16Array, noise: Float32Array): number {
  let best = Number.NEGATIVE_INFINITY;
  let position = 0;
  for (let at = 0; at + stretch.length <= noise.length; at++) {
    let product = 0;
    let energy = 0;
    for (let i = 0; i < stretch.length; i++) {
      product += stretch[i]! * noise[at + i]!;
      energy += noise[at + i]! ** 2;
    }
    const likeness = product / Math.sqrt(energy);
    if (likeness <= best) continue;
    best = likeness;
    position = at;
  }
  return position;
}

it('hears the first sound whole though the detector, slow to compile, arrives after the press', async () => {
  const button = document.body.appendChild(document.createElement('button'));
  await userEvent.click(button);
  button.remove();
  // Comes and goes four times a second, as speech does, but never quite.
  const noise = whiteNoise(SEGMENT_RATE_HZ, 20, -15, 1).map(
    (x, i) => x * (0.55 + 0.45 * Math.sin((2 * Math.PI * 4 * i) / SEGMENT_RATE_HZ)),
  );
  const stream = await microphoneHearing(noise);
  const { getUserMedia } = navigator.mediaDevices;
  navigator.mediaDevices.getUserMedia = async () => stream;
  const kernelUrl = URL.createObjectURL(slowKernel());
  onTestFinished(() => {
    navigator.mediaDevices.getUserMedia = getUserMedia;
    URL.revokeObjectURL(kernelUrl);
  });

  const heard = new EventTarget();
  const listener = {
    message: (message: FromWorkletToPage) =>
      void heard.dispatchEvent(new MessageEvent(message.type, { data: message })),
    granted: () => {},
    changed: () => {},
    stranded: () => {},
    forgot: () => {},
    lost: () => {},
    left: () => {},
  };
  const delivery = new MessageChannel();
  const assets = { ...captureAssets(undefined, 'full'), kernelUrl };
  const capture = new Capture(assets, listener, {}, () => delivery.port2);
  onTestFinished(() => capture.close());
  const isReady = new Promise((resolve) => heard.addEventListener('ready', resolve));
  await capture.open(1, new AbortController().signal, 'manual');
  await isReady;
  // Half a second more.
  for (let i = 0; i < 8; i++) await new Promise((resolve) => heard.addEventListener('level', resolve, { once: true }));
  const take = new Promise<TakeMessage>((resolve) => {
    delivery.port1.onmessage = ({ data }: MessageEvent<FromWorkletToDelivery>) => data.type === 'take' && resolve(data);
  });
  await capture.stop();
  const { pcm16, metrics } = await take;
  const startIndex = pcm16.findIndex((x) => x !== 0) + STRETCH_SAMPLES;
  const endIndex = pcm16.length - 2 * STRETCH_SAMPLES;
  expect(endIndex - startIndex).toBeGreaterThan(SEGMENT_RATE_HZ / 2);
  const passedAt = (index: number): number => positionOf(pcm16.subarray(index, index + STRETCH_SAMPLES), noise);
  const lostSamples = passedAt(endIndex) - passedAt(startIndex) - (endIndex - startIndex);
  expect(lostSamples).toBeLessThanOrEqual(LOSS_LIMIT_SAMPLES);
  expect(-lostSamples).toBeLessThanOrEqual(HOLE_LIMIT_SAMPLES);
  expect(metrics.missingSamples).toBe(0);
});
