import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const pages = ['README.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)].filter((path) =>
  path.endsWith('.md'),
);

/** Links and pictures that lead to a file of the repository; those to `reference/` are made when the site is built. */
function filesLinked(page: string): string[] {
  const text = readFileSync(join(root, page), 'utf8').replaceAll(/^(`{3,}).*?^\1$/gms, '');
  return [...text.matchAll(/\]\((?!\w+:|#|reference\/)([^)\s#]+)/g)].map((match) => match[1] ?? '');
}

describe('the README and the pages of the documentation', () => {
  it('link to files of the repository', () => {
    expect(pages.flatMap(filesLinked).length).toBeGreaterThan(50);
  });

  it.each(pages)('%s links to no file that is gone', (page) => {
    expect(filesLinked(page).filter((target) => !existsSync(join(root, dirname(page), target)))).toEqual([]);
  });
});
