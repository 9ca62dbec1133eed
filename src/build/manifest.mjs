import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const ELEMENT = 'src/element/voice-search-element.ts';
const SOURCES = ['src/element/form-field.ts', ELEMENT];

/** Tags of the class's comment, and where the manifest lists them. */
const LISTS = /** @type {const} */ ({
  attr: 'attributes',
  fires: 'events',
  slot: 'slots',
  csspart: 'cssParts',
  cssprop: 'cssProperties',
});

/** @typedef {{ name: string, description?: string, type?: { text: string } }} Entry */
/** @typedef {Entry & { kind: 'field' | 'method', readonly?: boolean, parameters?: Entry[], return?: object }} Member */

/**
 * Makes the custom-elements manifest of `<voice-search>` from its source.
 *
 * Source: custom-elements-manifest, schema version 1.0.0.
 *
 * @param {string} root The repository.
 * @returns {string} JSON.
 */
export function customElementsManifest(root) {
  /** @type {Record<string, Entry[]>} */
  const lists = {};
  /** @type {Member[]} */
  const members = [];
  let description = '';
  for (const path of SOURCES) {
    const file = ts.createSourceFile(path, readFileSync(join(root, path), 'utf8'), ts.ScriptTarget.Latest, true);
    const found = file.statements.find(ts.isClassDeclaration);
    if (found === undefined) throw new Error(`${path} holds no class.`);
    members.push(...membersOf(found, file));
    if (path === ELEMENT) description = readComment(found, lists);
  }
  const declaration = {
    kind: 'class',
    name: 'VoiceSearchElement',
    tagName: 'voice-search',
    customElement: true,
    description,
    superclass: { name: 'HTMLElement' },
    ...lists,
    members,
  };
  const elementPath = 'dist/browser/element.js';
  const definePath = 'dist/browser/define.js';
  const reference = { name: 'VoiceSearchElement', module: elementPath };
  const manifest = {
    schemaVersion: '1.0.0',
    modules: [
      {
        kind: 'javascript-module',
        path: elementPath,
        declarations: [declaration],
        exports: [{ kind: 'js', name: 'VoiceSearchElement', declaration: reference }],
      },
      {
        kind: 'javascript-module',
        path: definePath,
        declarations: [],
        exports: [{ kind: 'custom-element-definition', name: 'voice-search', declaration: reference }],
      },
    ],
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/**
 * @param {ts.ClassDeclaration} found
 * @param {Record<string, Entry[]>} lists
 * @returns {string} What the comment says before its tags.
 */
function readComment(found, lists) {
  for (const [, list] of Object.entries(LISTS)) lists[list] = [];
  for (const tag of ts.getJSDocTags(found)) {
    const name = tag.tagName.text;
    if (!isListed(name)) continue;
    const text = tag
      .getText()
      .replace(/^@\w+\s*/, '')
      .replaceAll(/\s*\n\s*\*[ \t]?/g, ' ')
      .trim();
    const [, type, subject = '', words] = /^(?:\{(.+?)\}\s+)?([\w-]*?)\s*-\s(.*)$/s.exec(text) ?? [];
    if (words === undefined) throw new Error(`@${name} ${text}: expected "name - description".`);
    lists[LISTS[name]]?.push({
      name: subject,
      description: words.trim(),
      ...(type === undefined ? {} : { type: { text: type } }),
    });
  }
  return summaryOf(found);
}

/**
 * @param {string} name
 * @returns {name is keyof typeof LISTS}
 */
function isListed(name) {
  return name in LISTS;
}

/**
 * What script may use: public, documented, and not the browser's own callbacks.
 *
 * @param {ts.ClassDeclaration} found
 * @param {ts.SourceFile} file
 * @returns {Member[]}
 */
function membersOf(found, file) {
  const setters = new Set(found.members.filter(ts.isSetAccessor).map((member) => member.name.getText(file)));
  return found.members.flatMap(
    /** @returns {Member[]} */ (member) => {
      const isInternal = ts.getJSDocTags(member).some((tag) => tag.tagName.text === 'internal');
      if (isInternal || member.name === undefined || ts.isPrivateIdentifier(member.name)) return [];
      const name = member.name.getText(file);
      if (ts.isGetAccessor(member)) {
        const readonly = setters.has(name) ? {} : { readonly: true };
        return [{ kind: 'field', name, type: typeOf(member, file), description: summaryOf(member), ...readonly }];
      }
      if (!ts.isMethodDeclaration(member)) return [];
      const parameters = member.parameters.map((each) => ({ name: each.name.getText(file), type: typeOf(each, file) }));
      return [
        { kind: 'method', name, parameters, return: { type: typeOf(member, file) }, description: summaryOf(member) },
      ];
    },
  );
}

/**
 * @param {ts.GetAccessorDeclaration | ts.MethodDeclaration | ts.ParameterDeclaration} node
 * @param {ts.SourceFile} file
 */
function typeOf(node, file) {
  return { text: node.type?.getText(file) ?? 'unknown' };
}

/** @param {ts.Node} node */
function summaryOf(node) {
  const comment = ts.getJSDocCommentsAndTags(node).find(ts.isJSDoc)?.comment;
  return (ts.getTextOfJSDocComment(comment) ?? '').replaceAll(/\s*\n\s*/g, ' ').trim();
}
