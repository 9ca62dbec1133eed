import type { PredictPlace, Preset, SpeechPipelineOptions } from '../index.ts';

/** Attributes that change what is shown; the others are read when they are needed. */
export const SHOWN_ATTRIBUTES: readonly string[] = ['value', 'placeholder', 'label', 'lang', 'dir', 'required'];
/** Attributes that the pipeline is made from. */
export const PIPELINE_ATTRIBUTES: readonly string[] = [
  ...['endpoint', 'model', 'language', 'interim', 'vad', 'max-duration', 'silence-ms', 'asset-base', 'predict'],
  ...['queue-offline', 'submit', 'tau', 'haptics', 'earcons'],
];

/** What the attributes of the element say. */
export interface VoiceSettings {
  readonly pipeline: SpeechPipelineOptions;
  /** 0 for none. */
  readonly maxDurationMs: number;
  readonly isHold: boolean;
  readonly isConfirmed: boolean;
  /** Confidence from which a text is searched at once; undefined: what the server says. */
  readonly tau: number | undefined;
  readonly hasEarcons: boolean;
  readonly hasHaptics: boolean;
}

/** Attributes that say how speech is heard and where it goes, besides what {@link SpeechPipelineOptions} holds. */
const TEXT_OPTIONS = { endpoint: 'endpoint', model: 'model', language: 'language', 'asset-base': 'assetBase' } as const;

/**
 * Reads the attributes.
 *
 * @param options What attributes cannot say, such as `getToken`; attributes go before it.
 */
export function readSettings(host: Element, options: SpeechPipelineOptions): VoiceSettings {
  const text = (name: string): string | undefined => host.getAttribute(name) ?? undefined;
  const given: Record<string, unknown> = { ...options };
  for (const [attribute, option] of Object.entries(TEXT_OPTIONS)) {
    const value = text(attribute);
    if (value !== undefined) given[option] = value;
  }
  const silenceMs = numberOf(text('silence-ms'));
  const maxSeconds = numberOf(text('max-duration'));
  const predict = text('predict') as PredictPlace | undefined;
  const preset = text('vad') as Preset | undefined;
  return {
    // The pipeline checks every value and names the one that makes no sense.
    pipeline: {
      ...given,
      ...(predict === undefined ? {} : { predict }),
      ...(preset === undefined ? {} : { preset }),
      ...(silenceMs === undefined ? {} : { queryEndMs: silenceMs }),
      ...(host.hasAttribute('interim') ? { stream: true } : {}),
      ...(host.hasAttribute('queue-offline') ? { queueOffline: true } : {}),
    },
    maxDurationMs: (maxSeconds ?? 0) * 1000,
    isHold: text('mode') === 'hold',
    isConfirmed: text('submit') === 'confirm',
    tau: numberOf(text('tau')),
    hasEarcons: host.hasAttribute('earcons'),
    hasHaptics: host.hasAttribute('haptics'),
  };
}

/** Host of the endpoint that speech is sent to. */
export function endpointHost({ endpoint = '' }: SpeechPipelineOptions): string {
  return URL.canParse(endpoint, location.href) ? new URL(endpoint, location.href).host : endpoint;
}

function numberOf(value: string | undefined): number | undefined {
  const number = Number(value);
  return value === undefined || value.trim() === '' || !Number.isFinite(number) || number < 0 ? undefined : number;
}
