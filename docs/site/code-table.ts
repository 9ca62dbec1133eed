import { unionMembers } from './interface-docs.ts';
import { code, plainText, table } from './markdown.ts';

/** The codes of a union with what each means, each leading to what to do about it. */
export function codeTable(path: string, union: string): string {
  return table(
    ['code', 'meaning'],
    unionMembers(path, union).map(({ name, description }) => [
      `[${code(name)}](../troubleshooting.md#${name})`,
      plainText(description),
    ]),
  );
}
