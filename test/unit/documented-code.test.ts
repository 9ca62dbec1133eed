import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentedCode } from '../documented-code.ts';
import { runCommand } from '../run-command.ts';

const root = join(import.meta.dirname, '../..');
/** Inside of the package, whose modules are then imported by its name. */
const folder = join(root, 'test-results/documented-code');
const SUFFIX: Readonly<Record<string, string>> = { ts: '.ts', tsx: '.tsx', js: '.ts' };

const COMPILER_OPTIONS = {
  ...{ target: 'es2022', module: 'esnext', moduleResolution: 'bundler', lib: ['es2023', 'dom', 'dom.iterable'] },
  ...{ types: ['node'], jsx: 'react-jsx', strict: true, noEmit: true, skipLibCheck: true },
};
const MISTAKEN = "import { SpeechPipeline } from 'ossicle';\nnew SpeechPipeline({ predict: 'nowhere' });\n";

const blocks = documentedCode().filter(({ language }) => language in SUFFIX);

beforeAll(async () => {
  if (!existsSync(join(root, 'dist/types/index.d.ts'))) throw new Error('Nothing is built: run "npm run build" first.');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const config = { compilerOptions: COMPILER_OPTIONS, include: ['.'] };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config));
  await writeFile(join(folder, 'mistaken.ts'), MISTAKEN);
  for (const { place, language, code, given } of blocks) {
    const name = `${place.replaceAll(/[/:.]/g, '-')}${SUFFIX[language]}`;
    await writeFile(join(folder, name), `export {};\n${given}\n${code}`);
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the code of the documentation', () => {
  it('is found in the README and in the pages', () => {
    expect(blocks.length).toBeGreaterThan(10);
    expect(blocks.map(({ place }) => place.split(':')[0])).toEqual(
      expect.arrayContaining(['README.md', 'docs/pipeline.md', 'docs/bundlers.md', 'docs/deployment.md']),
    );
  });

  it('is accepted by the compiler, against the declarations of the package, which finds a mistake', async () => {
    const compiler = join(root, 'node_modules/typescript7/bin/tsc');
    const { stdout } = await runCommand(process.execPath, [compiler, '--pretty', 'false', '-p', folder], root);
    const faults = stdout.split('\n').filter((line) => /: error TS\d+:/.test(line));
    expect(faults).toEqual([expect.stringMatching(/mistaken\.ts.*"nowhere"/)]);
  });
});
