import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ortWasmFault } from '../../src/recogniser-worker/ort-wasm-fault.ts';

async function addressOf(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/ort-wasm-simd-threaded.wasm`;
}

describe("the fault of onnxruntime's WebAssembly", () => {
  it('names the address that answered 404, the file and its version', async () => {
    const url = await addressOf((_request, response) => void response.writeHead(404).end());
    const fault = await ortWasmFault(url, '1.30.0', fetch);
    expect(fault?.code).toBe('recogniser');
    expect(fault?.message).toBe(
      `${url} answered 404. Copy dist/ort-wasm-simd-threaded.wasm of onnxruntime-web 1.30.0 there, or name its address as ortWasmUrl.`,
    );
  });

  it('sees through a server that answers a page for whatever it does not know', async () => {
    const url = await addressOf((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('<!doctype html>');
    });
    expect((await ortWasmFault(url, '1.30.0', fetch))?.message).toContain(`${url} is a web page. Copy `);
  });

  it('is none when the file is there', async () => {
    const url = await addressOf((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/wasm' }).end();
    });
    expect(await ortWasmFault(url, '1.30.0', fetch)).toBeUndefined();
  });

  it('is none when nobody answers, as offline: the reason is another one then', async () => {
    expect(await ortWasmFault('http://127.0.0.1:1/ort.wasm', '1.30.0', fetch)).toBeUndefined();
  });
});
