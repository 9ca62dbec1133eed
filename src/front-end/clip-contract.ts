import type { GainLimits } from '../dsp/gain.ts';
import { CLIP_CONTRACT_VERSION } from '../protocol/headers.ts';
import { SEGMENT_RATE_HZ } from '../protocol/segment.ts';
import type { Hz, Ms } from '../units.ts';
import type { EndpointerOptions } from '../vad/endpointer.ts';
import { type FrontEndOptions, type FrontEndOverrides, resolveFrontEndOptions } from './options.ts';
import { isPreset, type Preset } from './presets.ts';

/**
 * Everything that decides which clips come out of a recording, so that a training set, a server and a live page can be
 * compared.
 *
 * `version` stands for what no option changes: filters, gates, meters. What ends a query is no part, for it alters no clip.
 */
export interface ClipContract {
  /** `CLIP_CONTRACT_VERSION` of the front end that keeps it. */
  readonly version: string;
  readonly rateHz: Hz;
  readonly bitDepth: number;
  readonly channelCount: number;
  /** Where the times came from; the times themselves decide. */
  readonly preset: Preset;
  readonly endpointer: EndpointerOptions;
  /** Audio kept from before the onset. */
  readonly preRollMs: Ms;
  /** Zeros after the last sample, as the recogniser's profile asks for them. */
  readonly paddingMs: Ms;
  readonly maxSegmentMs: Ms;
  readonly gain: GainLimits;
  readonly kernel: KernelIdentity;
  /** Recogniser that pre-roll and padding were measured with. */
  readonly recogniserProfile: string;
}

/** Which speech detector decides. */
export interface KernelIdentity {
  /** Name of the WebAssembly file, without its ending. */
  readonly name: string;
  /** SHA-256 of the WebAssembly file, 64 lower-case hexadecimal digits. */
  readonly sha256: string;
}

/** What a front end's options do not tell. */
export type ContractFacts = Pick<ClipContract, 'preset' | 'kernel' | 'recogniserProfile'>;

const BIT_DEPTH = 16;
const CHANNEL_COUNT = 1;

/** Each field that two contracts can differ in: where it is, what it is called, its unit. */
const FIELDS: readonly (readonly [path: string, name: string, unit: string])[] = [
  ['version', 'version of the contract', ''],
  ['rateHz', 'sample rate', ' Hz'],
  ['bitDepth', 'bit depth', ' bits'],
  ['channelCount', 'channels', ''],
  ['preset', 'preset', ''],
  ['endpointer.onset', 'probability that opens a segment', ''],
  ['endpointer.offset', 'probability under which it is silent', ''],
  ['endpointer.minSpeechMs', 'shortest speech', ' ms'],
  ['endpointer.onsetEvidence', 'evidence that opens a segment', ' nats'],
  ['endpointer.faintOnsetEvidence', 'evidence that opens a segment when it does not stand out', ' nats'],
  ['endpointer.takeMs', 'silence kept after speech', ' ms'],
  ['endpointer.hangoverMs', 'silence that closes a segment', ' ms'],
  ['preRollMs', 'audio kept before speech', ' ms'],
  ['paddingMs', 'zeros after the last sample', ' ms'],
  ['maxSegmentMs', 'longest segment', ' ms'],
  ['gain.targetLufs', 'target loudness', ' LUFS'],
  ['gain.minGainDb', 'smallest gain', ' dB'],
  ['gain.maxGainDb', 'largest gain', ' dB'],
  ['gain.truePeakCeilingDbtp', 'ceiling of the true peak', ' dBTP'],
  ['gain.noiseCeilingDbfs', 'ceiling of the lifted noise', ' dBFS'],
  ['kernel.name', 'speech detector', ''],
  ['kernel.sha256', "speech detector's SHA-256", ''],
  ['recogniserProfile', "recogniser's profile", ''],
];

/** The contract that a front end with these options keeps. */
export function clipContract(options: FrontEndOptions, facts: ContractFacts): ClipContract {
  const { endpointer, preRollMs, paddingMs, maxSegmentMs, gain } = options;
  return {
    version: CLIP_CONTRACT_VERSION,
    rateHz: SEGMENT_RATE_HZ,
    bitDepth: BIT_DEPTH,
    channelCount: CHANNEL_COUNT,
    preset: facts.preset,
    endpointer: { ...endpointer },
    preRollMs,
    paddingMs,
    maxSegmentMs,
    gain: { ...gain },
    kernel: { ...facts.kernel },
    recogniserProfile: facts.recogniserProfile,
  };
}

/** Options of a front end that keeps the contract. */
export function contractOverrides(contract: ClipContract): FrontEndOverrides {
  const { preset, endpointer, preRollMs, paddingMs, maxSegmentMs, gain } = contract;
  return { preset, endpointer, preRollMs, paddingMs, maxSegmentMs, gain };
}

