import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { ROOT } from './places.ts';

/** One member of an interface, or of a union of strings, as its source documents it. */
export interface Documented {
  readonly name: string;
  readonly type: string;
  /** Markdown; empty where the source says nothing. */
  readonly description: string;
}

/**
 * Reads the members of an interface.
 *
 * @param path File, from the repository's root.
 * @throws Error when there is no such interface.
 */
export function interfaceMembers(path: string, name: string): Documented[] {
  const file = parse(path);
  const found = file.statements.find((each) => ts.isInterfaceDeclaration(each) && each.name.text === name);
  if (found === undefined || !ts.isInterfaceDeclaration(found)) throw new Error(`${path} holds no interface ${name}.`);
  return found.members.filter(ts.isPropertySignature).map((member) => ({
    name: ts.isStringLiteral(member.name) ? member.name.text : member.name.getText(file),
    type: member.type?.getText(file) ?? 'unknown',
    description: lastComment(file.text.slice(member.pos, member.getStart(file))),
  }));
}

/**
 * Reads the texts of a union and the comment before each.
 *
 * @param path File, from the repository's root.
 * @throws Error when there is no such union.
 */
export function unionMembers(path: string, name: string): Documented[] {
  const file = parse(path);
  const found = file.statements.find((each) => ts.isTypeAliasDeclaration(each) && each.name.text === name);
  if (found === undefined || !ts.isTypeAliasDeclaration(found) || !ts.isUnionTypeNode(found.type)) {
    throw new Error(`${path} holds no union ${name}.`);
  }
  const { types, pos } = found.type;
  return types.flatMap((each, index) =>
    ts.isLiteralTypeNode(each) && ts.isStringLiteral(each.literal)
      ? [
          {
            name: each.literal.text,
            type: 'string',
            // The bar stands between a comment and its member, so the compiler does not tie them.
            description: lastComment(file.text.slice(types[index - 1]?.end ?? pos, each.getStart(file))),
          },
        ]
      : [],
  );
}

/** The source text of a declaration, with its comment. */
export function declarationText(path: string, name: string): string {
  const file = parse(path);
  const found = file.statements.find(
    (each) => (ts.isInterfaceDeclaration(each) || ts.isTypeAliasDeclaration(each)) && each.name.text === name,
  );
  if (found === undefined) throw new Error(`${path} holds no type ${name}.`);
  return file.text.slice(found.getStart(file), found.end).replace(/^export /, '');
}

function parse(path: string): ts.SourceFile {
  return ts.createSourceFile(path, readFileSync(join(ROOT, path), 'utf8'), ts.ScriptTarget.Latest, true);
}

/** What the last comment for readers in a stretch of source says; empty when there is none. */
function lastComment(source: string): string {
  const comment = [...source.matchAll(/\/\*\*(.*?)\*\//gs)].at(-1)?.[1] ?? '';
  return comment
    .replaceAll(/\n\s*\* ?/g, ' ')
    .replaceAll(/\{@link (\w+)\}/g, '`$1`')
    .trim();
}
