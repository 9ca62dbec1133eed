import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { build, type Rolldown } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emptyProject, INSTALL_OPTIONS, packPackage } from '../packed-package.ts';
import { type CommandEnd, runCommand, runToSuccess } from '../run-command.ts';

const root = join(import.meta.dirname, '../..');
const MAX_TARBALL_BYTES = 2_000_000;

interface Lock {
  readonly packages: Readonly<Record<string, { readonly hasInstallScript?: boolean }>>;
}

/** What `attw --format json` finds, in every way of resolving. */
interface TypesReport {
  readonly analysis: { readonly entrypoints: Readonly<Record<string, unknown>> };
  readonly problems?: Readonly<Record<string, readonly { readonly kind: string; readonly resolutionKind?: string }[]>>;
}

/** `require` before Node knew it for ES modules, and resolution without `exports`: an ES module promises nothing there. */
const NOT_PROMISED: readonly (string | undefined)[] = ['node10', 'node16-cjs'];

let folder: string;
let tarball: string;

function installed(path: string): string {
  return join(folder, 'node_modules/ossicle', path);
}

function evaluate(script: string): Promise<CommandEnd> {
  return runCommand(process.execPath, ['--eval', script], folder);
}

function ossicle(...args: string[]): Promise<CommandEnd> {
  return runCommand(process.execPath, ['node_modules/.bin/ossicle', ...args], folder);
}

/** A module of a site, with one mistake: events have no `txt`. */
const SITE = `import { SpeechPipeline, type SpeechPipelineOptions } from 'ossicle';
import { type AppOptions, createApp, type OssicleApp } from 'ossicle/server';
export const mount = (options: AppOptions): OssicleApp => createApp({ appFolder: null, ...options });
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
  folder = await mkdtemp(join(tmpdir(), 'ossicle-site-'));
  tarball = await packPackage(folder);
  await emptyProject(folder);
  await runToSuccess('npm', ['install', ...INSTALL_OPTIONS, '--ignore-scripts=false', tarball], folder);
}, 180_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the packed tarball in an empty folder', () => {
  it('weighs at most 2 MB', () => {
    expect(statSync(tarball).size).toBeLessThanOrEqual(MAX_TARBALL_BYTES);
  });

  it('leaves publint nothing to say', async () => {
    const bytes = await readFile(tarball);
    const { messages, pkg } = await publint({ pack: { tarball: new Uint8Array(bytes).buffer }, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg ?? {}))).toEqual([]);
  });

  it('has types that are those of its modules, wherever an ES module is resolved', async () => {
    const attw = join(root, 'node_modules/@arethetypeswrong/cli/dist/index.js');
    const args = [attw, tarball, '--profile', 'esm-only', '--format', 'json'];
    const { exitCode, stdout } = await runCommand(process.execPath, args, folder);
    const { analysis, problems = {} }: TypesReport = JSON.parse(stdout);
    const promised = Object.values(problems)
      .flat()
      .filter(({ resolutionKind }) => !NOT_PROMISED.includes(resolutionKind));
    expect({ exitCode, promised }).toEqual({ exitCode: 0, promised: [] });
    expect(Object.keys(analysis.entrypoints)).toEqual(expect.arrayContaining(['.', './element', './server']));
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

  it.each([
    ['ossicle', 'SpeechPipeline'],
    ['ossicle/element', 'VoiceSearchElement'],
    ['ossicle/define', 'VoiceSearchElement'],
    ['ossicle/outbox', 'sendOutbox'],
  ])('is imported in Node without a word as %s, as a server that renders pages does', async (entry, name) => {
    expect(await evaluate(`import('${entry}').then((module) => console.log(typeof module.${name}))`)).toEqual({
      exitCode: 0,
      stdout: 'function\n',
      stderr: '',
    });
  });

  it.each(['react', 'vue', 'svelte'])('may be imported for the types of ossicle/%s alone', async (framework) => {
    const script = `import('ossicle/${framework}').then((module) => console.log(Object.keys(module).length))`;
    expect(await evaluate(script)).toEqual({ exitCode: 0, stdout: '0\n', stderr: '' });
  });

  it('says what to install when the server is imported without its packages', async () => {
    const { exitCode, stdout, stderr } = await evaluate(
      "import('ossicle/server').catch((error) => console.log(error.message))",
    );
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^ossicle\/server: [^\n]*npm install [^\n]*hono@4[^\n]*\n$/);
  });

  it.each(['bundler', 'nodenext'] as const)(
    'gives its types to a compiler that resolves like %s',
    async (resolution) => {
      const errors = await typeErrors(resolution);
      expect(errors).toContain("site.ts(7,70): error TS2551: Property 'txt' does not exist on type 'TranscriptEvent'");
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
    // The page alone needs onnxruntime-web, to recognise on the device; weights may come from elsewhere.
    const isElsewhere = /^onnxruntime-web$|^@ossicle\//;
    const needed = Object.keys(peerDependencies).filter((name) => !isElsewhere.test(name));
    expect(named.map((match) => match[1]).sort()).toEqual(needed.sort());
    for (const [, name = '', version = ''] of named) {
      const range = peerDependencies[name] ?? '';
      expect(`${range.replace(/^[~^]/, '')}.`.startsWith(`${version}.`), name).toBe(true);
      // What "3" brings may be newer than "~3.3" takes.
      expect(range.startsWith('~') ? version.includes('.') : true, `${name}: ${version} for ${range}`).toBe(true);
    }
  });
});
