import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { MICROPHONE_RATE_HZ, sceneSamples } from '../../e2e/recording.ts';
import { Corpus } from '../front-end/corpus.ts';
import { keepTable, writeReport } from '../front-end/kept-tables.ts';
import { showProgress } from '../front-end/progress.ts';
import { type MeasuredTable, terminalReport } from '../front-end/report.ts';
import type { Bench, Repeats } from './bench.ts';
import { BenchChromium } from './chromium.ts';
import { measureCycles } from './cycles.ts';
import { measureFrameCost } from './frame-cost.ts';
import { measureLoad } from './load.ts';
import { type Scene, talk } from './scenes.ts';
import { measureSessions } from './session.ts';
import { BenchSite } from './site.ts';
import { siteFiles } from './site-files.ts';
import { measureSlowLink } from './slow-link.ts';
import { measureSpeechEnd } from './speech-end.ts';
import { measureStart } from './start.ts';
import { browserTable } from './table.ts';

const ROOT = join(import.meta.dirname, '../../..');

const DEFAULT_REPEATS = 9;
const QUICK: Repeats = {
  start: 2,
  slowLink: 1,
  orders: 2,
  load: 1,
  sessions: 1,
  sessionSeconds: 25,
  cycles: 5,
  frameRounds: 5,
};

const USAGE = `Measures the built pipeline beside vad-web, at its defaults, in one Chromium whose microphone plays recordings;
\`npm run build\` first.

Usage: npm run bench -- browser [options]
  --repeats N    presses of each kind, ${DEFAULT_REPEATS} unless told; the rest follows from it
  --quick        a first look: few repetitions, a short talk
  --json FILE    JSON in a file
  --write-docs   keep the results in docs/benchmarks/ and write docs/benchmarks.md of all kept there
`;

interface Flags {
  readonly repeats: Repeats;
  readonly json: string | undefined;
  readonly writeDocs: boolean;
}

function repeatsOf(count: number): Repeats {
  return {
    start: count,
    slowLink: Math.ceil(count / 2),
    orders: count + 7,
    load: Math.ceil(count / 2),
    sessions: Math.ceil(count / 5),
    sessionSeconds: 65,
    cycles: 50,
    frameRounds: 4 * count + 5,
  };
}

/** @throws TypeError or RangeError saying what is wrong with the arguments. */
function parseFlags(args: readonly string[]): Flags | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      repeats: { type: 'string' },
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
      'write-docs': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return 'help';
  const count = Number(values.repeats ?? DEFAULT_REPEATS);
  if (!(Number.isInteger(count) && count >= 1)) {
    throw new RangeError(`--repeats must be a whole number, 1 or more, got ${values.repeats}`);
  }
  const repeats = values.quick && values.repeats === undefined ? QUICK : repeatsOf(count);
  return { repeats, json: values.json, writeDocs: values['write-docs'] };
}

function openCorpus(): { readonly corpus: Corpus; readonly name: string } {
  const shared = join(ROOT, '../shared/audio');
  if (existsSync(join(shared, 'manifest.jsonl'))) return { corpus: new Corpus(shared), name: 'development corpus' };
  return { corpus: new Corpus(join(ROOT, 'test/fixtures/audio')), name: 'test fixtures' };
}

/** A recording of the test fixtures with a quiet room around it. */
function fixtureScene(
  clip: string,
  speech: readonly [number, number],
  leadSeconds: number,
  tailSeconds: number,
): Scene {
  const samples = sceneSamples({ clip, leadSeconds, tailSeconds, room: 'quiet', snrDb: 40 });
  return { name: clip, samples, speech: [leadSeconds + speech[0], leadSeconds + speech[1]] };
}