/**
 * Reads a contract and makes sure that this front end can keep it.
 *
 * @param value Parsed JSON.
 * @throws TypeError for a field that is missing, of a wrong type or unknown; RangeError for a version, format or value
 *   that this front end does not have. The message names the field.
 */
export function parseClipContract(value: unknown): ClipContract {
  if (!isRecord(value)) throw new TypeError(`A clip contract is an object, got ${describe(value)}.`);
  // The version comes first: another one may well have other fields.
  const version = requireText(value, 'version');
  if (version !== CLIP_CONTRACT_VERSION) {
    throw new RangeError(`version is ${JSON.stringify(version)}; this front end keeps ${CLIP_CONTRACT_VERSION} only.`);
  }
  requireKnown(value, '');
  const preset = requireText(value, 'preset');
  if (!isPreset(preset)) throw new RangeError(`preset must be command, search or dictation, got "${preset}".`);
  const kernel: KernelIdentity = {
    name: requireText(value, 'kernel.name'),
    sha256: requireText(value, 'kernel.sha256'),
  };
  if (!/^[0-9a-f]{64}$/.test(kernel.sha256)) {
    throw new RangeError('kernel.sha256 must be 64 lower-case hexadecimal digits.');
  }
  requireFixed(value, 'rateHz', SEGMENT_RATE_HZ);
  requireFixed(value, 'bitDepth', BIT_DEPTH);
  requireFixed(value, 'channelCount', CHANNEL_COUNT);
  const number = (path: string): number => requireNumber(value, path);
  const options = resolveFrontEndOptions({
    preset,
    preRollMs: number('preRollMs'),
    paddingMs: number('paddingMs'),
    maxSegmentMs: number('maxSegmentMs'),
    endpointer: {
      onset: number('endpointer.onset'),
      offset: number('endpointer.offset'),
      minSpeechMs: number('endpointer.minSpeechMs'),
      onsetEvidence: number('endpointer.onsetEvidence'),
      faintOnsetEvidence: number('endpointer.faintOnsetEvidence'),
      takeMs: number('endpointer.takeMs'),
      hangoverMs: number('endpointer.hangoverMs'),
    },
    gain: {
      targetLufs: number('gain.targetLufs'),
      minGainDb: number('gain.minGainDb'),
      maxGainDb: number('gain.maxGainDb'),
      truePeakCeilingDbtp: number('gain.truePeakCeilingDbtp'),
      noiseCeilingDbfs: number('gain.noiseCeilingDbfs'),
    },
  });
  return clipContract(options, { preset, kernel, recogniserProfile: requireText(value, 'recogniserProfile') });
}

/**
 * In which points two contracts differ, in words: what, and both values.
 *
 * @returns One line a difference; empty when clips cut under either are the same.
 */
export function contractDifferences(first: ClipContract, second: ClipContract): readonly string[] {
  return FIELDS.flatMap(([path, name, unit]) => {
    const [one, other] = [fieldAt({ ...first }, path), fieldAt({ ...second }, path)];
    return one === other ? [] : [`${name} (${path}): ${String(one)}${unit} against ${String(other)}${unit}`];
  });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fieldAt(contract: Readonly<Record<string, unknown>>, path: string): unknown {
  let at: unknown = contract;
  for (const name of path.split('.')) at = isRecord(at) && Object.hasOwn(at, name) ? at[name] : undefined;
  return at;
}

function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  return value === null ? 'null' : Array.isArray(value) ? 'an array' : `${typeof value} ${String(value)}`;
}

function requireText(contract: Readonly<Record<string, unknown>>, path: string): string {
  const value = fieldAt(contract, path);
  if (typeof value !== 'string' || value === '') throw new TypeError(`${path} must be a text, got ${describe(value)}.`);
  return value;
}

function requireNumber(contract: Readonly<Record<string, unknown>>, path: string): number {
  const value = fieldAt(contract, path);
  if (typeof value !== 'number') throw new TypeError(`${path} must be a number, got ${describe(value)}.`);
  return value;
}

function requireFixed(contract: Readonly<Record<string, unknown>>, path: string, only: number): void {
  const value = requireNumber(contract, path);
  if (value !== only) throw new RangeError(`${path} is ${value}; this front end writes ${only} only.`);
}

/** A field that this version does not know would be a promise that it does not keep. */
function requireKnown(object: Readonly<Record<string, unknown>>, prefix: string): void {
  for (const [name, value] of Object.entries(object)) {
    const path = prefix + name;
    if (FIELDS.some(([known]) => known === path)) continue;
    if (!isRecord(value) || !FIELDS.some(([known]) => known.startsWith(`${path}.`))) {
      throw new TypeError(`${path} is no field of a clip contract of version ${CLIP_CONTRACT_VERSION}.`);
    }
    requireKnown(value, `${path}.`);
  }
}
