import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runToSuccess } from './run-command.ts';

const root = join(import.meta.dirname, '..');

/** The folder of the recogniser's weights, a package of its own. */
export const WEIGHTS_FOLDER: string = join(root, 'models/moonshine-tiny-en');

/** Everything that an installation in a test is told: no audit, no advertisement, what was downloaded before first. */
export const INSTALL_OPTIONS: readonly string[] = ['--no-audit', '--no-fund', '--prefer-offline'];

/**
 * Packs a package as it lies there: no script runs, nothing is built again.
 *
 * @param into An existing folder.
 * @param packageFolder `ossicle` itself when left out; it must have been built.
 * @returns Path of the tarball.
 */
export async function packPackage(into: string, packageFolder: string = root): Promise<string> {
  if (!existsSync(join(root, 'dist/browser/index.js'))) throw new Error('Nothing is built: run "npm run build" first.');
  const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', into];
  const [packed]: readonly { readonly filename: string }[] = JSON.parse(await runToSuccess('npm', args, packageFolder));
  if (packed === undefined) throw new Error(`npm packed nothing in ${packageFolder}`);
  return join(into, packed.filename.replace('@', '').replace('/', '-'));
}

/** Makes a project that holds nothing yet, to install packages in. */
export async function emptyProject(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'site', private: true, type: 'module' }));
}
