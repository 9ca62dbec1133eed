import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeApiPages } from './api-pages.ts';
import { commandPage } from './command-page.ts';
import { elementPage, wordsPage } from './element-pages.ts';
import { httpPage } from './http-page.ts';
import { optionPage } from './option-page.ts';
import { DOCS, GENERATED, ROOT } from './places.ts';
import { sizePage } from './size-page.ts';
import { sourcePages } from './source-pages.ts';

/** Makes every page that comes from the source, in `docs/reference/`. */
export async function generatePages(): Promise<void> {
  rmSync(GENERATED, { recursive: true, force: true });
  const { version }: { readonly version: string } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  await writeApiPages();
  write('reference/element.md', elementPage());
  write('reference/words.md', wordsPage());
  write('reference/options.md', optionPage());
  write('reference/commands.md', commandPage(version));
  write('reference/http.md', httpPage());
  write('reference/sizes.md', sizePage());
  // Last, because the other pages link to files, too.
  for (const [path, text] of sourcePages()) write(path, text);
}

function write(path: string, text: string): void {
  const file = join(DOCS, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
