import { SpeechError } from '../errors.ts';

/**
 * Says why onnxruntime did not start, if it is because its WebAssembly file is not where it was looked for:
 * onnxruntime's own error tells neither the address nor what to do.
 *
 * @param wasmUrl Absolute.
 * @param version Of onnxruntime-web; script and WebAssembly of different versions do not fit.
 * @returns SpeechError `recogniser`; undefined when the file is there, or there is no telling.
 */
export async function ortWasmFault(
  wasmUrl: string,
  version: string,
  fetch: typeof globalThis.fetch,
): Promise<SpeechError | undefined> {
  let response: Response;
  try {
    response = await fetch(wasmUrl, { method: 'HEAD' });
  } catch {
    return undefined;
  }
  const isPage = response.headers.get('content-type')?.startsWith('text/html') === true;
  if (response.ok && !isPage) return undefined;
  return new SpeechError(
    'recogniser',
    `${wasmUrl} ${isPage && response.ok ? 'is a web page' : `answered ${response.status}`}. ` +
      `Copy dist/ort-wasm-simd-threaded.wasm of onnxruntime-web ${version} there, or name its address as ortWasmUrl.`,
  );
}
