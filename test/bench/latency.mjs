/**
 * From the end of the last word to its text on the page: `node test/bench/latency.mjs [runs] [--json]`, after a build.
 *
 * The real server, the built page, and a recording as Chromium's microphone, which plays from its start at every press.
 * When the last word ended is known on the file's clock (word alignment) and is brought to the page's clock in two steps.
 * The worklet's levels tell how many samples were heard and how loud the last 67 ms of them were: where in the file these
 * samples lie is found by comparing the levels with the file's (1 ms steps, least squares in dB). And they tell when they
 * came: the earliest arrival for its sample count sets the clock. What is left is the time that a message takes at best
 * (under 1 ms) and a buffer of the device (10 ms), which make the figures low, and the alignment's own error (about 50 ms).
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runnerImport } from 'vite';

/** @typedef {{ atMs: number, heardSamples: number, rmsDbfs: number, rateHz: number }} Level */
/** @typedef {{ atMs: number, text: string }} Shown */
/** @typedef {Window & { levels: Level[], shown: Shown[] }} ProbedWindow */

const CLIP = '8b705c12.flac';
const LEAD_SECONDS = 1;
/** The first heard sample lies within this of the file's first: zeros come before it, or its beginning is missed. */
const MAX_OFFSET_SECONDS = 1;
const STEP_SECONDS = 0.001;
/** Levels under this are alike. */
const FLOOR_DB = -60;

/** @template T @param {string} path @returns {Promise<T>} */
async function load(path) {
  const options = { configFile: /** @type {const} */ (false), logLevel: /** @type {const} */ ('error') };
  return (await runnerImport(join(import.meta.dirname, path), options)).module;
}
/** @type {typeof import('../e2e/recording.ts')} */
const recording = await load('../e2e/recording.ts');
/** @type {typeof import('../e2e/server.ts')} */
const { OssicleServer } = await load('../e2e/server.ts');
/** @type {typeof import('../e2e/voice-page.ts')} */
const { VoicePage } = await load('../e2e/voice-page.ts');

const args = process.argv.slice(2);
const runCount = Number(args.find((arg) => /^\d+$/.test(arg)) ?? 20);
const scene = { clip: CLIP, leadSeconds: LEAD_SECONDS };
const squareSums = runningSquares(recording.sceneSamples(scene));
const lastWordSeconds = LEAD_SECONDS + recording.lastWordEndSeconds(CLIP);

const folder = mkdtempSync(join(tmpdir(), 'ossicle-latency-'));
const path = join(folder, 'microphone.wav');
recording.writeScene(scene, path);
const server = await new OssicleServer().start();
const voice = await VoicePage.open({
  origin: server.origin,
  microphone: recording.microphoneArguments(path),
  prepare: probe,
});
/** @type {{ latencyMs: number, ownMs: number, clockSpreadMs: number, levelErrorDb: number }[]} */
const runs = [];
try {
  // The first press is not counted: it loads what the others find loaded.
  for (let run = 0; run <= runCount; run++) {
    await voice.page.evaluate(() => {
      const probed = /** @type {ProbedWindow} */ (/** @type {unknown} */ (window));
      probed.levels = [];
      probed.shown = [];
    });
    await voice.press();
    await voice.heardText();
    const { levels, shown, own } = await voice.page.evaluate(() => {
      const probed = /** @type {ProbedWindow} */ (/** @type {unknown} */ (window));
      return { levels: probed.levels, shown: probed.shown, own: document.querySelector('#text-delay')?.textContent };
    });
    if (run === 0) continue;
    const { offsetSeconds, levelErrorDb } = locate(levels);
    const { zeroMs, spreadMs } = clock(levels);
    const spokenMs = zeroMs + (lastWordSeconds - offsetSeconds) * 1000;
    const textMs = shown.at(-1)?.atMs ?? Number.NaN;
    const ownMs = Number((own ?? '').replace(/\D/g, ''));
    runs.push({ latencyMs: textMs - spokenMs, ownMs, clockSpreadMs: spreadMs, levelErrorDb });
    if (!args.includes('--json')) console.error(`${run}/${runCount}: ${(textMs - spokenMs).toFixed(0)} ms`);
  }
} finally {
  await voice.close();
  await server.kill();
  rmSync(folder, { recursive: true });
}

const latencies = runs.map(({ latencyMs }) => latencyMs);
const summary = {
  clip: CLIP,
  runs: runs.length,
  p50Ms: Math.round(quantile(latencies, 0.5)),
  p95Ms: Math.round(quantile(latencies, 0.95)),
  pagesOwnP50Ms: Math.round(
    quantile(
      runs.map(({ ownMs }) => ownMs),
      0.5,
    ),
  ),
  clockSpreadMs: Math.round(
    quantile(
      runs.map(({ clockSpreadMs }) => clockSpreadMs),
      0.5,
    ),
  ),
  levelErrorDb: Number(
    quantile(
      runs.map(({ levelErrorDb }) => levelErrorDb),
      0.5,
    ).toFixed(2),
  ),
};
if (args.includes('--json'))
  console.log(JSON.stringify({ ...summary, latenciesMs: latencies.map(Math.round) }, null, 2));
