import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(import.meta.dirname, 'fixtures/answers');

/** One answer of a server, as it goes over the wire. */
export interface RecordedAnswer {
  /** Folder and file, without the ending. */
  readonly name: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** Every answer under test/fixtures/answers. */
export function recordedAnswers(): readonly RecordedAnswer[] {
  return readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.txt'))
    .sort()
    .map((path) => parse(path.slice(0, -'.txt'.length), readFileSync(join(FOLDER, path))));
}

function parse(name: string, file: Buffer): RecordedAnswer {
  const end = file.indexOf('\n\n');
  const [statusLine = '', ...lines] = file.subarray(0, end).toString('latin1').split('\n');
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(statusLine)?.[1]);
  if (end < 0 || !(status >= 200)) throw new Error(`${name}: no status line, headers and empty line.`);
  const headers = lines.map((line) => line.split(/:\s*/, 2) as [string, string]);
  return { name, status, headers: Object.fromEntries(headers), body: new Uint8Array(file.subarray(end + 2)) };
}
