import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PROGRAM = 'dist/node/ossicle.js';

/** The real server with the built page, as a process of its own. */
export class OssicleServer {
  readonly #options: readonly string[];
  #process: ChildProcess | undefined;
  #port = 0;

  /** @param options Further options of `ossicle serve`. */
  constructor(options: readonly string[] = []) {
    this.#options = options;
  }

  /** Where the page is; a server that was killed and started again keeps its address. */
  get origin(): string {
    return `http://localhost:${this.#port}`;
  }

  /** Starts the server and waits until it takes speech. */
  async start(): Promise<this> {
    for (const needed of [PROGRAM, 'dist/app/index.html']) {
      if (!existsSync(ROOT + needed)) throw new Error(`${needed} is missing: run npm run build first.`);
    }
    const args = [PROGRAM, 'serve', '--port', String(this.#port), '--threads', '1', ...this.#options];
    const child = spawn(process.execPath, args, {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process = child;
    let complaints = '';
    child.stderr.on('data', (part: Buffer) => {
      complaints += part.toString();
    });
    for await (const line of createInterface(child.stdout)) {
      const port = /^Ossicle is at http:\/\/localhost:(\d+)\/$/.exec(line)?.[1];
      if (port === undefined) continue;
      this.#port = Number(port);
      return this;
    }
    throw new Error(`The server did not start: ${complaints}`);
  }

  /** Ends the server as a crash does: no answer is finished. */
  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }
}

/**
 * What the recogniser makes of a whole file, with nothing cut and nothing levelled.
 *
 * @param wav Any rate, at most 30 s.
 */
export async function rawText(origin: string, wav: Uint8Array<ArrayBuffer>): Promise<string> {
  const form = new FormData();
  form.append('file', new Blob([wav], { type: 'audio/wav' }), 'raw.wav');
  // A clip that claims to be cut already is left as it is.
  const response = await fetch(`${origin}/v1/audio/transcriptions`, {
    method: 'POST',
    headers: { 'x-clip-contract': '1' },
    body: form,
  });
  if (!response.ok) throw new Error(`The server answered ${response.status}: ${await response.text()}`);
  const { text }: { readonly text: string } = await response.json();
  return text;
}
