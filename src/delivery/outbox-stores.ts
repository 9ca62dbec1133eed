import type { OutboxLimits, StorageProblem } from '../protocol/outbox.ts';
import type { Clock } from './clock.ts';
import { MemoryOutboxStore } from './memory-outbox-store.ts';
import { type OutboxLocks, threadLocks } from './outbox-locks.ts';
import { acknowledge, admit, type Dropped, remove, type SegmentDraft } from './outbox-steps.ts';
import type { OutboxContents, OutboxStep, OutboxStore } from './outbox-store.ts';
import type { OpenStoredOutbox, StoredOutbox } from './stored-outbox.ts';

/** What {@link OutboxStores} works with, and whom it tells. */
export interface OutboxStoresParts {
  /** This page's visit, shown to the other pages while the storage is open. */
  readonly visit: string;
  readonly clock: Clock;
  readonly openStored: OpenStoredOutbox;
  /** Another page or worker changed something. */
  readonly onChanged: () => void;
  /** What comes from now on waits in memory. Told once for each kind of trouble until storing works again. */
  readonly onProblem: (problem: StorageProblem, cause: unknown) => void;
  /** Something that could not be read was let go. */
  readonly onDropped: (dropped: Dropped) => void;
}

/** The outbox in memory and, where it is wanted and can be had, the one on the device, whose segments are older. */
export class OutboxStores {
  readonly #parts: OutboxStoresParts;
  readonly #memory: OutboxStore = new MemoryOutboxStore();
  readonly #memoryLocks: OutboxLocks = threadLocks();
  #isStoredWanted = false;
  #stored: StoredOutbox | undefined;
  /** Aborted when {@link #stored} is let go. */
  #letGo: AbortController = new AbortController();
  #problem: StorageProblem | undefined;

  constructor(parts: OutboxStoresParts) {
    this.#parts = parts;
  }

  /** True while what comes is kept on the device. */
  get isStored(): boolean {
    return this.#stored !== undefined && this.#problem === undefined;
  }

  /** Where what comes is to be kept from now on; what is there already is moved. Never rejects: memory always works. */
  async setStored(isStored: boolean, limits: OutboxLimits): Promise<void> {
    this.#isStoredWanted = isStored;
    if (isStored) await this.#open(limits);
    else await this.#leave(limits);
  }

