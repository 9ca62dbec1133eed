import { resolveFrontEndOptions } from '../../../src/front-end/options.ts';
import { BACKGROUND_DEFAULTS } from '../../../src/vad/background-level.ts';
import { resolveEndpointerOptions } from '../../../src/vad/endpointer.ts';
import { ENERGY_GATE_DEFAULTS } from '../../../src/vad/energy-gate.ts';
import { NETWORK_LEVEL_DEFAULTS } from '../../../src/vad/network-level.ts';
import type { TunedOptions } from './stream.ts';

/** What ships: preset `search`. */
export function shippedOptions(): TunedOptions {
  const { endpointer, preRollMs } = resolveFrontEndOptions({ preset: 'search' });
  return {
    endpointer,
    preRollMs,
    gate: ENERGY_GATE_DEFAULTS,
    background: BACKGROUND_DEFAULTS,
    level: NETWORK_LEVEL_DEFAULTS,
  };
}

/** Values to either side of what ships. */
export const USUAL_SWEEPS: Readonly<Record<string, readonly number[]>> = {
  'endpointer.onset': [0.4, 0.45, 0.55, 0.6],
  'endpointer.offset': [0.25, 0.3, 0.4, 0.45],
  'endpointer.minSpeechMs': [32, 96, 128],
  'endpointer.onsetEvidence': [0, 1, 2, 4],
  'endpointer.faintOnsetEvidence': [5, 8, 11, 18, 24],
  'endpointer.takeMs': [140, 160, 180, 240],
  'endpointer.hangoverMs': [320, 360, 440, 500],
  'background.standOutDb': [9, 10, 14, 16],
  'background.followShare': [0.02, 0.08],
  'gate.overFloorDb': [0, 6],
  'level.targetDbfs': [-30, -20],
  'level.maxGainDb': [0, 30, 46],
  'level.riseShare': [0.25, 1],
  'level.fallShare': [0.01, 0.1],
};

type Group = 'endpointer' | 'background' | 'gate' | 'level';

/** The options with one of them changed. @throws RangeError for a name that there is not, or a value out of range. */
export function withOption(options: TunedOptions, path: string, value: number): TunedOptions {
  if (path === 'preRollMs') return { ...options, preRollMs: value };
  const [group = '', name = ''] = path.split('.');
  if (!isGroup(group) || !Object.hasOwn(options[group], name)) {
    throw new RangeError(`no option "${path}"; there are ${optionNames(options).join(', ')}`);
  }
  const changed: TunedOptions = { ...options, [group]: { ...options[group], [name]: value } };
  resolveEndpointerOptions(changed.endpointer);
  return changed;
}

function isGroup(name: string): name is Group {
  return ['endpointer', 'background', 'gate', 'level'].includes(name);
}

function optionNames(options: TunedOptions): readonly string[] {
  const groups: readonly Group[] = ['endpointer', 'background', 'gate', 'level'];
  return ['preRollMs', ...groups.flatMap((group) => Object.keys(options[group]).map((name) => `${group}.${name}`))];
}
