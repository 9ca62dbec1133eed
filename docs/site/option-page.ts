import { PRESETS } from '../../src/front-end/presets.ts';
import { interfaceMembers } from './interface-docs.ts';
import { code, plainText, table } from './markdown.ts';

/** The options of the pipeline, from their source. */
export function optionPage(): string {
  const options = interfaceMembers('src/pipeline/options.ts', 'SpeechPipelineOptions');
  const start = interfaceMembers('src/pipeline/options.ts', 'StartOptions');
  return `# Options

\`new SpeechPipeline(options)\` and the element's \`options\` property take these. All may be left out. A value that makes no
sense throws a \`RangeError\` or \`TypeError\` that names it. This page is made from [their source](../../src/pipeline/options.ts).

${options
  .map(
    ({ name, type, description }) => `## ${name}

${code(type.replaceAll(/\s+/g, ' '))}

${plainText(description)}`,
  )
  .join('\n\n')}

## Presets

A preset is a set of times, in milliseconds:

${table(
  ['preset', 'take', 'end of a segment', 'end of the query', 'nobody spoke'],
  Object.entries(PRESETS).map(([name, { takeMs, hangoverMs, queryEndMs, noSpeechMs }]) => [
    code(name),
    ...[takeMs, hangoverMs, queryEndMs, noSpeechMs].map(String),
  ]),
)}

A *take* is sent after so much silence, in the hope that the segment is over; its text is shown when the segment's end
stands. [The glossary](../glossary.md) has these words.

## Options of start() {#start-options}

${table(
  ['option', 'type', 'meaning'],
  start.map(({ name, type, description }) => [code(name), code(type), plainText(description)]),
)}
`;
}
