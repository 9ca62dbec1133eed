import { METER_FLOOR_DBFS, meterFill } from '../element/meter-fill.ts';
import type { Dbfs, Ms } from '../units.ts';

const BAR_PITCH_PX = 6;
const BAR_WIDTH_PX = 3;
const DOT_PX = 2;
const HISTORY_COUNT = 256;
/** Levels come about 15 times a second; between two of them the bars glide by one place. */
const GLIDE_MS: Ms = 66;
/** With reduced motion the meter moves no more often than this. */
const CALM_INTERVAL_MS: Ms = 250;

/**
 * Draws the last seconds of the microphone: a bar where the detector hears speech, a dot where it hears none, so that
 * what will be sent and what stays on the device can be told apart. With reduced motion: one steady bar.
 */
export class LevelMeter {
  readonly #meter: HTMLMeterElement;
  readonly #canvas: HTMLCanvasElement;
  readonly #stillness: MediaQueryList;
  readonly #fills = new Float32Array(HISTORY_COUNT);
  readonly #isSpeech = new Uint8Array(HISTORY_COUNT);
  #pushedCount = 0;
  #pushedAtMs: Ms = 0;
  #toldAtMs: Ms = Number.NEGATIVE_INFINITY;
  #frame: number | undefined;

  constructor(meter: HTMLMeterElement, canvas: HTMLCanvasElement, signal: AbortSignal) {
    this.#meter = meter;
    this.#canvas = canvas;
    this.#stillness = matchMedia('(prefers-reduced-motion: reduce)');
    const redraw = (): void => this.#schedule();
    const resized = new ResizeObserver(redraw);
    resized.observe(canvas);
    signal.addEventListener('abort', () => resized.disconnect(), { once: true });
    for (const query of ['(prefers-color-scheme: dark)', '(forced-colors: active)']) {
      matchMedia(query).addEventListener('change', redraw, { signal });
    }
  }

  /** Adds one level. `probability` is the detector's, 0..1. */
  push(nowMs: Ms, rmsDbfs: Dbfs, probability: number): void {
    const slot = this.#pushedCount % HISTORY_COUNT;
    this.#fills[slot] = meterFill(rmsDbfs);
    this.#isSpeech[slot] = probability >= 0.5 ? 1 : 0;
    this.#pushedCount++;
    this.#pushedAtMs = nowMs;
    if (nowMs - this.#toldAtMs >= CALM_INTERVAL_MS) {
      this.#toldAtMs = nowMs;
      this.#meter.value = Math.round(Math.min(0, Math.max(METER_FLOOR_DBFS, rmsDbfs)));
      if (this.#stillness.matches) this.#schedule();
    }
    if (!this.#stillness.matches) this.#schedule();
  }

  /** Back to the resting line: the microphone is closed, or was opened anew. */
  reset(): void {
    this.#pushedCount = 0;
    this.#toldAtMs = Number.NEGATIVE_INFINITY;
    this.#meter.value = METER_FLOOR_DBFS;
    this.#schedule();
  }

  #schedule(): void {
    this.#frame ??= requestAnimationFrame((nowMs) => {
      this.#frame = undefined;
      this.#draw(nowMs);
      const isGliding = this.#pushedCount > 0 && nowMs - this.#pushedAtMs < GLIDE_MS;
      if (isGliding && !this.#stillness.matches) this.#schedule();
    });
  }

  #draw(nowMs: Ms): void {
    const scale = devicePixelRatio;
    const width = this.#canvas.clientWidth;
    const height = this.#canvas.clientHeight;
    const context = this.#canvas.getContext('2d');
    if (context === null || width === 0) return;
    this.#canvas.width = Math.round(width * scale);
    this.#canvas.height = Math.round(height * scale);
    context.scale(scale, scale);
    const style = getComputedStyle(this.#canvas);
    const speech = style.getPropertyValue('--meter-speech');
    const silence = style.getPropertyValue('--meter-silence');
    if (this.#stillness.matches) this.#drawStill(context, width, height, speech, silence);
    else this.#drawHistory(context, width, height, speech, silence, nowMs);
  }

  #drawHistory(
    context: CanvasRenderingContext2D,
    width: number,
    height: number,
    speech: string,
    silence: string,
    nowMs: Ms,
  ): void {
    const glide = this.#pushedCount === 0 ? 1 : Math.min(1, Math.max(0, (nowMs - this.#pushedAtMs) / GLIDE_MS));
    const barCount = Math.min(HISTORY_COUNT, Math.ceil(width / BAR_PITCH_PX) + 1);
    for (let age = 0; age < barCount; age++) {
      const x = width - (age + glide) * BAR_PITCH_PX + (BAR_PITCH_PX - BAR_WIDTH_PX);
      const index = this.#pushedCount - 1 - age;
      const slot = index % HISTORY_COUNT;
      const isSpeech = index >= 0 && this.#isSpeech[slot] === 1;
      const barHeight = isSpeech ? Math.max(BAR_WIDTH_PX, this.#fills[slot]! * height) : DOT_PX;
      const barWidth = isSpeech ? BAR_WIDTH_PX : DOT_PX;
      context.fillStyle = isSpeech ? speech : silence;
      context.beginPath();
      context.roundRect(x, (height - barHeight) / 2, barWidth, barHeight, barWidth / 2);
      context.fill();
    }
  }

  #drawStill(context: CanvasRenderingContext2D, width: number, height: number, speech: string, silence: string): void {
    const newest = (this.#pushedCount - 1) % HISTORY_COUNT;
    const fill = this.#pushedCount === 0 ? 0 : this.#fills[newest]!;
    const top = height / 2 - 3;
    context.fillStyle = silence;
    context.beginPath();
    context.roundRect(0, top + 2, width, 2, 1);
    context.fill();
    if (fill === 0) return;
    context.fillStyle = speech;
    context.beginPath();
    context.roundRect(0, top, Math.max(6, fill * width), 6, 3);
    context.fill();
  }
}
