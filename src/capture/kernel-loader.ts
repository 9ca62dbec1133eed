import { SpeechError } from '../errors.ts';

/** The detector's kernel, fetched and compiled once per page; a failed fetch is tried again at the next call. */
export class KernelLoader {
  readonly #url: string;
  #loading: Promise<WebAssembly.Module> | undefined;

  constructor(url: string) {
    this.#url = url;
  }

  /** @throws SpeechError `assets` when the kernel cannot be fetched, `unsupported` when it cannot be compiled. */
  load(): Promise<WebAssembly.Module> {
    this.#loading ??= fetchKernel(this.#url).catch((error: unknown) => {
      this.#loading = undefined;
      throw error;
    });
    return this.#loading;
  }
}

async function fetchKernel(url: string): Promise<WebAssembly.Module> {
  let bytes: ArrayBuffer;
  try {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    bytes = await response.arrayBuffer();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SpeechError('assets', `The speech detector could not be loaded (${reason}).`, { cause });
  }
  try {
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    throw new SpeechError('unsupported', 'This browser cannot run WebAssembly SIMD, which listening needs.', { cause });
  }
}
