import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { syntheticSignals } from '../kernel-corpus.ts';
import { instantiateKernel, scoreAll } from '../kernel-run.ts';

interface Region {
  readonly name: string;
  readonly offset: number;
  readonly bytes: number;
}
interface MemoryRegions {
  readRegions(exports: WebAssembly.Exports): Region[];
  checkRegions(regions: readonly Region[]): number;
}
interface Compiler {
  compile(entry: string, baseDir: string, options: readonly string[]): Promise<Uint8Array<ArrayBuffer>>;
}

const BUILD = new URL('../../src/kernel/build/', import.meta.url);
const ASSEMBLY = fileURLToPath(new URL('../../src/kernel/assembly', import.meta.url));
const PAGE_BYTES = 65536;

/** What scoring a frame may write; everything else is weights, tables, or nobody's. */
const WORKING_REGIONS = [
  'SAMPLES',
  'SPECTRUM_A',
  'SPECTRUM_B',
  'MAGNITUDE',
  'CONV1_OUTPUT',
  'CONV2_OUTPUT',
  'CONV3_OUTPUT',
  'LSTM_INPUT',
  'HIDDEN',
  'CELL',
  'GATES',
  'ACTIVE',
  'INTEGERS',
];

let memory: MemoryRegions;
let compiler: Compiler;
beforeAll(async () => {
  memory = await import(new URL('memory-regions.mjs', BUILD).href);
  compiler = await import(new URL('compile.mjs', BUILD).href);
});

describe.each(['fp16', 'int8'])('memory of the %s kernel', (variant) => {
  let regions: Region[] = [];
  let module: WebAssembly.Module;
  beforeAll(async () => {
    const map = await WebAssembly.instantiate(await compiler.compile(`${variant}-regions.ts`, ASSEMBLY, []));
    regions = memory.readRegions(map.instance.exports);
    module = await WebAssembly.compile(
      await readFile(new URL(`../../dist/kernel/silero-v6-${variant}.wasm`, import.meta.url)),
    );
  }, 60_000);

  it('has regions that do not overlap and fit the memory, no page to spare', () => {
    expect(regions.length).toBeGreaterThan(20);
    expect(memory.checkRegions(regions) * PAGE_BYTES).toBe(instantiateKernel(module).memory.buffer.byteLength);
  });

  it('is written in the working regions only', () => {
    const kernel = instantiateKernel(module);
    const bytes = new Uint8Array(kernel.memory.buffer);
    const before = bytes.slice();
    for (const { samples } of syntheticSignals()) scoreAll(kernel, samples);
    scoreAll(kernel, new Float32Array(1024).fill(Number.NaN));
    kernel.reset();
    const after = bytes.slice();
    for (const { name, offset, bytes: length } of regions) {
      if (!WORKING_REGIONS.includes(name)) continue;
      before.fill(0, offset, offset + length);
      after.fill(0, offset, offset + length);
    }
    expect(Buffer.compare(after, before)).toBe(0);
  });
});

describe('the check of a memory map', () => {
  const good: Region[] = [
    { name: 'FIRST', offset: 1024, bytes: 64 },
    { name: 'SECOND', offset: 1088, bytes: 65000 },
  ];

  it('counts the pages that hold all regions', () => {
    expect(memory.checkRegions(good)).toBe(2);
  });

  it('names two regions that overlap by a single byte', () => {
    const overlapping = [{ ...good[0]!, bytes: 65 }, good[1]!];
    expect(() => memory.checkRegions(overlapping)).toThrow('SECOND starts at 1088, within FIRST (up to 1089)');
  });

  it('names a region that is not on 16 bytes', () => {
    expect(() => memory.checkRegions([{ name: 'ODD', offset: 1032, bytes: 8 }])).toThrow('ODD at 1032');
  });
});
