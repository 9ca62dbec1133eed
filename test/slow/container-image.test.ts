import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDockerfile, type Stage } from '../dockerfile.ts';
import { fixtureFile, postForm, transcriptionForm } from '../local-server.ts';
import { runToSuccess } from '../run-command.ts';

const root = join(import.meta.dirname, '../..');
/** Nobody, on every system; only root may become somebody else. */
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;
const MEGABYTE = 1024 * 1024;

/** The stages of the Dockerfile, carried out in folders instead of images. */
class Rehearsal {
  readonly #disk: string;
  readonly #roots = new Map<string, string>();

  constructor(disk: string) {
    this.#disk = disk;
  }

  /** @returns The folder that stands for the image's root. */
  async build(stage: Stage, context: string): Promise<string> {
    const image = join(this.#disk, stage.alias ?? 'image');
    this.#roots.set(stage.alias ?? '', image);
    let workFolder = image;
    for (const { name, text } of stage.instructions) {
      if (name === 'WORKDIR') workFolder = join(image, text);
      await mkdir(workFolder, { recursive: true });
      if (name === 'RUN') await runToSuccess('sh', ['-c', text], workFolder);
      if (name === 'COPY') await this.#copy(text.split(' '), context, image, workFolder);
    }
    return image;
  }

  async #copy(words: readonly string[], context: string, image: string, workFolder: string): Promise<void> {
    const options = words.filter((word) => word.startsWith('--'));
    const [from = '', ...more] = words.filter((word) => !word.startsWith('--'));
    const to = more.at(-1) ?? '';
    const stage = options.find((option) => option.startsWith('--from='))?.slice('--from='.length);
    const source = stage === undefined ? context : (this.#roots.get(stage) ?? '');
    const target = to.startsWith('/') ? join(image, to) : join(workFolder, to);
    for (const path of [from, ...more.slice(0, -1)]) {
      const isFolder = statSync(join(source, path)).isDirectory();
      await cp(join(source, path), isFolder ? target : join(target, path.split('/').at(-1) ?? ''), {
        recursive: true,
        verbatimSymlinks: true,
      });
    }
    if (isRoot && options.some((option) => option.startsWith('--chown='))) chownSync(target, NOBODY, NOBODY);
  }
}

function jsonOf(stage: Stage, name: string): string[] {
  const text = stage.instructions.find((each) => each.name === name)?.text ?? '';
  return JSON.parse(text.slice(text.indexOf('['))) as string[];
}

describe('the image that the Dockerfile describes', () => {
  const stages = parseDockerfile(readFileSync(join(root, 'Dockerfile'), 'utf8'));
  const runStage = stages[1]!;
  let disk: string;
  let image: string;
  let server: ChildProcess | undefined;
  let port: number;
  let printed = '';
  let environment: NodeJS.ProcessEnv;

  beforeAll(async () => {
    disk = await mkdtemp(join(tmpdir(), 'ossicle-image-'));
    const context = join(disk, 'context');
    await runToSuccess('git', ['clone', '--quiet', root, context], root);
    // As .dockerignore has it, in the one way that it is written.
    for (const path of readFileSync(join(context, '.dockerignore'), 'utf8').split('\n')) {
      if (!/^[\w.-]+$/.test(path)) continue;
      if (path !== 'test') await rm(join(context, path), { recursive: true, force: true });
      else {
        for (const name of readdirSync(join(context, path))) {
          if (name !== 'chromium.mjs') await rm(join(context, path, name), { recursive: true });
        }
      }
    }
    const rehearsal = new Rehearsal(disk);
    await rehearsal.build(stages[0]!, context);
    image = await rehearsal.build(runStage, context);
    await runToSuccess('chmod', ['-R', 'a-w,a+rX', join(image, 'app')], disk);
    await runToSuccess('chmod', ['a+rx', disk], disk);
    const settings = runStage.instructions
      .filter(({ name }) => name === 'ENV')
      .flatMap(({ text }) => text.split(' '))
      .map((each) => each.split('=') as [string, string]);
    environment = {
      PATH: process.env['PATH'],
      ...Object.fromEntries(settings),
      OSSICLE_KEYS: join(image, 'keys/keys.json'),
    };
  }, 600_000);
  afterAll(async () => {
    server?.kill('SIGKILL');
    await rm(disk, { recursive: true, force: true });
  });

  /** Starts a command of the image as its user, in its folder, with its environment. */
  function start(command: readonly string[], further: NodeJS.ProcessEnv = {}): ChildProcess {
    const [program = '', ...args] = command;
    return spawn(program === 'node' ? process.execPath : program, args, {
      cwd: join(image, 'app'),
      env: { ...environment, ...further },
      ...(isRoot ? { uid: NOBODY, gid: NOBODY } : {}),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  async function ended(child: ChildProcess): Promise<{ readonly exitCode: number | null; readonly output: string }> {
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (text: Buffer) => (output += text.toString()));
    await once(child, 'close');
    return { exitCode: child.exitCode, output };
  }

  const entry = jsonOf(runStage, 'ENTRYPOINT');
  const healthCheck = jsonOf(runStage, 'HEALTHCHECK');

  it('holds what serves and nothing that builds or tests', () => {
    const packages = readdirSync(join(image, 'app/node_modules'));
    expect(packages).toEqual(
      expect.arrayContaining(['hono', 'jose', 'onnxruntime-node', 'rate-limiter-flexible', 'valibot']),
    );
    for (const name of ['vite', 'vitest', 'playwright', 'typescript', 'onnxruntime-web', 'openai']) {
      expect(packages).not.toContain(name);
    }
    expect(readdirSync(image).sort()).toEqual(['app', 'keys']);
  });

  it('weighs less than 200 MB beside its base', async () => {
    const kilobytes = Number((await runToSuccess('du', ['-sk', image], disk)).split('\t')[0]);
    expect((kilobytes * 1024) / MEGABYTE).toBeLessThan(200);
  });

  it('does not start without keys, and says how to make one', async () => {
    const { exitCode, output } = await ended(start([...entry, ...jsonOf(runStage, 'CMD')]));
    expect(exitCode).toBe(2);
    expect(output).toMatch(/ossicle keys add NAME/);
  });

  it('makes a key, starts from a tree that it cannot write to, and reports its health', async () => {
    const made = await ended(start([...entry, 'keys', 'add', 'shop']));
    expect(made.exitCode).toBe(0);
    const key = /ossicle_\S+/.exec(made.output)?.[0] ?? '';
    server = start([...entry, ...jsonOf(runStage, 'CMD')], {
      OSSICLE_PORT: '0',
      OSSICLE_HOST: '127.0.0.1',
      OSSICLE_THREADS: '1',
    });
    port = await new Promise<number>((resolve, reject) => {
      const hear = (text: Buffer): void => {
        printed += text.toString();
        const found = /^Ossicle is at \S+:(\d+)\/$/m.exec(printed)?.[1];
        if (found !== undefined) resolve(Number(found));
      };
      server?.stdout?.on('data', hear);
      server?.stderr?.on('data', hear);
      server?.on('close', () => reject(new Error(`The server ended: ${printed}`)));
    });
    expect((await ended(start(healthCheck, { OSSICLE_PORT: String(port) }))).exitCode).toBe(0);
    const origin = `http://127.0.0.1:${port}`;
    expect(await (await fetch(origin)).text()).toContain('<search>');
    const form = transcriptionForm(await fixtureFile('jfk.flac'));
    const answer = await postForm(origin, form, { headers: { Authorization: `Bearer ${key}` } });
    expect(await answer.json()).toMatchObject({ text: expect.stringMatching(/country/) });
    expect((await postForm(origin, form)).status).toBe(401);
    if (isRoot) expect(statSync(`/proc/${server.pid}`).uid).toBe(NOBODY);
    expect(existsSync(join(image, 'app/node_modules/.cache'))).toBe(false);
  });

  it('stops when it is asked to, and is not healthy then', async () => {
    server?.kill('SIGTERM');
    if (server !== undefined && server.exitCode === null) await once(server, 'close');
    expect(server?.exitCode).toBe(0);
    expect((await ended(start(healthCheck, { OSSICLE_PORT: String(port) }))).exitCode).toBe(1);
  });
});
