import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, type Rolldown } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CommandEnd, runCommand, runToSuccess } from '../run-command.ts';

const root = join(import.meta.dirname, '../..');
const MAX_TARBALL_BYTES = 2_000_000;

interface Lock {
  readonly packages: Readonly<Record<string, { readonly hasInstallScript?: boolean }>>;
}

let folder: string;
let tarballBytes: number;

function installed(path: string): string {
  return join(folder, 'node_modules/ossicle', path);
}

function ossicle(...args: string[]): Promise<CommandEnd> {
  return runCommand(process.execPath, ['node_modules/.bin/ossicle', ...args], folder);
}

/** A module of a site, with one mistake: events have no `txt`. */
const SITE = `import { SpeechPipeline, type SpeechPipelineOptions } from 'ossicle';
const options: SpeechPipelineOptions = { predict: 'server' };
const pipeline = new SpeechPipeline(options);
pipeline.addEventListener('transcript', (event) => console.log(event.text.trim()));
pipeline.addEventListener('transcript', (event) => console.log(event.txt));
`;

/** What the compiler says about {@link SITE}, and about the package's declarations. */
async function typeErrors(resolution: 'bundler' | 'nodenext'): Promise<string> {
  await writeFile(join(folder, 'site.ts'), SITE);
  const module = resolution === 'bundler' ? 'esnext' : 'nodenext';
  const options = ['--noEmit', '--strict', '--target', 'es2022', '--lib', 'es2023,dom,dom.iterable'];
  const args = [...options, '--module', module, '--moduleResolution', resolution, 'site.ts'];
  const { stdout } = await runCommand(
    process.execPath,
    [join(root, 'node_modules/typescript/bin/tsc'), ...args],
    folder,
  );
  return stdout;
}

