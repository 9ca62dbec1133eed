import { type CaptureAssets, captureAssets, type Kernel } from '../capture/assets.ts';
import type { Capture, CaptureListener } from '../capture/capture.ts';
import { newAudioContext } from '../capture/early-press.ts';
import { closeMicrophone, openMicrophone } from '../capture/microphone.ts';
import type { FrontEndOverrides } from '../front-end/options.ts';
import type { QueryEnds } from '../protocol/query-start.ts';
import { OnDemand } from './on-demand.ts';
import type { HearingOptions } from './options.ts';
import { requireHearing } from './resolved-options.ts';

/** The capture, fetched on intent; a press that comes before waits for nothing that it could ask for at once. */
export class CaptureLink {
  readonly #assetBase: string | undefined;
  readonly #part: OnDemand<Capture>;
  #assets: CaptureAssets;
  #frontEnd: FrontEndOverrides;
  #capture: Capture | undefined;
  #isClosed = false;
  /** Aborted when a press that came before the capture is given up. */
  #press = new AbortController();
  #ends: QueryEnds = 'auto';

  /** @param makeDeliveryPort Gives the port over which a new worklet posts its segments; called once per worklet. */
  constructor(
    assetBase: string | undefined,
    kernel: Kernel,
    listener: CaptureListener,
    frontEnd: FrontEndOverrides,
    makeDeliveryPort: () => MessagePort,
  ) {
    this.#assetBase = assetBase;
    this.#assets = captureAssets(assetBase, kernel);
    this.#frontEnd = frontEnd;
    this.#part = new OnDemand('What hears the microphone', async () => {
      const { kernelUrl } = this.#assets;
      // Beside the script that uses it, not after it.
      const fetched = fetch(kernelUrl);
      fetched.catch(() => undefined);
      const { Capture } = await import('../capture/capture.ts');
      const early = kernelUrl === this.#assets.kernelUrl ? fetched : undefined;
      const capture = new Capture(this.#assets, listener, this.#frontEnd, makeDeliveryPort, early);
      if (this.#isClosed) await capture.close();
      this.#capture = capture;
      return capture;
    });
  }

  /** Changes how the next query is heard. @throws RangeError naming the option that makes no sense. */
  setHearing({ preset, kernel }: HearingOptions): void {
    requireHearing(preset, kernel);
    this.#assets = captureAssets(this.#assetBase, kernel);
    this.#frontEnd = { ...this.#frontEnd, preset };
    this.#capture?.setUp(this.#assets, this.#frontEnd);
  }

  /** Fetches what the press will need; no AudioContext yet, because browsers allow one only after a gesture. */
  async warm(): Promise<void> {
    const worklet = fetch(this.#assets.workletUrl).then((response) => response.arrayBuffer());
    const capture = this.#part.get().then((part) => part.warm());
    await Promise.all([worklet, capture]);
  }

  /** As `Capture.open`. */
  async open(queryId: number, signal: AbortSignal, ends: QueryEnds): Promise<void> {
    if (this.#capture !== undefined) return this.#capture.open(queryId, signal, ends);
    this.#press = new AbortController();
    this.#ends = ends;
    const either = AbortSignal.any([signal, this.#press.signal]);
    const context = newAudioContext();
    const microphone = openMicrophone(either);
    // Whoever waits for them, the capture, hears of what goes wrong.
    microphone.catch(() => undefined);
    context.audioWorklet?.addModule(this.#assets.workletUrl).catch(() => undefined);
    let capture: Capture;
    try {
      capture = await this.#part.get();
      either.throwIfAborted();
    } catch (error) {
      void context.close();
      microphone.then(closeMicrophone, () => undefined);
      throw error;
    }
    await capture.open(queryId, either, this.#ends, { context, microphone });
  }

  /** As `Capture.setEnds`. */
  setEnds(ends: QueryEnds): void {
    this.#ends = ends;
    this.#capture?.setEnds(ends);
  }

  /** As `Capture.stop`. */
  async stop(): Promise<boolean> {
    return (await this.#capture?.stop()) ?? true;
  }

  /** As `Capture.cancel`. */
  cancel(): void {
    this.#press.abort();
    this.#capture?.cancel();
  }

  /** As `Capture.resume`. */
  async resume(): Promise<void> {
    await this.#capture?.resume();
  }

  /** As `Capture.release`. */
  release(): void {
    this.#capture?.release();
  }

  /** As `Capture.close`. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#press.abort();
    await this.#capture?.close();
  }
}
