import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { customElementsManifest } from '../../src/build/manifest.mjs';
import { VoiceSearchElement } from '../../src/element/voice-search-element.ts';

const root = join(import.meta.dirname, '../..');

interface Entry {
  readonly name: string;
  readonly description: string;
}

interface Declaration {
  readonly tagName: string;
  readonly attributes: readonly Entry[];
  readonly events: readonly Entry[];
  readonly slots: readonly Entry[];
  readonly cssParts: readonly Entry[];
  readonly cssProperties: readonly Entry[];
  readonly members: readonly Entry[];
}

const text = customElementsManifest(root);
const declaration = (JSON.parse(text) as { modules: { declarations: Declaration[] }[] }).modules[0]!.declarations[0]!;

function names(entries: readonly Entry[]): string[] {
  return entries.map(({ name }) => name).sort();
}

function source(file: string): string {
  return readFileSync(join(root, 'src/element', file), 'utf8');
}

function found(pattern: RegExp, ...files: string[]): string[] {
  const matches = files.flatMap((file) => [...source(file).matchAll(pattern)].map((match) => match[1]!));
  return [...new Set(matches)].sort();
}

describe('the custom-elements manifest', () => {
  it('is the one that was built', () => {
    expect(readFileSync(join(root, 'dist/custom-elements.json'), 'utf8')).toBe(text);
  });

  it('describes everything it lists', () => {
    const { attributes, events, slots, cssParts, cssProperties, members } = declaration;
    for (const entry of [attributes, events, slots, cssParts, cssProperties, members].flat()) {
      expect(entry.description, entry.name).toMatch(/^\S.*[^\s*]$/s);
    }
  });

  it('lists every attribute that is read, and no other', () => {
    const observed = VoiceSearchElement.observedAttributes;
    const read = found(
      /(?:(?:has|get)Attribute\(|\btext\()'([\w-]+)'\)/g,
      ...['voice-search-element.ts', 'consent.ts', 'form-field.ts', 'hotkey.ts', 'search-text.ts', 'settings.ts'],
    );
    // Disabled is the browser's to read: it tells the element, for its fieldset, too.
    expect(names(declaration.attributes)).toEqual([...new Set([...observed, ...read, 'disabled'])].sort());
  });

  it('lists every event, part, slot and custom property', () => {
    expect(names(declaration.events)).toEqual(found(/readonly '(vs-[\w-]+)':/g, 'element-events.ts'));
    expect(names(declaration.cssProperties)).toEqual(found(/var\((--vs-[\w-]+)/g, 'styles.ts'));
    const slots = found(/element\('slot', \{ name: '([\w-]+)'/g, 'element-tree.ts');
    expect(names(declaration.slots)).toEqual(['', ...slots]);
    const parts = found(/part(?:: |', )[`']([\w-]+)/g, 'element-tree.ts', 'element-view.ts', 'history-panel.ts');
    expect(names(declaration.cssParts)).toEqual([...parts, 'confirm', 'retry'].sort());
  });

  it('lists the methods and properties that script may use', () => {
    expect(names(declaration.members)).toEqual(
      [
        ...[
          'cancel',
          'checkValidity',
          'clear',
          'deleteData',
          'disabled',
          'form',
          'messages',
          'name',
          'options',
          'redo',
        ],
        ...['reportClick', 'reportResults', 'reportValidity', 'required', 'start', 'state', 'stop', 'undo'],
        ...['validationMessage', 'validity', 'value', 'willValidate'],
      ].sort(),
    );
  });
});

describe('the element in Node', () => {
  it('is imported without a document, defined or not', async () => {
    const { VoiceSearchElement: defined } = await import('../../src/element/define.ts');
    expect(defined).toBe(VoiceSearchElement);
    expect(typeof document).toBe('undefined');
  });
});
