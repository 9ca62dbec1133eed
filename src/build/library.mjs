/**
 * Builds what sites import: `node src/build/library.mjs`.
 *
 * Writes `dist/browser/` (the modules, the workers, the worklet, the kernel), `dist/types/` (their declarations) and
 * `dist/custom-elements.json`. The
 * kernel must have been built. Plain JavaScript, because it runs before anything is compiled.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { publishDeclarations } from './declarations.mjs';
import { customElementsManifest } from './manifest.mjs';
import { runTools } from './run-tools.mjs';

/** @type {import('./run-tools.mjs').Tool[]} */
const BUNDLES = ['index', 'element', 'script', 'outbox', 'worklet', 'delivery', 'recogniser'].map((part) => [
  'vite',
  ...['build', '--mode', `library-${part}`, '--logLevel', 'warn'],
]);

/** Declarations that the package's exports name. */
const ENTRIES = [
  ...['index.d.ts', 'delivery/send-outbox.d.ts', 'element/element.d.ts', 'element/define.d.ts'],
  ...['react', 'vue', 'svelte'].map((framework) => `element/${framework}.d.ts`),
  'server/server.d.ts',
];

/** @type {(project: string) => import('./run-tools.mjs').Tool} */
const declare = (project) => [
  'typescript',
  ...['-p', project, '--noEmit', 'false', '--emitDeclarationOnly', '--rootDir', 'src', '--outDir', 'dist/types'],
];

rmSync('dist/browser', { recursive: true, force: true });
rmSync('dist/types', { recursive: true, force: true });
process.exitCode = await runTools([declare('src'), declare('src/server'), ...BUNDLES]);
if (process.exitCode === 0) {
  publishDeclarations('dist/types', ENTRIES);
  // `ossicle/react` and its like hold types only; an import of them must not fail where nothing strips it.
  writeFileSync('dist/browser/types-only.js', 'export {};\n');
  writeFileSync('dist/custom-elements.json', customElementsManifest('.'));
}
