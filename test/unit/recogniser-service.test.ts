import { describe, expect, it } from 'vitest';
import type { Recognition } from '../../src/recogniser/recogniser.ts';
import type { ProgressListener } from '../../src/recogniser-worker/model-download.ts';
import { RecogniserService } from '../../src/recogniser-worker/recogniser-service.ts';

/** A start that the test lets succeed or fail, and a recogniser that tells what it was given. */
function startByHand() {
  const starts: {
    readonly onProgress: ProgressListener;
    readonly succeed: () => void;
    readonly fail: (error: Error) => void;
  }[] = [];
  const heard: Float32Array[] = [];
  const transcribe = async (samples: Float32Array): Promise<Recognition> => {
    heard.push(samples);
    return { text: 'yes', confidence: 0.5, meanLogProbability: -0.7, tokens: [], isRunaway: false, audioSeconds: 1 };
  };
  const service = new RecogniserService(
    (onProgress) =>
      new Promise((resolve, reject) => {
        starts.push({ onProgress, succeed: () => resolve({ transcribe }), fail: reject });
      }),
  );
  return { service, starts, heard };
}

/** Lets everything run that is ready to. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe("the recogniser's service", () => {
  it('loads once, however many ask', async () => {
    const { service, starts } = startByHand();
    const all = Promise.all([service.load(), service.load(() => {}), service.transcribe(new Int16Array(1))]);
    expect(starts).toHaveLength(1);
    starts[0]!.succeed();
    await all;
    await service.load();
    expect(starts).toHaveLength(1);
  });

  it('tells all who ask how far it is, those who come later from where it stands', async () => {
    const { service, starts } = startByHand();
    const early: number[] = [];
    const late: number[] = [];
    const first = service.load((loadedBytes) => early.push(loadedBytes));
    starts[0]!.onProgress(0, 1000);
    starts[0]!.onProgress(300, 1000);
    const second = service.load((loadedBytes) => late.push(loadedBytes));
    starts[0]!.onProgress(1000, 1000);
    starts[0]!.succeed();
    await Promise.all([first, second]);
    await settle();
    expect(early).toEqual([0, 300, 1000]);
    expect(late).toEqual([300, 1000]);
  });

  it('tells it about a hundred times, not for every packet', async () => {
    const { service, starts } = startByHand();
    const told: number[] = [];
    const loading = service.load((loadedBytes) => told.push(loadedBytes));
    for (let bytes = 0; bytes <= 100_000; bytes += 10) starts[0]!.onProgress(bytes, 100_000);
    starts[0]!.succeed();
    await loading;
    await settle();
    expect(told).toHaveLength(101);
    expect(told.at(-1)).toBe(100_000);
  });

  it('is not held up by a listener that fails', async () => {
    const { service, starts } = startByHand();
    const loading = service.load(() => {
      throw new Error('the page is gone');
    });
    starts[0]!.onProgress(1, 2);
    starts[0]!.succeed();
    await expect(loading).resolves.toBeUndefined();
    await settle();
  });

  it('tries again after a failure, and fails all who waited alike', async () => {
    const { service, starts } = startByHand();
    const both = Promise.allSettled([service.load(), service.transcribe(new Int16Array(1))]);
    const error = new Error('model.json answered 500.');
    starts[0]!.fail(error);
    expect(await both).toEqual([
      { status: 'rejected', reason: error },
      { status: 'rejected', reason: error },
    ]);
    const again = service.load();
    expect(starts).toHaveLength(2);
    starts[1]!.succeed();
    await expect(again).resolves.toBeUndefined();
  });

  it('hands the samples over in [-1, 1) and gives text and confidence back', async () => {
    const { service, starts, heard } = startByHand();
    const answer = service.transcribe(Int16Array.of(-32_768, -16_384, 0, 16_384, 32_767));
    starts[0]!.succeed();
    expect(await answer).toEqual({ text: 'yes', confidence: 0.5 });
    expect(heard).toEqual([Float32Array.of(-1, -0.5, 0, 0.5, 32_767 / 32_768)]);
  });
});
