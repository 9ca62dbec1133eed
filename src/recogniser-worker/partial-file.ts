import { type DownloadSink, joinedBytes, type ResumePoint } from './file-download.ts';
import type { ModelStore } from './model-store.ts';

/** Kept at once: what is lost when a page is closed in the middle. */
export const PART_BYTES = 4_000_000;

/** A file on its way: in memory, and part by part in the store, so that a later visit can go on. */
export class PartialFile implements DownloadSink {
  readonly #store: ModelStore;
  /** Address of the whole file in the store; the parts' addresses begin with it. */
  readonly #url: string;
  readonly #wantedBytes: number;
  readonly #onLoaded: (loadedBytes: number) => void;
  #pieces: Uint8Array[] = [];
  /** Of these the ones that are not in the store yet. */
  #unkept: Uint8Array[] = [];
  #loadedBytes = 0;
  #keptBytes = 0;
  #validator: string | undefined;
  #hasResumed = false;
  /** Writes to the store, one after the other. */
  #writing: Promise<unknown> = Promise.resolve();

  /** @param wantedBytes Length of the whole file; more is not taken. */
  constructor(store: ModelStore, url: string, wantedBytes: number, onLoaded: (loadedBytes: number) => void) {
    this.#store = store;
    this.#url = url;
    this.#wantedBytes = wantedBytes;
    this.#onLoaded = onLoaded;
  }

  get loadedBytes(): number {
    return this.#loadedBytes;
  }

  /** True when its bytes came in more than one answer, so that they may be of two versions. */
  get hasResumed(): boolean {
    return this.#hasResumed;
  }

  /** Where to go on; undefined: from the start. */
  get resumePoint(): ResumePoint | undefined {
    const isBroken = this.#loadedBytes > 0 && this.#loadedBytes < this.#wantedBytes;
    return isBroken ? { fromByte: this.#loadedBytes, validator: this.#validator } : undefined;
  }

  /** Takes up what an earlier visit left in the store. */
  async recall(): Promise<void> {
    const parts = (await this.#store.list(this.#partPrefix)).map((url) => partOf(url, this.#partPrefix));
    for (;;) {
      const next = parts.find(({ fromByte }) => fromByte === this.#loadedBytes);
      const bytes = next && (await this.#store.read(next.url));
      if (next === undefined || bytes === undefined || bytes.length === 0) break;
      if (this.#loadedBytes > 0 && next.validator !== this.#validator) break;
      this.#validator = next.validator;
      this.#hasResumed = true;
      this.#pieces.push(bytes);
      this.#loadedBytes += bytes.length;
      this.#keptBytes = this.#loadedBytes;
    }
    this.#onLoaded(this.#loadedBytes);
  }

  begin(fromByte: number, validator: string | undefined): void {
    if (fromByte > 0) this.#hasResumed = true;
    else this.#restart();
    this.#validator = validator;
  }

  take(piece: Uint8Array): boolean {
    this.#pieces.push(piece);
    this.#unkept.push(piece);
    this.#loadedBytes += piece.length;
    this.#onLoaded(this.#loadedBytes);
    if (this.#loadedBytes - this.#keptBytes >= PART_BYTES) this.#keepRest();
    return this.#loadedBytes <= this.#wantedBytes;
  }

  /** The download broke off: keeps what came since the last part. */
  async keep(): Promise<void> {
    this.#keepRest();
    await this.#writing;
  }

  /** Forgets all of it, here and in the store. */
  async discard(): Promise<void> {
    this.#restart();
    this.#hasResumed = false;
    await this.#writing;
  }

  /** All bytes that are here; copied. */
  bytes(): Uint8Array<ArrayBuffer> {
    return joinedBytes(this.#pieces);
  }

  get #partPrefix(): string {
    return `${this.#url}&part=`;
  }

  #restart(): void {
    this.#pieces = [];
    this.#unkept = [];
    this.#loadedBytes = 0;
    this.#keptBytes = 0;
    this.#validator = undefined;
    this.#write(async () => {
      for (const url of await this.#store.list(this.#partPrefix)) await this.#store.delete(url);
    });
  }

  #keepRest(): void {
    if (this.#loadedBytes === this.#keptBytes || this.#loadedBytes > this.#wantedBytes) return;
    const url = `${this.#partPrefix}${this.#keptBytes}&version=${encodeURIComponent(this.#validator ?? '')}`;
    const rest = joinedBytes(this.#unkept);
    this.#unkept = [];
    this.#keptBytes = this.#loadedBytes;
    this.#write(() => this.#store.write(url, rest));
  }

  #write(write: () => Promise<unknown>): void {
    this.#writing = this.#writing.then(write);
  }
}

interface Part {
  readonly url: string;
  readonly fromByte: number;
  readonly validator: string | undefined;
}

function partOf(url: string, prefix: string): Part {
  const [fromByte = '', version = ''] = url.slice(prefix.length).split('&version=');
  const validator = decodeURIComponent(version);
  return { url, fromByte: Number(fromByte), validator: validator === '' ? undefined : validator };
}