beforeAll(async () => {
  if (!existsSync(join(root, 'dist/browser/index.js'))) throw new Error('Nothing is built: run "npm run build" first.');
  folder = await mkdtemp(join(tmpdir(), 'ossicle-site-'));
  await mkdir(join(folder, 'tarball'));
  // The build is tested as it lies there: without scripts, nothing is built again.
  await runToSuccess('npm', ['pack', '--ignore-scripts', '--pack-destination', join(folder, 'tarball')], root);
  const [name = ''] = readdirSync(join(folder, 'tarball'));
  const tarball = join(folder, 'tarball', name);
  tarballBytes = statSync(tarball).size;
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'site', private: true, type: 'module' }));
  const quiet = ['--no-audit', '--no-fund', '--prefer-offline', '--ignore-scripts=false'];
  await runToSuccess('npm', ['install', ...quiet, tarball], folder);
}, 180_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the packed tarball in an empty folder', () => {
  it('weighs at most 2 MB', () => {
    expect(tarballBytes).toBeLessThanOrEqual(MAX_TARBALL_BYTES);
  });

  it('brings only what a browser bundle needs, and runs no install script', () => {
    const { packages } = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')) as Lock;
    expect(Object.keys(packages).sort()).toEqual([
      '',
      'node_modules/comlink',
      'node_modules/ossicle',
      'node_modules/valibot',
    ]);
    expect(Object.values(packages).filter((entry) => entry.hasInstallScript === true)).toEqual([]);
    const names = readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.'));
    expect(names.sort()).toEqual(['comlink', 'ossicle', 'valibot']);
  });

  it('holds neither weights of a recogniser nor onnxruntime, and no source maps', () => {
    const files = readdirSync(installed(''), { recursive: true, encoding: 'utf8' });
    expect(files.filter((name) => /\.ort$|ort-wasm|\.map$|^models/.test(name))).toEqual([]);
  });

  it('holds the licences of what is bundled into it', () => {
    const notices = ['dist/node', 'dist/browser', 'dist/app']
      .flatMap((path) => readdirSync(installed(path)).map((name) => join(path, name)))
      .filter((path) => path.endsWith('licences.md'))
      .map((path) => readFileSync(installed(path), 'utf8'))
      .join('\n');
    for (const name of ['commander', 'comlink', 'minisearch', 'onnxruntime-web', 'uqr', 'valibot']) {
      expect(notices).toContain(`## ${name} - `);
    }
    expect(readFileSync(installed('src/kernel/NOTICE.md'), 'utf8')).toContain('Silero Team');
    expect(existsSync(installed('LICENSE'))).toBe(true);
  });

  it('is imported in Node without a word, as a server that renders pages does', async () => {
    const script = "import('ossicle').then((module) => console.log(typeof module.SpeechPipeline))";
    expect(await runCommand(process.execPath, ['--eval', script], folder)).toEqual({
      exitCode: 0,
      stdout: 'function\n',
      stderr: '',
    });
  });

  it.each(['element', 'define'])('is imported in Node without a word as ossicle/%s, too', async (entry) => {
    const script = `import('ossicle/${entry}').then((module) => console.log(typeof module.VoiceSearchElement))`;
    expect(await runCommand(process.execPath, ['--eval', script], folder)).toEqual({
      exitCode: 0,
      stdout: 'function\n',
      stderr: '',
    });
  });

  it.each(['bundler', 'nodenext'] as const)(
    'gives its types to a compiler that resolves like %s',
    async (resolution) => {
      const errors = await typeErrors(resolution);
      expect(errors).toContain("site.ts(5,70): error TS2551: Property 'txt' does not exist on type 'TranscriptEvent'");
      expect(errors.match(/error TS/g)).toHaveLength(1);
    },
  );

  it('gives a bundler the workers, the worklet and the kernel as files', async () => {
    await writeFile(join(folder, 'site.js'), "import { SpeechPipeline } from 'ossicle';\nnew SpeechPipeline();\n");
    const output = (await build({
      root: folder,
      configFile: false,
      logLevel: 'silent',
      build: { write: false, rolldownOptions: { input: join(folder, 'site.js') } },
    })) as Rolldown.RolldownOutput;
    const names = output.output.map((file) => file.fileName.replace(/-[\w-]{8}\./, '.'));
    for (const name of ['delivery-worker.js', 'recogniser-worker.js', 'speech-processor.js', 'silero-v6-fp16.wasm']) {
      expect(names).toContain(`assets/${name}`);
    }
    const worker = output.output.find((file) => file.fileName.includes('delivery-worker'));
    expect(worker?.type === 'asset' && Buffer.from(worker.source)).toEqual(
      readFileSync(installed('dist/browser/delivery-worker.js')),
    );
  });

  it('explains the command line', async () => {
    const { exitCode, stdout, stderr } = await ossicle('--help');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^Usage: ossicle /);
  });

  it('segments a recording with nothing else installed', async () => {
    const { exitCode, stdout } = await ossicle('segment', join(root, 'test/fixtures/audio/jfk.flac'), '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject([
      { segments: expect.arrayContaining([expect.objectContaining({ gainDb: expect.any(Number) })]) },
    ]);
  });

  it('names the one line that installs what the server needs', async () => {
    const { exitCode, stdout, stderr } = await ossicle('serve', '--port', '0');
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(/^ossicle: [^\n]*npm install [^\n]*\n$/);
    const named = [...stderr.matchAll(/((?:@[\w-]+\/)?[\w-]+)@([\d.]+)/g)];
    const { peerDependencies } = JSON.parse(readFileSync(installed('package.json'), 'utf8')) as {
      readonly peerDependencies: Readonly<Record<string, string>>;
    };
    // The page alone needs onnxruntime-web, to recognise on the device.
    const needed = Object.keys(peerDependencies).filter((name) => name !== 'onnxruntime-web');
    expect(named.map((match) => match[1]).sort()).toEqual(needed.sort());
    for (const [, name = '', version = ''] of named) {
      expect(peerDependencies[name]?.replace(/^[~^]/, '').startsWith(`${version}.`), name).toBe(true);
    }
  });
});
