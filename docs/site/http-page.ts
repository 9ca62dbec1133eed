import { openApiDocument } from '../../src/server/openapi/document.ts';
import type { JsonSchema } from '../../src/server/openapi/json-schema.ts';
import type { OperationObject } from '../../src/server/openapi/operation.ts';
import { MOONSHINE_TINY_EN } from '../../src/server/release.ts';
import { codeTable } from './code-table.ts';
import { code, plainText, table } from './markdown.ts';

/** The server's routes, from the OpenAPI description that it serves. */
export function httpPage(): string {
  const { paths } = openApiDocument(MOONSHINE_TINY_EN, false);
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => section(path, method, operation)),
  );
  return `# The server's API

\`ossicle serve\` answers in the shape of the OpenAI API, so that its clients work with it. It describes itself at
\`/openapi.json\`, from which this page is made, and \`/docs\` is a page to try it.

A refusal has a status, and a body in OpenAI's shape, of which \`error.code\` is for programs.

${operations.join('\n\n')}

## Codes of refusals

${codeTable('src/server/refusal-codes.ts', 'RefusalCode')}
`;
}

function section(path: string, method: string, operation: OperationObject): string {
  const { summary, description = '', parameters = [], requestBody, responses } = operation;
  const fields = Object.entries(requestBody?.content ?? {}).map(
    ([type, { schema }]) => `Body: ${code(type)}.\n\n${fieldTable(schema)}`,
  );
  return [
    `## ${method.toUpperCase()} ${path}`,
    `${plainText(summary)}. ${plainText(description)}`.trim(),
    ...(parameters.length === 0
      ? []
      : [
          table(
            ['parameter', 'meaning'],
            parameters.map((each) => [`${code(each.name)}<br>${each.in}`, plainText(each.description)]),
          ),
        ]),
    ...fields,
    table(
      ['status', 'answer'],
      Object.entries(responses).map(([status, answer]) => [
        status,
        [plainText(answer.description), ...Object.keys(answer.content ?? {}).map(code)].join(' '),
      ]),
    ),
  ].join('\n\n');
}

function fieldTable({ properties = {}, required = [] }: JsonSchema): string {
  return table(
    ['field', 'meaning'],
    Object.entries(properties).map(([name, field]) => [
      code(name) + (required.includes(name) ? ' (required)' : ''),
      [plainText(field.description ?? ''), ...choicesOf(field)].join(' ').trim(),
    ]),
  );
}

function choicesOf({ enum: values, items, default: initial }: JsonSchema): string[] {
  const choices = (values ?? items?.enum ?? []).map((each) => code(String(each)));
  const isTold = initial !== undefined && initial !== '' && !Array.isArray(initial);
  return [
    ...(choices.length === 0 ? [] : [`One of: ${choices.join(', ')}.`]),
    ...(isTold ? [`${code(String(initial))} unless told.`] : []),
  ];
}