  /** Queues a segment as the newest of all; says where it is and what had to go for it. */
  async add(
    draft: SegmentDraft,
    wav: Uint8Array<ArrayBuffer>,
    limits: OutboxLimits,
  ): Promise<{ readonly isStored: boolean; readonly dropped: readonly Dropped[] }> {
    const nowUnixMs = this.#parts.clock.unixNow();
    if (this.#isStoredWanted) await this.#open(limits);
    // What fell back to memory is sent after what is stored: while there is any, what comes belongs behind it.
    if (this.#stored !== undefined && (await isEmpty(this.#memory))) {
      try {
        const dropped = await this.#stored.store.transact((contents) => admit(contents, draft, wav, limits, nowUnixMs));
        this.#problem = undefined;
        return { isStored: true, dropped };
      } catch (cause) {
        this.#trouble(cause);
      }
    }
    const dropped = await this.#memory.transact((contents) => admit(contents, draft, wav, limits, nowUnixMs));
    return { isStored: false, dropped };
  }

  /** A step over each store's contents, the stored first. */
  async transactEach<T>(step: (contents: OutboxContents) => OutboxStep<T>): Promise<readonly T[]> {
    const results: T[] = [];
    const stored = this.#stored;
    if (stored !== undefined) {
      try {
        results.push(await stored.store.transact(step));
      } catch (cause) {
        this.#trouble(cause);
      }
    }
    return [...results, await this.#memory.transact(step)];
  }

  /** Runs once for each store, the stored first, while no other page or worker does; until one says `stop`. */
  async exclusivelyEach(run: (store: OutboxStore) => Promise<'go-on' | 'stop'>, signal: AbortSignal): Promise<void> {
    const stored = this.#stored;
    if (stored !== undefined) {
      try {
        if ((await stored.locks.exclusively(() => run(stored.store), signal)) === 'stop') return;
      } catch (cause) {
        signal.throwIfAborted();
        this.#trouble(cause);
      }
    }
    await this.#memoryLocks.exclusively(() => run(this.#memory), signal);
  }

  /** Visits whose pages are there; none where the browser does not tell: answers are then shown by whoever asks first. */
  async liveVisits(): Promise<ReadonlySet<string>> {
    return (await this.#stored?.locks.liveVisits().catch(() => undefined)) ?? new Set();
  }

  /** Tells the other pages and workers that something changed. */
  tellOthers(): void {
    this.#stored?.tellOthers();
  }

  /** Lets the storage go; what it holds stays. Idempotent. */
  close(): void {
    this.#isStoredWanted = false;
    this.#drop();
  }

  async #open(limits: OutboxLimits): Promise<void> {
    if (this.#stored !== undefined) return;
    try {
      const { clock, openStored, onChanged } = this.#parts;
      const opened: StoredOutbox = await openStored({ onChanged, onLost: () => this.#lose(opened) }, clock);
      this.#stored = { ...opened, store: this.#watched(opened.store) };
      this.#problem = undefined;
      this.#letGo = new AbortController();
      opened.locks.keepAlive(this.#parts.visit, this.#letGo.signal);
    } catch (cause) {
      this.#say('refused', cause);
      return;
    }
    try {
      await this.#move(this.#memory, this.#stored.store, limits);
    } catch (cause) {
      this.#trouble(cause);
    }
  }

  async #leave(limits: OutboxLimits): Promise<void> {
    const stored = this.#stored;
    if (stored === undefined) return;
    try {
      await this.#move(stored.store, this.#memory, limits);
      stored.tellOthers();
    } catch (cause) {
      this.#say('lost', cause);
    }
    this.#drop();
    this.#problem = undefined;
  }

  /** A crash in between leaves a segment in both: its key is the same, and so are the answers of the server to it. */
  async #move(from: OutboxStore, to: OutboxStore, limits: OutboxLimits): Promise<void> {
    const { segments, answers } = await from.transact((contents) => ({ result: contents }));
    for (const segment of segments) {
      const wav = await from.readWav(segment.id);
      if (wav === undefined) continue;
      const nowUnixMs = this.#parts.clock.unixNow();
      const dropped = await to.transact((contents) => admit(contents, segment, wav, limits, nowUnixMs));
      await from.transact((contents) => remove(contents, ({ id }) => id === segment.id));
      for (const each of dropped) this.#parts.onDropped(each);
    }
    if (answers.length === 0) return;
    await to.transact(() => ({ putAnswers: answers, result: undefined }));
    await from.transact(() => acknowledge(answers.map(({ id }) => id)));
  }

  #watched(store: OutboxStore): OutboxStore {
    return {
      transact: async (step) => {
        let damagedCount = 0;
        const result = await store.transact((contents) => {
          damagedCount = contents.damagedCount;
          return step(contents);
        });
        for (let i = 0; i < damagedCount; i++) this.#parts.onDropped({ reason: 'damaged' });
        return result;
      },
      readWav: (id) => store.readWav(id),
      close: () => store.close(),
    };
  }

  /** A full disk can still be read and emptied; after anything else the storage is opened anew when it is needed. */
  #trouble(cause: unknown): void {
    if (cause instanceof DOMException && cause.name === 'QuotaExceededError') {
      this.#say('full', cause);
      return;
    }
    this.#drop();
    this.#say('lost', cause);
  }

  #lose(opened: StoredOutbox): void {
    if (this.#stored?.close !== opened.close) return;
    this.#drop();
    this.#say('lost', undefined);
  }

  #drop(): void {
    this.#letGo.abort();
    this.#stored?.close();
    this.#stored = undefined;
  }

  #say(problem: StorageProblem, cause: unknown): void {
    if (this.#problem === problem || !this.#isStoredWanted) return;
    this.#problem = problem;
    this.#parts.onProblem(problem, cause);
  }
}

async function isEmpty(store: OutboxStore): Promise<boolean> {
  return await store.transact(({ segments }) => ({ result: segments.length === 0 }));
}
