import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';

type Field = { number: number; varint: bigint | null; bytes: Uint8Array | null };
interface ProtobufReader {
  readFields(message: Uint8Array): Field[];
}
interface SileroWeights {
  readSileroWeights(model: Uint8Array): Record<string, Float32Array>;
}
interface Int8File {
  readInt8(weightsDir: string, modelSha256: string): Map<string, Uint8Array<ArrayBuffer>>;
}
interface Int8Check {
  checkInt8(contents: ReadonlyMap<string, Uint8Array>, weights: Record<string, Float32Array>): void;
}
interface HalfFloat {
  toHalves(values: Float32Array): Uint16Array;
}
interface WasmData {
  addDataSegments(module: Uint8Array, segments: { offset: number; bytes: Uint8Array }[]): Uint8Array<ArrayBuffer>;
}

const BUILD = new URL('../../src/kernel/build/', import.meta.url);
const require = createRequire(import.meta.url);

let protobuf: ProtobufReader;
let silero: SileroWeights;
let int8File: Int8File;
let int8Check: Int8Check;
let halfFloat: HalfFloat;
let wasm: WasmData;
beforeAll(async () => {
  protobuf = await import(new URL('protobuf-reader.mjs', BUILD).href);
  silero = await import(new URL('silero-weights.mjs', BUILD).href);
  int8File = await import(new URL('int8-file.mjs', BUILD).href);
  int8Check = await import(new URL('check-int8.mjs', BUILD).href);
  halfFloat = await import(new URL('half-float.mjs', BUILD).href);
  wasm = await import(new URL('wasm-data.mjs', BUILD).href);
});

describe('the build command', () => {
  const run = (...options: string[]) =>
    spawnSync(process.execPath, [fileURLToPath(new URL('build.mjs', BUILD)), ...options], { encoding: 'utf8' });

  it('says nothing on standard output when told to be quiet', () => {
    const { status, stdout, stderr } = run('--quiet');
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it('has nothing to do the second time', () => {
    run('--quiet');
    expect(run().stdout).toBe('kernel: up to date\n');
  });

  it('turns an unknown option down with one line and exit code 2', () => {
    const { status, stdout, stderr } = run('--fast');
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^kernel: unknown option --fast; usage: .*\n$/);
  });
});

describe('reading protocol buffers', () => {
  const varint = (value: bigint): number[] =>
    value < 128n ? [Number(value)] : [Number(value % 128n) + 128, ...varint(value / 128n)];
  const numbers = fc.integer({ min: 1, max: 1000 });
  const fields = fc.array(
    fc.oneof(
      fc.record({ number: numbers, varint: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), bytes: fc.constant(null) }),
      fc.record({ number: numbers, varint: fc.constant(null), bytes: fc.uint8Array({ maxLength: 300 }) }),
    ),
  );
  const encode = (list: readonly Field[]) =>
    Uint8Array.from(
      list.flatMap(({ number, varint: value, bytes }) =>
        value === null
          ? [...varint(BigInt(number * 8 + 2)), ...varint(BigInt(bytes?.length ?? 0)), ...(bytes ?? [])]
          : [...varint(BigInt(number * 8)), ...varint(value)],
      ),
    );

  it('gives back the fields of any message', () => {
    fc.assert(
      fc.property(fields, (list) => {
        expect(protobuf.readFields(encode(list))).toEqual(list);
      }),
    );
  });

  it('reads or rejects any bytes, and never returns more than they hold', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        try {
          const held = protobuf.readFields(bytes).reduce((sum, field) => sum + (field.bytes?.length ?? 1), 0);
          expect(held).toBeLessThanOrEqual(bytes.length);
        } catch (error) {
          expect(String(error)).toMatch(/^Error: protobuf: /);
        }
      }),
    );
  });
});

describe('reading the weights', () => {
  const modelFile = (version: string) =>
    readFileSync(require.resolve(`@ricky0123/vad-web/dist/silero_vad_${version}.onnx`));

  it('finds every tensor of the 16 kHz network', () => {
    const weights = silero.readSileroWeights(modelFile('v6'));
    const count = Object.values(weights).reduce((sum, { length }) => sum + length, 0);
    // 258 STFT filters of 256; four convolutions of three taps; an LSTM of 128 units with two biases; the head.
    const convolutions = 3 * (129 * 128 + 128 * 64 + 64 * 64 + 64 * 128) + 128 + 64 + 64 + 128;
    expect(count).toBe(258 * 256 + convolutions + 4 * 128 * (128 + 128 + 2) + 129);
  });

  it('turns down a file that is cut short', () => {
    const model = modelFile('v6');
    expect(() => silero.readSileroWeights(model.subarray(0, model.length / 2))).toThrow(/^protobuf: field 7 /);
  });

  it('turns down another network', () => {
    expect(() => silero.readSileroWeights(modelFile('legacy'))).toThrow(/^Silero weights: /);
  });
});