async function measure(bench: Bench, corpusName: string, args: readonly string[]): Promise<MeasuredTable> {
  const startMs = performance.now();
  const fixtures = new Corpus(join(ROOT, 'test/fixtures/audio'));
  const wordsOf = (name: string): readonly [number, number] => {
    const words = fixtures.clips.find((clip) => clip.name === name)?.words;
    if (words === undefined) throw new Error(`${name} has no word times.`);
    return [words[0]![0], words.at(-1)![1]];
  };
  const order = fixtureScene('8b705c12.flac', wordsOf('8b705c12.flac'), 0, 2.5);
  const sentence = fixtureScene('1688-142285-0003.flac', wordsOf('1688-142285-0003.flac'), 1, 3);
  const conversation = talk(
    ['1688-142285-0003.flac', '08b22cb8.flac', '533-1066-0008.flac'],
    bench.repeats.sessionSeconds + 15,
  );
  const frame = await measureFrameCost(bench, conversation);
  const findings = {
    frame,
    start: await measureStart(bench, sentence),
    slowLink: await measureSlowLink(bench, order),
    speechEnd: await measureSpeechEnd(bench),
    load: await measureLoad(bench, sentence),
    session: await measureSessions(bench, conversation),
    cycles: await measureCycles(bench, sentence),
  };
  const [processor] = cpus();
  return {
    ...browserTable(findings, aboutOf(frame.kernelKilobytes)),
    measured: {
      command: ['npm run bench -- browser', ...args.filter((arg) => arg !== '--write-docs')].join(' '),
      date: new Date().toISOString().slice(0, 10),
      node: `${process.versions.node}, Chromium ${bench.chromium.version}`,
      machine: `${cpus().length} x ${processor?.model ?? 'unknown processor'}`,
      corpus: corpusName,
      seconds: (performance.now() - startMs) / 1_000,
    },
  };
}

function aboutOf(kernelKilobytes: number): readonly string[] {
  return [
    'One run, one headless Chromium whose microphone plays a recording from its start whenever it is opened; both contestants in turn, each repetition in the other order; medians, their 95 % interval by bootstrap over repetitions. Ours: the published package as Vite bundles it, through its public interface, preset search. vad-web: MicVAD at its defaults with its script tags and files from the same site, as its documentation tells, onnxruntime-web on one thread. The site serves brotli (quality 9 above 1 MB, 11 below) over HTTP/1.1: bytes are counted on its sockets, headers and the page’s own 2 KB included. The permission is granted throughout.',
    'Press to samples: from the click’s timestamp to the first level event (ours: every 67 ms of sound) or frame callback (vad-web: every 96 ms) that is not digital silence. "Second press": ours stop() and start(), vad-web’s pause() and start() on the same page. "Prepared ahead": warm(), and MicVAD.new({ startOnLoad: false }), before the press. 10 Mbit/s: the site’s own pacing, all files sharing the link, 40 ms before each answer; a recording begins when the microphone opens, so what vad-web misses of a sentence is told from when it began to hear. What was emitted is found in the recording by normalised cross-correlation of windows of 0.2 s.',
    'End of speech: orders with 1.5 s and 3 s of their own background’s level around them, from the last word’s labelled end (machine alignment, within about 0.15 s), on the clock of the samples heard. vad-web asks for echo cancellation, noise suppression and automatic gain, ours for none. Samples lost: distance in the recording less distance in the segment between the first and the last window found; what is lost outside a segment is not seen by it, and what a resampler shifts counts.',
    `Main thread and processor: 10 s windows while a recording of sentences with pauses plays; the processor counts every process of the browser, with the microphone’s. Memory as the browser tells leaves audio threads out: our kernel’s ${kernelKilobytes.toFixed(0)} KB there are in the process’s. The network’s time: both in turn in a loop on one page; vad-web’s default is an older, smaller network that runs once for three frames.`,
  ];
}

/** Runs the command. @returns Its exit code: 2 for wrong arguments, 0 otherwise, whether bars are met or missed. */
export async function main(args: readonly string[]): Promise<number> {
  let flags: Flags | 'help';
  try {
    flags = parseFlags(args);
  } catch (error) {
    console.error(`bench: ${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    return 2;
  }
  if (flags === 'help') {
    console.log(USAGE);
    return 0;
  }
  const { corpus, name } = openCorpus();
  const folder = mkdtempSync(join(tmpdir(), 'ossicle-bench-'));
  const microphonePath = join(folder, 'microphone.wav');
  try {
    const site = await BenchSite.open(await siteFiles(showProgress));
    const chromium = await BenchChromium.open(microphonePath);
    const { repeats } = flags;
    const bench = { site, chromium, corpus, microphonePath, microphoneRateHz: MICROPHONE_RATE_HZ, repeats };
    try {
      const table = await measure({ ...bench, progress: showProgress }, name, args);
      showProgress('');
      console.log(terminalReport(table));
      if (flags.json !== undefined) writeFileSync(flags.json, `${JSON.stringify(table, null, 1)}\n`);
      if (flags.writeDocs) {
        keepTable(table);
        writeReport();
      }
    } finally {
      await chromium.close();
      await site.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return 0;
}
