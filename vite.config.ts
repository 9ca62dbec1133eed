import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { playwright } from '@vitest/browser-playwright';
import type { Plugin, UserConfig, UserConfigFnObject } from 'vite';
import { defineConfig } from 'vitest/config';
import { shellList } from './src/build/shell-list.mjs';
import { CHROMIUM_ARGUMENTS, findChromium } from './test/chromium.mjs';

const root = import.meta.dirname;

// The tests load onnxruntime themselves, and must not report to its maker either.
process.env['ORT_DISABLE_TELEMETRY'] = '1';

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

/**
 * In the library, workers, worklet and kernel are files of their own beside `index.js`, written so that a bundler finds
 * them: `new URL('./file', import.meta.url)`. onnxruntime's WebAssembly (14 MB) is looked for there but not shipped.
 */
function assetsBesideTheModule(): Plugin {
  const prefix = '\0ossicle-asset:';
  const kernels = join(root, 'dist/kernel');
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
      const fileName = id.slice(prefix.length);
      const kernel = join(kernels, fileName);
      if (existsSync(kernel)) this.emitFile({ type: 'asset', fileName, source: readFileSync(kernel) });
      return `export default ossicleAsset("${fileName}");`;
    },
    transform(code, id) {
      // onnxruntime is always told where its WebAssembly is; its own guess would pull the file into the script.
      return id.includes('/onnxruntime-web/')
        ? code.replaceAll(/new URL\("ort-wasm[^"]*",\s*import\.meta\.url\)/g, 'new URL(import.meta.url)')
        : undefined;
    },
    // Late, because Vite would turn such a URL into the file's content.
    renderChunk: (code) => code.replaceAll(/ossicleAsset\("([^"]+)"\)/g, 'new URL("./$1", import.meta.url).href'),
  };
}

const app: UserConfig = {
  root: join(root, 'src/app'),
  publicDir: join(root, 'public'),
  plugins: [serveModels()],
  worker: { format: 'es' },
  build: {
    outDir: join(root, 'dist/app'),
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    license: { fileName: 'licences.md' },
  },
  server: { proxy: { '/v1': 'http://127.0.0.1:8790' } },
};

const node: UserConfig = {
  publicDir: false,
  // The command line must run where only this package is installed: what is small and pure goes into it.
  ssr: { noExternal: ['commander', 'minisearch', 'uqr'] },
  build: {
    ssr: true,
    target: 'node20',
    outDir: join(root, 'dist/node'),
    emptyOutDir: true,
    license: { fileName: 'licences.md' },
    rolldownOptions: {
      // All in one folder: workers and data are found relative to whichever file asks for them.
      output: { chunkFileNames: '[name].js' },
      input: {
        ossicle: join(root, 'src/cli/main.ts'),
        server: join(root, 'src/server/server.ts'),
        'clip-worker': join(root, 'src/cli/clip-worker.ts'),
        'prep-worker': join(root, 'src/cli/prep-worker.ts'),
        'predict-worker': join(root, 'src/server/predict-worker.ts'),
        'decode-worker': join(root, 'src/server/decode-worker.ts'),
      },
    },
  },
};

const library: UserConfig = {
  publicDir: false,
  base: './',
  plugins: [assetsBesideTheModule()],
  build: { outDir: join(root, 'dist/browser'), emptyOutDir: false, target: 'es2022', modulePreload: false },
};

/** The module that sites import; its dependencies stay imports, for the site's own bundler. */
function libraryModules(entry: Record<string, string>, plugins: Plugin[] = []): UserConfig {
  return {
    ...library,
    plugins: [assetsBesideTheModule(), ...plugins],
    build: {
      ...library.build,
      lib: { entry, formats: ['es'] },
      rolldownOptions: {
        external: ['comlink', 'valibot'],
        output: {
          chunkFileNames: `${Object.keys(entry)[0]}-[name].js`,
          // One file for what the entry shares with parts that come on intent, not one for each.
          codeSplitting: { groups: [{ name: 'shared', minShareCount: 2, test: /\/src\/(?!delivery\/)/ }] },
        },
      },
    },
  };
}

/** The element's module leaves the pipeline's beside it where it is. */
function pipelineBeside(): Plugin {
  return {
    name: 'ossicle-pipeline-beside',
    enforce: 'pre',
    resolveId: (source) => (source === '../index.ts' ? { id: './index.js', external: true } : undefined),
  };
}