describe('the quantised weights', () => {
  const model = readFileSync(require.resolve('@ricky0123/vad-web/dist/silero_vad_v6.onnx'));
  const modelSha256 = createHash('sha256').update(model).digest('hex');
  const read = () => int8File.readInt8(fileURLToPath(new URL('../weights', BUILD)), modelSha256);

  it('are those of the model, each within a few quantisation steps', () => {
    expect(() => int8Check.checkInt8(read(), silero.readSileroWeights(model))).not.toThrow();
  });

  it.each(['CONV1_WEIGHTS', 'CONV3_WEIGHTS', 'HIDDEN_WEIGHTS'])(
    'are turned down when %s lie in another order',
    (region) => {
      const contents = read();
      contents.get(region)?.reverse();
      expect(() => int8Check.checkInt8(contents, silero.readSileroWeights(model))).toThrow(
        `${region} is off the model`,
      );
    },
  );

  it('are turned down when another model is installed', () => {
    const weightsDir = fileURLToPath(new URL('../weights', BUILD));
    expect(() => int8File.readInt8(weightsDir, '0'.repeat(64))).toThrow('made from another model');
  });
});

describe('half precision', () => {
  const decode = (bits: number) => {
    const exponent = (bits >> 10) & 31;
    const mantissa = bits & 1023;
    const magnitude = exponent === 0 ? mantissa * 2 ** -24 : (1024 + mantissa) * 2 ** (exponent - 25);
    return bits & 0x8000 ? -magnitude : magnitude;
  };

  it('is exact for every number that binary16 has', () => {
    const all = Uint16Array.from({ length: 0x7c00 * 2 }, (_, i) => (i < 0x7c00 ? i : 0x8000 + i - 0x7c00));
    expect(halfFloat.toHalves(Float32Array.from(all, decode))).toEqual(all);
  });

  it('takes the nearest of them for any other number', () => {
    fc.assert(
      fc.property(fc.float({ min: -65000, max: 65000, noNaN: true }), (value) => {
        const bits = halfFloat.toHalves(Float32Array.of(value))[0]!;
        const error = Math.abs(decode(bits) - value);
        const magnitudeBits = bits & 0x7fff;
        for (const neighbour of [magnitudeBits - 1, magnitudeBits + 1].filter((m) => m >= 0 && m < 0x7c00)) {
          expect(error).toBeLessThanOrEqual(Math.abs(decode((bits & 0x8000) | neighbour) - value));
        }
      }),
    );
  });

  it('turns down what does not fit', () => {
    expect(() => halfFloat.toHalves(Float32Array.of(70000))).toThrow(RangeError);
  });
});

describe('adding data to a module', () => {
  // (module (memory (export "m") 2) (func)): type, function, memory, export and code section.
  const module = Uint8Array.of(
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...[1, 4, 1, 0x60, 0, 0],
    ...[3, 2, 1, 0],
    ...[5, 3, 1, 0, 2],
    ...[7, 5, 1, 1, 0x6d, 2, 0],
    ...[10, 4, 1, 2, 0, 0x0b],
  );

  it('puts any bytes at any address', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 20_000 }), fc.nat(100_000), async (bytes, offset) => {
        const { instance } = await WebAssembly.instantiate(wasm.addDataSegments(module, [{ offset, bytes }]));
        const memory = instance.exports['m'];
        if (!(memory instanceof WebAssembly.Memory)) throw new TypeError('no memory');
        expect(new Uint8Array(memory.buffer, offset, bytes.length)).toEqual(bytes);
      }),
    );
  });

  it('turns down a module that has data already', () => {
    const filled = wasm.addDataSegments(module, [{ offset: 0, bytes: Uint8Array.of(1) }]);
    expect(() => wasm.addDataSegments(filled, [])).toThrow('data segments already');
  });
});
