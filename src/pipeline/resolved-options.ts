import type { Kernel } from '../capture/assets.ts';
import type { FrontEndOverrides } from '../front-end/options.ts';
import { isPreset } from '../front-end/presets.ts';
import type { DeliverySettings } from '../protocol/delivery-messages.ts';
import type { SpeechPipelineOptions } from './options.ts';

/** {@link SpeechPipelineOptions} with every gap filled and every value checked. */
export interface ResolvedOptions {
  readonly delivery: DeliverySettings;
  readonly kernel: Kernel;
  readonly frontEnd: FrontEndOverrides;
  /** Absolute, with a trailing slash. */
  readonly modelBase: string;
  readonly assetBase: string | undefined;
  /** Absolute. */
  readonly ortWasmUrl: string | undefined;
}

const PREDICT_PLACES: readonly string[] = ['server', 'device', 'server-then-device'];

/**
 * Fills the gaps and checks every field.
 *
 * @throws RangeError or TypeError naming the field and the value.
 */
export function resolveOptions(options: SpeechPipelineOptions): ResolvedOptions {
  const predict = options.predict ?? 'server';
  if (!PREDICT_PLACES.includes(predict)) {
    throw new RangeError(`predict must be one of ${PREDICT_PLACES.join(', ')}, got ${String(predict)}.`);
  }
  const deadlineMs = options.deadlineMs ?? 15_000;
  if (!(deadlineMs >= 100 && deadlineMs <= 300_000)) {
    throw new RangeError(`deadlineMs must be from 100 to 300000, got ${deadlineMs}.`);
  }
  const retryCount = options.retryCount ?? 2;
  if (!(Number.isInteger(retryCount) && retryCount >= 0 && retryCount <= 10)) {
    throw new RangeError(`retryCount must be a whole number from 0 to 10, got ${retryCount}.`);
  }
  const preset = options.preset ?? 'search';
  if (!isPreset(preset)) throw new RangeError(`preset must be command, search or dictation, got ${String(preset)}.`);
  const kernel = options.kernel ?? 'full';
  if (kernel !== 'full' && kernel !== 'lite') {
    throw new RangeError(`kernel must be full or lite, got ${String(kernel)}.`);
  }
  return {
    delivery: {
      endpoint: absoluteUrl('endpoint', options.endpoint ?? '/v1/audio/transcriptions'),
      server: options.server ?? 'ossicle',
      model: options.model ?? 'moonshine-tiny-en',
      language: options.language ?? 'en',
      headers: options.headers ?? {},
      deadlineMs,
      retryCount,
      predict,
    },
    kernel,
    frontEnd: {
      preset,
      ...(options.queryEndMs === undefined ? {} : { queryEndMs: options.queryEndMs }),
      ...(options.noSpeechMs === undefined ? {} : { noSpeechMs: options.noSpeechMs }),
    },
    modelBase: absoluteUrl('modelBase', options.modelBase ?? '/models/moonshine-tiny-en/'),
    assetBase: options.assetBase,
    ortWasmUrl: options.ortWasmUrl === undefined ? undefined : absoluteUrl('ortWasmUrl', options.ortWasmUrl),
  };
}

function absoluteUrl(field: string, url: string): string {
  try {
    return new URL(url, location.href).href;
  } catch {
    throw new TypeError(`${field} must be a URL, got ${url}.`);
  }
}