/** The element's style sheet without what is only there to be read. */
function tightStyles(): Plugin {
  return {
    name: 'ossicle-styles',
    transform: (code, id) =>
      id.endsWith('/src/element/styles.ts')
        ? code.replaceAll(/\n\s*/g, ' ').replaceAll(/\s*([{}:;,])\s+/g, '$1')
        : undefined,
  };
}

/** The same element for a page without a bundler: a small script that brings what it needs and loads the rest on intent. */
const libraryScript: UserConfig = {
  ...library,
  plugins: [assetsBesideTheModule(), tightStyles()],
  build: {
    ...library.build,
    lib: {
      entry: {
        'voice-search': join(root, 'src/element/define.ts'),
        'voice-search-voice-driver': join(root, 'src/element/voice-driver.ts'),
      },
      formats: ['es'],
    },
    license: { fileName: 'voice-search.licences.md' },
    rolldownOptions: {
      preserveEntrySignatures: 'allow-extension',
      output: {
        chunkFileNames: 'voice-search-[name].js',
        minify: true,
        // What a press fetches first brings its imports along: they would be fetched one after another.
        codeSplitting: { groups: [{ name: 'voice-driver', test: /\/src\/element\/voice-driver/ }] },
      },
    },
  },
};

/** What a site's own service worker imports: one file that carries all it needs, since it may load nothing later. */
const libraryOutbox: UserConfig = {
  ...library,
  build: {
    ...library.build,
    lib: { entry: join(root, 'src/delivery/send-outbox.ts'), formats: ['es'], fileName: 'outbox' },
    license: { fileName: 'outbox.licences.md' },
    rolldownOptions: { output: { codeSplitting: false } },
  },
};

/** A worker or the worklet: one minified file that carries all it needs, since bundlers take it along as it is, and alone. */
function libraryWorker(folder: string, file: string): UserConfig {
  return {
    ...library,
    build: {
      ...library.build,
      license: { fileName: `${file}.licences.md` },
      rolldownOptions: {
        input: join(root, 'src', folder, `${file}.ts`),
        output: { entryFileNames: `${file}.js`, codeSplitting: false },
      },
    },
  };
}

/** Beside the page, under a name that stays, because browsers know it by its address. */
const serviceWorker: UserConfig = {
  publicDir: false,
  plugins: [shellList(join(root, 'dist/app'))],
  build: {
    outDir: join(root, 'dist/app'),
    emptyOutDir: false,
    target: 'es2022',
    // Not every browser runs modules as service workers.
    lib: {
      entry: join(root, 'src/service-worker/service-worker.ts'),
      formats: ['iife'],
      name: 'ossicle',
      fileName: () => 'service-worker.js',
    },
    rolldownOptions: { output: { codeSplitting: false } },
  },
};

const builds: Record<string, UserConfig> = {
  node,
  'service-worker': serviceWorker,
  'library-index': libraryModules({ index: join(root, 'src/index.ts') }),
  'library-element': libraryModules(
    { element: join(root, 'src/element/element.ts'), define: join(root, 'src/element/define.ts') },
    [pipelineBeside()],
  ),
  'library-script': libraryScript,
  'library-outbox': libraryOutbox,
  'library-worklet': libraryWorker('worklet', 'speech-processor'),
  'library-delivery': libraryWorker('delivery', 'delivery-worker'),
  'library-recogniser': libraryWorker('recogniser-worker', 'recogniser-worker'),
};

const chromium = findChromium();

const config: UserConfigFnObject = defineConfig(({ mode }) => ({
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
        test: {
          name: 'slow',
          root,
          environment: 'node',
          include: ['test/slow/**/*.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 120_000,
        },
      },
      {
        root,
        publicDir: false,
        plugins: [serveModels()],
        worker: { format: 'es' },
        optimizeDeps: {
          include: [
            ...['comlink', 'eventsource-parser', 'fast-check', 'idb', 'mediabunny', 'minisearch'],
            ...['onnxruntime-web/wasm', 'valibot'],
          ],
        },
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
                // A microphone that beeps, and is always allowed.
                args: [...CHROMIUM_ARGUMENTS, '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream'],
              },
            }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
}));

export default config;
