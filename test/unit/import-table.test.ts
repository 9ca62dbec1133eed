import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const SOURCE = resolve(import.meta.dirname, '../../src');

interface Allowed {
  /** Folders (or single files at the top) of `src/`. */
  readonly folders: readonly string[];
  readonly packages: readonly string[];
}

const NODE = ['node:'];
const SERVER_SIDE = ['protocol', 'recogniser', 'front-end', 'vad', 'dsp', 'search', 'metrics', 'units', 'errors'];

/** What each folder may import; everything else is forbidden. The README's architecture section shows the same. */
const TABLE: Record<string, Allowed> = {
  'units.ts': { folders: [], packages: [] },
  'errors.ts': { folders: [], packages: [] },
  'index.ts': {
    folders: ['pipeline', 'errors', 'units', 'protocol', 'capture/assets.ts', 'front-end/presets.ts'],
    packages: [],
  },
  dsp: { folders: ['units'], packages: [] },
  vad: { folders: ['dsp', 'units'], packages: [] },
  'front-end': { folders: ['vad', 'dsp', 'protocol', 'units'], packages: [] },
  protocol: { folders: ['units', 'errors'], packages: ['valibot'] },
  recogniser: { folders: ['units', 'errors'], packages: [] },
  evaluation: { folders: ['units'], packages: [] },
  metrics: { folders: ['units'], packages: [] },
  monitor: { folders: ['metrics', 'units'], packages: [] },
  search: { folders: ['protocol', 'units'], packages: ['minisearch'] },
  worklet: { folders: ['front-end', 'vad', 'dsp', 'protocol', 'units'], packages: [] },
  delivery: {
    folders: ['protocol', 'dsp/wav.ts', 'front-end/clip-joiner.ts', 'units', 'errors'],
    packages: ['comlink', 'eventsource-parser', 'idb'],
  },
  'recogniser-worker': {
    folders: ['recogniser', 'protocol', 'errors', 'units'],
    packages: ['comlink', 'onnxruntime-web'],
  },
  capture: {
    folders: [
      'protocol',
      'front-end/options.ts',
      'units',
      'errors',
      'vad/kernel-scorer.ts',
      'vad/speech-scorer.ts',
      'worklet/speech-processor.ts?worker&url',
    ],
    packages: [],
  },
  pipeline: {
    folders: [
      ...['capture', 'protocol', 'units', 'errors', 'front-end/options.ts', 'front-end/presets.ts'],
      ...['delivery/delivery-worker.ts?worker&url', 'recogniser-worker/recogniser-worker.ts?worker&url'],
      'delivery/delivery.ts',
    ],
    packages: ['comlink'],
  },
  'service-worker': {
    folders: ['delivery/send-outbox.ts', 'protocol/app-worker-messages.ts', 'units'],
    packages: ['virtual:shell-list'],
  },
  // The frameworks' packages are imported as types only.
  element: { folders: ['index.ts', 'protocol/session.ts', 'units'], packages: ['react', 'vue', 'svelte'] },
  app: { folders: ['index.ts', 'element', 'dsp', 'evaluation', 'protocol', 'search', 'units'], packages: [] },
  server: {
    folders: SERVER_SIDE,
    packages: [
      ...[...NODE, 'hono', '@hono/node-server', 'onnxruntime-node', 'selfsigned'],
      ...['mediabunny', 'mpg123-decoder', 'opus-decoder', 'pino', 'prom-client', 'swagger-ui-dist'],
      ...['jose', 'libsql', 'rate-limiter-flexible', '@nats-io'],
    ],
  },
  cli: {
    folders: [...SERVER_SIDE, 'server', 'evaluation', 'metrics', 'monitor'],
    packages: [...NODE, 'commander', '@wasm-audio-decoders/flac', 'uqr'],
  },
};

interface Import {
  readonly file: string;
  readonly specifier: string;
}

function importsOf(file: string): Import[] {
  const text = readFileSync(file, 'utf8');
  const pattern =
    /(?:^|[\s;}])(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]|\bimport\s*\(?\s*['"]([^'"]+)['"]/g;
  return [...text.matchAll(pattern)].map((match) => ({ file, specifier: match[1] ?? match[2] ?? '' }));
}

const SOURCES = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !path.startsWith('kernel/'))
  .map((path) => join(SOURCE, path));
const IMPORTS = SOURCES.flatMap(importsOf);

function roomOf(path: string): string {
  return relative(SOURCE, path).split('/')[0]!;
}

function isAllowed({ file, specifier }: Import): boolean {
  const room = roomOf(file);
  const allowed = TABLE[room];
  if (allowed === undefined) return false;
  if (!specifier.startsWith('.')) {
    return allowed.packages.some(
      (name) => specifier === name || specifier.startsWith(name.endsWith(':') ? name : `${name}/`),
    );
  }
  const target = resolve(dirname(file), specifier);
  const targetRoom = roomOf(target);
  if (targetRoom === '..') {
    // Two files from outside: the kernel that the build made, and the package's own version.
    return (
      (room === 'capture' && /dist\/kernel\/[\w-]+\.wasm\?url$/.test(target)) ||
      (room === 'cli' && target === resolve(SOURCE, '../package.json'))
    );
  }
  if (targetRoom === room) return true;
  const path = relative(SOURCE, target);
  return allowed.folders.some((folder) => path === folder || path === `${folder}.ts` || path.startsWith(`${folder}/`));
}

describe('the import table', () => {
  it('has a row for every folder of the source, and no row for one that is gone', () => {
    const rooms = new Set(SOURCES.map(roomOf));
    expect(Object.keys(TABLE).filter((room) => !rooms.has(room))).toEqual([]);
    expect([...rooms].filter((room) => TABLE[room] === undefined)).toEqual([]);
  });

  it('is kept by every import', () => {
    expect(IMPORTS.length).toBeGreaterThan(200);
    const broken = IMPORTS.filter((entry) => !isAllowed(entry));
    expect(broken.map(({ file, specifier }) => `${relative(SOURCE, file)} imports ${specifier}`)).toEqual([]);
  });

  it('would notice a forbidden import', () => {
    const file = join(SOURCE, 'dsp/level.ts');
    expect(isAllowed({ file, specifier: '../vad/endpointer.ts' })).toBe(false);
    expect(isAllowed({ file, specifier: 'comlink' })).toBe(false);
    expect(isAllowed({ file: join(SOURCE, 'app/main.ts'), specifier: '../server/app.ts' })).toBe(false);
  });

  it('leaves no cycle between files', () => {
    const graph = new Map<string, string[]>();
    for (const { file, specifier } of IMPORTS) {
      if (!specifier.startsWith('.') || specifier.includes('?')) continue;
      graph.set(file, [...(graph.get(file) ?? []), resolve(dirname(file), specifier)]);
    }
    const done = new Set<string>();
    const path: string[] = [];
    const cycles: string[] = [];
    const visit = (file: string): void => {
      if (path.includes(file)) {
        cycles.push([...path.slice(path.indexOf(file)), file].map((at) => relative(SOURCE, at)).join(' -> '));
        return;
      }
      if (done.has(file)) return;
      path.push(file);
      for (const next of graph.get(file) ?? []) visit(next);
      path.pop();
      done.add(file);
    };
    for (const file of graph.keys()) visit(file);
    expect(cycles).toEqual([]);
  });

  it('has no folder-level index', () => {
    expect(SOURCES.filter((path) => /\/src\/.+\/index\.ts$/.test(path))).toEqual([]);
  });
});
