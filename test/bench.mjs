/** Runs a benchmark: `npm run bench -- NAME`, which is `test/bench/NAME.mjs`; without a name it lists them. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';

const folder = join(import.meta.dirname, 'bench');
const names = (existsSync(folder) ? readdirSync(folder) : [])
  .filter((file) => file.endsWith('.mjs'))
  .map((file) => basename(file, '.mjs'));
const [name, ...args] = process.argv.slice(2);
// onnxruntime would report to its maker, and inherits this.
process.env['ORT_DISABLE_TELEMETRY'] = '1';

if (name !== undefined && names.includes(name)) {
  const { status } = spawnSync(process.execPath, [join(folder, `${name}.mjs`), ...args], { stdio: 'inherit' });
  process.exitCode = status ?? 1;
} else {
  const listed = names.length === 0 ? 'There are none yet.' : `There are: ${names.join(', ')}.`;
  console.error(name === undefined ? `Usage: npm run bench -- NAME. ${listed}` : `bench: no "${name}". ${listed}`);
  process.exitCode = 2;
}
