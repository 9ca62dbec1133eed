import { SpeechError } from '../errors.ts';
import { type KernelExports, KernelScorer } from '../vad/kernel-scorer.ts';
import { FRAME_SAMPLES } from '../vad/speech-scorer.ts';

/** Frames after which the optimising compilers of V8 and JavaScriptCore have been set to work, half a second of sound. */
const REHEARSED_FRAME_COUNT = 16;

/** The detector's kernel, fetched and compiled once per page; a failed fetch is tried again at the next call. */
export class KernelLoader {
  readonly #url: string;
  #fetched: Promise<Response> | undefined;
  #loading: Promise<WebAssembly.Module> | undefined;

  /** @param fetched The answer to a request that is under way already. */
  constructor(url: string, fetched?: Promise<Response>) {
    this.#url = url;
    this.#fetched = fetched;
  }

  /** @throws SpeechError `assets` when the kernel cannot be fetched, `unsupported` when it cannot be compiled. */
  load(): Promise<WebAssembly.Module> {
    this.#loading ??= loadKernel(this.#fetched ?? fetch(this.#url)).catch((error: unknown) => {
      this.#loading = undefined;
      throw error;
    });
    // A body is read once.
    this.#fetched = undefined;
    return this.#loading;
  }
}

async function loadKernel(fetched: Promise<Response>): Promise<WebAssembly.Module> {
  let bytes: ArrayBuffer;
  try {
    const response = await fetched;
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    bytes = await response.arrayBuffer();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SpeechError('assets', `The speech detector could not be loaded (${reason}).`, { cause });
  }
  try {
    const module = await WebAssembly.compile(bytes);
    await rehearse(module);
    return module;
  } catch (cause) {
    throw new SpeechError('unsupported', 'This browser cannot run WebAssembly SIMD, which listening needs.', { cause });
  }
}

/**
 * Runs the kernel on the page, to no other end than to have it compiled: V8 and JavaScriptCore put a function's machine
 * code off until its first call, and all instances of a module share it. On the audio thread that call would cost sound.
 */
async function rehearse(module: WebAssembly.Module): Promise<void> {
  const { exports } = await WebAssembly.instantiate(module, {});
  const scorer = new KernelScorer(exports as unknown as KernelExports);
  const frame = new Float32Array(FRAME_SAMPLES);
  for (let i = 0; i < REHEARSED_FRAME_COUNT; i++) scorer.score(frame);
  scorer.reset();
}
