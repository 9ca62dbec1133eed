import { customElementsManifest } from '../../src/build/manifest.mjs';
import { VOICE_PHASES } from '../../src/element/voice-state.ts';
import { MESSAGES as ARABIC } from '../../src/element/words/arabic.ts';
import { ENGLISH_LATER } from '../../src/element/words/english-later.ts';
import { MESSAGES as GERMAN } from '../../src/element/words/german.ts';
import { ENGLISH } from '../../src/element/words/messages.ts';
import { MESSAGES as SPANISH } from '../../src/element/words/spanish.ts';
import { codeTable } from './code-table.ts';
import { declarationText, interfaceMembers } from './interface-docs.ts';
import { code, codeBlock, plainText, table } from './markdown.ts';
import { ROOT } from './places.ts';

interface Entry {
  readonly name: string;
  readonly description: string;
  readonly type?: { readonly text: string };
}

interface Member extends Entry {
  readonly kind: 'field' | 'method';
  readonly readonly?: boolean;
  readonly parameters?: readonly Entry[];
  readonly return?: { readonly type: { readonly text: string } };
}

interface Declaration {
  readonly attributes: readonly Entry[];
  readonly events: readonly Entry[];
  readonly slots: readonly Entry[];
  readonly cssParts: readonly Entry[];
  readonly cssProperties: readonly Entry[];
  readonly members: readonly Member[];
}

/** The reference of `<voice-search>`, from its custom-elements manifest and its types. */
export function elementPage(): string {
  const manifest: { readonly modules: readonly { readonly declarations: readonly Declaration[] }[] } = JSON.parse(
    customElementsManifest(ROOT),
  );
  const [declaration] = manifest.modules[0]?.declarations ?? [];
  if (declaration === undefined) throw new Error('The custom-elements manifest declares nothing.');
  const { attributes, events, slots, cssParts, cssProperties, members } = declaration;
  const methods = members.filter(({ kind }) => kind === 'method');
  const properties = members.filter(({ kind }) => kind === 'field');
  return `# \`<voice-search>\` {#voice-search}

A search field that can be typed into and spoken to. [Getting started](../getting-started.md) puts one into a page.
This page is made from [the element's source](../../src/element/voice-search-element.ts).

## Attributes

${table(['attribute', 'meaning'], attributes.map(typed))}

An attribute that is there is on, whatever its value, where \`boolean\` stands below its name.

## Properties

${table(
  ['property', 'meaning'],
  properties.map((each) => [nameOf(each), plainText(each.description) + (each.readonly === true ? ' Read only.' : '')]),
)}

The [options of the pipeline](options.md) that have no attribute are given as \`options\`.

## Methods

${table(
  ['method', 'meaning'],
  methods.map((each) => [code(signature(each)), plainText(each.description)]),
)}

## Events

All bubble and leave shadow trees. What they carry is in \`detail\`.

${table(
  ['event', 'when, and its detail'],
  events.map(({ name, description }) => [code(name), plainText(description)]),
)}

The details as types:

${codeBlock('ts', declarationText('src/element/element-events.ts', 'VoiceSearchDetails'))}

## States

The element is in one state at a time. CSS sees it as \`voice-search:state(listening)\`, script as \`state\`, and
\`vs-state\` tells of every change.

${table(
  ['state', 'what the element says, in English'],
  VOICE_PHASES.map((phase) => [code(phase), plainText(words(ENGLISH)[phase] ?? '')]),
)}

In \`error\` the words are those of the error's code.

## Codes of errors

${codeTable('src/errors.ts', 'SpeechErrorCode')}

## Slots

${table(
  ['slot', 'what goes there'],
  slots.map(({ name, description }) => [name === '' ? '(none)' : code(name), plainText(description)]),
)}

## Parts

Style them from the page: \`voice-search::part(mic) { … }\`.

${table(['part', 'what it is'], cssParts.map(named))}

## Custom properties

${table(['property', 'what it sets'], cssProperties.map(named))}
`;
}

/** Every word of the element in every language that is shipped. */
export function wordsPage(): string {
  const languages = [
    ['English', { ...ENGLISH, ...ENGLISH_LATER }],
    ['German', GERMAN],
    ['Spanish', SPANISH],
    ['Arabic', ARABIC],
  ] as const;
  const names = interfaceMembers('src/element/words/messages.ts', 'VoiceSearchMessages').map(({ name }) => name);
  return `# Words of the element

The element speaks English, German, Spanish and Arabic, by the \`lang\` of the element or of what is around it. Every
word can be replaced:

\`\`\`js
document.querySelector('voice-search').messages = { placeholder: 'Find a book', microphone: 'Find a book by voice' };
\`\`\`

\`{text}\` stands for what was heard, \`{host}\` for where speech is sent, \`{how}\` for one of the \`allow-…\` messages, whose
steps fit the visitor's browser.

${names
  .map(
    (name) => `## ${name}

${languages.map(([language, messages]) => `- ${language}: ${sentence(words(messages)[name])}`).join('\n')}`,
  )
  .join('\n\n')}
`;
}

/** Some words are missing until they are needed; here all are there. */
function words(messages: object): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(Object.entries(messages));
}

function sentence(text: string | undefined): string {
  if (text === undefined) throw new Error('A language lacks a message.');
  return plainText(text);
}

function typed(entry: Entry): string[] {
  return [nameOf(entry), plainText(entry.description)];
}

/** The type below the name, free to break, so that a phone has room for the meaning beside them. */
function nameOf({ name, type }: Entry): string {
  return `${code(name)}<br>${plainText((type?.text ?? '').replaceAll('|', ' | '))}`;
}

function named({ name, description }: Entry): string[] {
  return [code(name), plainText(description)];
}

function signature({ name, parameters = [], return: result }: Member): string {
  return `${name}(${parameters.map((each) => `${each.name}: ${each.type?.text}`).join(', ')}): ${result?.type.text}`;
}