else {
  console.log(`${summary.runs} runs of ${CLIP}: end of the last word to text on the page`);
  console.log(
    `p50 ${summary.p50Ms} ms, p95 ${summary.p95Ms} ms; the page itself says ${summary.pagesOwnP50Ms} ms (p50)`,
  );
  console.log(
    `levels fit the file within ${summary.levelErrorDb} dB; messages vary by ${summary.clockSpreadMs} ms (p50)`,
  );
}

/** Runs in the page before its own script: notes levels as they arrive and the text as it is shown. */
function probe() {
  const probed = /** @type {ProbedWindow} */ (/** @type {unknown} */ (window));
  probed.levels = [];
  probed.shown = [];
  const Node = window.AudioWorkletNode;
  window.AudioWorkletNode = class extends Node {
    /** @param {BaseAudioContext} context @param {string} name @param {AudioWorkletNodeOptions} [options] */
    constructor(context, name, options) {
      super(context, name, options);
      this.port.addEventListener('message', ({ data }) => {
        if (data.type !== 'level') return;
        const { heardSamples, rmsDbfs } = data;
        probed.levels.push({ atMs: performance.now(), heardSamples, rmsDbfs, rateHz: context.sampleRate });
      });
    }
  };
  document.addEventListener('DOMContentLoaded', () => {
    const transcript = document.querySelector('#transcript');
    if (transcript === null) return;
    const note = () => {
      const text = transcript.textContent ?? '';
      // The frame that shows it begins at the next animation callback.
      requestAnimationFrame(() => probed.shown.push({ atMs: performance.now(), text }));
    };
    new MutationObserver(note).observe(transcript, { childList: true, characterData: true, subtree: true });
  });
}

/**
 * Where in the file, in seconds, the first heard sample lies.
 *
 * @param {readonly Level[]} levels
 */
function locate(levels) {
  let best = { offsetSeconds: Number.NaN, levelErrorDb: Number.POSITIVE_INFINITY };
  for (let step = 0; step * STEP_SECONDS <= 2 * MAX_OFFSET_SECONDS; step++) {
    const offsetSeconds = step * STEP_SECONDS - MAX_OFFSET_SECONDS;
    let sum = 0;
    for (let i = 1; i < levels.length; i++) {
      const { heardSamples, rmsDbfs, rateHz } = /** @type {Level} */ (levels[i]);
      const start = /** @type {Level} */ (levels[i - 1]).heardSamples / rateHz + offsetSeconds;
      const fileDb = levelOf(start, heardSamples / rateHz + offsetSeconds);
      sum += (Math.max(FLOOR_DB, rmsDbfs) - Math.max(FLOOR_DB, fileDb)) ** 2;
    }
    const levelErrorDb = Math.sqrt(sum / (levels.length - 1));
    if (levelErrorDb < best.levelErrorDb) best = { offsetSeconds, levelErrorDb };
  }
  return best;
}

/**
 * The page's time at which the first heard sample was heard, by the second half of the levels: in the first, a device that
 * starts may lose samples.
 *
 * @param {readonly Level[]} levels
 */
function clock(levels) {
  const zeros = levels
    .slice(Math.floor(levels.length / 2))
    .map(({ atMs, heardSamples, rateHz }) => atMs - (heardSamples / rateHz) * 1000);
  const zeroMs = Math.min(...zeros);
  return { zeroMs, spreadMs: quantile(zeros, 0.5) - zeroMs };
}

/** Sums of squares up to each sample. @param {Float32Array} samples */
function runningSquares(samples) {
  const sums = new Float64Array(samples.length + 1);
  for (let i = 0; i < samples.length; i++) sums[i + 1] = /** @type {number} */ (sums[i]) + (samples[i] ?? 0) ** 2;
  return sums;
}

/** Level of a stretch of the file, dBFS. @param {number} startSeconds @param {number} endSeconds */
function levelOf(startSeconds, endSeconds) {
  const last = squareSums.length - 1;
  const sampleAt = (/** @type {number} */ seconds) =>
    Math.max(0, Math.min(last, Math.round(seconds * recording.MICROPHONE_RATE_HZ)));
  const start = sampleAt(startSeconds);
  const end = sampleAt(endSeconds);
  if (end <= start) return FLOOR_DB;
  return 10 * Math.log10(((squareSums[end] ?? 0) - (squareSums[start] ?? 0)) / (end - start));
}

/** @param {readonly number[]} values @param {number} share */
function quantile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
