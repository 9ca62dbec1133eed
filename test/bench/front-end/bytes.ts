import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build, type Rolldown } from 'vite';
import budgets from '../budgets.json' with { type: 'json' };
import type { BenchContext, Benchmark } from './benchmark.ts';
import type { KernelWeights } from './scorers.ts';
import { atMost, type Table } from './table.ts';

const ROOT = join(import.meta.dirname, '../../..');
const BROWSER = join(ROOT, 'dist/browser');
const require = createRequire(import.meta.url);

/** Parts of the module that every press needs, as the library's build names them. */
const ON_INTENT = ['index-capture', 'index-delivery-connection'];

/** The module, bundled by a site. */
export const CORE = 'core import, bundled by a site';

/** One file that a browser fetches. */
export interface FetchedFile {
  readonly name: string;
  readonly rawBytes: number;
  readonly brotliBytes: number;
  readonly gzipBytes: number;
}

/** @param quality Brotli's, 0..11; servers that compress ahead of time take 11. */
function measured(name: string, bytes: Uint8Array, quality = 11): FetchedFile {
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: quality,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
  };
  return {
    name,
    rawBytes: bytes.length,
    brotliBytes: brotliCompressSync(bytes, { params }).length,
    gzipBytes: gzipSync(bytes, { level: 9 }).length,
  };
}

/** What a site's own bundler makes of the module, with its dependencies: what it loads at once, and what on intent. */
async function bundledByASite(): Promise<readonly FetchedFile[]> {
  const output = (await build({
    configFile: false,
    logLevel: 'error',
    root: ROOT,
    publicDir: false,
    build: {
      write: false,
      target: 'es2022',
      modulePreload: false,
      assetsInlineLimit: 0,
      rolldownOptions: {
        input: join(BROWSER, 'index.js'),
        preserveEntrySignatures: 'strict',
        // Vite's own script for preloading, which other bundlers have not, stays apart.
        output: { codeSplitting: { groups: [{ name: 'vite', test: /vite\/preload-helper/ }] } },
      },
    },
  })) as Rolldown.RolldownOutput | Rolldown.RolldownOutput[];
  const all = (Array.isArray(output) ? output : [output]).flatMap((result) => result.output);
  const chunks = all.filter((each) => each.type === 'chunk').filter(({ name }) => name !== 'vite');
  const withImports = (chunk: Rolldown.OutputChunk): readonly Rolldown.OutputChunk[] => [
    chunk,
    ...chunks.filter(({ fileName }) => chunk.imports.includes(fileName)).flatMap(withImports),
  ];
  const codeOf = (from: Iterable<Rolldown.OutputChunk>): Uint8Array =>
    new TextEncoder().encode(Array.from(from, ({ code }) => code).join('\n'));
  const entry = chunks.find(({ isEntry }) => isEntry);
  if (entry === undefined) throw new Error('The bundler made no entry of dist/browser/index.js.');
  const core = new Set(withImports(entry));
  const parts = chunks.filter(({ name }) => ON_INTENT.includes(name)).flatMap(withImports);
  if (parts.length < ON_INTENT.length) throw new Error(`The bundler made no part of each of ${ON_INTENT.join(', ')}.`);
  const later = new Set(parts.filter((chunk) => !core.has(chunk)));
  return [measured(CORE, codeOf(core)), measured('what it fetches on intent, bundled', codeOf(later))];
}

/** All that is fetched before the pipeline listens, and the worker that delivers what it hears. */
export async function fetchedFiles(weights: KernelWeights): Promise<readonly FetchedFile[]> {
  return [
    ...(await bundledByASite()),
    measured('speech-processor.js', readFileSync(join(BROWSER, 'speech-processor.js'))),
    measured(`silero-v6-${weights}.wasm`, readFileSync(join(ROOT, `dist/kernel/silero-v6-${weights}.wasm`))),
    measured('delivery-worker.js', readFileSync(join(BROWSER, 'delivery-worker.js'))),
  ];
}

