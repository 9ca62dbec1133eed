import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');

/** One block of code in the documentation. */
export interface CodeBlock {
  /** Where it begins, as `docs/pipeline.md:12`. */
  readonly place: string;
  readonly language: string;
  readonly code: string;
  /** Code that the page takes for granted before the block: a comment `<!-- given: … -->` right above it. */
  readonly given: string;
}

const BLOCK = /(?:<!-- given:(?<given>.*?)-->\s*\n\n?)?^```(?<language>[a-z]+)[^\n]*\n(?<code>.*?)^```$/gms;

/** All blocks of code of the README and of the pages that people wrote. */
export function documentedCode(): CodeBlock[] {
  const pages = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md'));
  return ['README.md', ...pages.map((name) => `docs/${name}`)].flatMap((path) => {
    const text = readFileSync(join(ROOT, path), 'utf8');
    return [...text.matchAll(BLOCK)].map((match) => {
      const { given = '', language = '', code = '' } = match.groups ?? {};
      const line = text.slice(0, match.index + match[0].indexOf('```')).split('\n').length;
      return { place: `${path}:${line}`, language, code, given: given.trim() };
    });
  });
}
