import { RefusedRequest } from './openai-error.ts';

/** Room for five of the largest files at a time, or for more than a thousand clips of 3 s. */
const LIMIT_BYTES: number = 128 * 1024 * 1024;

/** One body that is being read. */
export interface ArrivingBody {
  /** More of it has come. May refuse this body or another one. */
  grew(byteCount: number): void;
  /** It is read, or given up: its bytes count no more. Idempotent. */
  release(): void;
}

/**
 * Bounds the memory of bodies that are still arriving: many slow or large ones at a time would fill any machine.
 *
 * When there is no room left, the largest is refused, not the newest: clips of speech are small and pass.
 */
export class BodyIntake {
  readonly #limitBytes: number;
  readonly #bodies = new Set<{ byteCount: number; readonly refuse: (reason: RefusedRequest) => void }>();
  #totalBytes = 0;

  constructor(limitBytes: number = LIMIT_BYTES) {
    this.#limitBytes = limitBytes;
  }

  /** Bytes that are held now. */
  get totalBytes(): number {
    return this.#totalBytes;
  }

  /** @param refuse Called at most once, when this body has to go: it must be released at once. */
  open(refuse: (reason: RefusedRequest) => void): ArrivingBody {
    const body = { byteCount: 0, refuse };
    this.#bodies.add(body);
    return {
      grew: (byteCount) => {
        if (!this.#bodies.has(body)) return;
        body.byteCount += byteCount;
        this.#totalBytes += byteCount;
        this.#makeRoom();
      },
      release: () => this.#remove(body),
    };
  }

  #makeRoom(): void {
    while (this.#totalBytes > this.#limitBytes) {
      let largest: { byteCount: number; readonly refuse: (reason: RefusedRequest) => void } | undefined;
      for (const body of this.#bodies) if (body.byteCount > (largest?.byteCount ?? 0)) largest = body;
      if (largest === undefined) return;
      this.#remove(largest);
      largest.refuse(
        new RefusedRequest({
          status: 429,
          message:
            'Too much audio is arriving at once, and this file was the largest. Send it again after Retry-After.',
          code: 'intake_full',
          retryAfterSeconds: 1,
        }),
      );
    }
  }

  #remove(body: { byteCount: number; readonly refuse: (reason: RefusedRequest) => void }): void {
    if (this.#bodies.delete(body)) this.#totalBytes -= body.byteCount;
  }
}
