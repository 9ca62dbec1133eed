import { Option } from 'commander';
import { PRESETS, type Preset } from '../front-end/presets.ts';

/** `--preset`: how the front end cuts. */
export function presetOption(preset: Preset): Option {
  return new Option('--preset <name>', 'how eagerly speech is cut at pauses')
    .choices(Object.keys(PRESETS))
    .default(preset);
}
