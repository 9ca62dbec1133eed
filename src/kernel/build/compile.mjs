/** Runs the AssemblyScript compiler in this process. */
import asc from 'assemblyscript/asc';

/** AS112: v128 parameters cannot cross to the host. Ours never do. */
const DISABLED_WARNINGS = ['112'];

/**
 * Compiles one entry file.
 *
 * @param {string} entry Path relative to `baseDir`.
 * @param {string} baseDir
 * @param {readonly string[]} options Further compiler options.
 * @returns {Promise<Uint8Array>} The module.
 * @throws {Error} With the compiler's report, on errors and on warnings.
 */
export async function compile(entry, baseDir, options) {
  /** @type {Uint8Array | null} */
  let module = null;
  const { error, stderr } = await asc.main(
    [
      entry,
      '--baseDir',
      baseDir,
      '--outFile',
      'module.wasm',
      '--runtime',
      'stub',
      '--disableWarning',
      ...DISABLED_WARNINGS,
      ...options,
    ],
    {
      writeFile: (name, contents) => {
        if (name === 'module.wasm' && typeof contents !== 'string') module = contents;
      },
    },
  );
  const report = stderr.toString().trim();
  if (error || report !== '' || module === null) {
    throw new Error(`kernel: ${entry} does not compile without complaint\n${report || error?.message}`);
  }
  return module;
}
