import type { Bench } from './bench.ts';
import type { Finding } from './rows.ts';
import { atSegmentRate, type Scene } from './scenes.ts';

/** 200 frames of speech. */
const SAMPLES = 200 * 512;

/** Time of the network for each 32 ms, in the browser. */
export interface FrameCostFindings {
  /** Ours, and onnxruntime-web on the same network. */
  readonly sameNetwork: Finding;
  /** Ours, and what vad-web runs at its defaults: an older, smaller network, once for three frames. */
  readonly defaults: Finding;
  readonly lite: Finding;
  /** The kernel's WebAssembly memory. */
  readonly kernelKilobytes: number;
}

interface Measured {
  readonly times: Readonly<Record<string, readonly number[]>>;
  readonly kernelBytes: number;
}

/** All networks in turn in one page, one thread each. */
export async function measureFrameCost(bench: Bench, scene: Scene): Promise<FrameCostFindings> {
  const { chromium, site, repeats, progress } = bench;
  progress('time per frame');
  const pcm16 = Int16Array.from(atSegmentRate(scene.samples).subarray(0, SAMPLES), (x) => Math.round(x * 32_767));
  const text = Buffer.from(pcm16.buffer).toString('base64');
  const { times, kernelBytes } = await chromium.evaluateOn<Measured>(
    `${site.origin}/frame-cost.html`,
    `measure(${repeats.frameRounds}, '${text}')`,
  );
  const [fp16, int8, v6, legacy] = ['kernel fp16', 'kernel int8', 'onnxruntime-web, v6', 'vad-web, legacy'].map(
    (name) => times[name] ?? [],
  ) as [readonly number[], readonly number[], readonly number[], readonly number[]];
  const finding = (what: string, ossicle: readonly number[], peer: readonly number[]): Finding => ({
    what,
    unit: 'µs per 32 ms',
    digits: 1,
    values: { ossicle, 'vad-web': peer },
  });
  return {
    sameNetwork: finding('network, Silero v6 in both (fp16 kernel, onnxruntime-web)', fp16, v6),
    lite: finding('network, Silero v6 in both (lite kernel, onnxruntime-web)', int8, v6),
    defaults: finding('network, defaults (v6 in the fp16 kernel, legacy on onnxruntime-web)', fp16, legacy),
    kernelKilobytes: kernelBytes / 1_000,
  };
}
