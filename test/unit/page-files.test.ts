import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPageFiles } from '../../src/server/page-files.ts';

const root = join(import.meta.dirname, '../..');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ossicle-page-'));
  await mkdir(join(folder, 'assets'));
  await writeFile(join(folder, 'assets/ort-wasm-simd-threaded-BuiltOne.wasm'), 'built');
});
afterAll(() => rm(folder, { recursive: true }));

function head(path: string): Promise<Response | undefined> {
  return createPageFiles(folder).serve(path, new Request(`http://localhost${path}`, { method: 'HEAD' }));
}

describe("the page's files", () => {
  it("include onnxruntime's WebAssembly from the installed package where the build lacks it", async () => {
    const answer = await head('/assets/ort-wasm-simd-threaded-AbCd1_-9.wasm');
    const installed = join(root, 'node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm');
    expect(answer?.status).toBe(200);
    expect(answer?.headers.get('content-type')).toBe('application/wasm');
    expect(answer?.headers.get('content-length')).toBe(String((await stat(installed)).size));
  });

  it('are those of the build where it has them', async () => {
    const answer = await head('/assets/ort-wasm-simd-threaded-BuiltOne.wasm');
    expect(answer?.headers.get('content-length')).toBe('5');
  });

  it('include nothing else of the installed package', async () => {
    for (const path of [
      '/assets/ort.wasm.min.js',
      '/ort-wasm-simd-threaded.wasm',
      '/assets/ort-wasm-simd-threaded.mjs',
    ]) {
      expect(await head(path)).toBeUndefined();
    }
  });
});
