import { appendFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomically } from './atomic-file.ts';
import { CliError, systemCode } from './cli-error.ts';
import type { PrepRequest } from './prep-messages.ts';
import {
  type ClipRow,
  clipByteCount,
  clipLine,
  parseClipLine,
  parseSourceLine,
  type SourceRow,
  sourceLine,
} from './prep-rows.ts';
import { compareText } from './recording-tree.ts';

/** One recording and its clips, in order. */
export interface HeardSource {
  readonly source: SourceRow;
  readonly clips: readonly ClipRow[];
}

/** One line for each clip. */
export const MANIFEST_FILE = 'manifest.jsonl';
/** One line for each recording. */
export const SOURCES_FILE = 'sources.jsonl';

async function linesOf(path: string): Promise<readonly string[]> {
  try {
    return (await readFile(path, 'utf8')).split('\n').filter(Boolean);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw new CliError(`${path}: cannot be read (${systemCode(error) ?? 'unknown error'}); check its permissions.`);
  }
}

/** The last row of each key wins: what was done again stands after what was there before. */
function lastRows<Row>(rows: readonly (Row | undefined)[], key: (row: Row) => string): ReadonlyMap<string, Row> {
  return new Map(rows.flatMap((row) => (row === undefined ? [] : [[key(row), row] as const])));
}

/**
 * What is written of which recording. A line is added as soon as a recording's clips lie on the disk, so that an
 * interrupted run can go on; at the end both files are written anew, in order.
 */
export class PrepLedger {
  readonly #outFolder: string;
  readonly #partsFolder: string;
  readonly #heard: Map<string, HeardSource>;

  private constructor(outFolder: string, partsFolder: string, heard: Map<string, HeardSource>) {
    this.#outFolder = outFolder;
    this.#partsFolder = partsFolder;
    this.#heard = heard;
  }

  /** Takes up what earlier runs wrote under this contract; lines that were cut off are dropped. */
  static async open(outFolder: string, partsFolder: string, contractSha256: string): Promise<PrepLedger> {
    const clips = lastRows((await linesOf(join(outFolder, MANIFEST_FILE))).map(parseClipLine), (row) => row.path);
    const sources = lastRows((await linesOf(join(outFolder, SOURCES_FILE))).map(parseSourceLine), (row) => row.source);
    const clipsBySource = new Map<string, ClipRow[]>();
    for (const row of clips.values()) {
      if (sources.get(row.source)?.sha256 !== row.sourceSha256 || row.contractSha256 !== contractSha256) continue;
      clipsBySource.set(row.source, [...(clipsBySource.get(row.source) ?? []), row]);
    }
    const heard = new Map<string, HeardSource>();
    for (const source of sources.values()) {
      const own = (clipsBySource.get(source.source) ?? []).sort((a, b) => a.startSeconds - b.startSeconds);
      if (source.failure === null && own.length === source.clipCount) {
        heard.set(source.source, { source, clips: own });
      }
    }
    const ledger = new PrepLedger(outFolder, partsFolder, heard);
    await ledger.write();
    return ledger;
  }

  /** Every recording, in order. */
  get sources(): readonly HeardSource[] {
    return [...this.#heard.values()].sort((a, b) => compareText(a.source.source, b.source.source));
  }

  /** What is known of a recording; nothing when it was not heard to its end. */
  known(source: string): PrepRequest['known'] {
    const heard = this.#heard.get(source);
    if (heard === undefined || heard.source.sha256 === null || heard.source.failure !== null) return undefined;
    return {
      sha256: heard.source.sha256,
      clips: heard.clips.map((row) => ({ path: row.path, byteCount: clipByteCount(row) })),
    };
  }

  /**
   * A recording is done. The lines are on the disk when this returns.
   *
   * @returns Clips of the recording's earlier content that stand no more.
   */
  record(source: SourceRow, clips: readonly ClipRow[]): readonly string[] {
    const before = this.#heard.get(source.source)?.clips ?? [];
    // The recording's line comes last: without it, the clips' lines do not count.
    for (const row of clips) appendFileSync(join(this.#outFolder, MANIFEST_FILE), `${clipLine(row)}\n`);
    appendFileSync(join(this.#outFolder, SOURCES_FILE), `${sourceLine(source)}\n`);
    this.#heard.set(source.source, { source, clips });
    const paths = new Set(clips.map((row) => row.path));
    return before.map((row) => row.path).filter((path) => !paths.has(path));
  }

  /** Forgets recordings that are not there any more. */
  keepOnly(sources: ReadonlySet<string>): void {
    for (const source of this.#heard.keys()) if (!sources.has(source)) this.#heard.delete(source);
  }

  /** Writes both files anew, each at once, in order. */
  async write(): Promise<void> {
    const { sources } = this;
    const lines = (rows: readonly string[]): string => rows.map((row) => `${row}\n`).join('');
    await writeAtomically(
      join(this.#outFolder, MANIFEST_FILE),
      lines(sources.flatMap(({ clips }) => clips.map(clipLine))),
      this.#partsFolder,
    );
    await writeAtomically(
      join(this.#outFolder, SOURCES_FILE),
      lines(sources.map(({ source }) => sourceLine(source))),
      this.#partsFolder,
    );
  }
}
