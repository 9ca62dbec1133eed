/**
 * Builds what sites import: `node src/build/library.mjs`.
 *
 * Writes `dist/browser/` (the module, the workers, the worklet, the kernel) and `dist/types/` (its declarations). The
 * kernel must have been built. Plain JavaScript, because it runs before anything is compiled.
 */
import { rmSync } from 'node:fs';
import { publishDeclarations } from './declarations.mjs';
import { runTools } from './run-tools.mjs';

/** @type {import('./run-tools.mjs').Tool[]} */
const BUNDLES = ['index', 'element', 'script', 'outbox', 'worklet', 'delivery', 'recogniser'].map((part) => [
  'vite',
  ...['build', '--mode', `library-${part}`, '--logLevel', 'warn'],
]);

/** Declarations that the package's exports name. */
const ENTRIES = ['index.d.ts', 'delivery/send-outbox.d.ts', 'element/element.d.ts', 'element/define.d.ts'];

rmSync('dist/browser', { recursive: true, force: true });
rmSync('dist/types', { recursive: true, force: true });
process.exitCode = await runTools([
  ['typescript', ...['-p', 'src', '--noEmit', 'false', '--emitDeclarationOnly', '--outDir', 'dist/types']],
  ...BUNDLES,
]);
if (process.exitCode === 0) publishDeclarations('dist/types', ENTRIES);
