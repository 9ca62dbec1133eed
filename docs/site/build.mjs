/**
 * Builds the documentation's site into `dist/docs/`: `npm run docs:build`. With `--dev`, serves it and shows changes of
 * its pages as they are made.
 *
 * Fails on any warning, on links to files, pages or headings that are not there, and on whatever a page would fetch
 * from elsewhere. `DOCS_BASE` is the folder of the site that it will lie in, `/` unless told.
 */
import { join } from 'node:path';
import { runnerImport } from 'vite';
import { build, createServer } from 'vitepress';

const here = import.meta.dirname;

/** @param {string} file */
async function load(file) {
  return (await runnerImport(join(here, file), { configFile: false, logLevel: 'error' })).module;
}

/** @type {typeof import('./generate.ts')} */
const { generatePages } = await load('generate.ts');
await generatePages();

if (process.argv.includes('--dev')) {
  const server = await createServer(join(here, '..'));
  await server.listen();
  server.printUrls();
} else {
  let warningCount = 0;
  const { warn } = console;
  console.warn = (...words) => {
    warningCount += 1;
    warn(...words);
  };
  const startMs = performance.now();
  await build(join(here, '..'));
  /** @type {typeof import('./site-check.ts')} */
  const { siteFaults } = await load('site-check.ts');
  const { pageCount, linkCount, faults } = siteFaults(process.env['DOCS_BASE'] ?? '/');
  for (const fault of faults) console.error(fault);
  const seconds = ((performance.now() - startMs) / 1000).toFixed(0);
  if (faults.length + warningCount > 0) {
    console.error(`The site has ${faults.length} faults and ${warningCount} warnings.`);
    process.exitCode = 1;
  } else console.log(`Built ${pageCount} pages in ${seconds} s; ${linkCount} links checked.`);
}
