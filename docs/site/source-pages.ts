import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, extname, join, posix, relative, resolve } from 'node:path';
import { codeBlock } from './markdown.ts';
import { DOCS, ROOT, SOURCE_FOLDER } from './places.ts';

/** Languages of code blocks, by the end of a file's name. */
const LANGUAGES: Readonly<Record<string, string>> = {
  '.ts': 'ts',
  '.mjs': 'js',
  '.json': 'json',
  '.html': 'html',
  '.yaml': 'yaml',
  '.md': 'md',
};

const LINK = /(?<!!)\[[^\]]*\]\((?!\w+:|#)([^)\s#]+)(?:#[^)\s]*)?\)/g;

/**
 * The page on which the site shows a file of the repository, without `.md`; undefined for what is a page or an asset of the site itself.
 *
 * @param page Path of the page that links to it, from the folder of the docs, with forward slashes.
 * @param target The link, without its anchor.
 */
export function sourcePageOf(page: string, target: string): string | undefined {
  const path = posix.normalize(posix.join('docs', posix.dirname(page), target));
  if (path.startsWith('docs/') && /\.(md|svg|png)$/.test(path)) return undefined;
  // No dot in the name: VitePress takes an end such as .md for its own.
  return `${SOURCE_FOLDER}/${path.replaceAll('.', '-')}`;
}

/**
 * A page for every file of the repository that a page of the docs links to.
 *
 * @returns Markdown by path, from the folder of the docs.
 * @throws Error naming every link whose file is missing.
 */
export function sourcePages(): Map<string, string> {
  const pages = new Map<string, string>();
  const missing: string[] = [];
  for (const page of markdownFiles()) {
    for (const [, target = ''] of textOf(page).matchAll(LINK)) {
      const place = sourcePageOf(page, target);
      if (place === undefined) continue;
      const file = resolve(DOCS, dirname(page), target);
      if (!statSync(file, { throwIfNoEntry: false })?.isFile()) missing.push(`docs/${page} links to ${target}`);
      else pages.set(`${place}.md`, sourcePage(file));
    }
  }
  if (missing.length > 0) throw new Error(`There is no such file:\n${missing.join('\n')}`);
  return pages;
}

function markdownFiles(): string[] {
  return readdirSync(DOCS, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md') && !path.startsWith(SOURCE_FOLDER))
    .map((path) => path.replaceAll('\\', '/'));
}

/** A page without its code, in which brackets are no links. */
function textOf(page: string): string {
  return readFileSync(join(DOCS, page), 'utf8')
    .replaceAll(/^(`{3,}).*?^\1$/gms, '')
    .replaceAll(/`[^`\n]*`/g, 'code');
}

function sourcePage(file: string): string {
  const path = relative(ROOT, file);
  const language = LANGUAGES[extname(path)] ?? 'text';
  return `---
title: ${path}
search: false
aside: false
prev: false
next: false
---

# \`${path}\`

${codeBlock(language, readFileSync(file, 'utf8'))}
`;
}