/** What vad-web fetches at its defaults: its bundle, onnxruntime-web's, the runtime, its worklet, its default model. */
function vadWebFiles(): readonly FetchedFile[] {
  const vadWeb = dirname(require.resolve('@ricky0123/vad-web'));
  const ort = dirname(require.resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm'));
  // The highest quality takes a minute on 14 MB and saves them less than a tenth: theirs is rated too large, not too small.
  return [
    measured('vad-web: bundle.min.js', readFileSync(join(vadWeb, 'bundle.min.js'))),
    measured('vad-web: ort.wasm.min.js', readFileSync(join(ort, 'ort.wasm.min.js'))),
    measured('vad-web: ort-wasm-simd-threaded.mjs', readFileSync(join(ort, 'ort-wasm-simd-threaded.mjs'))),
    measured('vad-web: ort-wasm-simd-threaded.wasm', readFileSync(join(ort, 'ort-wasm-simd-threaded.wasm')), 9),
    measured('vad-web: vad.worklet.bundle.min.js', readFileSync(join(vadWeb, 'vad.worklet.bundle.min.js'))),
    measured('vad-web: silero_vad_legacy.onnx', readFileSync(join(vadWeb, 'silero_vad_legacy.onnx')), 9),
  ];
}

/** Brotli bytes of a list in all. */
export function brotliTotal(files: readonly FetchedFile[]): number {
  return files.reduce((sum, { brotliBytes }) => sum + brotliBytes, 0);
}

function fileRow({ name, rawBytes, brotliBytes, gzipBytes }: FetchedFile): string[] {
  return [name, ...[rawBytes, brotliBytes, gzipBytes].map((count) => count.toLocaleString('en'))];
}

function total(name: string, files: readonly FetchedFile[]): FetchedFile {
  return {
    name,
    rawBytes: files.reduce((sum, { rawBytes }) => sum + rawBytes, 0),
    brotliBytes: brotliTotal(files),
    gzipBytes: files.reduce((sum, { gzipBytes }) => sum + gzipBytes, 0),
  };
}

async function run({ progress }: BenchContext): Promise<Table> {
  progress('bytes: ours');
  const fp16 = await fetchedFiles('fp16');
  const int8 = await fetchedFiles('int8');
  progress("bytes: vad-web's");
  const peer = vadWebFiles();
  const totals = [
    total('until listening, fp16', fp16),
    total('until listening, lite (int8)', int8),
    total('vad-web', peer),
  ];
  const [ours, lite, theirs] = totals.map(({ brotliBytes }) => brotliBytes / 1_000) as [number, number, number];
  return {
    name: 'bytes',
    title: 'Bytes until listening',
    about: [
      'Files as a server sends them compressed. Ours: the module bundled by a site with what it fetches on intent, worklet, kernel with its weights; the delivery worker too, which starts with them. vad-web at its defaults: bundle, onnxruntime-web for WebAssembly, worklet, its default model (brotli quality 9 for the two large files, 11 elsewhere). 1 KB is 1,000 bytes.',
    ],
    columns: ['file', 'raw', 'brotli', 'gzip'],
    rows: [...fp16, ...int8.filter(({ name }) => name.includes('int8')), ...peer, ...totals].map(fileRow),
    bars: [
      atMost('bytes until listening, brotli, fp16', ours, budgets.brotliBytesUntilListening.fp16 / 1_000, ' KB', 1),
      atMost('bytes until listening, brotli, lite', lite, budgets.brotliBytesUntilListening.int8 / 1_000, ' KB', 1),
    ],
    plots: [],
    figures: { 'fp16 KB': ours, 'lite KB': lite, 'vad-web KB': theirs },
  };
}

/** What is fetched before anything is heard. */
export const bytesBenchmark: Benchmark = { name: 'bytes', run };
