import type { Ms } from '../units.ts';
import { otlpJson, type Slice } from './otlp.ts';
import type { Recorder } from './recorder.ts';

/** How a batch fared: `later` may be sent again, `refused` never. */
export type SendResult = 'taken' | 'refused' | 'later';

/** What a {@link MetricSender} works on; all of it may fail without harm. */
export interface SenderPorts {
  /** Sends one batch, OTLP JSON; never rejects. */
  send(body: string): Promise<SendResult>;
  /** What {@link SenderPorts.keep} kept last; undefined when nothing can be kept. */
  kept(): string | undefined;
  /** Keeps a text over a reload; an empty one deletes it. */
  keep(text: string): void;
  nowMs(): Ms;
  /** So many random bytes, in hexadecimal. */
  randomHex(byteCount: number): string;
}

/** Batches that wait for a network, at most; the oldest is dropped first. */
const KEPT_BATCHES = 8;
/** Most that is kept, in characters: browsers give a site 5 million. */
const KEPT_CHARACTERS = 200_000;
/** As long as servers remember a batch: what is older could count twice. */
const BATCH_LIFE_MS: Ms = 24 * 3_600_000;
const SESSION_LIFE_MS: Ms = 24 * 3_600_000;
const ID_BYTES = 16;

/** What is kept over a reload. */
interface Kept {
  readonly session: { readonly key: string; readonly sinceMs: Ms };
  readonly batches: readonly { readonly body: string; readonly sinceMs: Ms }[];
}

/** Sends what was recorded, keeps what could not be sent, and holds the session's key. */
export class MetricSender {
  readonly #recorder: Recorder;
  readonly #slice: () => Slice;
  readonly #ports: SenderPorts;
  #sending: Promise<void> | undefined;
  #kept: Kept | undefined;

  /** @param slice Of what is recorded when it is asked. */
  constructor(recorder: Recorder, slice: () => Slice, ports: SenderPorts) {
    this.#recorder = recorder;
    this.#slice = slice;
    this.#ports = ports;
  }

  /**
   * Packs what was recorded and sends all that waits.
   *
   * The packing and the first request happen before this returns, so that it may be called while a page goes.
   */
  flush(): Promise<void> {
    const batch = this.#recorder.take();
    if (batch !== undefined) {
      const nowMs = this.#ports.nowMs();
      const { session, batches } = this.#read(nowMs);
      const batchId = this.#ports.randomHex(ID_BYTES);
      const body = otlpJson(batch, { ...this.#slice(), sessionKey: session.key, batchId });
      this.#write({ session, batches: [...batches, { body, sinceMs: nowMs }] });
    }
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = undefined;
    });
    return this.#sending;
  }

  /** Deletes what waits, and the session's key. */
  forget(): void {
    this.#kept = undefined;
    this.#ports.keep('');
  }

  async #sendAll(): Promise<void> {
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      const result = await this.#ports.send(next);
      if (result === 'later') return;
      const { session, batches } = this.#read(this.#ports.nowMs());
      const body = next;
      this.#write({ session, batches: batches.filter((each) => each.body !== body) });
    }
  }

  #next(): string | undefined {
    return this.#read(this.#ports.nowMs()).batches[0]?.body;
  }

  /** What is kept, without what is too old; another tab of the site may have changed it. */
  #read(nowMs: Ms): Kept {
    const { session, batches } = parseKept(this.#ports.kept()) ?? this.#kept ?? { session: undefined, batches: [] };
    const isFresh = session !== undefined && nowMs - session.sinceMs < SESSION_LIFE_MS && session.sinceMs <= nowMs;
    const kept: Kept = {
      session: isFresh ? session : { key: this.#ports.randomHex(ID_BYTES), sinceMs: nowMs },
      batches: batches.filter(({ sinceMs }) => nowMs - sinceMs < BATCH_LIFE_MS),
    };
    if (!isFresh) this.#write(kept);
    return kept;
  }

  #write({ session, batches }: Kept): void {
    let room = KEPT_CHARACTERS;
    const newest = batches.slice(-KEPT_BATCHES).toReversed();
    const fitting = newest.filter(({ body }) => {
      room -= body.length;
      return room >= 0;
    });
    this.#kept = { session, batches: fitting.toReversed() };
    this.#ports.keep(JSON.stringify(this.#kept));
  }
}

/** Undefined for anything that was not written here. */
function parseKept(text: string | undefined): Kept | undefined {
  try {
    const kept = JSON.parse(text ?? 'null') as Kept | null;
    const isKept =
      typeof kept?.session.key === 'string' &&
      typeof kept.session.sinceMs === 'number' &&
      kept.batches.every(({ body, sinceMs }) => typeof body === 'string' && typeof sinceMs === 'number');
    return isKept ? kept : undefined;
  } catch {
    return undefined;
  }
}
