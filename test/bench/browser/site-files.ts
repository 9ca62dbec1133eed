import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { build, type Rolldown } from 'vite';

const ROOT = join(import.meta.dirname, '../../..');
const PAGES = join(import.meta.dirname, 'pages');
const require = createRequire(import.meta.url);

/** The highest quality takes a minute on vad-web's 14 MB and saves a tenth of them. */
const LARGE_BYTES = 1_000_000;

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};

/** One file as the site serves it. */
export interface SiteFile {
  readonly contentType: string;
  readonly brotli: Uint8Array;
}

/** What vad-web's documentation tells to host: its own files, and those of the runtime build that it is used with. */
const VAD_WEB_FILES = [
  'bundle.min.js',
  'vad.worklet.bundle.min.js',
  'silero_vad_legacy.onnx',
  'silero_vad_v6.onnx',
] as const;
const ORT_FILES = ['ort.wasm.min.js', 'ort-wasm-simd-threaded.mjs', 'ort-wasm-simd-threaded.wasm'] as const;

function siteFile(path: string, bytes: Uint8Array): SiteFile {
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: bytes.length > LARGE_BYTES ? 9 : 11,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
  };
  const contentType = TYPES[extname(path)] ?? 'application/octet-stream';
  return { contentType, brotli: brotliCompressSync(bytes, { params }) };
}

/** The published package as a site's own bundler takes it: entry minified with its dependencies, files beside it. */
async function bundled(): Promise<ReadonlyMap<string, Uint8Array>> {
  const output = (await build({
    configFile: false,
    logLevel: 'error',
    root: ROOT,
    base: '/ossicle/',
    publicDir: false,
    build: {
      write: false,
      target: 'es2022',
      modulePreload: false,
      assetsInlineLimit: 0,
      assetsDir: '',
      minify: true,
      rolldownOptions: {
        input: { entry: join(ROOT, 'dist/browser/index.js') },
        preserveEntrySignatures: 'strict',
        output: { entryFileNames: '[name].js' },
      },
    },
  })) as Rolldown.RolldownOutput;
  const encoder = new TextEncoder();
  return new Map(
    output.output.map((file) => {
      const content = file.type === 'chunk' ? file.code : file.source;
      return [`/ossicle/${file.fileName}`, typeof content === 'string' ? encoder.encode(content) : content] as const;
    }),
  );
}

/** Everything that the site serves, by path, compressed. @throws Error when something is not built. */
export async function siteFiles(progress: (text: string) => void): Promise<ReadonlyMap<string, SiteFile>> {
  const vadWeb = dirname(require.resolve('@ricky0123/vad-web'));
  const ort = dirname(require.resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm'));
  const kernels = ['silero-v6-fp16.wasm', 'silero-v6-int8.wasm'] as const;
  const paths: (readonly [string, string])[] = [
    ...readdirSync(PAGES).map((name) => [`/${name}`, join(PAGES, name)] as const),
    ...kernels.map((name) => [`/kernel/${name}`, join(ROOT, 'dist/kernel', name)] as const),
    ...VAD_WEB_FILES.map((name) => [`/vad-web/${name}`, join(vadWeb, name)] as const),
    ...ORT_FILES.map((name) => [`/vad-web/${name}`, join(ort, name)] as const),
  ];
  const missing = paths.find(([, path]) => !existsSync(path));
  if (missing !== undefined) throw new Error(`${missing[1]}: not there; run "npm run build".`);
  const files = new Map<string, Uint8Array>(await bundled());
  for (const [name, path] of paths) files.set(name, readFileSync(path));
  const served = new Map<string, SiteFile>();
  for (const [name, bytes] of files) {
    progress(`compressing ${name}`);
    served.set(name, siteFile(name, bytes));
  }
  return served;
}
