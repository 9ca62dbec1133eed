import { Worker } from 'node:worker_threads';
import type { Ms } from '../units.ts';
import type { CompressedFormat } from './audio-format.ts';
import { type DecodedAudio, refusedFile } from './audio-limits.ts';
import type { FromDecodeWorker, ToDecodeWorker } from './decode-messages.ts';
import { RefusedRequest } from './openai-error.ts';

/**
 * 60 s of Opus or MP3 take under a second here, even on busy cores. What takes longer than this was made to: on one damaged WebM file
 * of a hundred, mediabunny 1.61 never comes back.
 */
const TIME_LIMIT_MS: Ms = 3_000;
/** For the thread to start and to load its packages. */
const START_LIMIT_MS: Ms = 15_000;
/** JavaScript's heap; samples lie outside and are bounded by the longest audio taken. */
const HEAP_LIMIT_MB = 128;

/** Decodes compressed files. */
export interface CompressedDecoder {
  /**
   * @param file Transferred away: its buffer is empty afterwards.
   * @throws RefusedRequest 400 for a file at fault; the signal's reason when it is aborted.
   */
  decode(file: Uint8Array<ArrayBuffer>, format: CompressedFormat, signal: AbortSignal): Promise<DecodedAudio>;
}

/**
 * Foreign decoders on a thread of their own, started when first needed.
 *
 * Unlike a recogniser's thread it can be terminated at any moment, so that a file made to keep a decoder busy, or to
 * fill its memory, costs that file only. Takes one file at a time.
 */
export class DecodeThread implements CompressedDecoder {
  readonly #workerUrl: URL;
  readonly #timeLimitMs: Ms;
  #worker: Worker | undefined;

  constructor(workerUrl: URL, timeLimitMs: Ms = TIME_LIMIT_MS) {
    this.#workerUrl = workerUrl;
    this.#timeLimitMs = timeLimitMs;
  }

  async decode(file: Uint8Array<ArrayBuffer>, format: CompressedFormat, signal: AbortSignal): Promise<DecodedAudio> {
    signal.throwIfAborted();
    const worker = this.#started();
    let release: (() => void) | undefined;
    try {
      return await new Promise<DecodedAudio>((resolve, reject) => {
        const giveUp = (reason: unknown): void => {
          this.#worker = undefined;
          void worker.terminate();
          reject(reason);
        };
        const take = (message: FromDecodeWorker): void => {
          if (message.type === 'started') limitTo(this.#timeLimitMs);
          else if (message.type === 'decoded') resolve({ rateHz: message.rateHz, channels: [message.samples] });
          else if (message.type === 'refused') reject(new RefusedRequest(message.refusal));
          else reject(refusedFile(`The file cannot be decoded: ${message.message}`));
        };
        const fail = (error: Error): void => giveUp(refusedFile(`The file cannot be decoded: ${error.message}`));
        const abort = (): void => giveUp(signal.reason);
        let timer: NodeJS.Timeout | undefined;
        const limitTo = (limitMs: Ms): void => {
          clearTimeout(timer);
          const message = `The file was given up: decoding it took over ${limitMs / 1000} s.`;
          timer = setTimeout(() => giveUp(refusedFile(message)), limitMs);
        };
        limitTo(START_LIMIT_MS);
        worker.on('message', take).on('error', fail);
        signal.addEventListener('abort', abort);
        release = () => {
          clearTimeout(timer);
          worker.off('message', take).off('error', fail);
          signal.removeEventListener('abort', abort);
        };
        const message: ToDecodeWorker = { file, format };
        worker.postMessage(message, [file.buffer]);
      });
    } finally {
      release?.();
    }
  }

  /** Ends the thread, whatever it does. Idempotent. */
  async close(): Promise<void> {
    await this.#worker?.terminate();
    this.#worker = undefined;
  }

  #started(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    const worker = new Worker(this.#workerUrl, {
      name: 'decode',
      resourceLimits: { maxOldGenerationSizeMb: HEAP_LIMIT_MB },
      // The decoders print what they find wrong with a file; that is told in the answer instead.
      stdout: true,
      stderr: true,
    });
    worker.stdout.resume();
    worker.stderr.resume();
    // Whoever waits hears of an error, too; without anybody waiting it must not end this thread.
    worker.on('error', () => {
      if (this.#worker === worker) this.#worker = undefined;
    });
    this.#worker = worker;
    return worker;
  }
}
