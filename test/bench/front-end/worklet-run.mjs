/**
 * Runs the built worklet, `dist/browser/speech-processor.js`, in Node: only what surrounds it is made here, a minimal
 * AudioWorkletGlobalScope. A process of its own, so that nothing else is on the heap.
 *
 * `node [--expose-gc …] worklet-run.mjs time|heap '{"pcm":FILE,…}'` prints JSON. The file holds mono float32 at 48 kHz.
 */
import { readFileSync } from 'node:fs';

const RATE_HZ = 48_000;
const QUANTUM = 128;
const QUANTA_PER_HOP = RATE_HZ / 100 / QUANTUM;
/** A window of the heap's growth; so much is heard before, in which functions are compiled. */
const WINDOW_HOPS = 5_000;
const WARM_UP_HOPS = 20_000;
const ROOT = new URL('../../../', import.meta.url);

/**
 * @typedef {object} Options
 * @property {string} pcm
 * @property {string} [preset]
 * @property {number} [runs] Times that the recording is heard, each from a fresh processor.
 * @property {number} [hops] 10 ms each: over how many the heap's growth is measured, the recording again and again.
 * @property {string} [kernel] Weights: fp16 or int8.
 * @property {string} [bundle] Another build of the worklet.
 */

/** @typedef {{ port: { onmessage: ((event: { data: unknown }) => void) | null }, process(inputs: Float32Array[][]): boolean }} Processor */

const [mode, json = '{}'] = process.argv.slice(2);
/** @type {Options} */
const options = JSON.parse(json);
const bytes = readFileSync(options.pcm);
const samples = new Float32Array(bytes.buffer, bytes.byteOffset, Math.floor(bytes.byteLength / 4));
const quantumCount = Math.floor(samples.length / QUANTUM);

/** What the worklet said since it was looked at. */
let takeCount = 0;
let longestTakeSamples = 0;
/** @param {{ type: string, pcm16?: Int16Array }} message */
function hear(message) {
  if (message.type !== 'take' || message.pcm16 === undefined) return;
  takeCount++;
  longestTakeSamples = Math.max(longestTakeSamples, message.pcm16.length);
}

/** @type {(new (options: object) => Processor) | undefined} */
let Registered;
const scope = {
  sampleRate: RATE_HZ,
  currentFrame: 0,
  AudioWorkletProcessor: class {
    port = { onmessage: null, postMessage: hear };
  },
  /** @param {string} _name @param {new (options: object) => Processor} processor */
  registerProcessor(_name, processor) {
    Registered = processor;
  },
};
Object.assign(globalThis, scope);
await import(new URL(options.bundle ?? 'dist/browser/speech-processor.js', ROOT).href);
const kernelBytes = readFileSync(new URL(`dist/kernel/silero-v6-${options.kernel ?? 'fp16'}.wasm`, ROOT));

/** A processor that listens. */
function start() {
  if (Registered === undefined) throw new Error('The bundle registered no processor.');
  Object.assign(globalThis, { currentFrame: 0 });
  const frontEnd = { preset: options.preset ?? 'search' };
  const processor = new Registered({ processorOptions: { frontEnd } });
  /** @param {unknown} data */
  const post = (data) => processor.port.onmessage?.({ data });
  post({ type: 'connect', port: { postMessage: hear, close() {} } });
  post({ type: 'kernel', bytes: new Uint8Array(kernelBytes).buffer });
  post({ type: 'start', queryId: 1, ends: 'manual' });
  return { processor, post };
}

/** The input of each quantum, made before anything is measured. */
const inputs = Array.from({ length: quantumCount }, (_, i) => [[samples.subarray(i * QUANTUM, (i + 1) * QUANTUM)]]);
let frame = 0;

/** @param {Processor} processor @param {number} quantum */
function hearQuantum(processor, quantum) {
  frame += QUANTUM;
  Reflect.set(globalThis, 'currentFrame', frame);
  processor.process(/** @type {Float32Array[][]} */ (inputs[quantum % quantumCount]));
}

/** Microseconds of every quantum of every run. */
function time() {
  const runs = Array.from({ length: options.runs ?? 1 }, () => new Float64Array(quantumCount));
  const takes = new Uint8Array(quantumCount);
  for (const us of runs) {
    frame = 0;
    takeCount = 0;
    const { processor } = start();
    for (let quantum = 0; quantum < quantumCount; quantum++) {
      const before = takeCount;
      const startMs = performance.now();
      hearQuantum(processor, quantum);
      us[quantum] = (performance.now() - startMs) * 1_000;
      if (takeCount > before) takes[quantum] = 1;
    }
  }
  return {
    runs: runs.map((us) => [...us]),
    takes: [...takes],
    takeCount,
    longestTakeSeconds: longestTakeSamples / 16_000,
  };
}

/**
 * Bytes that the heap grows by in each window of the stream. Nothing is collected in between but where the takes' own
 * buffers, which are transferred away and lie outside the heap, make it: such a window shows less than it allocated.
 */
function growth() {
  const { gc } = globalThis;
  if (gc === undefined) throw new Error('Run it with --expose-gc.');
  const { processor } = start();
  const windowQuanta = WINDOW_HOPS * QUANTA_PER_HOP;
  const windowCount = Math.round((options.hops ?? 200_000) / WINDOW_HOPS);
  const windows = new Float64Array(windowCount);
  let quantum = 0;
  for (; quantum < WARM_UP_HOPS * QUANTA_PER_HOP; quantum++) hearQuantum(processor, quantum);
  takeCount = 0;
  gc();
  for (let window = 0; window < windowCount; window++) {
    const before = process.memoryUsage().heapUsed;
    const end = quantum + windowQuanta;
    for (; quantum < end; quantum++) hearQuantum(processor, quantum);
    windows[window] = (process.memoryUsage().heapUsed - before) / WINDOW_HOPS;
  }
  return { bytesPerHop: [...windows], hops: windowCount * WINDOW_HOPS, takeCount };
}

console.log(JSON.stringify(mode === 'heap' ? growth() : time()));
