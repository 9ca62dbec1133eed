import { createReadStream, existsSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { playwright } from '@vitest/browser-playwright';
import type { Plugin, UserConfig } from 'vite';
import { defineConfig } from 'vitest/config';
import { CHROMIUM_ARGUMENTS, findChromium } from './test/chromium.mjs';

const root = import.meta.dirname;

/** In development and in tests, the recogniser's files come from the models folder, as `ossicle serve` does it. */
function serveModels(): Plugin {
  return {
    name: 'ossicle-models',
    configureServer(server) {
      server.middlewares.use('/models', (request, response, next) => {
        const path = join(root, 'models', decodeURIComponent((request.url ?? '').split('?')[0] ?? ''));
        if (!path.startsWith(join(root, 'models')) || !existsSync(path) || !statSync(path).isFile()) return next();
        const type = path.endsWith('.json') ? 'application/json' : 'application/octet-stream';
        response.writeHead(200, { 'content-type': type, 'content-length': statSync(path).size });
        createReadStream(path).pipe(response);
      });
    },
  };
}

/** In the library, workers, worklet and kernel are files of their own beside `index.js`, so that any bundler finds them. */
function assetsBesideTheModule(): Plugin {
  const prefix = '\0ossicle-asset:';
  return {
    name: 'ossicle-assets',
    enforce: 'pre',
    resolveId(source) {
      const [path = '', query] = source.split('?');
      if (query === 'worker&url') return `${prefix}${basename(path, '.ts')}.js`;
      if (query === 'url') return `${prefix}${basename(path)}`;
      return undefined;
    },
    load(id) {
      if (!id.startsWith(prefix)) return undefined;
      const file = JSON.stringify(`./${id.slice(prefix.length)}`);
      return `export default new URL(/* @vite-ignore */ ${file}, import.meta.url).href;`;
    },
  };
}

const app: UserConfig = {
  root: join(root, 'src/app'),
  publicDir: join(root, 'public'),
  plugins: [serveModels()],
  worker: { format: 'es' },
  build: { outDir: join(root, 'dist/app'), emptyOutDir: true, target: 'es2022', assetsInlineLimit: 0 },
  server: { proxy: { '/v1': 'http://127.0.0.1:8790' } },
};

const node: UserConfig = {
  publicDir: false,
  build: {
    ssr: true,
    target: 'node20',
    outDir: join(root, 'dist/node'),
    emptyOutDir: true,
    rolldownOptions: {
      // All in one folder: workers and data are found relative to whichever file asks for them.
      output: { chunkFileNames: '[name].js' },
      input: {
        ossicle: join(root, 'src/cli/main.ts'),
        'clip-worker': join(root, 'src/cli/clip-worker.ts'),
        'predict-worker': join(root, 'src/server/predict-worker.ts'),
      },
    },
  },
};

/** One file of the browser package; workers and worklet carry all they need. */
function library(entry: string, file: string, external: RegExp[]): UserConfig {
  return {
    publicDir: false,
    plugins: [assetsBesideTheModule()],
    build: {
      outDir: join(root, 'dist/browser'),
      emptyOutDir: false,
      target: 'es2022',
      lib: { entry: resolve(root, entry), formats: ['es'], fileName: () => `${file}.js` },
      rolldownOptions: { external, output: { chunkFileNames: '[name].js' } },
    },
  };
}

const NOTHING_EXTERNAL: RegExp[] = [];
const PACKAGES: RegExp[] = [/^comlink$/, /^valibot$/];

const builds: Record<string, UserConfig> = {
  node,
  'library-index': library('src/index.ts', 'index', PACKAGES),
  'library-worklet': library('src/worklet/speech-processor.ts', 'speech-processor', NOTHING_EXTERNAL),
  'library-delivery': library('src/delivery/delivery-worker.ts', 'delivery-worker', NOTHING_EXTERNAL),
  'library-recogniser': library('src/recogniser-worker/recogniser-worker.ts', 'recogniser-worker', NOTHING_EXTERNAL),
};

const chromium = findChromium();

export default defineConfig(({ mode }) => ({
  ...(builds[mode] ?? app),
  test: {
    root,
    projects: [
      {
        test: {
          name: 'unit',
          root,
          environment: 'node',
          include: ['test/unit/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        root,
        publicDir: false,
        plugins: [serveModels()],
        worker: { format: 'es' },
        optimizeDeps: { include: ['comlink', 'onnxruntime-web/wasm', 'valibot', 'minisearch'] },
        test: {
          name: 'browser',
          root,
          include: ['test/browser/**/*.test.ts'],
          testTimeout: 120_000,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: {
                ...(chromium === undefined ? {} : { executablePath: chromium }),
                args: CHROMIUM_ARGUMENTS,
              },
            }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
}));
