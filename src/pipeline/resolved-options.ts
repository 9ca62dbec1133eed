import type { Kernel } from '../capture/assets.ts';
import type { FrontEndOverrides } from '../front-end/options.ts';
import { isPreset, type Preset } from '../front-end/presets.ts';
import { DELIVERY_DEFAULTS } from '../protocol/delivery-defaults.ts';
import type { DeliverySettings, GetToken } from '../protocol/delivery-messages.ts';
import { OUTBOX_LIMITS, type OutboxSettings } from '../protocol/outbox.ts';
import type { SpeechPipelineOptions } from './options.ts';

/** {@link SpeechPipelineOptions} with every gap filled and every value checked. */
export interface ResolvedOptions {
  readonly delivery: DeliverySettings;
  readonly getToken: GetToken | undefined;
  readonly outbox: OutboxSettings;
  readonly kernel: Kernel;
  readonly frontEnd: FrontEndOverrides;
  /** Absolute, with a trailing slash. */
  readonly modelBase: string;
  readonly assetBase: string | undefined;
  /** Absolute. */
  readonly ortWasmUrl: string | undefined;
}

const PREDICT_PLACES: readonly string[] = ['server', 'device', 'server-then-device'];
const SERVERS: readonly string[] = ['ossicle', 'openai-compatible'];
const RESPONSE_FORMATS: readonly string[] = ['json', 'verbose_json', 'text'];
const ENCODINGS: readonly string[] = ['wav', 'opus'];
const KERNELS: readonly string[] = ['full', 'lite'];
const SESSION_KEY_BYTES = 16;

/**
 * Fills the gaps and checks every field.
 *
 * @throws RangeError or TypeError naming the field and the value.
 */
export function resolveOptions(options: SpeechPipelineOptions): ResolvedOptions {
  const predict = options.predict ?? DELIVERY_DEFAULTS.predict;
  const server = options.server ?? DELIVERY_DEFAULTS.server;
  const responseFormat = options.responseFormat ?? DELIVERY_DEFAULTS.responseFormat;
  const encoding = options.encoding ?? DELIVERY_DEFAULTS.encoding;
  requireOneOf('predict', predict, PREDICT_PLACES);
  requireOneOf('server', server, SERVERS);
  requireOneOf('responseFormat', responseFormat, RESPONSE_FORMATS);
  requireOneOf('encoding', encoding, ENCODINGS);
  if (options.getToken !== undefined && typeof options.getToken !== 'function') {
    throw new TypeError(`getToken must be a function, got ${typeof options.getToken}.`);
  }
  const deadlineMs = options.deadlineMs ?? DELIVERY_DEFAULTS.deadlineMs;
  if (!(deadlineMs >= 100 && deadlineMs <= 300_000)) {
    throw new RangeError(`deadlineMs must be from 100 to 300000, got ${deadlineMs}.`);
  }
  const retryCount = options.retryCount ?? DELIVERY_DEFAULTS.retryCount;
  if (!(Number.isInteger(retryCount) && retryCount >= 0 && retryCount <= 10)) {
    throw new RangeError(`retryCount must be a whole number from 0 to 10, got ${retryCount}.`);
  }
  const preset = options.preset ?? 'search';
  const kernel = options.kernel ?? 'full';
  requireHearing(preset, kernel);
  return {
    delivery: {
      endpoint: absoluteUrl('endpoint', options.endpoint ?? DELIVERY_DEFAULTS.endpoint),
      server,
      model: options.model ?? DELIVERY_DEFAULTS.model,
      responseFormat,
      stream: options.stream ?? DELIVERY_DEFAULTS.stream,
      encoding,
      language: options.language ?? DELIVERY_DEFAULTS.language,
      headers: options.headers ?? DELIVERY_DEFAULTS.headers,
      sessionKey: randomHex(SESSION_KEY_BYTES),
      deadlineMs,
      retryCount,
      predict,
    },
    getToken: options.getToken,
    outbox: {
      isStored: options.queueOffline ?? false,
      limits: {
        bytes: requireAbove0('queueBytes', options.queueBytes ?? OUTBOX_LIMITS.bytes),
        ageMs: requireAbove0('queueAgeMs', options.queueAgeMs ?? OUTBOX_LIMITS.ageMs),
      },
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

/** @throws RangeError naming the option that makes no sense. */
export function requireHearing(preset: Preset, kernel: Kernel): void {
  if (!isPreset(preset)) throw new RangeError(`preset must be command, search or dictation, got ${String(preset)}.`);
  requireOneOf('kernel', kernel, KERNELS);
}

function requireOneOf(field: string, value: string, allowed: readonly string[]): void {
  if (!allowed.includes(value)) throw new RangeError(`${field} must be one of ${allowed.join(', ')}, got ${value}.`);
}

/** `randomUUID` is missing outside secure contexts, where the page must still be able to say so. */
function randomHex(byteCount: number): string {
  const bytes = crypto.getRandomValues(new Uint8Array(byteCount));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function requireAbove0(field: string, value: number): number {
  if (value > 0 && Number.isFinite(value)) return value;
  throw new RangeError(`${field} must be above 0, got ${value}.`);
}

function absoluteUrl(field: string, url: string): string {
  try {
    return new URL(url, location.href).href;
  } catch {
    throw new TypeError(`${field} must be a URL, got ${url}.`);
  }
}
