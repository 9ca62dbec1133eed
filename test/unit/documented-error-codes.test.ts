import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { unionMembers } from '../../docs/site/interface-docs.ts';

const root = join(import.meta.dirname, '../..');
const [, page = '', server = ''] = readFileSync(join(root, 'docs/troubleshooting.md'), 'utf8').split(/^## .*$/m);

/** Headings of a part of the page, and how many words stand below each. */
function entries(part: string): ReadonlyMap<string, number> {
  const [, ...sections] = part.split(/^### /m);
  return new Map(
    sections.map((section) => {
      const [heading = '', ...lines] = section.split('\n');
      return [heading, lines.join(' ').trim().split(/\s+/).length];
    }),
  );
}

describe.each([
  { what: 'an error of the page', part: page, path: 'src/errors.ts', union: 'SpeechErrorCode', some: 'denied' },
  {
    what: 'a refusal of the server',
    part: server,
    path: 'src/server/refusal-codes.ts',
    union: 'RefusalCode',
    some: 'queue_full',
  },
])('the code of $what', ({ part, path, union, some }) => {
  const codes = unionMembers(path, union);

  it('is found in the source, with its meaning', () => {
    expect(codes.map(({ name }) => name)).toContain(some);
    expect(codes.filter(({ description }) => description === '')).toEqual([]);
  });

  it('has an entry in the troubleshooting, which has no other', () => {
    expect([...entries(part).keys()].sort()).toEqual(codes.map(({ name }) => name).sort());
  });

  it('is said more about than its name', () => {
    expect([...entries(part)].filter(([, wordCount]) => wordCount < 6)).toEqual([]);
  });
});
