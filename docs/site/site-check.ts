import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { SITE } from './places.ts';

/** What was found in the built site. */
export interface SiteCheck {
  readonly pageCount: number;
  readonly linkCount: number;
  /** One sentence each; empty when all is well. */
  readonly faults: readonly string[];
}

/** Where browsers fetch by themselves, and where a press leads. */
const REFERENCE = /<(a|link|script|img|source|iframe)\b[^>]*?\s(?:href|src)="([^"]*)"[^>]*>/g;
const IDENTIFIER = /\sid="([^"]*)"/g;

/**
 * Reads every built page and checks where its references lead: files and headings of the site are there, and nothing
 * but links that are pressed leads elsewhere.
 *
 * @param base The folder that the site is built for, such as `/`.
 */
export function siteFaults(base: string): SiteCheck {
  const pages = readdirSync(SITE, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.html'));
  const faults: string[] = [];
  const identifiers = new Map<string, ReadonlySet<string>>();
  let linkCount = 0;
  for (const page of pages) {
    for (const [, tag = '', target = ''] of readFileSync(join(SITE, page), 'utf8').matchAll(REFERENCE)) {
      if (tag === 'a') linkCount += 1;
      const fault = faultOf(page, tag, decode(target), base, identifiers);
      if (fault !== undefined) faults.push(`${page}: ${fault}`);
    }
  }
  return { pageCount: pages.length, linkCount, faults: [...new Set(faults)] };
}

function faultOf(
  page: string,
  tag: string,
  target: string,
  base: string,
  identifiers: Map<string, ReadonlySet<string>>,
): string | undefined {
  if (/^(data:|mailto:)/.test(target)) return undefined;
  if (/^(https?:)?\/\//.test(target)) {
    return tag === 'a' ? undefined : `<${tag}> fetches ${target} from another site`;
  }
  const [path = '', anchor = ''] = target.split('#');
  const from = path.startsWith('/')
    ? path.slice(path.startsWith(base) ? base.length : 0)
    : posix.join(posix.dirname(page), path);
  if (path.startsWith('/') && !path.startsWith(base)) return `${target} lies outside of ${base}`;
  const file = path === '' ? page : fileOf(from);
  if (!existsSync(join(SITE, file))) return `${target} leads nowhere`;
  if (anchor === '' || !file.endsWith('.html')) return undefined;
  return identifiersOf(file, identifiers).has(decodeURIComponent(anchor)) ? undefined : `${target} names no heading`;
}

/** A folder's page is its index. */
function fileOf(path: string): string {
  const isFolder =
    path === '' || path.endsWith('/') || statSync(join(SITE, path), { throwIfNoEntry: false })?.isDirectory();
  return isFolder === true ? posix.join(path, 'index.html') : path;
}

function identifiersOf(file: string, known: Map<string, ReadonlySet<string>>): ReadonlySet<string> {
  const found =
    known.get(file) ??
    new Set([...readFileSync(join(SITE, file), 'utf8').matchAll(IDENTIFIER)].map(([, id = '']) => decode(id)));
  known.set(file, found);
  return found;
}

function decode(text: string): string {
  return text.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
