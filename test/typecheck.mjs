/**
 * Type-checks the whole repository: `node test/typecheck.mjs`. Every folder of the source has a tsconfig.json of its own,
 * which says what its place (page, worker, audio thread, Node, none) knows.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { runTools } from '../src/build/run-tools.mjs';

const root = join(import.meta.dirname, '..');

/** AssemblyScript, which has its own compiler: the kernel's build checks it. */
const OTHER_LANGUAGES = ['src/kernel/assembly'];

/** @param {string} folder */
function foldersIn(folder) {
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(folder, entry.name));
}

/** @param {string} folder */
function holdsSource(folder) {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).some(
    (name) => /\.m?[jt]s$/.test(name) && !OTHER_LANGUAGES.includes(join(folder, name, '..')),
  );
}

const folders = foldersIn('src').filter(holdsSource);
const unchecked = folders.filter((folder) => !existsSync(join(root, folder, 'tsconfig.json')));
if (unchecked.length > 0) {
  console.error(`typecheck: no tsconfig.json in ${unchecked.join(', ')}; add one that names what its place knows.`);
  process.exitCode = 2;
} else {
  const projects = ['.', 'src', ...folders, 'test', 'docs'];
  const startMs = performance.now();
  process.exitCode = await runTools(
    projects.map((project) => ['typescript7', '-p', relative('.', join(root, project)) || '.']),
  );
  const seconds = ((performance.now() - startMs) / 1000).toFixed(0);
  if (process.exitCode === 0) console.log(`Type-checked ${projects.length} projects in ${seconds} s. No errors found.`);
}
