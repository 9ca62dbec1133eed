import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { createStaticFiles, type StaticFiles } from './static-files.ts';

const ORT_WASM = 'onnxruntime-web/ort-wasm-simd-threaded.wasm';

/** The name under which the page's build files onnxruntime's WebAssembly. */
const BUILT_ORT_WASM = /^\/assets\/ort-wasm-simd-threaded-[A-Za-z0-9_-]{8}\.wasm$/;

/** Below it, sites find `<voice-search>` with all that it loads. */
const WIDGET_PATH = '/widget';

/**
 * Serves the built page, and `<voice-search>` for the pages of sites that may call.
 *
 * The published package leaves onnxruntime's WebAssembly (14 MB) out of it: it then comes from `onnxruntime-web`, where
 * that is installed, and is not found otherwise, so that the page recognises speech on the server only.
 */
export function createPageFiles(folder: string): StaticFiles {
  const page = createStaticFiles(folder);
  const widget = createStaticFiles(join(folder, '../browser'));
  return {
    async serve(path, request) {
      if (path.startsWith(`${WIDGET_PATH}/`)) return await widget.serve(path.slice(WIDGET_PATH.length), request);
      const file = await page.serve(path, request);
      if (file !== undefined || !BUILT_ORT_WASM.test(path)) return file;
      const installed = installedOrtWasm();
      if (installed === undefined) return undefined;
      return await createStaticFiles(dirname(installed)).serve(`/${basename(installed)}`, request);
    },
  };
}

function installedOrtWasm(): string | undefined {
  try {
    return createRequire(import.meta.url).resolve(ORT_WASM);
  } catch {
    return undefined;
  }
}
